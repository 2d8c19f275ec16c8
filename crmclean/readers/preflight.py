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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crmclean.errors import InputRefused

MiB = 1 << 20
MAX_PACKAGE, MAX_ENTRIES = 512 * MiB, 2_000
MAX_PART, MAX_TOTAL = 2_048 * MiB, 4_096 * MiB
MAX_RATIO, RATIO_FLOOR = 200, 64 * MiB
MAX_SPAN, MIN_DENSITY = 10_000_000, 1 / 10_000
MAX_DENSE = 200_000_000  # cells of the bounding box that the fast reader allocates at once
MAX_MERGED = 1_000_000
LONG_TEXT = 98_304  # bytes: 32,767 characters, as many as a cell of Excel may hold, of 3 bytes
MAX_SHARED = 256 * MiB
OVERLAP = 512
READ = 1 << 20

_REFERENCE = re.compile(rb'r=["\']([A-Z]{1,3})([0-9]{1,7})["\']')
_WIDE = re.compile(rb'r="([A-Z]{2,3})[0-9]')
_WIDE_ODD = re.compile(rb"r='([A-Z]{2,3})[0-9]")
_ROW = re.compile(rb'<row r="([0-9]{1,7})"')
_ROW_ODD = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br=["\']([0-9]{1,7})["\']')
_MERGE = re.compile(rb'ref=["\']([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})["\']')
#: A count that a reader would reserve memory for: no workbook has a thousand million of anything.
_COUNT = re.compile(rb'ount=["\'][0-9]{10,}["\']')
_NO_VALUE = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f(?: [^>]*)?/>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


@dataclass
class Part:
    """What a part of a package holds: for sheet XML, its cells, its reach, and oddities."""

    size: int = 0
    cells: int = 0
    rows: int = 0
    columns: int = 0
    merged: int = 0
    errors: bool = False
    formulas: bool = False
    empty_formulas: bool = False
    hidden: bool = False
    longest: int = 0

    @property
    def odd(self) -> bool:
        return self.errors or self.empty_formulas or self.hidden


def check(content: io.BytesIO | Path, path: Path) -> dict[str, Part]:
    """Every part of a package by name. Raises InputRefused for a package that is not safe."""
    if path.stat().st_size > MAX_PACKAGE:
        raise InputRefused("FILE_TOO_BIG", file=path.name, limit="512 MiB")
    try:
        with zipfile.ZipFile(content) as package:
            _names(package, path)
            return _parts(package, path)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise InputRefused("FILE_TRUNCATED", file=path.name) from error
    except Exception as error:
        if type(error).__module__ == "zlib":
            raise InputRefused("FILE_TRUNCATED", file=path.name) from error
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
        _reach(part, path)
    return parts


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
                _xml(tail + chunk, path)
                part.longest = max(part.longest, _run(chunk))
            if sheet:
                _sheet(tail, chunk, part)
                tail = chunk[-OVERLAP:]
    return part


def is_risky(parts: dict[str, Part]) -> bool:
    """Whether long strings shared by many cells could fill the memory: each cell gets a copy."""
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
    if b"<!DOCTYPE" in window or b"<!ENTITY" in window or b"<\0!\0D\0O\0C" in window:
        _refuse(path, "entities")
    if b"ount=" in window and _COUNT.search(window):
        _refuse(path, "counts")


def _sheet(tail: bytes, chunk: bytes, part: Part) -> None:
    window = tail + chunk
    part.cells += chunk.count(b"<c ") + chunk.count(b":c ")
    part.errors = part.errors or b't="e"' in window or b"t='e'" in window
    part.hidden = part.hidden or b"hidden=" in window
    if not part.formulas:
        part.formulas = b"<f" in window or b":f" in window
    if part.formulas and not part.empty_formulas:
        part.empty_formulas = bool(_NO_VALUE.search(window))
    part.columns = max([part.columns, 26 if part.cells else 0, *_wide_columns(window)])
    references = _REFERENCE.findall(window) if part.cells < 100 else []
    part.rows = max([part.rows, *_row_numbers(window), *(int(row) for _, row in references)])
    if b"mergeCell" in window:
        fresh = _MERGE.findall(window)
        part.merged += sum(_area(found) for found in fresh)


def _wide_columns(window: bytes) -> Iterator[int]:
    found = set(_WIDE.findall(window))
    if b"r='" in window:
        found.update(_WIDE_ODD.findall(window))
    return map(column_number, found)


def _row_numbers(window: bytes) -> Iterator[int]:
    found = _ROW.findall(window)
    if len(found) < window.count(b"<row ") or b":row " in window:
        found = _ROW_ODD.findall(window)
    return map(int, found)


def column_number(letters: bytes) -> int:
    """A column's number from its letters.

    >>> column_number(b"A"), column_number(b"XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _area(found: tuple[bytes, ...]) -> int:
    left, top, right, bottom = found
    wide = column_number(right) - column_number(left) + 1
    return max(wide, 0) * max(int(bottom) - int(top) + 1, 0)


def _reach(part: Part, path: Path) -> None:
    span = part.rows * part.columns
    if span > MAX_SPAN and part.cells < span * MIN_DENSITY:
        _refuse(path, "sparse")
    if span > MAX_DENSE and part.columns > 26:
        _refuse(path, "sparse")
    if part.merged > MAX_MERGED * 2:
        _refuse(path, "merged")


def _refuse(path: Path, reason: str) -> None:
    raise InputRefused(f"FILE_UNSAFE_{reason.upper()}", file=path.name)
