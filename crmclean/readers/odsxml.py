"""The detailed pass over the XML of an .ods: errors, formulas without a value, merges, hidden rows.

The fast reader gives an error cell as nothing and knows no merges. An .ods is rare and is read in
a process of its own anyway, so all of its content is looked through.
Source: OASIS OpenDocument 1.3 part 3, 9.1 and 19.643 (table-cell), 19.385 (value-type).
"""

from typing import IO, Any

from crmclean.readers.preflight import MAX_MERGED
from crmclean.readers.sheet import Merge, Note
from crmclean.readers.sheetxml import LISTED, Detail, Package

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_ERROR = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_FILLER = 1000  # rows that are one element repeated more often end a sheet: nothing is in them


def look(stream: IO[bytes]) -> Package:
    """The details of every sheet of content.xml."""
    from lxml import etree

    package = Package(risky=True)
    detail, row = Detail(), 0
    tags = (f"{_TABLE}table", f"{_TABLE}table-row")
    for event, node in etree.iterparse(
        stream, events=("start", "end"), tag=tags, resolve_entities=False, no_network=True
    ):
        if node.tag == tags[0]:
            if event == "start":
                detail, row = Detail(), 0
                package.sheets[node.get(f"{_TABLE}name", "")] = detail
        elif event == "end":
            row = _row(node, row + 1, detail)
            node.clear()
    return package


def _row(node: Any, first: int, detail: Detail) -> int:
    """Take in a row element; returns the number of the last row that it stands for."""
    last = first + _count(node, "number-rows-repeated") - 1
    hidden = node.get(f"{_TABLE}visibility") in ("collapse", "filter")
    if hidden and last - first < _FILLER:
        detail.hidden_rows |= frozenset(range(first, last + 1))
    column = 1
    for cell in node:
        if last == first:
            _cell(cell, first, column, detail)
        column += _count(cell, "number-columns-repeated")
    return last


def _count(node: Any, name: str) -> int:
    return int(node.get(f"{_TABLE}{name}", 1))


def _cell(cell: Any, row: int, column: int, detail: Detail) -> None:
    wide, high = _count(cell, "number-columns-spanned"), _count(cell, "number-rows-spanned")
    if wide * high > MAX_MERGED:
        raise ValueError("a cell spans too many others")
    if wide > 1 or high > 1:
        detail.merges += (Merge(row, column, row + high - 1, column + wide - 1),)
    formula = cell.get(f"{_TABLE}formula")
    if cell.get(_ERROR) == "error":
        _note("CELL_ERROR", "".join(cell.itertext()) or "#N/A", row, column, detail)
    elif formula and cell.get(f"{_OFFICE}value-type") is None:
        _note("FORMULA_WITHOUT_VALUE", formula.removeprefix("of:"), row, column, detail)


def _note(code: str, value: str, row: int, column: int, detail: Detail) -> None:
    detail.cells[row, column] = value
    if len(detail.notes) < LISTED:
        detail.notes.append(Note(code, row, column, value))
