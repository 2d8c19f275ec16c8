"""Workbooks through calamine: xlsx, xlsm, xlsb, ods, and BIFF .xls / WPS .et.

calamine is the fast and the right reader for most cells (openpyxl does not know the Chinese date
formats and destroys dates out of range), but it gives an error cell and a formula without a value
as nothing at all. Where the look at the package (`preflight.py`) found such things in a sheet's
XML, `sheetxml.py` reads those cells and they replace the nothing. Always opened from a file
object: by path, calamine believes the name.
Source: dirty-input.md findings 1-3, 7, 8.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from crmclean.errors import InputRefused
from crmclean.readers import biff, child, oldxls, ole, passwords, sheetxml
from crmclean.readers.container import OLE
from crmclean.readers.sheet import BATCH, File, Merge, Note, Sheet, batch, columns_of

_VISIBLE = {"Visible": "visible", "Hidden": "hidden", "VeryHidden": "very_hidden"}


def open_workbook(
    path: Path,
    container: str,
    *,
    password_env: str | None = None,
    isolated: bool = False,
    **_: object,
) -> File:
    """A workbook. Raises InputRefused where it is unsafe, encrypted or damaged.

    `isolated`: this process may die of it (`child.py`)."""
    notes: list[Note] = []
    content: io.BytesIO | None = None
    reading: dict[str, str] = {}
    if container in ("ole", "xls"):
        content = passwords.decrypted(path, password_env, notes)
        container = _inner(content) if content else "xls"
        reading = {"password_env": password_env} if content and password_env else {}
    content = content or io.BytesIO(path.read_bytes())
    details = _details(content, container, path, notes)
    if details.risky and not isolated:
        said = {"password_env": password_env} if password_env else {}
        return child.open_in_child(path, container if container != "xls" else "ole", **said)
    if details.old:
        return oldxls.open_old(content.getvalue(), path, details, notes)
    if container == "xls":
        content = io.BytesIO(ole.mended(content.getvalue(), path))
    content.seek(0)
    book = _load(content, path)
    reading["container"] = container
    sheets = tuple(
        _sheet(book, place, details, path, reading)
        for place, entry in enumerate(book.sheets_metadata)
        if str(entry.typ).endswith("WorkSheet")
    )
    return File(path, container, None, sheets, notes)


def _details(
    content: io.BytesIO, container: str, path: Path, notes: list[Note]
) -> sheetxml.Package:
    """The look at a workbook before it is opened. Raises InputRefused where it is unsafe."""
    if container in ("xlsx", "xlsb", "ods"):
        return sheetxml.look(content, path, notes)
    book = biff.look(ole.stream(content.getvalue(), path))
    if book.encrypted:
        raise InputRefused("FILE_ENCRYPTED", file=path.name)
    if not book.whole:
        raise InputRefused("FILE_DAMAGED", file=path.name, reason="BIFF")
    book.package.old = book.package.old or not content.getvalue().startswith(OLE)
    if book.left_behind:
        notes.append(Note("PART_NOT_MIGRATED", value=book.left_behind))
    return book.package


def _inner(content: io.BytesIO) -> str:
    head = content.read(4)
    content.seek(0)
    return "xlsx" if head.startswith(b"PK") else "xls"


def _load(content: io.BytesIO, path: Path):
    import python_calamine as calamine

    try:
        return calamine.CalamineWorkbook.from_filelike(content)
    except calamine.PasswordError as error:
        raise InputRefused("FILE_ENCRYPTED", file=path.name) from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise InputRefused("FILE_DAMAGED", file=path.name, reason=type(error).__name__) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise InputRefused("FILE_DAMAGED", file=path.name, reason="panic") from None


def _sheet(book, place: int, details: sheetxml.Package, path: Path, reading: dict) -> Sheet:
    entry = book.sheets_metadata[place]
    visibility = _VISIBLE.get(str(entry.visible).rpartition(".")[2], "visible")
    sheet = Sheet(
        entry.name, lambda size: iter(()), visibility, epoch=details.epoch, reading=reading
    )
    detail = details.sheet(entry.name)
    loaded: list = []

    def read(size: int) -> Iterator[pa.RecordBatch]:
        sheet.notes.clear()
        if not loaded:
            loaded.append(_cells(book, place, path, entry.name))
        _describe(sheet, loaded[0], detail)
        yield from _batches(loaded[0], detail, size)

    sheet.read = read
    return sheet


def _cells(book, place: int, path: Path, name: str):
    try:
        return book.get_sheet_by_index(place)
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise InputRefused("SHEET_DAMAGED", file=path.name, sheet=name) from None


def _describe(sheet: Sheet, loaded, detail: sheetxml.Detail) -> None:
    """What can be said once the sheet is loaded: merges, hidden parts, notes."""
    ranges = loaded.merged_cell_ranges or []
    sheet.merges = detail.merges or tuple(
        Merge(top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in ranges
    )
    sheet.hidden_rows, sheet.hidden_columns = detail.hidden_rows, detail.hidden_columns
    sheet.notes.extend(detail.notes)


def _batches(loaded, detail: sheetxml.Detail, size: int) -> Iterator[pa.RecordBatch]:
    cells = detail.cells
    if loaded.start is None and not cells:
        return
    row, start_column = 0, (loaded.start or (0, 0))[1]  # rows come from 1, columns from the first
    for chunk in _chunks(loaded.iter_rows() if loaded.start else iter(()), size):
        columns = [pa.nulls(len(chunk), pa.string())] * start_column + columns_of(chunk)
        yield _patched(row + 1, columns, detail)
        row += len(chunk)
    last = max((at for at, _ in cells), default=0)
    if last > row:
        yield _patched(row + 1, [pa.nulls(last - row, pa.string())], detail)


def _chunks(rows: Iterator[list], size: int) -> Iterator[list[list]]:
    from itertools import islice

    while chunk := list(islice(rows, size or BATCH)):
        yield chunk


def _patched(first: int, columns: list[pa.Array], detail: sheetxml.Detail) -> pa.RecordBatch:
    """The batch with the cells that only the detailed pass could read put in their places."""
    count = len(columns[0])
    here: dict[int, dict[int, str | int]] = {}
    for found in (detail.pads, detail.cells):
        for (row, column), value in found.items():
            if first <= row < first + count:
                here.setdefault(column, {})[row - first] = value
    for column in sorted(here):
        while len(columns) < column:
            columns.append(pa.nulls(count, pa.string()))
        values = columns[column - 1].to_pylist()
        for place, value in here[column].items():
            values[place] = _padded(values[place], value) if isinstance(value, int) else value
        columns[column - 1] = pa.array(values, pa.string())
    return batch(range(first, first + count), columns)


def _padded(value: str | None, digits: int) -> str | None:
    return value.zfill(digits) if value and value.isdigit() else value
