"""Reads a finished workbook back, with another library than the one that wrote it.

Popular writers lose data without an exception (trust.md 0.3), so the rows of every import file
are counted and compared in the file itself, never in what was handed to the writer.
"""

from pathlib import Path

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


def columns(path: Path, header_row: int = 1, sheet: int | str = 0) -> pa.Table:
    """The rows under the header as one string column per heading; an empty cell is null."""
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(path) as book:
        get = book.get_sheet_by_index if isinstance(sheet, int) else book.get_sheet_by_name
        rows = get(sheet).to_python(skip_empty_area=False)
    headings = [_text(cell) or "" for cell in rows[header_row - 1]]
    by_column = (
        zip(*rows[header_row:], strict=True) if len(rows) > header_row else [()] * len(headings)
    )
    arrays = [_strings(values) for values in by_column]
    return pa.Table.from_arrays(arrays, names=headings)


def _strings(values: tuple) -> pa.Array:
    """A column of text cells; a cell of another kind (nobody should have written one) as text."""
    try:
        array = pa.array(values, pa.string())
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        array = pa.array([_text(value) for value in values], pa.string())
    return pc.if_else(pc.equal(array, ""), pa.scalar(None, pa.string()), array)


def _text(cell: object) -> str | None:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return None if cell is None or cell == "" else str(cell)
