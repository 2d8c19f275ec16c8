"""Some rows of a big finished workbook, and counts over all of it, without reading every cell.

The sheet is inflated, which proves its checksum: the disk holds what was streamed. Rows and filled
cells are counted in its XML, and a workbook of the wanted rows alone, in their very bytes, is read
by the library that reads whole workbooks (reread.py). For files of ours: inline strings
(rowxml.py), rows and cells that carry their places.
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import pyarrow as pa

from crmclean.workbooks import reread

SHEET = "xl/worksheets/sheet1.xml"
ROW, ROW_END, CELL_END, END = b'<row r="', b"</row>", b"</t></is></c>", b"</sheetData>"


@dataclass(frozen=True)
class Excerpt:
    """`count`: how many rows there are under the header, `filled`: how many cells they have ·
    `rows`: those that were asked for, null where there is none."""

    count: int
    filled: int
    rows: pa.Table


def excerpt(path: Path, header_row: int, places: np.ndarray) -> Excerpt:
    """The rows at `places` (0-based, under the header, ascending) of the first sheet."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    xml = parts[SHEET]
    end, top = xml.rfind(END), xml.find(b'<row r="%d"' % (header_row + 1))
    top = top if top >= 0 else end
    parts[SHEET] = xml[:top] + b"".join(_rows(xml, places + header_row + 1, top)) + xml[end:]
    read = reread.columns(_package(parts), header_row, places=places.tolist())
    return Excerpt(xml.count(ROW) - header_row, xml.count(CELL_END), read)


def _rows(xml: bytes, numbers: np.ndarray, at: int) -> Iterator[bytes]:
    """The XML of the rows with these numbers, in order, as far as they are there."""
    for number in numbers.tolist():
        start = xml.find(b'<row r="%d"' % number, at)
        if start >= 0:
            at = xml.find(ROW_END, start) + len(ROW_END)
            yield xml[start:at]


def _package(parts: dict[str, bytes]) -> BytesIO:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    made.seek(0)
    return made
