"""Reads a finished workbook back, with another library than the one that wrote it.

Popular writers lose data without an exception (trust.md 0.3), so the rows of every import file
are counted and compared in the file itself, never in what was handed to the writer.
"""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def names(path: Path) -> list[str]:
    """The names of the sheets."""
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(path) as book:
        return book.sheet_names


def cells(path: Path, sheet: int | str = 0) -> list[list[str | None]]:
    """All rows of one sheet as text, from the first row of the sheet; an empty cell is None."""
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(path) as book:
        get = book.get_sheet_by_index if isinstance(sheet, int) else book.get_sheet_by_name
        rows = get(sheet).to_python(skip_empty_area=False)
    return [[_text(cell) for cell in row] for row in rows]


def columns(
    file: Path | BytesIO,
    header_row: int = 1,
    sheet: int | str = 0,
    places: Sequence[int] | None = None,
) -> pa.Table:
    """The rows under the header as one string column per heading; an empty cell is null. Only
    those at `places` where these are given."""
    from python_calamine import load_workbook

    with load_workbook(file) as book:
        get = book.get_sheet_by_index if isinstance(sheet, int) else book.get_sheet_by_name
        rows = get(sheet).to_python(skip_empty_area=False)
    headings = [_text(cell) or "" for cell in rows[header_row - 1]]
    body = rows[header_row:]
    if places is not None:  # empty rows at the end are left out by the reader
        empty = [""] * len(headings)
        body = [body[place] if place < len(body) else empty for place in places]
    return pa.Table.from_arrays(_columns(body, len(headings)), names=headings)


def _columns(rows: list[list], width: int) -> list[pa.Array]:
    """Rows of cells as columns of text, "" as null: one conversion for all cells."""
    try:
        lists = pa.array(rows, pa.list_(pa.string()))
    except (pa.ArrowTypeError, pa.ArrowInvalid):  # a cell of another kind than text
        lists = pa.array([[_text(cell) for cell in row] for row in rows], pa.list_(pa.string()))
    flat = lists.flatten()
    flat = pc.if_else(pc.equal(flat, ""), pa.scalar(None, pa.string()), flat)
    places = np.arange(len(rows)) * width
    return [flat.take(pa.array(places + number)) for number in range(width)]


def _text(cell: object) -> str | None:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return None if cell is None or cell == "" else str(cell)
