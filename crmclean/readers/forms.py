"""One form per customer: labels in one cell, the value beside it, one sheet per customer.

All visible sheets of a file become one table: labels are the headings, each sheet is a row, in the
order of the workbook. A label ends with a colon; where none do, it is what stands in the same place on most sheets.
Case: dirty-input.md L16; asked for with `layout: form`.
"""

from collections import Counter
from collections.abc import Sequence

from crmclean.readers import synthetic
from crmclean.readers.sheet import File, Note, Sheet

Grid = list[tuple[int, int, str]]  # row, column, text of each filled cell
MOST = 0.8


def as_table(file: File) -> File:
    """The same file as one sheet with one row per form."""
    shown = [sheet for sheet in file.sheets if sheet.visibility == "visible"]
    grids = [_grid(sheet) for sheet in shown]
    common = _common(grids)
    forms = [_pairs(grid, common) for grid in grids]
    filled = {label for form in forms for label, value in form if value is not None}
    kept = [
        {_plain(label): value for label, value in form if label in filled or _ends(label)}
        for form in forms
    ]
    names = "; ".join(f"{n} {sheet.name}" for n, sheet in enumerate(shown[:50], 2))
    reading = {**(shown[0].reading if shown else {}), "layout": "form"}
    sheet = synthetic.of_mappings("", kept, reading)
    told = Note("READ_AS", facts={"forms": f"row and its sheet: {names}"})
    return File(file.path, file.container, file.encoding, (sheet,), [*file.notes, told])


def _grid(sheet: Sheet) -> Grid:
    found: Grid = []
    for part in sheet.batches():
        rows = part.column("row").to_pylist()
        for place in range(1, part.num_columns):
            texts = part.column(place).to_pylist()
            found += [(row, place, text) for row, text in zip(rows, texts, strict=True) if text]
    return sorted(found)


def _common(grids: Sequence[Grid]) -> set[tuple[int, int, str]]:
    """Cells that are the same on most forms."""
    if len(grids) < 2:
        return set()
    counts = Counter(cell for grid in grids for cell in set(grid))
    return {cell for cell, count in counts.items() if count >= max(2, MOST * len(grids))}


def _pairs(grid: Grid, common: set[tuple[int, int, str]]) -> list[tuple[str, str | None]]:
    texts = {(row, column): text for row, column, text in grid}
    labels = {cell for cell in grid if _ends(cell[2])}
    labels = labels if len(labels) > 1 else labels | {cell for cell in grid if cell in common}
    pairs = []
    for row, column, label in sorted(labels):
        value = texts.get((row, column + 1))
        beside = value is not None and (row, column + 1, value) in labels
        pairs.append((label, None if beside else value))
    return pairs


def _ends(label: str) -> bool:
    return label.rstrip().endswith(("：", ":"))


def _plain(label: str) -> str:
    return label.strip().rstrip("：:").strip()
