"""The detailed pass over an old .xls (BIFF5/8), and its preflight: a walk over its records.

The fast reader tells neither error cells nor hidden rows and columns nor zero-padded formats; the
records do. The walk is also the check that the file is what it says: a stream whose records run
over its end is read in a process of its own (`child.py`).
Source: [MS-XLS] 2.4 (BoundSheet8, Row, ColInfo, BoolErr, Formula, Format, XF, Date1904).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from crmclean.readers.sheet import Note
from crmclean.readers.sheetxml import LISTED, Detail, Package
from crmclean.readers.styles import PADDED

ERRORS = {
    0: "#NULL!",
    7: "#DIV/0!",
    15: "#VALUE!",
    23: "#REF!",
    29: "#NAME?",
    36: "#NUM!",
    42: "#N/A",
}
_BOF = (0x0809, 0x0409, 0x0209, 0x0009)
_ROW, _COLINFO, _BOOLERR, _DATE1904 = 0x0208, 0x007D, 0x0205, 0x0022
_FORMULA, _FORMAT, _XF, _SHEET = (0x0006, 0x0206, 0x0406), 0x041E, 0x00E0, 0x0085
_STRING, _SHARED = 0x0207, (0x04BC, 0x0221, 0x0236)
_DIMENSIONS = 0x0200
_NUMBER, _RK, _MULRK = 0x0203, 0x027E, 0x00BD
_FILEPASS, _EOF = 0x002F, 0x000A
#: Things with a meaning that no cell has: told, not read (dirty-input.md L17).
_COMMENT, _OBJECT, _PICTURE = 0x001C, 0x005D, b"\x15\x00\x12\x00\x08\x00"
_CELLS = {0x0203, 0x027E, 0x00BD, 0x00FD, 0x0204, 0x0201, 0x00BE, 0x0205, 0x00D6, *_FORMULA}
MAX_RECORD = 8_228  # [MS-XLS] 2.1.4: 8,224 bytes of content


@dataclass
class Book:
    """What the walk found: `whole` is False where a record runs over the end of the stream."""

    package: Package = field(default_factory=Package)
    whole: bool = True
    encrypted: bool = False
    comments: int = 0
    pictures: int = 0

    @property
    def left_behind(self) -> str:
        """What no cell holds, counted: "comments 2, images 1"."""
        counts = {"comments": self.comments, "images": self.pictures}
        return ", ".join(f"{kind} {count}" for kind, count in counts.items() if count)


def look(stream: bytes) -> Book:
    """Walk over the workbook stream of an .xls."""
    walk = _Walk(len(stream))
    for start, kind, body in _records(stream, walk.book):
        walk.formula = _awaited(kind, body, walk.formula, walk.detail)
        if kind == _FILEPASS:
            walk.book.encrypted = True
            break
        if kind in _CELLS and body[3:4] not in (b"\x00", b""):
            walk.book.whole = False  # a column beyond the 256 there are: no program wrote this
            break
        if kind in _BOF:
            walk.begin(start, kind, body)
        elif kind == _EOF:
            walk.detail.hidden_rows, walk.detail.hidden_columns = map(frozenset, walk.hidden)
        elif kind in (_SHEET, _DIMENSIONS, _DATE1904, _COMMENT, _OBJECT):
            walk.of_book(kind, body)
        elif kind in (_FORMAT, _XF):
            walk.of_style(kind, body)
        else:
            _cell(kind, body, walk.detail, walk.hidden, walk.styles)
    return walk.book


class _Walk:
    """What the walk knows so far: the book, and the sheet that it is in."""

    def __init__(self, size: int) -> None:
        self.book, self.size = Book(), size
        self.names: dict[int, str] = {}  # of the sheets, by where they begin
        self.formats: dict[int, int] = {}
        self.styles: list[int] = []
        self.detail, self.hidden = Detail(), (set[int](), set[int]())
        self.formula: bytes | None = None

    def begin(self, start: int, kind: int, body: bytes) -> None:
        """A stream within the stream: the workbook itself, a sheet, a chart in a sheet."""
        if start == 0:
            self.book.package.old = kind != 0x0809 or body[:2] != b"\x00\x06"
        if start in self.names:
            self.detail, self.hidden = Detail(), (set(), set())
            self.book.package.sheets[self.names[start]] = self.detail

    def of_book(self, kind: int, body: bytes) -> None:
        """A record that tells of the book or of a whole sheet."""
        book = self.book
        if kind == _SHEET and len(body) > 8:
            self.names[struct.unpack_from("<I", body)[0]] = _name(body)
            book.whole = book.whole and max(self.names) < self.size
        elif kind == _DIMENSIONS and len(body) >= 14:
            book.whole = book.whole and _plausible(body)
        elif kind == _DATE1904 and body[:1] == b"\x01":
            book.package.epoch = 1904
        book.comments += kind == _COMMENT
        book.pictures += kind == _OBJECT and body[:6] == _PICTURE

    def of_style(self, kind: int, body: bytes) -> None:
        """A number format, or a style that uses one."""
        if kind == _FORMAT and len(body) > 5:
            self.formats[struct.unpack_from("<H", body)[0]] = _zeros(body)
        elif kind == _XF and len(body) >= 4:
            self.styles.append(self.formats.get(struct.unpack_from("<H", body, 2)[0], 0))


def _records(stream: bytes, book: Book) -> Iterator[tuple[int, int, bytes]]:
    at, end = 0, len(stream)
    while at + 4 <= end:
        kind, length = struct.unpack_from("<HH", stream, at)
        if at + 4 + length > end or length > MAX_RECORD:
            book.whole = False
            return
        yield at, kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _name(body: bytes) -> str:
    """The name of a sheet: BIFF8 says whether it is UTF-16, BIFF5 is in the code page."""
    count, text = body[6], body[7:]
    if text[:1] == b"\x01" and len(text) >= 1 + 2 * count:
        return text[1 : 1 + 2 * count].decode("utf-16-le", "replace")
    if text[:1] == b"\x00":
        return text[1 : 1 + count].decode("latin-1")
    return text[:count].decode("gb18030", "replace")


def _zeros(body: bytes) -> int:
    """The digits of a number format that is a run of zeros, else 0."""
    count = struct.unpack_from("<H", body, 2)[0]
    wide = body[4] & 1
    text = body[5 : 5 + (2 * count if wide else count)]
    code = text.decode("utf-16-le" if wide else "latin-1", "replace")
    return code.count("0") if PADDED.match(code) else 0


def _cell(
    kind: int,
    body: bytes,
    detail: Detail,
    hidden: tuple[set[int], set[int]],
    styles: list[int],
) -> None:
    if kind == _ROW and len(body) >= 16:
        if body[12] & 0x20:
            hidden[0].add(struct.unpack_from("<H", body)[0] + 1)
    elif kind == _COLINFO and len(body) >= 10:
        first, last = struct.unpack_from("<HH", body)
        if body[8] & 1:
            hidden[1].update(range(first + 1, min(last, 255) + 2))
    elif kind == _BOOLERR and len(body) >= 8 and body[7] == 1:
        _error(body, body[6], detail)
    elif kind in _FORMULA and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 2:
        _error(body, body[8], detail)
    elif kind in (_NUMBER, _RK, _MULRK) and any(styles) and len(body) >= 6:
        _padded(kind, body, detail, styles)


def _plausible(body: bytes) -> bool:
    """Whether the used range lies on a sheet: the fast reader reserves memory for all of it."""
    top, bottom, left, right = struct.unpack_from("<IIHH", body)
    return top <= bottom <= 65_536 and left <= right <= 256


def _awaited(kind: int, body: bytes, before: bytes | None, detail: Detail) -> bytes | None:
    """The formula whose text is still to come in a STRING record, and it is told where another
    record comes instead. (A formula that shows an empty text looks the same as one that a library
    wrote without calculating it: nobody can tell them apart.)"""
    if before is not None and kind in _SHARED:
        return before
    if before is not None and kind != _STRING:
        _found("FORMULA_WITHOUT_VALUE", "=?", before, detail)
    text = kind in _FORMULA and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 0
    return body if text else None


def _error(body: bytes, code: int, detail: Detail) -> None:
    _found("CELL_ERROR", ERRORS.get(code, "#N/A"), body, detail)


def _found(code: str, value: str, body: bytes, detail: Detail) -> None:
    row, column = (number + 1 for number in struct.unpack_from("<HH", body))
    detail.cells[row, column] = value
    if len(detail.notes) < LISTED:
        detail.notes.append(Note(code, row, column, value))


def _padded(kind: int, body: bytes, detail: Detail, styles: list[int]) -> None:
    row, column = struct.unpack_from("<HH", body)
    step, count = (6, (len(body) - 6) // 6) if kind == _MULRK else (0, 1)
    for place in range(count):
        style = struct.unpack_from("<H", body, 4 + place * step)[0]
        if style < len(styles) and styles[style]:
            detail.pads[row + 1, column + 1 + place] = styles[style]
