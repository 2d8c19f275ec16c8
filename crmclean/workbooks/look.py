"""The look of an .xlsx, made by XlsxWriter: styles, widths, drop-downs, notes, protection, print.

Under the header each sheet has one pattern row with the style of every column; the rows themselves
are streamed into its place (xlsx.py).
"""

import re
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

import pyarrow as pa

from crmclean.workbooks import Col, Sheet
from crmclean.workbooks.rowxml import column_name

#: The date in every file: a clock would make two equal runs differ (design.md 3, law 5).
EPOCH = datetime(2000, 1, 1)
GRID = "#D9D9D9"
MOST_WIDTH, LEAST_WIDTH = 40, 9
A4 = 9  # as the file format numbers paper
#: Characters across a page that is printed small and still legible.
WIDEST_PAGE = 220
#: Rows below the data in which drop-downs still work: people add rows.
SPARE_ROWS = 1000
#: Excel holds a drop-down of at most this many characters in the sheet itself.
MOST_INLINE_CHOICES = 255


def skeleton(sheets: Sequence[Sheet]) -> bytes:
    """The workbook without its rows."""
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


def mark_styles(sheet: Sheet) -> list[tuple[str, str]]:
    """(heading, colour) of the marked cells, in the order of their pattern cells."""
    if sheet.marks is None:
        return []
    pairs = sheet.marks.select(["column", "colour"]).group_by(["column", "colour"]).aggregate([])
    return sorted(zip(*pairs.to_pydict().values(), strict=True))


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
    for number, (heading, colour) in enumerate(mark_styles(sheet)):
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
