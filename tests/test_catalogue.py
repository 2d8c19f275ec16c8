"""Every known way in which a legacy file is broken has a fixture, by the id of the catalogue.

The ids: F the file itself, L the layout of a sheet, C text files, T characters, V Excel values
(dirty-input.md B1 to B5). Files, layouts and text files have their tests beside (`test_readers_*`,
`test_scan_layout`). Here are characters and values, from the file to the clean record: what the cell
becomes, its row in Excel, and what is told.
"""

import re
from pathlib import Path

import pytest
import xlsxwriter

from crmclean import cleaning, project, readers, scan
from crmclean.model import build
from crmclean.run import Work
from tests.old_workbooks import biff5
from tests.test_readers_hostile import data, package, row
from tests.test_readers_hostile import text as inline

HEADINGS = {
    "客户名称": "customer.name",
    "联系人": "contact.name",
    "手机": "contact.mobile",
    "邮箱": "contact.email",
    "微信": "contact.wechat",
    "年采购额": "customer.annual_purchase",
    "创建时间": "customer.created_at",
    "备注": "customer.remark",
    "编号": "customer.code",
    "关键人": "contact.decision_maker",
}
GOOD = ("青岛禾屿机械有限公司", "张三", "13812340001", "a@example.com", "wx1", "12000", "2024-06-15", "老客户", "K001", "是")  # fmt: skip
IDS = {"f": 18, "l": 18, "c": 18, "t": 9, "v": 16}


def test_every_id_of_the_catalogue_has_a_fixture() -> None:
    folder = Path(__file__).parent
    written = "\n".join(path.read_text("utf-8") for path in folder.glob("test_*.py"))
    names = re.findall(r"(?:def test_|\")((?:[flctv]\d\d_)+)", written)
    found = {name for several in names for name in several.split("_")}
    ids = {f"{kind}{n:02}" for kind, last in IDS.items() for n in range(1, last + 1)}
    assert sorted(ids - found) == []


def cleaned(path: Path, **reading: object) -> tuple[list[dict[str, str]], list[tuple]]:
    """The records of a file, customer and contact together, and what was told of it as (row,
    column or field, code, value)."""
    entry = {"path": path.name, "fields": {to: heading for heading, to in HEADINGS.items()}}
    settings = project.Project(target="generic", sources=[{**entry, **reading}])
    plan, seen = scan.scan(settings, path.parent)
    work = Work(path.parent / "work")
    cleaning.clean(cleaning.Cleaning(settings, build(), path.parent), plan, work, lambda *_: None)
    told = [*seen.to_pylist(), *work.get("issues/clean").to_pylist()]
    issues = {(i["row"], i["column"] or i["field"], i["code"], i["value"]) for i in told}
    records: dict[int, dict[str, str]] = {}
    for name in ("customer", "contact"):
        for record in work.get(f"records/{name}").to_pylist():
            fields = {f"{name}.{key}": value for key, value in record.items() if value is not None}
            records.setdefault(record["record"], {}).update(fields)
    return list(records.values()), sorted(issues, key=str)


def sheet(path: Path, row_of: dict[str, object]) -> Path:
    """A workbook with a good row (2) and this one (3)."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False})
    page = book.add_worksheet("客户")
    page.write_row(0, 0, list(HEADINGS))
    page.write_row(1, 0, GOOD)
    for column, heading in enumerate(HEADINGS):
        value = row_of.get(heading, GOOD[column] if heading == "客户名称" else None)
        if value is not None:
            page.write(2, column, value)
    book.close()
    return path


#: The case, its column, the cell, what the record holds, and what is told: (code, value).
CASES: dict[str, tuple[str, object, str | None, list[tuple[str, str]]]] = {
    "t01_full_width_digits": ("手机", "１３８１２３４５６７８", "13812345678", []),
    "t01_full_width_letters_in_a_name": ("客户名称", "上海（ＡＢＣ）机械有限公司", "上海（ABC）机械有限公司", []),
    "t02_spaces_of_other_kinds": ("备注", "甲\u3000 \t乙\u2003丙\u00a0", "甲 乙 丙", []),
    "t02_a_space_inside_a_name": ("联系人", "李\u00a0四", "李四", []),
    "t03_characters_that_nobody_sees": ("联系人", "\u200b王\u200d五\ufeff\u202c", "王五", []),
    "t04_escapes_of_workbooks": ("备注", "甲_x000D_\n乙_x0009_丙", "甲\n乙 丙", []),
    "t05_private_characters": (
        "客户名称", "青岛\ue5e5机械有限公司", "青岛\ue5e5机械有限公司",
        [("TEXT_PRIVATE_CHARACTERS", "青岛\ue5e5机械有限公司")],
    ),
    "t05_radicals_stay_and_are_asked": (
        "联系人", "⼈小⼭", "⼈小⼭", [("PERSON_STRANGE", "⼈小⼭")]
    ),
    "t06_traditional_characters_stay": ("客户名称", "臺灣電子有限公司", "臺灣電子有限公司", []),
    "t07_entities_and_tags": ("备注", "甲&nbsp;乙<br>丙&#20013;<b>丁</b>", "甲 乙\n丙中丁", []),
    "t08_control_characters": ("备注", "甲\x07乙", "甲乙", []),
    "t09_emoji_stay": ("微信", "小明😀(≧▽≦)", "小明😀(≧▽≦)", []),
    "c16_currency_thousands_and_unit": ("年采购额", "￥1,234.5万", "12345000", []),
    "c16_a_percentage_is_no_amount": ("年采购额", "85%", "85%", [("AMOUNT_INVALID", "85%")]),
    "v01_a_phone_that_is_a_number": ("手机", 13812345678.0, "13812345678", []),
    "v01_a_phone_with_decimals": (
        "手机", 13812345678.5, "13812345678.5", [("PHONE_EXTRA_DIGITS", "13812345678.5")]
    ),
    "v06_an_apostrophe_in_front": ("编号", "'00123", "00123", []),
    "v10_serial_zero_is_nothing": ("创建时间", 0, None, []),
    "v10_a_negative_serial": ("创建时间", -5, "-5", [("DATE_UNREADABLE", "-5")]),
    "v10_the_day_that_never_was": ("创建时间", 60, "60", [("DATE_UNREADABLE", "60")]),
    "v13_a_boolean": ("关键人", True, "是", []),
    "v13_a_boolean_that_is_false": ("关键人", False, "否", []),
    "v13_a_tick": ("关键人", "√", "是", []),
    "v13_a_letter": ("关键人", "Y", "是", []),
    "v13_a_number": ("关键人", 1, "是", []),
    "v13_a_word_that_says_neither": ("关键人", "大概", "大概", [("YES_NO_UNKNOWN", "大概")]),
    "v16_binary_fractions": ("年采购额", 0.1 + 0.2, "0.3", []),
    "v16_fifteen_digits": ("备注", 123456789.123456, "123456789.123456", []),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_cell_from_the_file_to_the_record(case: str, tmp_path: Path) -> None:
    heading, cell, value, told = CASES[case]
    records, issues = cleaned(sheet(tmp_path / "客户.xlsx", {heading: cell}))
    assert records[1].get(HEADINGS[heading]) == value
    assert [issue for issue in issues if issue[0] == 3] == [(3, heading, *one) for one in told]


def test_v05_the_result_of_a_formula_keeps_its_type(tmp_path: Path) -> None:
    cell = '<c r="B2" t="str"><f>TEXT(A9,"00000")</f><v>00123</v></c>'
    head = row(1, inline("A1", "客户名称"), inline("B1", "编号"))
    path = package(tmp_path / "a.xlsx", data(head, row(2, inline("A2", "甲机械有限公司"), cell)))
    records, issues = cleaned(path, fields={"customer.name": "客户名称", "customer.code": "编号"})
    assert records[0]["customer.code"] == "00123"
    assert issues == []


def test_v10_a_formatted_serial_that_is_no_date_is_told(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    page, date = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    page.write_row(0, 0, ["客户名称", "创建时间"])
    for number, serial in enumerate((45458, 0, -1, 60, 20240615), 1):
        page.write(number, 0, f"甲{number}机械有限公司")
        page.write_number(number, 1, serial, date)
    book.close()
    fields = {"customer.name": "客户名称", "customer.created_at": "创建时间"}
    records, issues = cleaned(tmp_path / "a.xlsx", fields=fields)
    kept = [record.get("customer.created_at") for record in records]
    assert kept == ["2024-06-15", "00:00:00", "00:00:00", "1900-02-28", "2024-06-15"]
    assert issues == [
        (3, "创建时间", "DATE_UNREADABLE", "00:00:00"),
        (4, "创建时间", "DATE_UNREADABLE", "00:00:00"),
        (5, "created_at", "DATE_IMPLAUSIBLE", "1900-02-28"),
    ]


#: As long as a string of Excel may be; some of them need many records of a file.
LONG = "".join(chr(0x4E00 + n % 5000) for n in range(32_000))


def test_v15_strings_across_the_records_of_an_xls(tmp_path: Path) -> None:
    import xlwt

    book = xlwt.Workbook()
    page = book.add_sheet("客户")
    for number, cells in enumerate(
        [["客户名称", "备注"], *([f"甲{n}公司", LONG[n:]] for n in range(5))]
    ):
        for column, value in enumerate(cells):
            page.write(number, column, value)
    book.save(str(tmp_path / "a.xls"))
    file = readers.open_file(tmp_path / "a.xls")
    found = [value for batch in file.sheets[0].batches() for value in batch.column(2).to_pylist()]
    assert found == ["备注", *(LONG[n:] for n in range(5))]


@pytest.mark.parametrize("codepage", [936, 10008, 21010])
def test_v15_an_old_xls_names_a_page_that_no_codec_knows(tmp_path: Path, codepage: int) -> None:
    path = biff5(
        tmp_path / "a.xls", [["客户名称", "备注"], ["青岛禾屿机械有限公司", "老客户"]], codepage
    )
    fields = {"customer.name": "客户名称", "customer.remark": "备注"}
    records, issues = cleaned(path, fields=fields)
    assert records[0]["customer.name"] == "青岛禾屿机械有限公司"
    assert records[0]["customer.remark"] == "老客户"
    assert issues == []
