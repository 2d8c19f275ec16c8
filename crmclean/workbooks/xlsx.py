"""Writes .xlsx: XlsxWriter builds the workbook, the rows are streamed into it.

XlsxWriter makes everything that is not a row (look.py). Under the header it leaves one pattern row
with the style of every column; this module replaces that row in the sheet's XML by the data
(rowxml.py). So memory stays flat, the bytes depend on
the rows alone (XlsxWriter's dates are fixed), and no row ever passes through a Python loop.

Why not one of the libraries alone, 100,000 rows x 16 text cells on two busy cores
(benchmarks/export_speed.py): openpyxl write-only 55 s, XlsxWriter 25 s, xlsxturbo 4 s,
rustpy-xlsxwriter 2.5 s, this 1.2 s. The two fast ones write the clock into the file and know no
marks on single cells; a repair of their zip would be longer than this module.

Relative part names (crm-targets.md 0b: one importer cannot open absolute).
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.workbooks import Sheet
from crmclean.workbooks.look import mark_styles, skeleton
from crmclean.workbooks.rowxml import column_name, lines

BATCH = 16_384
#: zlib level: 2 is the fastest here, level 6 takes more than twice the time to save 10 %.
LEVEL = 2
ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def write(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write the sheets to `path`."""
    empty = zipfile.ZipFile(BytesIO(skeleton(sheets)))
    with zipfile.ZipFile(path, "w") as out:
        for name in empty.namelist():
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry._compresslevel = LEVEL  # an entry of one's own does not take it from the file
            part = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name)
            with out.open(entry, "w", force_zip64=bool(part)) as stream:
                if part and int(part[1]) <= len(sheets):
                    for piece in _filled(empty.read(name).decode(), sheets[int(part[1]) - 1]):
                        stream.write(piece)
                else:
                    stream.write(empty.read(name))


def _filled(xml: str, sheet: Sheet) -> Iterator[bytes]:
    """The XML of a sheet with its pattern row replaced by the rows."""
    pattern = re.search(rf'<row r="{sheet.top + 1}"[^>]*>(.*?)</row>', xml)
    if pattern is None:  # a sheet without columns
        yield xml.encode()
        return
    styles = re.findall(r'<c r="[A-Z]+\d+" s="(\d+)"', pattern[1])
    last = f"{column_name(len(sheet.columns) - 1)}{sheet.top + sheet.rows.num_rows}"
    head = re.sub(
        r'<dimension ref="[^"]*"/>', f'<dimension ref="A1:{last}"/>', xml[: pattern.start()]
    )
    yield head.encode()
    marks = _mark_table(sheet, styles)
    for start in range(0, sheet.rows.num_rows, BATCH):
        yield lines(sheet, start, BATCH, styles, marks)
    yield xml[pattern.end() :].encode()


def _mark_table(sheet: Sheet, styles: list[str]) -> dict[int, pa.Array]:
    """For each marked column, the style of each of its cells."""
    marked: dict[int, np.ndarray] = {}
    headings = [column.heading for column in sheet.columns]
    extra = styles[len(headings) :]
    for style, (heading, colour) in zip(extra, mark_styles(sheet), strict=True):
        number = headings.index(heading)
        column = marked.setdefault(number, np.full(sheet.rows.num_rows, styles[number], object))
        same = pc.and_(
            pc.equal(sheet.marks["column"], heading), pc.equal(sheet.marks["colour"], colour)
        )
        column[sheet.marks["row"].filter(same).to_numpy()] = style
    return {number: pa.array(column, pa.string()) for number, column in marked.items()}
