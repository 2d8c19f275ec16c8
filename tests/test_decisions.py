"""The state folder and record fingerprints."""

from pathlib import Path

import pyarrow as pa
import pytest

from crmclean import decisions, identity, plan
from crmclean.ends import follow_parents
from crmclean.tables import CROSSWALK, record_ids, table

PLAN = plan.Plan(
    tuple(
        plan.Source(n, n - 1, f"{n}.csv", "", system, "legacy", "customer", "", 0)
        for n, system in enumerate(("ERP", "ERP", ""), 1)
    )
)


def records(*rows: tuple[int, int, str | None, str | None]) -> pa.Table:
    ids = [record_ids(source, pa.array([row]))[0].as_py() for source, row, _, _ in rows]
    texts = {
        name: pa.array([r[n] for r in rows], pa.string()) for n, name in ((2, "code"), (3, "name"))
    }
    return pa.table({"record": pa.array(ids, pa.int64()), **texts})


def prints(*rows) -> list[str]:
    return identity.fingerprints(records(*rows), "customer", PLAN).to_pylist()


def test_a_unique_code_names_the_record() -> None:
    assert prints((1, 2, "K1", "甲"), (2, 9, "K2", "乙")) == ["ERP:K1", "ERP:K2"]


def test_a_code_twice_in_one_system_does_not() -> None:
    one, two = prints((1, 2, "K1", "甲"), (2, 9, "K1", "乙"))
    assert one != two
    assert "K1" not in one


def test_a_copy_leaves_the_record_who_it_was() -> None:
    alone, *_ = prints((1, 2, "K1", "甲"))
    first, copy, other = prints((1, 2, "K1", "甲"), (1, 3, "K1", "甲"), (1, 4, "K2", "乙"))
    assert (first, other) == (alone, "ERP:K2")
    assert len({first, copy, other}) == 3


def test_a_copy_and_another_record_of_the_same_code_are_told_by_what_they_are() -> None:
    rows = [(1, 2, "K1", "甲"), (1, 3, "K1", "甲"), (1, 4, "K1", "乙")]
    here = dict(zip("甲甲乙", prints(*rows), strict=True))
    there = dict(
        zip("乙甲甲", prints(*((s, r, c, n) for s, r, c, n in reversed(rows))), strict=True)
    )
    assert here == there and "K1" not in "".join(here.values())


def test_rows_do_not_matter_but_identical_records_are_counted() -> None:
    here = prints((1, 2, None, "甲"), (1, 3, None, "甲"))
    there = prints((2, 70, None, "甲"), (2, 99, None, "甲"))
    assert here == there
    assert len(set(here)) == 2


def test_fingerprints_stay_what_they_are() -> None:
    """Decisions of years hang on them: a changed value here orphans every state folder."""
    assert prints((1, 2, None, "甲"), (3, 2, None, None)) == [
        "ERP#9283565001814448372.0",
        "sources[2]#17815508574708493595.0",
    ]


def test_what_is_appended_is_read_back_in_order(tmp_path: Path) -> None:
    state = decisions.State(tmp_path / "crmclean.state")
    assert state.entries("pairs") == []
    state.append("pairs", [{"left": "甲", "n": 1}])
    state.append("pairs", [{"left": "乙", "n": 2}])
    assert [e["left"] for e in state.entries("pairs")] == ["甲", "乙"]


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "pairs.jsonl").write_text('{"a": 1}\n{nonsense\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"pairs\.jsonl, line 2"):
        decisions.State(tmp_path).entries("pairs")


def test_children_take_the_end_of_their_parent_but_keep_their_own() -> None:
    crosswalk = table(
        CROSSWALK,
        {
            "object": ["customer", "contact", "contact"],
            "record": [1, 2, 3],
            "golden": ["C1", "P1", "P2"],
            "end": ["rejected", "loaded", "held"],
            "reason": ["TOO_LONG", None, "REVIEW_PAIR"],
        },
    )
    golden = {
        "customer": pa.table({"golden": ["C1"], "record": [1]}),
        "contact": pa.table(
            {"golden": ["P1", "P2"], "record": [2, 3], "customer_golden": ["C1", "C1"]}
        ),
    }
    followed = follow_parents(crosswalk, golden)
    assert followed["end"].to_pylist() == ["rejected", "rejected", "held"]
    assert followed["reason"].to_pylist() == ["TOO_LONG", "parent", "REVIEW_PAIR"]
