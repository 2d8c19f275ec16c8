"""Canaries (canaries.py): 200 invented people are not found in the report or the profile."""

from pathlib import Path

import pyarrow as pa
import pytest
import report_work
from canaries import COUNT, canaries, found, unpacked

from crmclean import profile, report, tables


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple:
    """A run whose first records, issues and changes are full of canaries."""
    made = report_work.make(tmp_path_factory.mktemp("w"), customers=500, issues=300, clusters=40)
    work, people = made[0], canaries()
    contacts = work.get("records/contact")
    for field in people[0]:
        values = [person[field] for person in people] + contacts[field].to_pylist()[COUNT:]
        at = contacts.column_names.index(field)
        contacts = contacts.set_column(at, field, pa.array(values, pa.string()))
    work.put("records/contact", contacts)
    golden = contacts.append_column("golden", pa.array([f"c{n}" for n in range(500)]))
    work.put("golden/contact", golden.append_column("customer_golden", pa.nulls(500, pa.string())))
    work.put("issues/dedupe", _issues(contacts, people))
    work.put("changes/dedupe", _changes(contacts, people))
    return made


def _issues(contacts: pa.Table, people: list[dict[str, str]]) -> pa.Table:
    parts = []
    for field in people[0]:
        values = [person[field] for person in people]
        columns = {
            "object": "contact",
            "record": contacts["record"].slice(0, COUNT),
            "field": field,
        }
        columns |= {"code": "PHONE_INVALID", "severity": "error", "value": values, "source": 1}
        parts.append(tables.table(tables.ISSUES, {**columns, "row": 7, "suggestion": values}))
        stray = {**columns, "field": None, "object": None, "column": "备注", "row": 9}
        parts.append(tables.table(tables.ISSUES, stray))
    return pa.concat_tables(parts)


def _changes(contacts: pa.Table, people: list[dict[str, str]]) -> pa.Table:
    parts = []
    for field in people[0]:
        values = [person[field] for person in people]
        columns = {
            "object": "contact",
            "record": contacts["record"].slice(0, COUNT),
            "field": field,
        }
        columns |= {"step": "clean", "rule": "text", "before": [f" {v} " for v in values]}
        parts.append(tables.table(tables.CHANGES, {**columns, "after": values}))
    return pa.concat_tables(parts)


def test_no_canary_is_in_the_report(made: tuple, tmp_path: Path) -> None:
    report.write(*made, tmp_path / "report.html")
    haystack = unpacked((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert found(canaries(), haystack) == []


def test_the_search_would_find_them(made: tuple, tmp_path: Path) -> None:
    report.write(*made, tmp_path / "report.html", unmask="a test")
    haystack = unpacked((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert len(set(found(canaries(), haystack))) > 3 * COUNT


def test_no_canary_is_in_the_profile(made: tuple, tmp_path: Path) -> None:
    _, project, model, plan = made
    people = canaries()
    cells = {f"c{n}": [person[field] for person in people] for n, field in enumerate(people[0], 1)}
    rows = {"row": list(range(COUNT)), "kind": "data", **cells}
    batch = tables.table(tables.rows_schema(6), rows)
    table = profile.profile(plan, lambda source: [batch])
    report.write_profile(
        table, tables.ISSUES.empty_table(), project, model, plan, tmp_path / "profile.html"
    )
    haystack = (tmp_path / "profile.html").read_text(encoding="utf-8")
    assert found(people, haystack) == []
