"""The drop-down lists of a workbook, per column: what a CRM's own template offers.

.xlsx: list validations through openpyxl, also those that point at a range of another sheet.
.xls: the DV records of BIFF8 (Microsoft, [MS-XLS] 2.4.90), which no reading library shows; lists
that stand in the record itself. Lists that point elsewhere are left out there.
"""

import re
import struct
from pathlib import Path

DV = 0x01BE
LIST = 3
PTG_STRING = 0x17
#: A column is taken for a list only if its drop-down covers data rows, not single cells.
Lists = dict[int, tuple[str, ...]]


def read(path: Path) -> Lists:
    """0-based column of the first sheet → its options. {} where the form has none."""
    if path.suffix.lower() == ".xls":
        return _xls(path)
    return _xlsx(path) if path.suffix.lower() in (".xlsx", ".xlsm") else {}


def _xlsx(path: Path) -> Lists:
    import openpyxl

    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    found: Lists = {}
    for rule in sheet.data_validations.dataValidation:
        options = _options(book, rule.formula1) if rule.type == "list" else ()
        for cells in rule.sqref.ranges:
            for column in range(cells.min_col - 1, cells.max_col):
                if options:
                    found.setdefault(column, options)
    return found


def _options(book, formula: str | None) -> tuple[str, ...]:
    """`"A,B"` or `=list!$A$1:$A$9` as options."""
    if not formula:
        return ()
    if formula.startswith('"'):
        return tuple(part.strip() for part in formula.strip('"').split(",") if part.strip())
    place = re.fullmatch(r"=?'?([^'!]+)'?!\$?([A-Z]+\$?\d+):\$?([A-Z]+\$?\d+)", formula)
    if place is None or place[1] not in book.sheetnames:
        return ()
    area = f"{place[2]}:{place[3]}".replace("$", "")
    return tuple(str(c.value) for row in book[place[1]][area] for c in row if c.value is not None)


def _xls(path: Path) -> Lists:
    from xlrd.compdoc import CompDoc

    document = CompDoc(path.read_bytes(), ignore_workbook_corruption=True, logfile=_Silent())
    stream = document.get_named_stream("Workbook")
    found: Lists = {}
    at = 0
    while stream and at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == DV:
            for column, options in _dv(stream[at + 4 : at + 4 + size]):
                found.setdefault(column, options)
        at += 4 + size
    return found


def _dv(record: bytes) -> list[tuple[int, tuple[str, ...]]]:
    """The columns and options of one DV record; [] for anything but a list written out."""
    if struct.unpack_from("<I", record)[0] & 0xF != LIST:
        return []
    at = 4
    for _ in range(4):  # prompt and error: titles and texts
        length, wide = struct.unpack_from("<HB", record, at)
        at += 3 + length * (2 if wide & 1 else 1)
    size = struct.unpack_from("<H", record, at)[0]
    tokens = record[at + 4 : at + 4 + size]
    at += 4 + size
    at += 4 + struct.unpack_from("<H", record, at)[0]
    if size < 3 or tokens[0] != PTG_STRING:
        return []
    length, wide = tokens[1], tokens[2] & 1
    text = tokens[3 : 3 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1")
    options = tuple(part for part in text.split("\0") if part)
    columns: list[tuple[int, tuple[str, ...]]] = []
    for number in range(struct.unpack_from("<H", record, at)[0]):
        first, last = struct.unpack_from("<HH", record, at + 2 + 8 * number + 4)
        columns += [(column, options) for column in range(first, last + 1)]
    return columns


class _Silent:
    def write(self, text: str) -> None:
        """Warnings of the reader about old files: nobody needs them."""
