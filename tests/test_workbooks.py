"""Workbooks: cells are text whatever they look like, nothing is cut, the same rows, the same bytes."""

import hashlib
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.errors import OutputRefused
from crmclean.workbooks import Col, Sheet, reread, sheet_name, text_units, write

#: Values that spreadsheets change when they are not told to leave them alone (trust.md 4.2).
TRAPS = [
    "=1+1",
    "+8613800000000",
    "-5",
    "@SUM(A1)",
    "http://www.example.com",
    "013800000000",
    "110101199001011237",
    "1E5",
    "2024-03-01",
    "TRUE",
    "_x0041_",
    " 两头空格 ",
    "第一行\n第二行",
    "<b>&amp;</b>",
    '"引号"',
    "𠮷野家",
    None,
    "😀",
]


def texts(values: list[str | None], name: str = "a") -> pa.Table:
    return pa.table({name: pa.array(values, pa.string())})


@pytest.mark.parametrize("form", ["xlsx", "xls"])
def test_every_trap_comes_back_as_it_was(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"a.{form}"
    write(path, [Sheet("客户", [Col("值")], texts(TRAPS), title=("注意事项",))], form)
    assert reread.columns(path, header_row=2).column(0).to_pylist() == TRAPS


def test_cells_are_text_cells_without_formulas_or_links(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write(path, [Sheet("客户", [Col("值")], texts(TRAPS))])
    sheet = openpyxl.load_workbook(path).active
    cells = [cell for (cell,) in sheet.iter_rows(min_row=2) if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"} or {c.data_type for c in cells} == {
        "inlineStr"
    }
    assert {cell.number_format for cell in cells} == {"@"}
    assert all(cell.quotePrefix and cell.hyperlink is None for cell in cells)
    xml = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in xml and b"hyperlink" not in xml


@pytest.mark.parametrize("form", ["xlsx", "xls"])
def test_the_same_rows_give_the_same_bytes(tmp_path: Path, form: str, monkeypatch) -> None:
    digests = set()
    for number, zone in enumerate(("UTC", "Asia/Shanghai")):
        monkeypatch.setenv("TZ", zone)
        path = tmp_path / f"{number}.{form}"
        write(
            path, [Sheet("客户", [Col("值", choices=["A", "B"], note="说明")], texts(TRAPS))], form
        )
        digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
    assert len(digests) == 1


@pytest.mark.parametrize(("length", "fits"), [(32_767, True), (32_768, False)])
def test_what_excel_would_cut_is_refused(tmp_path: Path, length: int, fits: bool) -> None:
    sheet = Sheet("客户", [Col("值")], texts(["短", "长" * length]))
    if fits:
        write(tmp_path / "a.xlsx", [sheet])
        assert reread.columns(tmp_path / "a.xlsx").column(0)[1].as_py() == "长" * length
    else:
        with pytest.raises(OutputRefused) as refused:
            write(tmp_path / "a.xlsx", [sheet])
        assert refused.value.code == "CELL_TOO_LONG" and refused.value.facts["row"] == 3


def test_a_sheet_that_the_format_cannot_hold_is_refused(tmp_path: Path) -> None:
    sheet = Sheet("客户", [Col("值")], texts(["x"] * 65_536))
    with pytest.raises(OutputRefused) as refused:
        write(tmp_path / "a.xls", [sheet], "xls")
    assert refused.value.code == "SHEET_TOO_LONG"


def test_a_place_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(OutputRefused) as refused:
        write(tmp_path / "no" / "a.xlsx", [Sheet("客户", [Col("值")], texts(["x"]))])
    assert refused.value.code == "OUTPUT_NOT_WRITABLE"


def test_long_texts_are_seen_whole_and_wide_sheets_keep_their_first_columns(
    tmp_path: Path,
) -> None:
    columns = [Col("判断"), Col("客户名称", 20, wrap=True), *(Col(f"列{n}", 40) for n in range(9))]
    values = ["甲公司", "一行\n两行\n三行", "名" * 35, None]
    rows = pa.table({c.heading: pa.array(values, pa.string()) for c in columns})
    wide = Sheet("宽", columns, rows, printed=True, freeze_to="判断")
    narrow = Sheet("窄", columns[:2], rows.select([0, 1]), printed=True)
    write(tmp_path / "a.xlsx", [wide, narrow])
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    heights = [book["宽"].row_dimensions[row].height for row in range(2, 6)]
    assert heights == [None, 45, 60, None]  # 35 characters take four lines of ten
    assert book["宽"].freeze_panes == "B2" and book["宽"].print_title_cols == "$A:$A"
    assert book["窄"].sheet_properties.pageSetUpPr.fitToPage
    assert book["窄"].page_setup.orientation == "landscape"
    assert book["窄"].print_title_rows == "$1:$1"


def test_what_people_need_is_there(tmp_path: Path) -> None:
    columns = [
        Col("客户名称", locked=True, required=True, note="写全称"),
        Col("级别", choices=["A", "B"]),
        Col("行业", choices=[f"第{n}类行业" for n in range(90)], colour="#FFF2CC"),
        Col("golden", hidden=True, locked=True),
    ]
    rows = pa.table({c.heading: pa.array(["甲", None, "乙"], pa.string()) for c in columns})
    marks = pa.table({"row": [1, 2], "column": ["级别", "级别"], "colour": ["#FF0000", "#FF0000"]})
    sheet = Sheet("客户", columns, rows, title=("标题", "第二行"), protect=True, marks=marks)
    write(tmp_path / "a.xlsx", [sheet, sheet_of_one("第二张")])
    page = openpyxl.load_workbook(tmp_path / "a.xlsx")["客户"]
    assert page["A3"].value == "客户名称" and page["A3"].comment.text == "写全称"
    assert page["A3"].font.color.rgb == "FFFF0000"
    assert page.freeze_panes == "A4" and page.auto_filter.ref == "A3:D6"
    assert page.protection.sheet and page["A4"].protection.locked
    assert not page["B4"].protection.locked
    assert page.column_dimensions["D"].hidden
    assert page["B5"].fill.fgColor.rgb == "FFFF0000" and page["B4"].fill.fill_type is None
    assert page["C4"].fill.fgColor.rgb == "FFFFF2CC"
    lists = {str(v.sqref)[0]: v.formula1 for v in page.data_validations.dataValidation}
    assert lists == {"B": '"A,B"', "C": "choices!$A$1:$A$90"}


def sheet_of_one(name: str) -> Sheet:
    return Sheet(name, [Col("值")], texts(["x"]))


def test_an_empty_sheet_keeps_its_headings(tmp_path: Path) -> None:
    write(
        tmp_path / "a.xlsx",
        [
            Sheet(
                "客户", [Col("值"), Col("二")], pa.table({"a": texts([])["a"], "b": texts([])["a"]})
            )
        ],
    )
    read = reread.columns(tmp_path / "a.xlsx")
    assert read.column_names == ["值", "二"] and read.num_rows == 0


@pytest.mark.parametrize(
    ("wanted", "got"),
    [("a/b:c", "a b c"), ("x" * 40, "x" * 31), ("'", "Sheet"), ("客户", "客户")],
)
def test_sheet_names(wanted: str, got: str) -> None:
    assert sheet_name(wanted) == got


def test_lengths_count_utf16_units() -> None:
    assert text_units(pa.array(["ab", "𠮷", None])).to_pylist() == [2, 2, None]


VALUES = st.none() | st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\ufffe\uffff\r").filter(
        lambda c: ord(c) >= 32 or c in "\t\n"
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=40))
def test_any_text_comes_back(tmp_path_factory, rows: list[tuple[str | None, str | None]]) -> None:
    path = tmp_path_factory.mktemp("w") / "a.xlsx"
    left, right = zip(*rows, strict=True)
    table = pa.table({"a": pa.array(left, pa.string()), "b": pa.array(right, pa.string())})
    write(path, [Sheet("客户", [Col("一"), Col("二")], table)])
    back = reread.columns(path)
    # The reader leaves out rows at the end that hold nothing.
    kept = table.slice(0, back.num_rows)
    assert back.rename_columns(["a", "b"]).equals(kept.combine_chunks())
    assert all(value is None for c in table.slice(back.num_rows).columns for value in c.to_pylist())
