"""Drop-down lists of an .xls: the DV records of its first sheet (Microsoft, [MS-XLS] 2.4.90).

The options stand in the record as text, or its formula points at cells of a sheet or at a name
(2.5.198, the tokens of formulas). Anything else, INDIRECT above all, depends on other cells.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from crmclean.workbooks.dropdowns import Lists, of_area

#: Kinds of records.
EOF, EXTERNSHEET, NAME, BOUNDSHEET, SUPBOOK, DV = 0x0A, 0x17, 0x18, 0x85, 0x1AE, 0x1BE
#: The kind of a DV record that is a list.
LIST = 3
#: Tokens of formulas: a text, a name, an area of some sheet, one of the sheet itself. But for the
#: text, each has three classes (reference, value, array) that differ in two bits.
TEXT, NAMED, AREA, OWN_AREA = 0x17, 0x03, 0x1B, 0x05
WITHOUT_CLASS, COLUMN = 0x1F, 0xFF
#: What a SUPBOOK record holds where it means the workbook itself.
ITSELF = 0x0401


@dataclass
class Workbook:
    """What formulas refer to: where each sheet begins in the stream, the formulas of names, the
    places of EXTERNSHEET as (whether this workbook, first sheet)."""

    stream: bytes
    path: Path
    sheets: list[int] = field(default_factory=list)
    names: list[bytes] = field(default_factory=list)
    places: list[tuple[bool, int]] = field(default_factory=list)


def read(path: Path) -> Lists:
    """0-based column of the first sheet → its options; None where they depend on other cells."""
    from xlrd.compdoc import CompDoc

    document = CompDoc(path.read_bytes(), ignore_workbook_corruption=True, logfile=_Silent())
    stream = document.get_named_stream("Workbook")
    book = _globals(Workbook(stream or b"", path))
    found: Lists = {}
    for kind, record in _records(book.stream, book.sheets[0] if book.sheets else len(book.stream)):
        if kind == DV:
            columns, formula = _rule(record)
            for column in columns:
                found.setdefault(column, _options(formula, book))
    return found


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of one part of the stream, up to its end."""
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == EOF:
            return
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _globals(book: Workbook) -> Workbook:
    """The workbook with what stands before its sheets."""
    inside: list[bool] = []
    for kind, record in _records(book.stream, 0):
        if kind == BOUNDSHEET:
            book.sheets.append(struct.unpack_from("<I", record)[0])
        elif kind == NAME:
            length, size = record[3], struct.unpack_from("<H", record, 4)[0]
            start = 15 + length * (2 if record[14] & 1 else 1)
            book.names.append(record[start : start + size])
        elif kind == SUPBOOK:
            inside.append(struct.unpack_from("<HH", record)[1] == ITSELF)
        elif kind == EXTERNSHEET:
            for number in range(struct.unpack_from("<H", record)[0]):
                source, first = struct.unpack_from("<HH", record, 2 + 6 * number)
                book.places.append((source < len(inside) and inside[source], first))
    return book


def _rule(record: bytes) -> tuple[list[int], bytes]:
    """The columns and the first formula of a DV record; no columns for anything but a list."""
    if struct.unpack_from("<I", record)[0] & 0xF != LIST:
        return [], b""
    at = 4
    for _ in range(4):  # prompt and error: titles and texts
        length, wide = struct.unpack_from("<HB", record, at)
        at += 3 + length * (2 if wide & 1 else 1)
    size = struct.unpack_from("<H", record, at)[0]
    formula = record[at + 4 : at + 4 + size]
    at += 4 + size
    at += 4 + struct.unpack_from("<H", record, at)[0]
    columns: list[int] = []
    for number in range(struct.unpack_from("<H", record, at)[0]):
        first, last = struct.unpack_from("<HH", record, at + 2 + 8 * number + 4)
        columns += range(first, last + 1)
    return columns, formula


def _options(formula: bytes, book: Workbook) -> tuple[str, ...] | None:
    if not formula:
        return None
    kind = formula[0] if formula[0] == TEXT else formula[0] & WITHOUT_CLASS
    if kind == TEXT:
        length, wide = formula[1], formula[2] & 1
        text = formula[3 : 3 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1")
        return tuple(part for part in text.split("\0") if part)
    if kind == NAMED and len(formula) == 5:
        number = struct.unpack_from("<H", formula, 1)[0]
        name = book.names[number - 1] if 0 < number <= len(book.names) else b""
        return None if name[:1] and name[0] & WITHOUT_CLASS == NAMED else _options(name, book)
    if kind == AREA and len(formula) == 11:
        place, top, bottom, left, right = struct.unpack_from("<5H", formula, 1)
        here, sheet = book.places[place] if place < len(book.places) else (False, 0)
        area = (top, left & COLUMN, bottom, right & COLUMN)
        return of_area(book.path, sheet, *area) if here else None
    if kind == OWN_AREA and len(formula) == 9:
        top, bottom, left, right = struct.unpack_from("<4H", formula, 1)
        return of_area(book.path, 0, top, left & COLUMN, bottom, right & COLUMN)
    return None


class _Silent:
    def write(self, text: str) -> None:
        """Warnings of the reader about old files: nobody needs them."""
