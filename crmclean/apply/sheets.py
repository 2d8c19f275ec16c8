"""The sheets of workbooks that come back: known by their hidden columns, not by name or place.

People sort, filter, add lines above and save with other programs; the hidden columns say what each
row is about. A column to fill that is gone is told: what was filled in there would be lost.
"""

from collections.abc import Iterator
from pathlib import Path

from crmclean.apply.rows import DECIDED_IN, READERS, Refused, Row, Taken
from crmclean.errors import InputRefused
from crmclean.messages import language, say
from crmclean.model import Object
from crmclean.workbooks import reread

HEADER_WITHIN = 20


def read_sheets(path: Path, model: dict[str, Object]) -> Iterator[Taken | Refused]:
    """Everything that the sheets of a workbook say. Raises InputRefused."""
    try:
        sheets = [(name, reread.cells(path, name)) for name in reread.names(path)]
    except Exception as error:  # the reader has a whole tree of errors of its own
        raise InputRefused("APPLY_UNREADABLE", file=path) from error
    ours = [(name, rows, at) for name, rows in sheets if (at := _header(rows)) is not None]
    if not ours:
        raise InputRefused("APPLY_NOT_OURS", file=path)
    for name, cells, at in ours:
        headings = [heading or "" for heading in cells[at]]
        numbered = enumerate(cells[at + 1 :], at + 2)
        rows = [(n, dict(zip(headings, line, strict=False))) for n, line in numbered if any(line)]
        key = next(key for key in READERS if key in headings)
        for missing in _missing(key, headings, rows, model):
            yield Refused(name, at + 1, missing, "APPLY_NO_COLUMN")
        yield from READERS[key](name, rows, model)


def _missing(
    key: str, headings: list[str], rows: list[tuple[int, Row]], model: dict[str, Object]
) -> list[str]:
    """The columns to fill that are not there any more: deleted, or under another heading."""
    if key in DECIDED_IN:
        words, known = DECIDED_IN[key]
        return [] if any(heading in headings for heading in known) else [say(words)]
    asked = {(row["object"], name) for _, row in rows for name in (row.get("asked") or "").split()}
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
