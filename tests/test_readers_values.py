"""B4 and B5 of the catalogue, characters and Excel values: one test per case."""

import base64
import datetime as dt
import io

import pytest
import xlsxwriter

from crmclean import project, readers, scan
from crmclean.readers.cells import column, text
from crmclean.rules import _mojibake
from tests.test_readers_files import cells, written, xlsx
from tests.test_readers_hostile import SHEET, data, package, row
from tests.test_readers_hostile import text as inline


def issues(path, **entry):
    settings = project.Project(sources=[{"path": path.name, **entry}])
    _, found = scan.scan(settings, path.parent)
    return [tuple(i.values()) for i in found.select(["row", "column", "code", "value"]).to_pylist()]


def columns(path, **entry):
    settings = project.Project(sources=[{"path": path.name, **entry}])
    plan, _ = scan.scan(settings, path.parent)
    return {c.heading: c for c in plan.sources[0].columns}


@pytest.mark.parametrize(
    "cell, shown",
    [
        (13812345678.0, "13812345678"),  # V01
        (110101199001011234.0, "110101199001011232"),  # V03: already lost, printed as stored
        (0.1 + 0.2, "0.30000000000000004"),  # V16
        (1.5, "1.5"),
        (-0.0, "0"),
        (1e22, "10000000000000000000000"),
        (1e-7, "0.0000001"),
        (True, "TRUE"),  # V13
        (dt.date(2024, 6, 15), "2024-06-15"),
        (dt.datetime(2024, 6, 15), "2024-06-15"),
        (dt.datetime(2024, 6, 15, 9, 30), "2024-06-15 09:30:00"),
        (dt.time(9, 30), "09:30:00"),
        (dt.timedelta(hours=36), "36:00:00"),
        ("a_x000D_\nb", "a\nb"),  # T04
        ("a\r\nb", "a\nb"),
        (" x ", " x "),
        ("", None),
        (None, None),
    ],
)
def test_one_function_turns_any_cell_into_text(cell, shown):
    assert text(cell) == shown
    assert column([cell, "公司", cell]).to_pylist() == [shown, "公司", shown]
    assert column([cell]).to_pylist() == [shown]


def test_v02_v03_what_is_lost_is_told(tmp_path):
    rows = [["客户名称", "手机", "身份证"], ["甲公司", "1.38E+10", "110101199001011000"]]
    path = xlsx(tmp_path / "a.xlsx", rows)
    assert issues(path) == [
        (2, "手机", "DIGITS_ROUNDED", "1.38E+10"),
        (2, "身份证", "DIGITS_CUT", "110101199001011000"),
    ]
    assert cells(path)[1] == rows[1]


def test_c07_lost_characters_are_told(tmp_path):
    path = written(tmp_path / "a.csv", "客户名称,手机\n锟斤拷公司,1\n甲\ufffd公司,2\n乙公司,3\n")
    assert [issue[:3] for issue in issues(path)] == [
        (2, "客户名称", "CHARACTERS_LOST"),
        (3, "客户名称", "CHARACTERS_LOST"),
        (None, "客户名称", "MOJIBAKE"),
    ]


@pytest.mark.parametrize(
    "garbled, repaired",
    [
        ("ÖÐ¹ú", "中国"),  # GBK as Latin-1
        ("±±¾©Ä³Ä³¹«Ë¾", "北京某某公司"),
        ("ä¸\xadå›½", "中国"),  # UTF-8 as cp1252
        ("鍖椾含", "北京"),  # UTF-8 as GBK
        ("北京某某公司", None),
        ("José Muñoz", None),
        ("浣犲ソ世界", None),
        ("", None),
    ],
)
def test_c06_mojibake_is_only_repaired_when_nothing_was_lost(garbled, repaired):
    assert _mojibake.repair(garbled) == repaired


def test_mojibake_repair_leaves_ordinary_chinese_alone():
    common = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    pairs = [a + b + c for a in common for b in common[:20] for c in common[20:40]]
    assert [pair for pair in pairs if _mojibake.repair(pair)] == []


def test_v04_zero_padded_formats_are_applied(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["客户名称", "客户编号"])
    sheet.write_row(1, 0, ["甲公司"])
    sheet.write(1, 1, 755, book.add_format({"num_format": "00000"}))
    book.close()
    assert cells(tmp_path / "a.xlsx")[1] == ["甲公司", "00755"]


def dated(path, style: int, date1904: bool = False):
    book = xlsxwriter.Workbook(str(path), {"date_1904": date1904})
    sheet = book.add_worksheet()
    shown = book.add_format()
    shown.set_num_format(style)
    sheet.write_row(0, 0, ["客户名称", "签约日期"])
    sheet.write(1, 0, "甲公司")
    sheet.write_number(1, 1, 45458, shown)
    book.close()
    return path


@pytest.mark.parametrize("style", [14, 27, 31, 50, 57, 58])
def test_v09_chinese_date_formats(tmp_path, style):
    assert cells(dated(tmp_path / "a.xlsx", style))[1][1] == "2024-06-15"


def test_v07_v08_serial_numbers_and_the_1904_epoch(tmp_path):
    plain = columns(dated(tmp_path / "a.xlsx", 0))["签约日期"]
    assert plain.options == {"epoch": 1900} and plain.samples == ("45458",)
    mac = columns(dated(tmp_path / "b.xlsx", 0, date1904=True))["签约日期"]
    assert mac.options == {"epoch": 1904}
    told = columns(dated(tmp_path / "b.xlsx", 0, date1904=True), epoch=1900)["签约日期"]
    assert told.options == {"epoch": 1900}


def test_v11_v12_errors_and_formulas_without_values_never_become_blanks(tmp_path):
    sheet = data(
        row(1, inline("A1", "客户名称"), inline("B1", "年采购额")),
        row(2, inline("A2", "甲公司"), '<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'),
        row(3, inline("A3", "乙公司"), '<c r="B3"><f>B4*2</f></c>'),
        row(4, inline("A4", "丙公司"), '<c r="B4"><f>1+1</f><v>2</v></c>'),
    )
    path = package(tmp_path / "a.xlsx", sheet)
    assert [r[1] for r in cells(path)] == ["年采购额", "#DIV/0!", "=B4*2", "2"]
    assert issues(path) == [
        (2, "年采购额", "CELL_ERROR", "#DIV/0!"),
        (3, "年采购额", "FORMULA_WITHOUT_VALUE", "=B4*2"),
    ]


def test_v11_an_error_in_the_last_row_and_column(tmp_path):
    sheet = data(row(1, inline("A1", "名称")), row(9, '<c r="E9" t="e"><v>#N/A</v></c>'))
    path = package(tmp_path / "a.xlsx", sheet)
    assert cells(path)[8] == [None, None, None, None, "#N/A"]


def test_v14_rich_text_is_joined(tmp_path):
    rich = '<c r="A1" t="inlineStr"><is><r><t>甲</t></r><r><t>公司</t></r></is></c>'
    assert cells(package(tmp_path / "a.xlsx", data(row(1, rich)))) == [["甲公司"]]


def test_l09_l10_dimensions_are_not_believed(tmp_path):
    rows = "".join(row(n, inline(f"A{n}", f"甲{n}")) for n in range(1, 51))
    for told in ("A1", "A1:XFD1048576"):
        sheet = SHEET.format(f'<dimension ref="{told}"/><sheetData>{rows}</sheetData>')
        assert len(cells(package(tmp_path / "a.xlsx", sheet))) == 50


def test_l17_comments_and_images_are_told(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["客户名称", "手机"])
    sheet.write_row(1, 0, ["甲公司", "138"])
    sheet.write_comment("A2", "重要客户")
    sheet.write_comment("B2", "打过")
    sheet.insert_image("D2", "名片.png", {"image_data": io.BytesIO(PICTURE)})
    sheet.insert_chart("F2", chart(book))
    book.close()
    assert issues(tmp_path / "a.xlsx") == [
        (None, None, "PART_NOT_MIGRATED", "comments 2, images 1, charts 1")
    ]


#: One white point, as PNG.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAG7buVgAAAABJRU5ErkJggg=="
)


def chart(book):
    found = book.add_chart({"type": "line"})
    found.add_series({"values": "=Sheet1!$A$1:$A$2"})
    return found


def test_l17_struck_out_customers_are_told(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["客户名称", "手机"])
    sheet.write_row(1, 0, ["甲公司", "13812340001"], book.add_format({"font_strikeout": True}))
    sheet.write_row(2, 0, ["乙公司", "13812340002"], book.add_format({"bg_color": "red"}))
    book.close()
    found = issues(tmp_path / "a.xlsx")
    assert found == [(2, None, "ROW_STRUCK_OUT", None)]


@pytest.mark.parametrize(
    "values, order",
    [
        (["13/4/2024", "3/4/2024"], "dmy"),
        (["4/13/2024", "3/4/2024"], "mdy"),
        (["2024-4-13", "2024/3/4"], "ymd"),
        (["3/4/2024", "5/6/2024"], None),
        (["13/4/2024", "4/13/2024"], None),
    ],
)
def test_m08_day_and_month_are_decided_over_the_whole_column(tmp_path, values, order):
    content = "客户名称,签约日期\n" + "".join(f"甲,{value}\n" for value in values)
    path = written(tmp_path / "a.csv", content)
    assert columns(path)["签约日期"].options.get("date_order") == order
    unsure = [issue[2] for issue in issues(path)]
    assert unsure == ([] if order else ["DATE_ORDER_UNSURE"])
    assert columns(path, date_order="dmy")["签约日期"].options["date_order"] == "dmy"


def test_inspect_tells_everything_and_masks_people(tmp_path):
    rows = [["名单"], ["客户名称", "手机"], ["甲电子有限公司", "13812345678"], ["合计", None]]
    found = scan.inspect(xlsx(tmp_path / "a.xlsx", rows))
    sheet = found["sheets"][0]
    assert (found["container"], sheet["name"], sheet["visibility"]) == ("xlsx", "客户", "visible")
    assert sheet["used_range"] == "A1:B4"
    assert sheet["header_rows"] == [2]
    assert sheet["rows"] == {"data": 1, "footer": 1, "header": 1, "title": 1}
    assert sheet["skipped_rows"] == {"title": [1], "header": [2], "footer": [4]}
    assert "12345678" not in str(found)
    assert readers.open_file(tmp_path / "a.xlsx").sheets[0].name == "客户"


def test_inspect_shows_the_encoding_decoded(tmp_path):
    path = written(tmp_path / "a.csv", "客户名称,城市\n甲电子有限公司,北京\n", "gb18030")
    found = scan.inspect(path)
    assert (found["encoding"], found["delimiter"]) == ("gb18030", ",")
    assert len(found["samples"]) == 3 and "客户名称" in found["samples"]
    wrong = scan.inspect(path, encoding="big5")
    assert "客户名称" not in wrong["samples"]
