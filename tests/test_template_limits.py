"""Every limit of every template from both sides: forms, options, rows, bytes, unique, characters.

Lengths and required cells: test_templates.py. Sure facts ([O], [V]) may reject a record, all others
only warn (templates.py)."""

import random
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from export_world import MODEL, crosswalk, golden, project
from test_templates import ALL, NAMED, world

from crmclean import export, templates
from crmclean.export import cells, files
from crmclean.export.parts import KEYS, Part
from crmclean.templates import Column, ObjectTemplate

#: form → a value that the target takes, and one that it does not.
FORMS = {
    "date": ("2025-02-28", "2025-02-30"),
    "datetime": ("2025-03-01 09:30:00", "下周三"),
    "mobile": ("13800000000", "138-1234-5678"),
    "email": ("li@example.com", "li@example"),
    "owner_id": ("005D0000001AXYz", "张三"),
}


def of_columns(wanted) -> list:
    return [
        pytest.param(spec, column, id=f"{name}/{spec.path.stem}/{column.heading}")
        for name, spec in ALL
        for column in spec.columns
        if column.field and not spec.pool and wanted(column)
    ]


def fitted_cell(
    spec: ObjectTemplate, column: Column, value: str
) -> tuple[dict[str, str | None] | None, list[dict]]:
    """The row that holds `value` in this column, None where it was rejected, and its issues."""
    tables, template = world(spec, column, value)
    fitted = export.fit(tables, crosswalk(tables), project(), MODEL, template)
    rows = [row for p in fitted.parts if p.object == spec.object for row in p.rows.to_pylist()]
    mine = [i for i in fitted.issues.to_pylist() if i["column"] == column.heading]
    return (rows[0] if rows else None), mine


@pytest.mark.parametrize(("spec", "column"), of_columns(lambda c: c.form in FORMS))
def test_forms(spec: ObjectTemplate, column: Column) -> None:
    good, bad = FORMS[column.form]
    row, issues = fitted_cell(spec, column, good)
    assert row[column.heading] == good and not issues
    row, issues = fitted_cell(spec, column, bad)
    assert "TARGET_BAD_FORM" in [issue["code"] for issue in issues]
    if row is None:
        assert column.required and spec.rejects("required", column)
        return
    assert row[column.heading] is None
    remark = next((c for n in ("remark", "content") if (c := spec.column_of(n))), None)
    assert remark is None or f"：{bad}" in row[remark.heading]


@pytest.mark.parametrize(("spec", "column"), of_columns(lambda c: c.picklist))
def test_options(spec: ObjectTemplate, column: Column) -> None:
    for option in (column.picklist[0], column.picklist[-1]):
        row, issues = fitted_cell(spec, column, option)
        assert row[column.heading] == option and not issues
    row, issues = fitted_cell(spec, column, "没有这一项")
    if spec.rejects("picklist", column):
        assert row is None and issues[0]["code"] == "TARGET_NOT_IN_LIST"
    else:
        assert row is not None
        assert (issues[0]["code"], issues[0]["severity"]) == ("TARGET_UNKNOWN_OPTION", "warn")


#: field → one value, the same for the target, and another.
TWICE = {
    "name": ("甲厂A", "甲厂a", "甲厂b"),
    "mobile": ("13800000000", "13800000000", "13800000001"),
}


@pytest.mark.parametrize("spec", NAMED)
def test_what_must_differ(spec: ObjectTemplate) -> None:
    only = templates.Template("t", "t", "any", {spec.object: spec})
    for name in spec.unique:
        first, same, other = TWICE[name]
        for second, kept in ((same, 1), (other, 2)):
            rows = [
                {"name": f"第{n}家", "owner": "张三", name: value}
                for n, value in enumerate((first, second))
            ]
            tables = {spec.object: golden(spec.object, rows)}
            fitted = export.fit(tables, crosswalk(tables), project(), MODEL, only)
            assert spec.rejects("unique", spec.column_of(name))
            assert sum(part.rows.num_rows for part in fitted.parts) == kept


@pytest.mark.parametrize("spec", [each for each in NAMED if each.values[0].four_byte != "keep"])
def test_characters_of_four_bytes(spec: ObjectTemplate) -> None:
    plain = [c for c in spec.columns if c.field and c.form == "text" and not c.picklist]
    free = next(c for c in plain if not c.required)
    row, issues = fitted_cell(spec, free, "王吉")
    assert row[free.heading] == "王吉" and not issues
    row, issues = fitted_cell(spec, free, "王𠮷")
    assert row[free.heading] == f"王{cells.GETA}" and issues[0]["code"] == "TARGET_FOUR_BYTE"
    key = next(c for c in spec.columns if c.field in ("name", "content"))
    row, _ = fitted_cell(spec, key, "王𠮷")
    assert (row is None) is spec.rejects("four_byte", key)


def part_of(spec: ObjectTemplate, rows: int, text: pa.Array | None = None) -> Part:
    spec = replace(spec, columns=templates.with_columns(spec, MODEL[spec.object], "zh"))
    nothing = pa.nulls(rows, pa.string())
    columns = {column.heading: nothing for column in spec.columns}
    columns[spec.columns[0].heading] = pa.array([f"第{n}家" for n in range(rows)])
    if text is not None:
        columns[spec.columns[-1].heading] = text
    ids = pc.cast(pa.array(range(rows)), pa.string())
    keys = {"golden": ids, "record": pa.array(range(rows)), "parent": nothing, "group": nothing}
    return Part(spec.object, spec, spec.columns, pa.table(keys, KEYS), pa.table(columns))


LIMITED = [each for each in NAMED if each.values[0].max_rows]


@pytest.mark.parametrize("spec", LIMITED)
def test_rows_of_a_file(spec: ObjectTemplate, tmp_path: Path) -> None:
    spec = replace(spec, max_bytes=None)
    exact = files.planned([part_of(spec, spec.max_rows)], tmp_path, str)
    more = files.planned([part_of(spec, spec.max_rows + 1)], tmp_path, str)
    assert [file.rows for file in exact] == [spec.max_rows]
    assert [file.rows for file in more] == [spec.max_rows, 1]


BIG = [each for each in NAMED if each.values[0].max_bytes]


@pytest.mark.parametrize("spec", BIG)
def test_bytes_of_a_file(spec: ObjectTemplate, tmp_path: Path) -> None:
    """Text that does not compress, of half the limit and of one and a half."""
    rng, per_row = random.Random(1), {"xls": 2, "xlsx": 1.9, "csv": 3}[spec.format]
    letters = "".join(chr(rng.randrange(0x4E00, 0x9FA5)) for _ in range(100_000))
    size = 30_000 if spec.format == "csv" else 2_000
    for share, split in ((0.5, False), (1.5, True)):
        rows = int(spec.max_bytes * share / per_row / size)
        cut = [
            letters[(start := rng.randrange(100_000 - size)) : start + size] for _ in range(rows)
        ]
        made = files.planned([part_of(spec, rows, pa.array(cut))], tmp_path, str)
        assert (len(made) > 1) is split
        if spec.format != "csv":
            for file in made:
                files.make(file)
                assert file.path.stat().st_size <= spec.max_bytes
