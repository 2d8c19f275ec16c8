"""Packages (xlsx, xlsb, ods, zip) are looked through before anything opens them.

Some readers abort their process on 1,462 bytes (two cells, A1 and XFD1048576), others expand a
512 MiB string. So every part is inflated once as a stream, with caps on size and ratio; entities,
duplicate and escaping names, and absurd ranges are refused. The same pass notes what the sheet
XML holds that the fast reader does not tell (error cells, formulas without a value, hidden parts),
so that only such sheets pay for a detailed pass.
Limits and measurements: trust.md 4.1; ratio 200:1 only above 64 MiB, because real styles.xml
files are over 100:1.
"""

import io
import re
import zipfile
from pathlib import Path

from crmclean.errors import InputRefused
from crmclean.readers import sheetbytes
from crmclean.readers.sheetbytes import Part

MiB = 1 << 20
MAX_PACKAGE, MAX_ENTRIES = 512 * MiB, 2_000
MAX_PART, MAX_TOTAL = 2_048 * MiB, 4_096 * MiB
MAX_RATIO, RATIO_FLOOR = 200, 64 * MiB
GRID_ROWS, GRID_COLUMNS = 1_048_576, 16_384
MAX_BOX = 200_000_000  # cells of the bounding box, which the fast reader allocates at once
DOUBTFUL_BOX, DENSE = 40_000_000, 1 / 50  # above, and emptier: read in a process of its own
MAX_MERGED = 1_000_000
LONG_TEXT = 98_304  # bytes: 32,767 characters, as many as a cell of Excel may hold, of 3 bytes
MAX_SHARED = 256 * MiB
READ = 1 << 20
COMMENT = b"<comment "

#: A count that a reader would reserve memory for: no workbook has a thousand million of anything.
_COUNT = re.compile(rb'ount=["\'][0-9]{10,}["\']')


def check(content: io.BytesIO | Path, path: Path) -> dict[str, Part]:
    """Every part of a package by name. Raises InputRefused for a package that is not safe."""
    if path.stat().st_size > MAX_PACKAGE:
        raise InputRefused("FILE_TOO_BIG", file=path.name, limit="512 MiB")
    try:
        with zipfile.ZipFile(content) as package:
            _names(package, path)
            return _parts(package, path)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise InputRefused("FILE_DAMAGED", file=path.name, reason="zip") from error
    except Exception as error:
        if type(error).__module__ == "zlib":
            raise InputRefused("FILE_DAMAGED", file=path.name, reason="zip") from error
        raise


def _names(package: zipfile.ZipFile, path: Path) -> None:
    entries = package.infolist()
    if len(entries) > MAX_ENTRIES:
        _refuse(path, "entries")
    seen: set[str] = set()
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        name = entry.filename
        if name.lower() in seen or name.startswith(("/", "\\")) or ".." in name.split("/"):
            _refuse(path, "names")
        if "\\" in entry.orig_filename and not name.lower().startswith(("xl\\", "xl/", "_", "doc")):
            _refuse(path, "names")
        seen.add(name.lower())
        if entry.flag_bits & 1:
            raise InputRefused("FILE_ENCRYPTED", file=path.name)
        mode = entry.external_attr >> 16
        if mode & 0o170000 not in (0, 0o100000, 0o040000):
            _refuse(path, "links")
        if entry.header_offset < end:
            _refuse(path, "overlap")
        end = entry.header_offset + 30 + entry.compress_size


def _parts(package: zipfile.ZipFile, path: Path) -> dict[str, Part]:
    parts: dict[str, Part] = {}
    total = 0
    for entry in package.infolist():
        part = parts[entry.filename] = _part(package, entry, path)
        total += part.size
        if total > MAX_TOTAL:
            _refuse(path, "inflated")
        if part.columns * GRID_ROWS > MAX_BOX:
            part.rows = max(part.rows, _lowest_cell(package, entry))
        _reach(part, path)
    return parts


def _lowest_cell(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    """The last row that a cell of a very wide sheet stands in, whatever its `row` says."""
    lowest, tail = 0, b""
    with package.open(entry) as stream:
        while chunk := stream.read(READ):
            rows = sheetbytes.cell_rows(tail + chunk)
            lowest = max([lowest, *map(int, rows)])
            tail = chunk[-sheetbytes.OVERLAP :]
    return lowest


def _part(package: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> Part:
    part = Part()
    name = entry.filename.lower()
    xml = name.endswith((".xml", ".rels", ".vml"))
    sheet = xml and "worksheets/" in name and not name.endswith(".rels")
    tail = b""
    with package.open(entry) as stream:
        while chunk := stream.read(READ):
            part.size += len(chunk)
            if part.size > MAX_PART:
                _refuse(path, "inflated")
            if part.size > RATIO_FLOOR and part.size > MAX_RATIO * max(entry.compress_size, 1):
                _refuse(path, "ratio")
            if xml:
                _xml(tail + chunk[: sheetbytes.OVERLAP], path)
                _xml(chunk, path)
                part.longest = max(part.longest, _run(chunk))
            if sheet:
                sheetbytes.look(tail, chunk, part)
            elif xml and "comments" in name:
                part.comments += (tail[1 - len(COMMENT) :] + chunk).count(COMMENT)
            tail = chunk[-sheetbytes.OVERLAP :]
    return part


def is_risky(parts: dict[str, Part]) -> bool:
    """Whether the memory could be filled: by long strings shared by many cells (each gets a copy),
    or by the empty box around a stray cell."""
    boxes = [(part.rows * part.columns, part.cells) for part in parts.values()]
    if any(box > DOUBTFUL_BOX and cells < box * DENSE for box, cells in boxes):
        return True
    cells = sum(part.cells for part in parts.values())
    longest = max(
        (p.longest for name, p in parts.items() if "sharedstrings" in name.lower()), default=0
    )
    return longest * cells > MAX_SHARED


def _run(chunk: bytes) -> int:
    """About the longest text between two tags, if it is longer than a cell may be: told from
    blocks without a tag, so that it costs nothing on real files."""
    blocks = (chunk.find(b"<", at, at + LONG_TEXT) < 0 for at in range(0, len(chunk), LONG_TEXT))
    full = sum(blocks) if len(chunk) >= LONG_TEXT else 0
    return full * LONG_TEXT


def _xml(window: bytes, path: Path) -> None:
    if b"!" in window and (b"<!DOCTYPE" in window or b"<!ENTITY" in window):
        _refuse(path, "entities")
    if b"\0" in window and b"<\0!\0D\0O\0C" in window:
        _refuse(path, "entities")
    if b"ount=" in window and _COUNT.search(window):
        _refuse(path, "counts")


def _reach(part: Part, path: Path) -> None:
    if part.rows > GRID_ROWS or part.columns > GRID_COLUMNS or part.rows * part.columns > MAX_BOX:
        _refuse(path, "sparse")
    if part.merged > MAX_MERGED * 2:
        _refuse(path, "merged")


def _refuse(path: Path, reason: str) -> None:
    raise InputRefused(f"FILE_UNSAFE_{reason.upper()}", file=path.name)
