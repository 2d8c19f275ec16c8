"""Fills the rows of a workbook that the user downloaded from the CRM, leaving all else in place.

Hidden sheets, drop-downs and hidden key columns of such a template mean something to the importer,
so the very file is filled (.xlsx, by openpyxl); a cell keeps its style and becomes text. Drop-downs
that Excel wrote as an extension (x14) are lost: openpyxl does not know them, importers do not ask.
The dates that openpyxl writes are fixed afterwards: the same rows give the same bytes.
"""

import warnings
import zipfile
from io import BytesIO
from pathlib import Path

import pyarrow as pa

from crmclean.workbooks import legal
from crmclean.workbooks.look import EPOCH
from crmclean.workbooks.xlsx import LEVEL, ZIP_DATE


def fill(template: Path, path: Path, rows: pa.Table, header_row: int, places: list[int]) -> None:
    """Write `rows` under the header of the first sheet of `template` into `path`. `places` are the
    0-based columns of the sheet that the columns of `rows` go to; example rows are emptied."""
    import openpyxl

    with warnings.catch_warnings(action="ignore"):
        book = openpyxl.load_workbook(template)
    book.properties.created = book.properties.modified = EPOCH
    sheet = book.worksheets[0]
    if sheet.max_row > header_row:
        for old in sheet.iter_rows(min_row=header_row + 1):
            for cell in old:
                if type(cell).__name__ == "Cell":
                    cell.value = None
    columns = [legal(c.combine_chunks()).to_pylist() for c in rows.columns]
    for number, values in enumerate(zip(*columns, strict=True), header_row + 1):
        for place, value in zip(places, values, strict=True):
            if value is not None:
                cell = sheet.cell(number, place + 1)
                cell.value, cell.data_type, cell.number_format = value, "s", "@"
    made = BytesIO()
    book.save(made)
    _freeze(made, path)


def _freeze(made: BytesIO, path: Path) -> None:
    """The same package with fixed dates."""
    with (
        zipfile.ZipFile(made) as source,
        zipfile.ZipFile(path, "w") as target,
    ):
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _without_clock(content)
            target.writestr(entry, content, compresslevel=LEVEL)


def _without_clock(core: bytes) -> bytes:
    """openpyxl sets `modified` to now when it saves."""
    import re

    stamp = EPOCH.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, core)
