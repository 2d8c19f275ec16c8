"""SpreadsheetML 2003 ("XML spreadsheet"), mostly named .xls.

Cells are skipped by `ss:Index`, merged by `ss:MergeAcross` and `ss:MergeDown`; a Number cell holds
the full value, a DateTime cell is ISO with a T. Source: the Office 2003 XML reference schemas.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crmclean.errors import InputRefused
from crmclean.readers.records import refuse_entities
from crmclean.readers.sheet import (
    MAX_CELLS,
    File,
    Merge,
    Note,
    Sheet,
    check_box,
    check_size,
    from_rows,
)

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_MIDNIGHT = re.compile(r"T00:00:00(\.0+)?$")
MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384


def open_spreadsheetml(path: Path, **_: object) -> File:
    """A 2003 XML spreadsheet. Raises InputRefused where it is damaged or unsafe."""
    from lxml import etree

    check_size(path)
    refuse_entities(path)
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        tree = etree.parse(str(path), parser)
        sheets = tuple(_sheet(node, path) for node in tree.iter(f"{_SS}Worksheet"))
    except (etree.XMLSyntaxError, OSError, ValueError) as error:
        raise InputRefused("FILE_DAMAGED", file=path.name, reason="XML") from error
    return File(path, "spreadsheetml", tree.docinfo.encoding, sheets)


def _sheet(node: Any, path: Path) -> Sheet:
    rows: list[list[str | None]] = []
    merges: list[Merge] = []
    hidden: set[int] = set()
    notes: list[Note] = []
    count = 0
    for row in node.iter(f"{_SS}Row"):
        index = int(row.get(f"{_SS}Index", len(rows) + 1))
        if index > MAX_ROWS or count > MAX_CELLS:
            raise InputRefused("FILE_UNSAFE_SPARSE", file=path.name)
        rows.extend([] for _ in range(index - len(rows) - 1))
        if row.get(f"{_SS}Hidden") == "1":
            hidden.add(index)
        rows.append(list(_cells(row, index, merges, notes, path)))
        count += len(rows[-1])
    check_box(rows, path)
    visible = node.findtext(".//{urn:schemas-microsoft-com:office:excel}Visible") or "visible"
    visibility = {"SheetHidden": "hidden", "SheetVeryHidden": "very_hidden"}.get(visible, "visible")
    return Sheet(
        node.get(f"{_SS}Name", ""),
        lambda size: from_rows(rows, size),
        visibility,
        tuple(merges),
        frozenset(hidden),
        reading={"container": "spreadsheetml"},
        notes=notes,
    )


def _cells(
    row: Any, number: int, merges: list[Merge], notes: list[Note], path: Path
) -> Iterator[str | None]:
    column = 0
    for cell in row.iter(f"{_SS}Cell"):
        index = int(cell.get(f"{_SS}Index", column + 1))
        across, down = (int(cell.get(f"{_SS}{name}", 0)) for name in ("MergeAcross", "MergeDown"))
        if index + across > MAX_COLUMNS or number + down > MAX_ROWS:
            raise InputRefused("FILE_UNSAFE_SPARSE", file=path.name)
        yield from [None] * (index - column - 1)
        if across or down:
            merges.append(Merge(number, index, number + down, index + across))
        value, error = _value(cell)
        if error:
            notes.append(Note("CELL_ERROR", number, index, value))
        yield value
        yield from [None] * across
        column = index + across


def _value(cell: Any) -> tuple[str | None, bool]:
    content = cell.find(f"{_SS}Data")
    if content is None:
        formula = cell.get(f"{_SS}Formula")
        return formula, False
    shown = "".join(content.itertext())
    kind = content.get(f"{_SS}Type", "String")
    if kind == "Number":
        return _number(shown), False
    if kind == "DateTime":
        return _MIDNIGHT.sub("", shown).replace("T", " ").removesuffix(".000"), False
    if kind == "Boolean":
        return ("TRUE" if shown == "1" else "FALSE"), False
    return shown, kind == "Error"


def _number(shown: str) -> str:
    from crmclean.readers.cells import text

    try:
        return text(float(shown)) or shown if re.search(r"[eE.]", shown) else shown
    except ValueError:
        return shown
