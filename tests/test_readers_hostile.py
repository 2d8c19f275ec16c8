"""Hostile files (trust.md 4.1): refused before they are opened, quickly and in little memory."""

import json
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from crmclean import readers
from tests.test_readers_files import HEADER, ROW, cells, refused, written, xls, xlsx

SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</worksheet>'
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def package(path: Path, sheet: str | bytes, shared: str = "", more: dict[str, str] | None = None):
    """A workbook of one sheet with this XML, as small as it may be."""
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{types}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{types}.sharedStrings+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{relations}"><sheets>'
        '<sheet name="客户" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{relations}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
        **({"xl/sharedStrings.xml": shared} if shared else {}),
        **(more or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return path


def text(reference: str, value: str = "x") -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{value}</t></is></c>'


def row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def data(*rows: str) -> str:
    return SHEET.format(f"<sheetData>{''.join(rows)}</sheetData>")


def sparse(path: Path) -> Path:
    return package(path, data(row(1, text("A1")), row(1_048_576, text("XFD1048576"))))


def wrapping(path: Path) -> Path:
    """A row number that 32 bits cannot hold: it comes round to 3,567,587,327."""
    return package(path, data(row(1, text("A1")), row(999_999_999_999, text("B2"))))


def far_from_its_row(path: Path) -> Path:
    """Cells that do not stand where their row says, after many that do."""
    rows = [row(n, text(f"A{n}")) for n in range(1, 300)]
    return package(path, data(*rows, row(300, text("A900000"), text("XFD300"))))


def huge_string(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("[Content_Types].xml", "<Types/>")
        with target.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as stream:
            stream.write(b'<worksheet><c r="A1" t="inlineStr"><is><t>')
            for _ in range(70):
                stream.write(b"a" * (1 << 20))
    return path


def laughs(path: Path) -> Path:
    doctype = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    return package(path, doctype + data(row(1, text("A1", "&b;"))))


def duplicate(path: Path) -> Path:
    package(path, data(row(1, text("A1", "one"))))
    with pytest.warns(UserWarning), zipfile.ZipFile(path, "a") as target:
        target.writestr("xl/worksheets/sheet1.xml", data(row(1, text("A1", "two"))))
    return path


def merged(path: Path) -> Path:
    body = f"<sheetData>{row(1, text('A1'))}</sheetData>"
    whole = '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    return package(path, SHEET.format(body + whole))


def escaping(path: Path) -> Path:
    return package(path, data(row(1, text("A1"))), more={"../../evil.xml": "<x/>"})


@pytest.mark.parametrize(
    "make, code",
    [
        (sparse, "FILE_UNSAFE_SPARSE"),
        (wrapping, "FILE_UNSAFE_SPARSE"),
        (far_from_its_row, "FILE_UNSAFE_SPARSE"),
        (huge_string, "FILE_UNSAFE_RATIO"),
        (laughs, "FILE_UNSAFE_ENTITIES"),
        (duplicate, "FILE_UNSAFE_NAMES"),
        (merged, "FILE_UNSAFE_MERGED"),
        (escaping, "FILE_UNSAFE_NAMES"),
    ],
)
def test_hostile_workbooks_are_refused(tmp_path, make, code):
    assert refused(make(tmp_path / "客户.xlsx")) == code


PROBE = """
import json, resource, sys, time
from crmclean import readers
from crmclean.errors import InputRefused
import crmclean.readers.workbook, lxml.etree, python_calamine, msoffcrypto
readers.open_file(sys.argv[1])
idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.process_time()
try:
    readers.open_file(sys.argv[2])
    code = None
except InputRefused as error:
    code = error.code
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([code, time.process_time() - start, (peak - idle) / 1024]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="ru_maxrss")
@pytest.mark.parametrize("make", [sparse, huge_string])
def test_refusing_costs_little(tmp_path, make):
    plain, bad = xlsx(tmp_path / "a.xlsx"), make(tmp_path / "b.xlsx")
    done = subprocess.run(
        [sys.executable, "-c", PROBE, plain, bad], capture_output=True, text=True, check=True
    )
    code, seconds, mebibytes = json.loads(done.stdout)
    assert code and seconds <= 2 and mebibytes <= 64


@pytest.mark.parametrize("content", [b"a,b\n" + b"x" * (17 << 20), (b"," * 20_000 + b"\n") * 5])
def test_absurd_lines_are_refused(tmp_path, content):
    assert refused(written(tmp_path / "a.csv", content)) == "FILE_UNSAFE_LINE"


def test_a_row_of_many_cells_makes_no_columns(tmp_path):
    content = b"a,b\n" + b"1,2\n" * 20_000 + b"," * 16_000 + b"\n" + b"1,2\n" * 20_000
    found = cells(written(tmp_path / "a.csv", content))
    assert (len(found), {len(row) for row in found}) == (40_002, {2})
    assert found[20_001] == ["," * 16_000, None]


def test_a_long_string_shared_by_many_cells_is_read_by_a_child(tmp_path):
    shared = f'<sst xmlns="{MAIN}"><si><t>{"长" * 1_000_000}</t></si><si><t>短</t></si></sst>'
    cells_of = "".join(row(n, f'<c r="A{n}" t="s"><v>0</v></c>') for n in range(1, 2500))
    path = package(tmp_path / "a.xlsx", data(cells_of), shared)
    assert refused(path) in ("FILE_UNSAFE_PROCESS", "FILE_UNSAFE_RATIO")


def test_a_stray_cell_far_down_is_no_reason_to_refuse(tmp_path):
    rows = [row(n, text(f"A{n}"), text(f"B{n}")) for n in range(1, 4)]
    path = package(tmp_path / "a.xlsx", data(*rows, row(1_048_576, text("B1048576", "stray"))))
    last, count = None, 0
    for batch in readers.open_file(path).sheets[0].batches():
        count += batch.num_rows
        last = [column[-1].as_py() for column in batch.columns]
    assert (count, last) == (1_048_576, [1_048_576, None, "stray"])


def test_a_stream_of_an_old_xls_that_claims_to_be_endless(tmp_path):
    content = xls(tmp_path / "a.xls").read_bytes()
    at = content.index("Workbook".encode("utf-16-le")) + 120
    rubbish = content[: at + 4] + b"\x3c\0\0\0" + content[at + 8 :]
    assert cells(written(tmp_path / "b.xls", rubbish)) == cells(tmp_path / "a.xls")
    endless = content[:at] + b"\xff\xff\xff\x7f" + content[at + 4 :]
    assert refused(written(tmp_path / "c.xls", endless)) == "FILE_DAMAGED"


def test_an_old_xls_whose_used_range_is_absurd(tmp_path):
    content = xls(tmp_path / "a.xls").read_bytes()
    at = content.index(bytes.fromhex("00020e00")) + 4
    absurd = content[:at] + struct.pack("<II", 0x7E000000, 6) + content[at + 8 :]
    assert refused(written(tmp_path / "b.xls", absurd)) == "FILE_DAMAGED"


def test_a_child_reads_what_this_process_would(tmp_path):
    from crmclean.readers.child import open_in_child

    path = xlsx(tmp_path / "a.xlsx", [HEADER, ROW, [None, 1.5]])
    here = cells(path)
    file = open_in_child(path, "xlsx")
    batch = next(file.sheets[0].batches())
    there = [list(r) for r in zip(*(c.to_pylist() for c in batch.columns[1:]), strict=True)]
    assert there == here == [HEADER, ROW, [None, "1.5"]]


def test_an_encrypted_zip_entry_and_a_cut_one(tmp_path):
    whole = xlsx(tmp_path / "a.xlsx").read_bytes()
    flagged = whole.replace(
        b"PK\x01\x02\x14\x00\x14\x00\x00\x00", b"PK\x01\x02\x14\x00\x14\x00\x01\x00"
    )
    if flagged != whole:
        assert refused(written(tmp_path / "b.xlsx", flagged)) == "FILE_ENCRYPTED"
    broken = whole.replace(b"<row", b"<roooow", 1)[:-1]
    assert refused(written(tmp_path / "c.xlsx", broken)) == "FILE_TRUNCATED"


def test_a_package_with_spoilt_bytes_is_not_said_to_be_cut_off(tmp_path):
    whole = xlsx(tmp_path / "a.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as package:
        sheet = package.getinfo("xl/worksheets/sheet1.xml")
    at = sheet.header_offset + 30 + len(sheet.filename) + sheet.compress_size // 2
    spoilt = whole[:at] + bytes(8) + whole[at + 8 :]
    assert refused(written(tmp_path / "d.xlsx", spoilt)) == "FILE_DAMAGED"


def test_deep_json_and_xml_do_not_break_the_stack(tmp_path):
    assert refused(written(tmp_path / "a.json", "[" * 200_000)) == "FILE_DAMAGED"
    deep = "<a>" * 100_000 + "</a>" * 100_000
    assert refused(written(tmp_path / "a.xml", deep)) in ("FILE_DAMAGED", "NO_RECORDS")
