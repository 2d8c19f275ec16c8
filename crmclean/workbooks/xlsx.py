"""Writes .xlsx: XlsxWriter builds the workbook, the rows are streamed into it.

XlsxWriter makes everything that is not a row: styles, widths, drop-downs, notes, protection. Under
the header it leaves one pattern row with the style of every column; this module replaces that row
in the sheet's XML by the data (rowxml.py). So memory stays flat, the bytes depend on
the rows alone (XlsxWriter's dates are fixed), and no row ever passes through a Python loop.

Why not one of the libraries alone, 100,000 rows x 16 text cells on two busy cores
(benchmarks/export_speed.py): openpyxl write-only 55 s, XlsxWriter 25 s, xlsxturbo 4 s,
rustpy-xlsxwriter 2.5 s, this 1.2 s. The two fast ones write the clock into the file and know no
marks on single cells; a repair of their zip would be longer than this module.

Relative part names (crm-targets.md 0b: one importer cannot open absolute).
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.workbooks import Col, Sheet
from crmclean.workbooks.rowxml import column_name, lines

BATCH = 16_384
#: zlib level: 2 is the fastest here, level 6 takes more than twice the time to save 10 %.
LEVEL = 2
#: The date in every file: a clock would make two equal runs differ (design.md 3, law 5).
EPOCH = datetime(2000, 1, 1)
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
GRID = "#D9D9D9"
MOST_WIDTH, LEAST_WIDTH = 40, 9
A4 = 9  # as the file format numbers paper
#: Characters across a page that is printed small and still legible.
WIDEST_PAGE = 220
#: Rows below the data in which drop-downs still work: people add rows.
SPARE_ROWS = 1000
#: Excel holds a drop-down of at most this many characters in the sheet itself.
MOST_INLINE_CHOICES = 255


def write(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write the sheets to `path`."""
    skeleton = zipfile.ZipFile(BytesIO(_skeleton(sheets)))
    with zipfile.ZipFile(path, "w") as out:
        for name in skeleton.namelist():
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry._compresslevel = LEVEL  # an entry of one's own does not take it from the file
            part = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name)
            with out.open(entry, "w", force_zip64=bool(part)) as stream:
                if part and int(part[1]) <= len(sheets):
                    for piece in _filled(skeleton.read(name).decode(), sheets[int(part[1]) - 1]):
                        stream.write(piece)
                else:
                    stream.write(skeleton.read(name))


def _skeleton(sheets: Sequence[Sheet]) -> bytes:
    import xlsxwriter

    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": EPOCH})
    pages = [book.add_worksheet(sheet.name) for sheet in sheets]
    lists = _Lists(book)
    for page, sheet in zip(pages, sheets, strict=True):
        _title(book, page, sheet)
        for number, column in enumerate(sheet.columns):
            _column(book, page, sheet, number, column, lists)
        _pattern_of_marks(book, page, sheet)
        _behaviour(page, sheet)
    book.close()
    return target.getvalue()


def _title(book, page, sheet: Sheet) -> None:
    look = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    last = len(sheet.columns) - 1
    first = next((n for n, column in enumerate(sheet.columns) if not column.hidden), 0)
    room = sum(_widths(sheet))
    for row, line in enumerate(sheet.title):
        text = _legal(line)
        if first < last:
            page.merge_range(row, first, row, last, "", look)
        page.write_string(row, first, text, look)
        needed = sum(-(-_wide(line) // max(int(room), 1)) or 1 for line in text.split("\n"))
        page.set_row(row, 18 * needed)


def _column(book, page, sheet: Sheet, number: int, column: Col, lists: "_Lists") -> None:
    heading = {"bold": True, "bg_color": column.colour or "#EDEDED", "num_format": "@", "border": 1}
    if column.required:
        heading["font_color"] = "#FF0000"
    body = _body(sheet, column, column.colour)
    look, width = book.add_format(body), column.width or _width(column, sheet.rows.column(number))
    page.set_column(number, number, width, look, {"hidden": column.hidden})
    page.write_string(sheet.top - 1, number, _legal(column.heading), book.add_format(heading))
    page.write_blank(sheet.top, number, None, look)
    if column.note:
        page.write_comment(sheet.top - 1, number, _legal(column.note), {"author": ""})
    if column.choices:
        source = lists.source(tuple(column.choices))
        last = sheet.top + sheet.rows.num_rows + SPARE_ROWS
        page.data_validation(
            sheet.top,
            number,
            last,
            number,
            {"validate": "list", "source": source, "error_type": "warning"},
        )


def _body(sheet: Sheet, column: Col, colour: str | None) -> dict[str, object]:
    """The look of the cells of a column; beside cells of several lines all begin at the top."""
    look: dict[str, object] = {"num_format": "@", "quote_prefix": True, "locked": column.locked}
    if colour:  # a fill hides the grid
        look |= {"bg_color": colour, "bottom": 1, "bottom_color": GRID}
    if any(each.wrap for each in sheet.columns):
        look |= {"valign": "top", "text_wrap": column.wrap}
    return look


def _pattern_of_marks(book, page, sheet: Sheet) -> None:
    """One more pattern cell for each (column, colour) that is marked, right of the columns."""
    for number, (heading, colour) in enumerate(_mark_styles(sheet)):
        column = next(c for c in sheet.columns if c.heading == heading)
        look = book.add_format(_body(sheet, column, colour))
        page.write_blank(sheet.top, len(sheet.columns) + number, None, look)


def _behaviour(page, sheet: Sheet) -> None:
    last = max(sheet.top - 1 + sheet.rows.num_rows, sheet.top)
    headings = [column.heading for column in sheet.columns]
    beside = headings.index(sheet.freeze_to) + 1 if sheet.freeze_to else 0
    if sheet.filter and sheet.columns:
        page.autofilter(sheet.top - 1, 0, last, len(sheet.columns) - 1)
    if sheet.freeze:
        page.freeze_panes(sheet.top, beside)
    if sheet.printed:
        _print(page, sheet, beside)
    if sheet.protect:
        allowed = ("autofilter", "sort", "format_columns", "format_rows", "select_locked_cells")
        page.protect("", dict.fromkeys(allowed, True))


def _print(page, sheet: Sheet, beside: int) -> None:
    """Across, with the header on every page; one page wide where that can still be read, else with
    the columns that stay in sight."""
    page.set_landscape()
    page.set_paper(A4)
    page.repeat_rows(sheet.top - 1)
    if sum(_widths(sheet)) <= WIDEST_PAGE:
        page.fit_to_pages(1, 0)
    elif beside:
        page.repeat_columns(0, beside - 1)


class _Lists:
    """Drop-downs: short ones stand in the sheet itself, long ones in a hidden sheet."""

    def __init__(self, book) -> None:
        self.book, self.page, self.known = book, None, {}

    def source(self, choices: tuple[str, ...]) -> list[str] | str:
        if len(",".join(choices)) <= MOST_INLINE_CHOICES and not any("," in c for c in choices):
            return list(choices)
        if choices not in self.known:
            if self.page is None:
                self.page = self.book.add_worksheet("choices")
                self.page.hide()
            number = len(self.known)
            for row, choice in enumerate(choices):
                self.page.write_string(row, number, _legal(choice))
            column = column_name(number)
            self.known[choices] = f"=choices!${column}$1:${column}${len(choices)}"
        return self.known[choices]


def _filled(xml: str, sheet: Sheet) -> Iterator[bytes]:
    """The XML of a sheet with its pattern row replaced by the rows."""
    pattern = re.search(rf'<row r="{sheet.top + 1}"[^>]*>(.*?)</row>', xml)
    if pattern is None:  # a sheet without columns
        yield xml.encode()
        return
    styles = re.findall(r'<c r="[A-Z]+\d+" s="(\d+)"', pattern[1])
    last = f"{column_name(len(sheet.columns) - 1)}{sheet.top + sheet.rows.num_rows}"
    head = re.sub(
        r'<dimension ref="[^"]*"/>', f'<dimension ref="A1:{last}"/>', xml[: pattern.start()]
    )
    yield head.encode()
    marks = _mark_table(sheet, styles)
    for start in range(0, sheet.rows.num_rows, BATCH):
        yield lines(sheet, start, BATCH, styles, marks)
    yield xml[pattern.end() :].encode()


def _mark_styles(sheet: Sheet) -> list[tuple[str, str]]:
    if sheet.marks is None:
        return []
    pairs = sheet.marks.select(["column", "colour"]).group_by(["column", "colour"]).aggregate([])
    return sorted(zip(*pairs.to_pydict().values(), strict=True))


def _mark_table(sheet: Sheet, styles: list[str]) -> dict[int, pa.Array]:
    """For each marked column, the style of each of its cells."""
    marked: dict[int, np.ndarray] = {}
    headings = [column.heading for column in sheet.columns]
    extra = styles[len(headings) :]
    for style, (heading, colour) in zip(extra, _mark_styles(sheet), strict=True):
        number = headings.index(heading)
        column = marked.setdefault(number, np.full(sheet.rows.num_rows, styles[number], object))
        same = pc.and_(
            pc.equal(sheet.marks["column"], heading), pc.equal(sheet.marks["colour"], colour)
        )
        column[sheet.marks["row"].filter(same).to_numpy()] = style
    return {number: pa.array(column, pa.string()) for number, column in marked.items()}


def _widths(sheet: Sheet) -> list[float]:
    """Of the columns that people see."""
    columns = zip(sheet.columns, sheet.rows.columns, strict=True)
    return [c.width or _width(c, values) for c, values in columns if not c.hidden]


def _width(column: Col, values: pa.ChunkedArray) -> float:
    """Wide enough for the heading and the first values."""
    seen = [column.heading, *(v for v in values.slice(0, 50).to_pylist() if v)]
    return min(max(max(map(_wide, seen)) + 2, LEAST_WIDTH), MOST_WIDTH)


def _wide(text: str) -> int:
    """In Latin characters; a Chinese one takes two, as it does in GBK."""
    return len(text.encode("gbk", "replace"))


def _legal(text: str) -> str:
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)
