"""Forms: labels with the value beside them, one customer per sheet, or one per column.

All visible sheets of a file become one table: labels are the headings, each form is a row, in the
order of the workbook. A label ends with a colon, or is a heading that is known, or stands in the
same place on most sheets; what stands right after a label is its value, even if it is the same on
every sheet. Cells that are neither are told. Case: dirty-input.md L16.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from crmclean import headings
from crmclean.readers import synthetic
from crmclean.readers.sheet import File, Note, Sheet

Place = tuple[int, int]  # row, column
Grid = dict[Place, str]
MOST = 0.8
#: A sheet longer or wider than this is no form; sheets looked at to tell whether a file has forms.
LONGEST, WIDEST, LOOKED_AT = 100, 16, 3
LISTED = 10


def suits(file: File) -> bool:
    """Whether the sheets of a file look like forms: short, and most of their rows begin with a
    label of their own."""
    shown = [sheet for sheet in file.sheets if sheet.visibility == "visible"][:LOOKED_AT]
    grids = [_grid(sheet) for sheet in shown]
    return bool(grids) and all(map(_is_form, grids))


def _is_form(grid: Grid) -> bool:
    rows = Counter(row for row, _ in grid)
    if max(rows, default=0) > LONGEST or max((c for _, c in grid), default=0) > WIDEST:
        return False
    labels = _labels(grid, set())
    texts = {_plain(grid[place]) for place in labels}
    several = {row for row, count in rows.items() if count > 1}
    labelled = {row for row, column in labels if min(c for r, c in grid if r == row) == column}
    lone = len(texts) >= max(3, MOST * len(labels)) and len({c for _, c in labels}) <= 4
    return lone and len(labelled) >= 3 and len(labelled & several) >= 0.6 * len(several)


def as_table(file: File) -> File:
    """The same file as one sheet with one row per form."""
    shown = [sheet for sheet in file.sheets if sheet.visibility == "visible"]
    grids = [_grid(sheet) for sheet in shown]
    common = _common(grids)
    forms: list[dict[str, str | None]] = []
    names, notes = [], []
    for sheet, grid in zip(shown, grids, strict=True):
        labels = _labels(grid, common)
        mine = list(_forms(grid, labels))
        forms += [form for form, _ in mine]
        names += [f"{len(forms) + 1} {sheet.name}"]
        notes += _unread(sheet, grid, labels, {place for _, used in mine for place in used})
    asked = {_plain(text) for grid in grids for text in grid.values() if _ends(text)}
    asked |= {label for form in forms for label, value in form.items() if value is not None}
    kept = [{label: value for label, value in form.items() if label in asked} for form in forms]
    reading = {**(shown[0].reading if shown else {}), "layout": "form"}
    sheet = synthetic.of_mappings("", kept, reading, notes=notes)
    told = Note("READ_AS", facts={"forms": f"row and its sheet: {'; '.join(names[:50])}"})
    return File(file.path, file.container, file.encoding, (sheet,), [*file.notes, told])


def _grid(sheet: Sheet) -> Grid:
    found: Grid = {}
    for part in sheet.batches():
        rows = part.column("row").to_pylist()
        for column in range(1, part.num_columns):
            texts = part.column(column).to_pylist()
            found |= {(row, column): t for row, t in zip(rows, texts, strict=True) if t}
    return dict(sorted(found.items()))


def _common(grids: Sequence[Grid]) -> set[tuple[Place, str]]:
    """Cells that are the same on most forms."""
    if len(grids) < 2:
        return set()
    counts = Counter(cell for grid in grids for cell in grid.items())
    return {cell for cell, count in counts.items() if count >= max(2, MOST * len(grids))}


def _labels(grid: Grid, common: set[tuple[Place, str]]) -> set[Place]:
    """The places of labels; where they end with colons, of those only."""
    ending = {place for place, text in grid.items() if _ends(text)}
    if len(ending) > 1:
        return ending
    found: set[Place] = set()
    for (row, column), text in grid.items():
        known = headings.is_known(text)
        beside = [headings.is_known(grid.get((row, column + step), "")) for step in (-2, -1, 1, 2)]
        in_a_row = all(beside[:2]) or all(beside[1:3]) or all(beside[2:])
        if (known and in_a_row) or (
            (known or ((row, column), text) in common) and (row, column - 1) not in found
        ):  # the header of a table inside the form: labels without values
            found.add((row, column))
    return found


def _forms(grid: Grid, labels: set[Place]) -> Iterator[tuple[dict[str, str | None], set[Place]]]:
    """(values by label, the places they stand in) of each form on a sheet: one, or one for each
    column right of a single column of labels."""
    columns = {column for _, column in labels}
    width = max((column for _, column in grid), default=0)
    steps = range(1, 2)
    if len(columns) == 1 and len(labels) > 1:
        (first,) = columns
        filled = {
            step: sum((row, first + step) in grid for row, _ in labels)
            for step in range(1, width - first + 1)
        }
        steps = [step for step, count in filled.items() if count >= len(labels) / 2] or steps
    for step in steps:
        places = {(row, column): (row, column + step) for row, column in sorted(labels)}
        values = {label: place for label, place in places.items() if place not in labels}
        form = {_plain(grid[label]): grid.get(place) for label, place in values.items()}
        yield form, set(values.values())


def _unread(sheet: Sheet, grid: Grid, labels: set[Place], used: set[Place]) -> list[Note]:
    """What stands beside other cells and is neither a label nor a value."""
    rows = Counter(row for row, _ in grid)
    left = [place for place in grid if place not in labels | used and rows[place[0]] > 1]
    if not left:
        return []
    places = ", ".join(f"R{row}C{column}" for row, column in islice(left, LISTED))
    return [Note("FORM_CELLS_UNREAD", value=f"{sheet.name} {places}", facts={"count": len(left)})]


def _ends(label: str) -> bool:
    return label.rstrip().endswith(("：", ":"))


def _plain(label: str) -> str:
    return label.strip().rstrip("：:").strip()
