"""Workbooks in formats that no library writes, as small as they may be: xlsb, and odd .xls.

Record numbers from [MS-XLSB] 2.3.1.
"""

import io
import struct
import zipfile
from pathlib import Path

MAIN = "application/vnd.ms-excel"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _record(kind: int, body: bytes = b"") -> bytes:
    number = bytes([kind & 0x7F | 0x80, kind >> 7]) if kind > 0x7F else bytes([kind])
    size, length = b"", len(body)
    while length > 0x7F:
        size, length = size + bytes([length & 0x7F | 0x80]), length >> 7
    return number + size + bytes([length]) + body


def _cell(column: int, value: str | float) -> bytes:
    head = struct.pack("<II", column, 0)
    if isinstance(value, str):
        return _record(6, head + _wide(value))  # BrtCellSt
    return _record(5, head + struct.pack("<d", value))  # BrtCellReal


def _sheet(rows: list[list[str | float]]) -> bytes:
    body = b""
    for number, row in enumerate(rows):
        body += _record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 0))  # BrtRowHdr
        body += b"".join(_cell(place, value) for place, value in enumerate(row))
    size = struct.pack("<IIII", 0, len(rows) - 1, 0, max(map(len, rows)) - 1)
    return (
        _record(129) + _record(148, size) + _record(145) + body + _record(146) + _record(130)
    )  # BeginSheet, WsDim, BeginSheetData … EndSheetData, EndSheet


def xlsb(path: Path, rows: list[list[str | float]]) -> Path:
    """A binary workbook of one sheet named 客户."""
    sheet = _record(156, struct.pack("<II", 0, 1) + _wide("r1") + _wide("客户"))  # BrtBundleSh
    book = _record(131) + _record(143) + sheet + _record(144) + _record(132)
    types = (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="bin" ContentType="{MAIN}'
        '.sheet.binary.macroEnabled.main"/><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
    )
    relation = '<Relationships xmlns="{}/relationships"><Relationship Id="r1" Type="{}/{}" Target="{}"/></Relationships>'
    parts = {
        "[Content_Types].xml": types,
        "_rels/.rels": relation.format(PACKAGE, OFFICE, "officeDocument", "xl/workbook.bin"),
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": relation.format(
            PACKAGE, OFFICE, "worksheet", "worksheets/sheet1.bin"
        ),
        "xl/worksheets/sheet1.bin": _sheet(rows),
    }
    page = io.BytesIO()
    with zipfile.ZipFile(page, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    path.write_bytes(page.getvalue())
    return path


def biff5(path: Path, rows: list[list[str | float]], codepage: int = 936) -> Path:
    """An Excel 5 workbook of one sheet named 客户, its text in GBK ([MS-XLS] 2.4, BIFF5), whatever
    `codepage` it claims."""
    from xlwt.CompoundDoc import XlsDoc

    def record(kind: int, body: bytes = b"") -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def cell(row: int, column: int, value: str | float) -> bytes:
        head = struct.pack("<HHH", row, column, 0)
        if isinstance(value, str):
            text = value.encode("gbk")
            return record(0x0204, head + struct.pack("<H", len(text)) + text)
        return record(0x0203, head + struct.pack("<d", value))

    name = "客户".encode("gbk")
    size = struct.pack("<HHHHH", 0, len(rows), 0, max(map(len, rows)), 0)
    sheet = record(0x0809, struct.pack("<HHHH", 0x0500, 0x0010, 0, 1993)) + record(0x0200, size)
    for number, row in enumerate(rows):
        sheet += b"".join(cell(number, place, value) for place, value in enumerate(row))
    head = record(0x0809, struct.pack("<HHHH", 0x0500, 0x0005, 0, 1993))
    head += record(0x0042, struct.pack("<H", codepage))
    at = len(head) + 4 + 7 + len(name) + 4
    head += record(0x0085, struct.pack("<IHB", at, 0, len(name)) + name) + record(0x000A)
    page = io.BytesIO()
    XlsDoc().save(page, head + sheet + record(0x000A))
    path.write_bytes(page.getvalue())
    return path
