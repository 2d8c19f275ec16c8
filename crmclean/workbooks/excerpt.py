"""Some rows of a big finished workbook, and counts over all of it, without reading every cell.

The sheet is inflated piece by piece, to its end, which proves its checksum: the disk holds what was
streamed. Rows and filled cells are counted in its XML, and a workbook of the wanted rows alone, in
their very bytes, is read by the library that reads whole workbooks (reread.py). For files of ours:
inline strings (rowxml.py), rows and cells that carry their places.
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa

from crmclean.workbooks import reread

SHEET = "xl/worksheets/sheet1.xml"
ROW, ROW_END, CELL_END = b'<row r="', b"</row>", b"</t></is></c>"
#: Bytes of XML that are looked through at a time; the header stands in the first.
PIECE = 1 << 20


@dataclass(frozen=True)
class Excerpt:
    """`count`: how many rows there are under the header, `filled`: how many cells they have ·
    `rows`: those that were asked for, null where there is none."""

    count: int
    filled: int
    rows: pa.Table


def excerpt(path: Path, header_row: int, places: np.ndarray) -> Excerpt:
    """The rows at `places` (0-based, under the header, ascending) of the first sheet."""
    numbers = places + header_row + 1
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist() if name != SHEET}
        with package.open(SHEET) as sheet:
            head, body = _head(sheet, header_row + 1)
            kept, count, filled = [head], 0, 0
            for piece in _pieces(sheet, body):
                count += piece.count(ROW)
                filled += piece.count(CELL_END)
                kept += _rows(piece, numbers)
    parts[SHEET] = b"".join(kept)
    read = reread.columns(_package(parts), header_row, places=places.tolist())
    return Excerpt(count, filled, read)


def _head(sheet: IO[bytes], top: int) -> tuple[bytes, bytes]:
    """What stands before the row `top`, and the first bytes from there on."""
    read = sheet.read(PIECE)
    start = read.find(b'<row r="%d"' % top)
    return (read[:start], read[start:]) if start >= 0 else (read, b"")


def _pieces(sheet: IO[bytes], rest: bytes) -> Iterator[bytes]:
    """`rest` and what follows, in pieces of whole rows; at last what follows the rows."""
    while True:
        end = rest.rfind(ROW_END) + len(ROW_END)
        if end >= len(ROW_END):
            yield rest[:end]
            rest = rest[end:]
        more = sheet.read(PIECE)
        if not more:
            break
        rest += more
    yield rest


def _rows(piece: bytes, numbers: np.ndarray) -> Iterator[bytes]:
    """The XML of the rows with these numbers, in order, as far as the piece has them; the whole
    piece where it is no row."""
    if not piece.startswith(ROW):
        yield piece
        return
    first, last = (_number(piece, at) for at in (0, piece.rfind(ROW)))
    at = 0
    for number in numbers[slice(*np.searchsorted(numbers, (first, last + 1)))].tolist():
        start = piece.find(b'<row r="%d"' % number, at)
        if start >= 0:
            at = piece.find(ROW_END, start) + len(ROW_END)
            yield piece[start:at]


def _number(piece: bytes, at: int) -> int:
    """The number of the row that begins there."""
    start = at + len(ROW)
    return int(piece[start : piece.find(b'"', start)])


def _package(parts: dict[str, bytes]) -> BytesIO:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    made.seek(0)
    return made
