"""Templates: every limit has its source, and is exercised from both sides; the user's own file wins."""

import struct
from pathlib import Path

import pyarrow as pa
import pytest
from export_world import MODEL, crosswalk, golden, project

from crmclean import export, own_template, templates
from crmclean.errors import UsageError
from crmclean.messages import LANGUAGES, entries
from crmclean.templates import Column, ObjectTemplate
from crmclean.workbooks import Col, Sheet, dropdowns, reread, write

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
    assert wrong.value.code == "TEMPLATE_MISSING" and "wukong-1" in wrong.value.facts["near"]


# The template that 悟空CRM's PHP line generates (crm-targets.md 0b) and variations of it.
STOCK = "*客户名称|客户级别|客户行业|客户来源|电话|网址|下次联系时间|备注|手机|邮箱|省|市|区/县|详细地址"
ROWS = {
    "stock": (STOCK.split("|"), "wukong-11-php", 100),
    "extended": ([*STOCK.split("|"), "合同主体"], "wukong-11-php", 100),
    "reordered": (list(reversed(STOCK.split("|"))), "wukong-11-php", 100),
    "java": (
        [
            "*客户名称",
            "*负责人",
            "客户来源",
            "手机",
            "电话",
            "网址",
            "邮箱",
            "客户行业",
            "客户级别",
            "下次联系时间",
            "备注",
            "省",
            "市",
            "区",
            "详细地址",
        ],
        "wukong-11",
        9999,
    ),
    "java changed": (
        [
            "*客户名称",
            "*负责人",
            "客户来源",
            "手机",
            "电话",
            "网址",
            "邮箱",
            "客户行业",
            "客户级别",
            "备注",
            "省",
            "市",
            "区",
            "详细地址",
            "*产品线",
        ],
        "wukong-11",
        100,
    ),
}


def own_file(
    folder: Path, headings: list[str], form: str, lists: dict[str, list[str]] | None = None
) -> Path:
    path = folder / f"客户导入模板.{form}"
    empty = pa.table({str(n): pa.array([], pa.string()) for n in range(len(headings))})
    columns = [Col(heading, choices=(lists or {}).get(heading, ())) for heading in headings]
    write(
        path,
        [Sheet("悟空软件导入模板2024-05-01", columns, empty, ("客户信息（*代表必填项）",))],
        form,
    )
    return path


@pytest.mark.parametrize("form", ["xls", "xlsx"])
@pytest.mark.parametrize("name", ROWS)
def test_a_file_from_the_crm_is_read_as_what_it_is(tmp_path: Path, form: str, name: str) -> None:
    headings, crm, rows = ROWS[name]
    spec = templates.load(own_file(tmp_path, headings, form).name, tmp_path).objects["customer"]
    assert [c.heading for c in spec.columns] == headings
    assert (spec.crm, spec.max_rows, spec.header_row, spec.format) == (crm, rows, 2, form)
    fields = {c.heading: c.field for c in spec.columns}
    assert fields["*客户名称"] == "name" and fields["详细地址"] == "address"
    required = [c.heading for c in spec.columns if c.required]
    assert required == [h for h in headings if h.startswith("*")]
    extra = set(headings) - set(STOCK.split("|")) - set(ROWS["java"][0])
    assert all(fields[heading] in (None, "product_line") for heading in extra)


@pytest.mark.parametrize("form", ["xls", "xlsx"])
def test_it_is_filled_in_its_own_order(tmp_path: Path, form: str) -> None:
    headings = ROWS["reordered"][0]
    path = own_file(tmp_path, headings, form)
    template = templates.load(path.name, tmp_path)
    tables = {"customer": golden("customer", [{"name": "江海设备", "phone": "0512-61234567"}])}
    fitted = export.fit(tables, crosswalk(tables), project(owners={"": "张三"}), MODEL, template)
    from crmclean.export import files

    (file,) = files.planned(fitted.parts, tmp_path / "import", str)
    files.make(file)
    read = reread.columns(file.path, 2)
    assert read.column_names == headings
    assert read.to_pylist()[0]["*客户名称"] == "江海设备"
    assert read.to_pylist()[0]["电话"] == "0512-61234567"


def test_its_drop_downs_are_read(tmp_path: Path) -> None:
    long = [f"第{n}种来源" for n in range(80)]
    lists = {"客户来源": long, "客户级别": ["甲", "乙"]}
    path = own_file(tmp_path, ROWS["stock"][0], "xlsx", lists)
    columns = {
        c.heading: c for c in templates.load(path.name, tmp_path).objects["customer"].columns
    }
    assert columns["客户级别"].picklist == ("甲", "乙") and columns["客户来源"].picklist == tuple(
        long
    )


def test_a_drop_down_record_of_xls() -> None:
    """One DV record, as [MS-XLS] 2.4.90 has it: a list of 是 and 否 on rows 3-70 of column F."""
    empty = struct.pack("<HBB", 1, 0, 0)
    options = "是\0否"
    tokens = bytes([0x17, len(options), 1]) + options.encode("utf-16-le")
    formulas = struct.pack("<HH", len(tokens), 0) + tokens + struct.pack("<HH", 0, 0)
    ranges = struct.pack("<HHHHH", 1, 2, 69, 5, 5)
    record = struct.pack("<I", 3) + empty * 4 + formulas + ranges
    assert dropdowns._dv(record) == [(5, ("是", "否"))]


def test_it_can_be_saved_edited_and_named_as_target(tmp_path: Path) -> None:
    path = own_file(tmp_path, ROWS["extended"][0], "xlsx")
    own_template.save(templates.load(path.name, tmp_path), tmp_path / "mine")
    text = (tmp_path / "mine" / "customer.yaml").read_text(encoding="utf-8")
    edited = text.replace("heading: 合同主体", "heading: 合同主体\n  field: org")
    (tmp_path / "mine" / "customer.yaml").write_text(edited, encoding="utf-8")
    spec = templates.load("mine", tmp_path).objects["customer"]
    assert [c.heading for c in spec.columns] == ROWS["extended"][0]
    assert spec.column_of("org").heading == "合同主体" and spec.own_file.name == path.name
    assert spec.fact("max") == templates.load("wukong-11-php").objects["customer"].fact("max")


@pytest.mark.parametrize("content", ["天气,温度,风\n晴,20,3\n", ""])
def test_a_file_that_is_no_template_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.csv").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError) as wrong:
        templates.load("a.csv", tmp_path)
    assert wrong.value.code == "TEMPLATE_UNKNOWN"
