"""A law that is broken is seen: every check of `laws.py` fails on a table made wrong by hand."""

from pathlib import Path

import pyarrow as pa
import pytest

from crmclean import laws, tables
from crmclean.errors import Broken
from crmclean.plan import Source

SOURCE = Source(
    1, 0, "a.csv", "", "ERP", "legacy", "customer", "", 0, counts={"header": 1, "data": 2}
)
ROWS = pa.table({"row": [1, 2, 3], "kind": ["header", "data", "data"], "c1": ["名称", "甲", "乙"]})
IDS = tables.record_ids(1, pa.array([2, 3]))
RECORDS = pa.table({"record": IDS, "name": ["甲公司", "乙"]})
CHANGES = tables.table(
    tables.CHANGES,
    {"object": "customer", "record": [IDS[0].as_py()], "field": "name", "after": ["甲公司"]},
)


def ends(*given: str) -> pa.Table:
    records = IDS.to_pylist()[: len(given)]
    columns = {"object": "customer", "record": records, "end": list(given), "golden": "C1"}
    return tables.table(tables.CROSSWALK, columns)


def test_the_laws_hold_on_right_tables() -> None:
    laws.conservation_of_rows(ROWS, SOURCE, {"customer": RECORDS})
    laws.one_end_each(ends("loaded", "merged"), RECORDS["record"], "customer")
    laws.replay({"name": pa.array(["甲", "乙"])}, CHANGES, "customer", RECORDS)


def test_a_row_without_a_record_is_seen() -> None:
    with pytest.raises(Broken) as broken:
        laws.conservation_of_rows(ROWS, SOURCE, {"customer": RECORDS.slice(0, 1)})
    assert broken.value.code == "LAW_ROWS"


def test_a_row_that_was_lost_while_reading_is_seen() -> None:
    with pytest.raises(Broken):
        laws.conservation_of_rows(ROWS.slice(0, 2), SOURCE, {"customer": RECORDS})


@pytest.mark.parametrize("given", [("loaded",), ("loaded", "vanished")])
def test_a_record_without_one_known_end_is_seen(given: tuple[str, ...]) -> None:
    with pytest.raises(Broken) as broken:
        laws.one_end_each(ends(*given), RECORDS["record"], "customer")
    assert broken.value.code == "LAW_ENDS"


def test_a_record_with_two_ends_is_seen() -> None:
    twice = pa.concat_tables([ends("loaded", "merged"), ends("held")])
    with pytest.raises(Broken):
        laws.one_end_each(twice, RECORDS["record"], "customer")


@pytest.mark.parametrize("cells", [["甲", "丙"], ["甲", None]])
def test_a_value_that_no_change_explains_is_seen(cells: list[str | None]) -> None:
    with pytest.raises(Broken) as broken:
        laws.replay({"name": pa.array(cells)}, CHANGES, "customer", RECORDS)
    assert broken.value.code == "LAW_REPLAY" and broken.value.facts["count"] == 1


def test_two_credit_codes_under_one_golden_record_are_seen() -> None:
    codes = pa.table({"record": IDS, "uscc": ["91110108XY0WTCDKQE", "91370202XYX76478GM"]})
    laws.merge_is_safe(codes, ends("loaded", "held"))
    with pytest.raises(Broken) as broken:
        laws.merge_is_safe(codes, ends("loaded", "merged"))
    assert broken.value.code == "LAW_MERGE"


def test_a_source_that_changed_during_the_run_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x", encoding="utf-8")
    changed = Source(1, 0, "a.csv", "", "", "legacy", "customer", sha256="0" * 64, size=1)
    with pytest.raises(Broken):
        laws.sources_unchanged(changed, tmp_path)
