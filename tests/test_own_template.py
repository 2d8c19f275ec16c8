"""A template of the user's own: read as what it is, filled in its own order, refused where it cannot work.

`templates/` holds files as Apache POI and LibreOffice write them; the others are made here."""

import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
import xlrd
from export_world import MODEL, crosswalk, golden, project

from crmclean import export, own_template, templates
from crmclean.errors import UsageError
from crmclean.export import files
from crmclean.model import build
from crmclean.workbooks import Col, Sheet, dropdowns, reread, write

FILES = Path(__file__).parent / "templates"
SOURCES = ("促销", "搜索引擎", "广告", "转介绍", "线上注册", "线上询价", "预约上门", "陌拜", "电话咨询", "邮件咨询")  # fmt: skip
LEVELS = ("A（重点客户）", "B（普通客户）", "C（非优先客户）")
LINES = ("A 线", "B 线", "其他,待定")
EXTENDED = {"产品线": LINES, "客户级别": ("甲", "乙"), "客户行业": ("A 线", "B 线"), "市": None}
#: file → the lists it offers, by heading; None: they depend on other cells.
LISTS = {
    "wukong-11.xls": {
        "客户来源": SOURCES,
        "客户行业": ("IT", "金融业", "房地产", "商业服务", "运输/物流", "生产", "政府", "文化传媒"),
        "客户级别": LEVELS,
        "省": ("江苏省", "浙江省"),
        "市": None,
        "区": None,
    },
    "wukong-11-php.xls": {
        "客户级别": LEVELS,
        "客户来源": ("促销活动", "搜索引擎", "广告", "转介绍", "线上注册", "线上询价", "预约上门", "陌拜", "招商资源", "公司资源", "展会资源", "个人资源", "电话咨询", "邮件咨询"),
        "客户行业": ("IT/通信/电子/互联网", "金融业", "房地产", "商业服务", "贸易", "生产", "运输/物流", "服务业", "文化传媒", "政府", "其他"),
    },
    "wukong-11-extended.xls": EXTENDED,
    "wukong-11-extended.xlsx": EXTENDED,
}  # fmt: skip
#: file → the built-in template it resembles, and the rows that a file may have.
KNOWN = {
    "wukong-11.xls": ("wukong-11", 9999),
    "wukong-11-php.xls": ("wukong-11-php", 100),
    "wukong-11-extended.xls": ("wukong-11", 100),
    "wukong-11-extended.xlsx": ("wukong-11", 100),
}
ROWS_OF = [
    {
        "name": "江海设备",
        "owner": "张三",
        "phone": "0512-61234567",
        "source": "广告",
        "party": "总公司",
    },
    {"name": "北辰科技", "owner": "张三", "next_follow_up": "2025-03-01 09:30", "party": "总公司"},
]


@pytest.mark.parametrize("name", LISTS)
def test_a_template_as_a_crm_writes_it(name: str) -> None:
    spec = templates.load(name, FILES).objects["customer"]
    lists = {c.heading: c.picklist for c in spec.columns}
    for heading, options in LISTS[name].items():
        assert heading in spec.unread if options is None else lists[heading] == options
    assert set(spec.unread) == {h for h, options in LISTS[name].items() if options is None}
    assert (spec.crm, spec.max_rows) == KNOWN[name] and spec.header_row == 2 and spec.closed
    assert spec.note.startswith(("注意事项", "客户信息（*代表必填项"))
    required = [c.heading for c in spec.columns if c.required]
    assert required == [c.heading for c in spec.columns if c.heading.startswith("*")]


def party() -> dict:
    """A model with the field that the extended template wants."""
    return build({"customer.party": {"label": "合同主体"}})


def filled(name: str, folder: Path) -> Path:
    """The customers in a user's own template: the finished file."""
    model = party()
    table = golden("customer", ROWS_OF)
    table = table.append_column("party", pa.array([row["party"] for row in ROWS_OF]))
    tables = {"customer": table}
    template = templates.load(name, FILES, model)
    fitted = export.fit(tables, crosswalk(tables), project(unplaced={"customer.party": "drop"}), model, template)  # fmt: skip
    (file,) = files.planned(fitted.parts, folder, str)
    files.make(file)
    return file.path


@pytest.mark.parametrize("name", LISTS)
def test_it_is_filled_as_it_is(tmp_path: Path, name: str) -> None:
    path = filled(name, tmp_path)
    before, after = reread.cells(FILES / name), reread.cells(path)
    assert after[1] == before[1] and after[0][0] == before[0][0]
    values = dict(zip(after[1], zip(*after[2:4], strict=True), strict=True))
    assert values["*客户名称"] == ("江海设备", "北辰科技")
    assert values["电话"] == ("0512-61234567", None)
    assert values["下次联系时间"] == (None, "2025-03-01 09:30:00")
    if "*合同主体" in values:
        assert values["*合同主体"] == ("总公司", "总公司")
    if path.suffix == ".xls":
        sheet = xlrd.open_workbook(path, formatting_info=True).sheet_by_index(0)
        kinds = {cell.ctype for row in range(2, 4) for cell in sheet.row(row) if cell.value}
        assert kinds == {xlrd.XL_CELL_TEXT} and sheet.merged_cells == [(0, 1, 0, len(before[1]))]


def test_what_else_the_workbook_holds_stays(tmp_path: Path) -> None:
    """Hidden sheets and columns, drop-downs: they mean something to the importer."""
    path = filled("wukong-11-extended.xlsx", tmp_path)
    old, new = (openpyxl.load_workbook(p) for p in (FILES / "wukong-11-extended.xlsx", path))
    assert new.sheetnames == old.sheetnames and new["lists"].sheet_state == "hidden"
    assert list(new["lists"].values) == list(old["lists"].values)
    rules = [
        [(rule.formula1, str(rule.sqref)) for rule in book.worksheets[0].data_validations.dataValidation]
        for book in (old, new)
    ]  # fmt: skip
    assert rules[0] == rules[1] and len(rules[0]) == 4
    assert new.worksheets[0].column_dimensions["Q"].hidden
    cells = [c for row in new.worksheets[0].iter_rows(min_row=3) for c in row if c.value]
    assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}


def test_lists_that_excel_writes_as_an_extension(tmp_path: Path) -> None:
    """Excel 2010 and later write a list of another sheet as x14, which openpyxl does not show."""
    book = openpyxl.Workbook()
    book.active.append(["*客户名称", "客户来源"])
    for option in ("甲", "乙"):
        book.create_sheet("lists") if "lists" not in book.sheetnames else None
        book["lists"].append([option])
    book.save(tmp_path / "plain.xlsx")
    rule = (
        '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" '
        'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
        '<x14:dataValidations xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" count="1">'
        '<x14:dataValidation type="list"><x14:formula1><xm:f>lists!$A$1:$A$2</xm:f></x14:formula1>'
        "<xm:sqref>B2:B100</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"
    )
    with (
        zipfile.ZipFile(tmp_path / "plain.xlsx") as old,
        zipfile.ZipFile(tmp_path / "a.xlsx", "w") as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = content.replace(b"</worksheet>", rule.encode() + b"</worksheet>")
            new.writestr(name, content)
    assert dropdowns.read(tmp_path / "a.xlsx") == {1: ("甲", "乙")}


@pytest.mark.parametrize("name", ["wukong-11.xls", "wukong-11-extended.xlsx"])
def test_no_heading_is_added_to_those_of_the_crm(name: str) -> None:
    """One more column, and 悟空 refuses the whole file."""
    tables = {"customer": golden("customer", [{**ROWS_OF[0], "uscc": "91320500MA1"}])}
    made = project(unplaced={"customer.uscc": "custom_field"})
    with pytest.raises(UsageError) as wrong:
        export.fit(tables, crosswalk(tables), made, MODEL, templates.load(name, FILES))
    assert wrong.value.code == "TEMPLATE_NO_COLUMN" and "信用代码" in wrong.value.facts["columns"]


def test_a_required_column_that_nothing_fills_is_told_at_once() -> None:
    tables = {"customer": golden("customer", ROWS_OF)}
    template = templates.load("wukong-11-extended.xls", FILES)
    with pytest.raises(UsageError) as wrong:
        export.fit(tables, crosswalk(tables), project(), MODEL, template)
    assert wrong.value.code == "TEMPLATE_NOT_FILLED" and wrong.value.facts["columns"] == "*合同主体"


# The template that 悟空CRM's PHP line generates (crm-targets.md 0b) and variations of it.
STOCK = "*客户名称|客户级别|客户行业|客户来源|电话|网址|下次联系时间|备注|手机|邮箱|省|市|区/县|详细地址"
JAVA = "*客户名称|*负责人|客户来源|手机|电话|网址|邮箱|客户行业|客户级别|下次联系时间|备注|省|市|区|详细地址"
ROWS = {
    "stock": (STOCK.split("|"), "wukong-11-php", 100),
    "extended": ([*STOCK.split("|"), "合同主体"], "wukong-11-php", 100),
    "reordered": (list(reversed(STOCK.split("|"))), "wukong-11-php", 100),
    "java": (JAVA.split("|"), "wukong-11", 9999),
    "java changed": (
        [*(h for h in JAVA.split("|") if h != "下次联系时间"), "*产品线"],
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
