"""Codes in sequence and the register of licence names: golden records that others complete."""

from pathlib import Path

import pyarrow as pa
import pytest
from golden_records import PLAN, records
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean import mapping
from crmclean.decisions import State
from crmclean.errors import UsageError
from crmclean.mapping.sequence import split
from crmclean.project import Project


def project(pattern: str = "C{yyyymm}{n:03}") -> Project:
    fields = {"customer.code": {"column": "编号", "sequence": pattern}}
    return Project.model_validate({"sources": [{"path": "旧/客户.xlsx", "fields": fields}]})


def numbered(
    *lines: dict[str, str | None], state: State, pattern: str = "C{yyyymm}{n:03}"
) -> mapping.Sequenced:
    golden = {"customer": records("customer", *lines)}
    return mapping.sequence(golden, PLAN, project(pattern), state)


def codes(found: mapping.Sequenced) -> list[str | None]:
    return found.golden["customer"]["code"].to_pylist()


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path / "crmclean.state")


def test_a_missing_code_gets_the_next_number_of_its_month(state: State) -> None:
    found = numbered(
        {"golden": "a", "code": "C202401001"},
        {"golden": "b", "created_at": "2024-01-05"},
        {"golden": "c", "created_at": "2023-12-31"},
        state=state,
    )
    assert codes(found) == ["C202401001", "C202401002", "C202312001"]
    assert found.changes["rule"].to_pylist() == ["sequence"] * 2


def test_the_first_of_several_keeps_its_code_and_the_clash_is_told(state: State) -> None:
    lines = [{"golden": g, "code": "X1", "created_at": "2024-01-05"} for g in "abc"]
    found = numbered(*lines, state=state)
    assert codes(found) == ["X1", "C202401001", "C202401002"]
    assert found.issues["code"].to_pylist() == ["MAPPING_CODE_CLASH"] * 2
    assert found.issues["value"].to_pylist() == ["X1", "X1"]


def test_a_code_once_given_is_given_again(state: State) -> None:
    """Next month a new customer stands first; the codes of the others do not move."""
    old = {"golden": "b", "created_at": "2024-01-05"}
    first = numbered(old, state=state)
    state.append("codes", first.entries)
    again = numbered({"golden": "a", "created_at": "2024-01-06"}, old, state=state)
    assert codes(again) == ["C202401002", "C202401001"]


def test_a_number_of_a_customer_who_left_is_not_used_again(state: State) -> None:
    state.append(
        "codes", numbered({"golden": "gone", "created_at": "2024-01-05"}, state=state).entries
    )
    assert codes(numbered({"golden": "new", "created_at": "2024-01-05"}, state=state)) == [
        "C202401002"
    ]


def test_without_any_date_there_is_no_month(state: State) -> None:
    assert codes(numbered({"golden": "a"}, state=state)) == ["C000000001"]


@pytest.mark.parametrize("pattern", ["C{yyyy}", "C{n}{n}", "C{m}{n}", "{"])
def test_a_pattern_without_one_counter_is_refused(pattern: str) -> None:
    with pytest.raises(UsageError):
        split(pattern)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, "A1", "A2", "C2024010001", "K1"]),
            st.sampled_from([None, "2024-01-03", "2023-05-06 10:00"]),
        ),
        max_size=12,
    )
)
def test_every_code_is_filled_unique_and_stable(lines: list[tuple[str | None, str | None]]) -> None:
    import tempfile

    made = [{"golden": str(n), "code": c, "created_at": d} for n, (c, d) in enumerate(lines)]
    with tempfile.TemporaryDirectory() as folder:
        state = State(Path(folder))
        found = numbered(*made, state=state)
        after = codes(found) if made else []
        assert None not in after and len(set(after)) == len(after)
        kept = {line["code"] for line in made if line["code"]}
        assert kept <= set(after)
        state.append("codes", found.entries)
        assert not made or codes(numbered(*made, state=state)) == after


def register(*lines: tuple[str | None, str | None, str | None]) -> pa.Table:
    columns = list(zip(*lines, strict=True))
    names = ["uscc", "name", "industry"]
    cells = {
        name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)
    }
    return pa.table({"record": pa.array(range(len(lines)), pa.int64()), **cells})


KNOWN = register(
    ("U1", "甲有限公司", "制造业"), ("U2", "乙有限公司", None), (None, "丙公司", "贸易")
)


def consulted(line: dict[str, str | None], known: pa.Table = KNOWN) -> tuple[dict, list, list]:
    golden, changes, issues = mapping.consult({"customer": records("customer", line)}, known)
    return golden["customer"].to_pylist()[0], changes.to_pylist(), issues.to_pylist()


def test_an_exact_code_fills_what_is_empty() -> None:
    record, changes, issues = consulted({"golden": "a", "uscc": "U1"})
    assert (record["name"], record["industry"]) == ("甲有限公司", "制造业")
    assert {(c["field"], c["rule"]) for c in changes} == {
        ("name", "authority"),
        ("industry", "authority"),
    }
    assert issues == []


def test_a_differing_name_is_told_and_kept() -> None:
    record, _, issues = consulted({"golden": "a", "uscc": "U1", "name": "甲厂"})
    assert record["name"] == "甲厂"
    assert [(i["code"], i["suggestion"]) for i in issues] == [
        ("AUTHORITY_NAME_DIFFERS", "甲有限公司")
    ]


def test_a_name_only_suggests() -> None:
    record, changes, issues = consulted({"golden": "a", "name": "乙有限公司"})
    assert record["uscc"] is None and changes == []
    assert [(i["code"], i["suggestion"]) for i in issues] == [("AUTHORITY_SUGGESTS_CODE", "U2")]


def test_a_name_that_the_register_has_twice_suggests_nothing() -> None:
    twice = register(("U1", "同名公司", None), ("U2", "同名公司", None))
    assert consulted({"golden": "a", "name": "同名公司"}, twice)[2] == []


def test_a_missing_code_matches_no_missing_code() -> None:
    assert consulted({"golden": "a", "name": "丁公司"})[1:] == ([], [])
