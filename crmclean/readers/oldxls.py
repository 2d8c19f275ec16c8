"""Workbooks of Excel 2 to 95 through xlrd: their text is in the code page of a machine.

The fast reader takes every character of such a file for rubbish and says nothing; xlrd decodes by
the code page that the file names. A file that names none, or a Macintosh or WPS page for
simplified Chinese that no codec knows, is GB18030.
Source: [MS-XLS] 2.4.52 (CodePage); dirty-input.md V15.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from crmclean.errors import InputRefused
from crmclean.readers import sheetxml
from crmclean.readers.sheet import File, Note, Sheet, from_rows

_VISIBLE = ("visible", "hidden", "very_hidden")
_CHINESE = (None, 936, 10008, 21010)


def open_old(raw: bytes, path: Path, found: sheetxml.Package, notes: list[Note]) -> File:
    """The sheets of an old workbook; `found`: what the walk over its records told."""
    book = _book(raw)
    sheets = tuple(_sheet(book, place, found) for place in range(book.nsheets))
    if not sheets:
        raise InputRefused("NO_TABLE_FOUND", file=path.name)
    return File(path, "xls", book.encoding, sheets, notes)


def _book(raw: bytes) -> Any:
    """The workbook, its text as GB18030 unless it names another page that is known."""
    import xlrd

    said = {"file_contents": raw, "logfile": io.StringIO(), "ragged_rows": True}
    book = xlrd.open_workbook(encoding_override="gb18030", **said)
    if book.biff_version < 80 and book.codepage not in _CHINESE:
        book = xlrd.open_workbook(**said)
    return book


def _sheet(book: Any, place: int, found: sheetxml.Package) -> Sheet:
    table = book.sheet_by_index(place)
    detail = found.sheet(table.name)
    notes: list[Note] = []

    def read(size: int) -> Iterator[pa.RecordBatch]:
        notes.clear()
        rows = (_row(book, table, number, notes) for number in range(table.nrows))
        yield from from_rows(rows, size)

    return Sheet(
        table.name,
        read,
        _VISIBLE[min(table.visibility, 2)],
        hidden_rows=detail.hidden_rows,
        hidden_columns=detail.hidden_columns,
        epoch=1904 if book.datemode else 1900,
        reading={"container": "xls"},
        notes=notes,
    )


def _row(book: Any, table: Any, number: int, notes: list[Note]) -> list[Any]:
    cells: list[Any] = []
    for place, cell in enumerate(table.row(number)):
        value, error = _value(book, cell)
        if error:
            notes.append(Note("CELL_ERROR", number + 1, place + 1, value))
        cells.append(value)
    return cells


def _value(book: Any, cell: Any) -> tuple[Any, bool]:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#N/A"), True
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value), False
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate_as_datetime(cell.value, book.datemode), False
        except (ValueError, OverflowError):
            return cell.value, False
    return cell.value, False
