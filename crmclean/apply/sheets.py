"""The sheets of workbooks that come back: known by their hidden columns, not by name or place.

People sort, filter, add lines above and save with other programs; the hidden columns say what each
row is about. A column to fill that is gone is told: what was filled in there would be lost.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from crmclean.apply import owners, rows
from crmclean.apply.rows import Refused, Row, Taken
from crmclean.errors import InputRefused
from crmclean.messages import language, say
from crmclean.model import Object
from crmclean.workbooks import reread
from crmclean.workbooks.rowxml import column_name
from crmclean.workbooks.shown import is_as_shown

HEADER_WITHIN = 20
#: Words and headings of the column to fill, by the hidden heading of its sheet.
DECIDED_IN = {
    "suggested": ("review.accepted", rows.ACCEPT_HEADINGS),
    "left": ("review.verdict", rows.VERDICT_HEADINGS),
    "record": ("review.owner", owners.OWNER_HEADINGS),
}
#: The hidden heading that tells each kind of sheet.
READERS = {
    "suggested": rows.suggestions,
    "golden": rows.gaps,
    "left": rows.pairs,
    "record": owners.owners,
}


def read_sheets(path: Path, model: dict[str, Object]) -> Iterator[Taken | Refused]:
    """Everything that the sheets of a workbook say. Raises InputRefused."""
    try:
        sheets = [(name, reread.cells(path, name)) for name in reread.names(path)]
    except Exception as error:  # the reader has a whole tree of errors of its own
        raise InputRefused("APPLY_UNREADABLE", file=path) from error
    found = [(name, cells, _header(cells)) for name, cells in sheets]
    if all(at is None for _, _, at in found):
        raise InputRefused("APPLY_NOT_OURS", file=path)
    for name, cells, at in found:
        if at is not None:
            yield from _read_sheet(name, cells, at, model)
        elif cells:
            yield Refused(name, 1, "", "APPLY_SHEET_UNREAD")


def _read_sheet(
    name: str, cells: list[list[str | None]], at: int, model: dict[str, Object]
) -> Iterator[Taken | Refused]:
    headings = [heading or "" for heading in cells[at]]
    first = {heading: headings.index(heading) for heading in headings}
    numbered = enumerate(cells[at + 1 :], at + 2)
    lines = [(n, {h: line[c] for h, c in first.items()}) for n, line in numbered if any(line)]
    key = next(key for key in READERS if key in headings)
    for missing in _missing(key, headings, lines, model):
        yield Refused(name, at + 1, missing, "APPLY_NO_COLUMN")
    moved = {number for number, row in lines if not is_as_shown(row)}
    for item in READERS[key](name, lines, model):
        item = _placed(item, headings)
        lost = isinstance(item, Taken) and item.row in moved
        yield item.told("APPLY_ROW_MOVED") if lost else item


def _placed(item: Taken | Refused, headings: list[str]) -> Taken | Refused:
    """With its cell as spreadsheets call it."""
    if not item.column or item.column not in headings:
        return item
    return replace(item, cell=f"{column_name(headings.index(item.column))}{item.row}")


def _missing(
    key: str, headings: list[str], lines: list[tuple[int, Row]], model: dict[str, Object]
) -> list[str]:
    """The columns to fill that are not there any more: deleted, or under another heading."""
    if key in DECIDED_IN:
        words, known = DECIDED_IN[key]
        return [] if any(heading in headings for heading in known) else [say(words)]
    asked = {(row["object"], name) for _, row in lines for name in (row.get("asked") or "").split()}
    fields = [model[o].fields[f] for o, f in sorted(asked) if o in model and f in model[o].fields]
    return [
        field.label[language()]
        for field in fields
        if not any(label in headings for label in field.label.values())
    ]


def _header(cells: list[list[str | None]]) -> int | None:
    for at, line in enumerate(cells[:HEADER_WITHIN]):
        if "object" in line and any(key in line for key in READERS):
            return at
    return None
