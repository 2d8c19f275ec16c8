"""Some rows of a big finished workbook, and counts over all of it, without reading every cell.

The sheet is inflated, which proves its checksum: the disk holds what was streamed. Rows and filled
cells are counted in its XML, and a workbook of the wanted rows alone, in their very bytes, is read
by the library that reads whole workbooks (reread.py). For files of ours: inline strings
(rowxml.py), rows and cells that carry their places.
"""

import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import pyarrow as pa

from crmclean.workbooks import reread

SHEET = "xl/worksheets/sheet1.xml"
ROW, CELL_END, END = b'<row r="', b"</t></is></c>", b"</sheetData>"


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
    filled = parts[SHEET].count(CELL_END)
    rows, end, tail = parts[SHEET].rpartition(END)
    head, *rows = rows.split(ROW)
    wanted = [
        *rows[:header_row],
        *(rows[n + header_row] for n in places if n + header_row < len(rows)),
    ]
    parts[SHEET] = ROW.join([head, *wanted]) + end + tail
    read = reread.columns(_package(parts), header_row)
    at = pa.array(places, mask=places >= read.num_rows)  # empty rows at the end are left out
    return Excerpt(len(rows) - header_row, filled, read.take(at))


def _package(parts: dict[str, bytes]) -> BytesIO:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    made.seek(0)
    return made
