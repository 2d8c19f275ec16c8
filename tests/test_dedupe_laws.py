"""Merge is safe (design.md, law 7): whatever records share, whatever people said.

The truth of each record (credit code, plant, branch) is drawn first and its name is written from it
in one of several spellings, so that nothing here rests on the grammar being right.
"""

from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_dedupe import clusters, run, uscc

from crmclean.dedupe import cluster, name_fields
from crmclean.dedupe.fields import encode
from crmclean.dedupe.laws import laws_of

NOBODY = np.zeros(0, np.int64)
CODES = tuple(uscc(body) for body in ("A1234567", "B7654321", "C1122334"))
PLANTS = {
    "1": ("一厂", "第一厂", "1厂"),
    "2": ("二厂", "第二厂", "２厂"),
    "": ("有限公司", "公司", ""),
}
BRANCHES = {
    "北京": ("北京分公司", "北京市分公司"),
    "广州": ("广州分公司", "廣州分公司"),
    "": ("",),
}


class Record(NamedTuple):
    code: str | None
    plant: str
    branch: str
    row: dict


@st.composite
def records(draw: st.DrawFn) -> Record:
    plant, branch = draw(
        st.sampled_from([("1", ""), ("2", ""), ("", ""), ("", "北京"), ("", "广州")])
    )
    brand = draw(st.sampled_from(["上海华星机床", "华星机床", "上海市華星机床", "华兴机床"]))
    form = "有限公司" if branch else draw(st.sampled_from(PLANTS[plant]))
    code = draw(st.sampled_from([*CODES, None, None]))
    row = {
        "name": brand + form + draw(st.sampled_from(BRANCHES[branch])),
        "uscc": draw(st.sampled_from([code, code.lower()])) if code else None,
        "phone": draw(st.sampled_from(["021-55501234", None])),
        "address": draw(st.sampled_from(["上海市测试路1号", None])),
        "email": draw(st.sampled_from(["a@example.com", None])),
    }
    return Record(code, plant, branch, row)


@st.composite
def said(draw: st.DrawFn) -> tuple[list[Record], list, list]:
    """Records, and what people said of pairs of them."""
    found = draw(st.lists(records(), min_size=2, max_size=10))
    pairs = list(combinations(range(len(found)), 2))
    always = draw(st.lists(st.sampled_from(pairs), max_size=4, unique=True))
    never = draw(st.lists(st.sampled_from(pairs), max_size=2, unique=True))
    return found, always, never


def places(pairs: list) -> list:
    return [[f"ERP.csv!{one + 2}", f"ERP.csv!{two + 2}"] for one, two in pairs]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(said=said(), match=st.sampled_from([-50.0, 0.0, 8.0]))
def test_no_score_and_no_word_breaks_a_law(tmp_path: Path, said: tuple, match: float) -> None:
    drawn, always, never = said
    named = {"always": places(always), "never": places(never), "match": match, "review": match}
    found = run(tmp_path, [record.row for record in drawn], named)
    golden = clusters(found)
    for one in set(golden):
        own = [record for record, cluster in zip(drawn, golden, strict=True) if cluster == one]
        assert len({record.code for record in own} - {None}) <= 1
        assert len({(record.plant, record.branch) for record in own}) == 1
    assert all(golden[one] != golden[two] for one, two in never)
    told = [i["record"] for i in found.issues.to_pylist() if i["code"] == "ALWAYS_IMPOSSIBLE"]
    ids = sorted(r["record"] for r in found.crosswalk.to_pylist() if r["object"] == "customer")
    apart = {ids[n] for pair in always if golden[pair[0]] != golden[pair[1]] for n in pair}
    assert set(told) == apart


@pytest.mark.parametrize(
    ("one", "other", "banned"),
    [
        ("江阴特钢一厂", "江阴特钢第一分厂", False),
        ("大庆油田采油一厂", "大庆油田有限责任公司第一采油厂", False),
        ("江阴特钢一厂", "江阴特钢第二分厂", True),
        ("江阴特钢一厂", "江阴特钢第一分公司", True),
        ("江阴特钢一公司", "江阴特钢有限公司第一分厂", True),
        ("江阴特钢有限公司", "江阴特钢第一分厂", True),
        ("大庆油田有限责任公司第一采气厂", "大庆油田有限责任公司第一采油厂", True),
    ],
)
def test_a_numbered_plant_is_one_with_or_without_its_company(
    one: str, other: str, banned: bool
) -> None:
    fields = name_fields.fields_of(*name_fields.read(pa.array([one, other])))
    fields["uscc"] = encode(pa.array(["", ""]))
    laws = laws_of(fields, NOBODY, NOBODY)
    assert laws.forbidden(np.array([0]), np.array([1]), 2).tolist() == [banned]


@settings(max_examples=300, deadline=None)
@given(pairs=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=14))
def test_what_is_commanded_to_be_one_is_one_however_long_the_way(pairs: list) -> None:
    known = [{n} for n in range(12)]
    for one, two in pairs:
        joined = known[one] | known[two]
        for member in joined:
            known[member] = joined
    left, right = np.array(pairs, np.int64).reshape(-1, 2).T
    found = cluster.clusters(12, left, right, np.full(len(pairs), np.inf))
    assert found.tolist() == [min(members) for members in known]


@settings(max_examples=100, deadline=None)
@given(
    order=st.permutations(range(3)),
    near=st.floats(0.5, 9.5),
    more=st.sampled_from([0.0, 0.01, 5.0]),
)
def test_of_two_that_are_not_one_a_record_joins_the_nearer_or_none(
    order: list, near: float, more: float
) -> None:
    between, one, other = order
    pairs = {(between, one): near + more, (between, other): near, (one, other): -np.inf}
    left, right = np.sort(np.array(list(pairs)), axis=1).T
    found = cluster.clusters(3, left, right, np.array(list(pairs.values())))
    assert (found[between] == found[one]) == (more > 0)
    assert found[between] != found[other]
