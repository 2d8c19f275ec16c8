"""What the bytes of a sheet's XML tell without parsing them: cells, reach, oddities.

100,000 rows are 80 MB of XML, and every search over them costs as much as a tenth of reading the
sheet. So a chunk is searched for one byte first (a colon, an apostrophe) and only then for the
spellings that need it: Excel, WPS and most libraries write neither.
Source: ECMA-376 part 1, 18.3.1 (worksheets); the other spellings are met in the wild.
"""

import re
from dataclasses import dataclass

OVERLAP = 512

_REFERENCE = re.compile(rb'r=["\']([A-Za-z]{1,7})([0-9]+)["\']')
#: Cells beyond column Z; and rows far down, for readers wrap what is longer than 32 bits.
_FAR = re.compile(rb'r="(?:([A-Za-z]{2,7})[0-9]|[A-Za-z]?([0-9]{7,})")')
_FAR_ODD = re.compile(rb"r='(?:([A-Za-z]{2,7})[0-9]|[A-Za-z]?([0-9]{7,})')")
_ROW = re.compile(rb'<row r="([0-9]{1,7})"')
_ROW_ODD = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br=["\']([0-9]{1,7})["\']')
_MERGE = re.compile(rb'ref=["\']([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})["\']')
_NO_VALUE = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f(?: [^>]*)?/>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


@dataclass
class Part:
    """What a part of a package holds: for sheet XML, its cells, its reach, and oddities; for a part
    of comments, how many."""

    size: int = 0
    cells: int = 0
    rows: int = 0
    columns: int = 0
    merged: int = 0
    errors: bool = False
    formulas: bool = False
    empty_formulas: bool = False
    hidden: bool = False
    longest: int = 0
    comments: int = 0

    @property
    def odd(self) -> bool:
        return self.errors or self.empty_formulas or self.hidden


def look(tail: bytes, chunk: bytes, part: Part) -> None:
    """Count what a chunk holds; `tail` is the end of the one before, for what stands across."""
    prefixed, odd = b":" in chunk, b"'" in chunk
    part.cells += chunk.count(b"<c ") + (chunk.count(b":c ") if prefixed else 0)
    for window in (tail + chunk[:OVERLAP], chunk):
        _oddities(window, part)
        _reach(window, part, prefixed, odd)
        if b"mergeCell" in window:
            part.merged += sum(_area(found) for found in _MERGE.findall(window))


def _oddities(window: bytes, part: Part) -> None:
    quoted = b"'" in window
    part.errors = part.errors or b't="e"' in window or (quoted and b"t='e'" in window)
    part.hidden = part.hidden or b"hidden=" in window
    if not part.formulas:
        part.formulas = b"<f" in window or (b":" in window and b":f" in window)
    if part.formulas and not part.empty_formulas:
        part.empty_formulas = bool(_NO_VALUE.search(window))


def _reach(window: bytes, part: Part, prefixed: bool, odd: bool) -> None:
    far = _FAR.findall(window)
    if odd:
        far += _FAR_ODD.findall(window)
    rows = _ROW.findall(window)
    if (prefixed and b":row " in window) or len(rows) < window.count(b"<row "):
        rows = _ROW_ODD.findall(window)
    rows += [row for _, row in far if row]
    letters = {column for column, _ in far if column}
    if part.cells < 100:
        rows += cell_rows(window)
    part.columns = max([part.columns, 26 if part.cells else 0, *map(column_number, letters)])
    part.rows = max([part.rows, *map(int, rows)])


def cell_rows(window: bytes) -> list[bytes]:
    """The rows that cells say they stand in, which may differ from that of the `row` around them.
    Costs a third of reading the sheet: for the beginning, and for sheets that are dangerously wide."""
    return [row for _, row in _REFERENCE.findall(window)]


def column_number(letters: bytes) -> int:
    """A column's number from its letters.

    >>> column_number(b"A"), column_number(b"XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _area(found: tuple[bytes, ...]) -> int:
    left, top, right, bottom = found
    wide = column_number(right) - column_number(left) + 1
    return max(wide, 0) * max(int(bottom) - int(top) + 1, 0)
