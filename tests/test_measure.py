"""The six dimensions, on a run small enough to count by hand."""

from pathlib import Path

import pyarrow as pa
import pytest

from crmclean import measure, tables
from crmclean.model import build
from crmclean.run import Work
from crmclean.run.grouped import grouped

TEXT = pa.string()


def issue(code: str, record: int, object: str, field: str) -> dict:
    return {"code": code, "severity": "warn", "record": record, "object": object, "field": field}


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """Two customers and two contacts; three things are wrong with them."""
    made = Work(tmp_path)
    customers = pa.table(
        {
            "record": [1, 2],
            "name": ["华远贸易有限公司", "鼎盛科技有限公司"],
            "industry": pa.array(["批发业", None], TEXT),
            "last_follow_up_at": ["2026-11-01", "2025-10-31"],
            "updated_at": pa.array([None, None], TEXT),
        }
    )
    contacts = pa.table(
        {"record": [3, 4], "name": ["张三", "李四"], "mobile": pa.array(["1381234", None], TEXT)}
    )
    for name, table in (("customer", customers), ("contact", contacts)):
        made.put(f"records/{name}", table)
        made.put(f"golden/{name}", table)
    found = [
        issue("PHONE_TOO_SHORT", 3, "contact", "mobile"),
        issue("REFERENCE_UNKNOWN", 4, "contact", "customer"),
        issue("REFERENCE_UNKNOWN", 4, "contact", "customer"),
    ]
    made.put("issues/clean", pa.Table.from_pylist(found, schema=tables.ISSUES))
    pairs = {"object": "customer", "left": [1], "right": [2], "verdict": "review"}
    made.put("pairs", tables.table(tables.PAIRS, pairs))
    return made


def test_each_dimension_counts_what_it_says(work: Work) -> None:
    model = build({"contact.mobile": {"required": "standard"}})
    found = {d.name: (d.met, d.of) for d in measure.dimensions(work, model, grouped(work))}
    assert found == {
        "completeness": (6, 8),  # name and industry, name and mobile; two are empty
        "validity": (7, 8),  # names, industry, dates and a mobile that is too short
        "uniqueness": (3, 4),
        "consistency": (3, 4),
        "accuracy": (0, 0),
        "timeliness": (1, 2),
    }


def test_what_was_not_measured_is_not_complete(tmp_path: Path) -> None:
    assert {
        (d.met, d.of) for d in measure.dimensions(Work(tmp_path), build(), grouped(Work(tmp_path)))
    } == {(0, 0)}


def test_the_audit_gives_accuracy(work: Work) -> None:
    work.put("audit", pa.table({"correct": [97], "checked": [100]}))
    found = {d.name: d.ratio for d in measure.dimensions(work, build(), grouped(work))}
    assert found["accuracy"] == 0.97


def test_filled_cells_come_from_the_footer(work: Work) -> None:
    assert work.filled("golden/customer") == (
        2,
        {"record": 2, "name": 2, "industry": 1, "last_follow_up_at": 2, "updated_at": 0},
    )
