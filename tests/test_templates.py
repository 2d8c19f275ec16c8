"""Templates: every limit has its source, and is exercised from both sides; the user's own file wins."""

from pathlib import Path

import pytest
from export_world import MODEL, crosswalk, golden, project

from crmclean import export, templates
from crmclean.errors import UsageError
from crmclean.messages import LANGUAGES, entries
from crmclean.templates import Column, ObjectTemplate
from crmclean.workbooks import reread

ALL = [
    (name, spec)
    for name in templates.names()
    for each in templates.load(name).objects.values()
    for spec in (each, *([each.pool] if each.pool else []))
]
NAMED = [pytest.param(spec, id=f"{name}/{spec.path.stem}") for name, spec in ALL]
LIMITED = [
    pytest.param(spec, column, id=f"{name}/{spec.path.stem}/{column.heading}")
    for name, spec in ALL
    for column in spec.columns
    if column.max_length and column.field and column.form in ("text", "reference")
    if column.max_length <= 3000 and not column.before and not spec.pool
]


def test_the_five_crms_and_the_neutral_ones_are_there() -> None:
    wanted = {"wukong-11", "wukong-11-php", "wukong-9", "wukong-9-php", "salesforce"}
    wanted |= {"salesforce-wizard", "dynamics365", "fxiaoke", "yonyou", "generic", "standard"}
    assert wanted <= set(templates.names())


@pytest.mark.parametrize("spec", NAMED)
def test_every_limit_has_a_source(spec: ObjectTemplate) -> None:
    limits = {"rows": spec.max_rows, "bytes": spec.max_bytes, "unique": spec.unique}
    limits |= {"area": spec.area, "four_byte": spec.four_byte != "keep"}
    for limit, is_set in limits.items():
        assert not is_set or spec.fact(limit).source, limit
    for column in spec.columns:
        for limit, is_set in {
            "required": column.required,
            "max": column.max_length,
            "picklist": column.picklist,
            column.form: column.form not in ("text", "industry") and column.field,
        }.items():
            assert not is_set or spec.fact(limit, column).source, (column.heading, limit)


@pytest.mark.parametrize("spec", NAMED)
def test_a_template_that_is_called_verified_knows_its_layout(spec: ObjectTemplate) -> None:
    if spec.verified:
        shaky = [limit for limit in ("columns", "required") if limit in spec.docs]
        assert all(spec.fact(limit).mark in templates.SURE for limit in shaky)
    value_maps = [c for c in spec.columns if c.picklist and c.value_map]
    assert all(set(c.value_map.values()) <= set(c.picklist) for c in value_maps)


def test_every_crm_has_words_for_its_import() -> None:
    for name in templates.names():
        guide = f"guide.{templates.load(name).guide}"
        assert all(entries()[guide][language] for language in LANGUAGES)


def world(
    spec: ObjectTemplate, column: Column, value: str | None
) -> tuple[dict, templates.Template]:
    """One customer, and one record of the template's object with `value` in `column`."""
    sound = {
        "name": "江海设备",
        "owner": "张三",
        "contact": "李四",
        "content": "电话",
        "by": "张三",
    }
    sound |= {"expected_close": "2025-05-01", "stage": "方案报价", "customer": "江海设备"}
    if spec.object != "customer":
        sound["of"] = "0"
    base = {"name": "江海设备", "owner": "张三", "org": "总部", "code": "C1"}
    row = {**(base if spec.object == "customer" else sound), column.field: value}
    parent = dict(base)
    if column.form == "reference":
        parent["name"] = value
        row = {**sound}
    tables = {"customer": golden("customer", [parent if spec.object != "customer" else row])}
    if spec.object != "customer":
        tables[spec.object] = golden(spec.object, [row], part=1)
    loaded = templates.Template("t", "t", "any", {"customer": _free(spec), spec.object: spec})
    return tables, loaded


def _free(spec: ObjectTemplate) -> ObjectTemplate:
    """A customer template without limits, so that only the object's own limits are tried."""
    return ObjectTemplate("t", "customer", (Column("名称", "name"),))


@pytest.mark.parametrize(("spec", "column"), LIMITED)
def test_lengths_from_both_sides(spec: ObjectTemplate, column: Column) -> None:
    for extra in (0, 1):
        tables, template = world(spec, column, "长" * (column.max_length + extra))
        fitted = export.fit(tables, crosswalk(tables), project(), MODEL, template)
        codes = {
            (i["code"], i["severity"]) for i in fitted.issues.to_pylist() if "LONG" in i["code"]
        }
        rows = [p.rows.num_rows for p in fitted.parts if p.object == spec.object]
        if not extra:
            assert not codes and rows == [1]
        elif spec.rejects("max", column):
            assert codes == {("TARGET_TOO_LONG", "error")} and sum(rows) == 0
        else:
            assert codes == {("TARGET_MAYBE_TOO_LONG", "warn")} and rows == [1]


def test_utf16_units_where_the_vendor_counts_so() -> None:
    spec = templates.load("dynamics365").objects["customer"]
    for text, fits in (("长" * 160, True), ("𠮷" * 80, True), ("𠮷" * 81, False)):
        tables = {"customer": golden("customer", [{"name": text, "owner": "张三"}])}
        only = templates.Template("t", "t", "any", {"customer": spec})
        fitted = export.fit(tables, crosswalk(tables), project(), MODEL, only)
        assert (fitted.parts[0].rows.num_rows == 1) is fits


@pytest.mark.parametrize("spec", NAMED)
def test_an_empty_required_cell(spec: ObjectTemplate) -> None:
    for column in spec.columns:
        if not column.required or column.form == "reference" or column.fallback or spec.pool:
            continue
        if spec.docs.get("required") is None or column.field is None:
            continue
        tables, template = world(spec, column, None)
        fitted = export.fit(tables, crosswalk(tables), project(), MODEL, template)
        rows = sum(p.rows.num_rows for p in fitted.parts if p.object == spec.object)
        by_model = MODEL[spec.object].fields[column.field].required == "target"
        assert rows == (0 if spec.rejects("required", column) or by_model else 1), column.heading


@pytest.mark.parametrize("name", templates.names())
def test_a_blank_template_for_people(tmp_path: Path, name: str) -> None:
    template = templates.load(name)
    export.blank(template, tmp_path / "a.xlsx", "zh")
    sheets = reread.names(tmp_path / "a.xlsx")
    for number, spec in enumerate(template.objects.values()):
        read = reread.columns(tmp_path / "a.xlsx", spec.header_row, sheets[number])
        columns = templates.with_columns(spec, MODEL[spec.object], "zh")
        assert read.column_names == [column.heading for column in columns]


def test_an_unknown_template_says_what_was_meant() -> None:
    with pytest.raises(UsageError) as wrong:
        templates.load("wukong11")
    assert wrong.value.code == "TEMPLATE_MISSING_NEAR"
    assert "wukong-1" in wrong.value.facts["near"]
    with pytest.raises(UsageError) as wrong:
        templates.load("nosuch")
    assert wrong.value.code == "TEMPLATE_MISSING"


def test_resident_ids_leave_only_when_asked() -> None:
    from crmclean.model import shipped_model

    for name in ("generic", "generic-csv"):
        spec = templates.load(name).objects["contact"]
        fields = {c.field for c in templates.with_columns(spec, shipped_model()["contact"], "zh")}
        assert "mobile" in fields and "resident_id" not in fields
