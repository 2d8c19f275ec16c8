"""Import files: written, split at the target's limits, numbered in import order, read back.

Every file is read again with another library than the one that wrote it and compared cell by cell
before anything is published: popular writers lose cells without an exception (trust.md 0.3).
Two files are written at a time; the work is in compiled code that lets go of Python's lock.
"""

import csv
import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from crmclean import tables
from crmclean.errors import Broken, OutputRefused
from crmclean.export.fitting import Part
from crmclean.templates import ObjectTemplate
from crmclean.workbooks import MAX_ROWS, Col, Sheet, reread, write

FILES = pa.schema(
    [
        ("path", tables.TEXT),
        ("object", tables.TEXT),
        ("kind", tables.TEXT),
        ("rows", pa.int64()),
        ("sha256", tables.TEXT),
    ]
)
#: Rows of the trial file that tells how many bytes a row takes, and what is kept in reserve.
PROBE, RESERVE = 500, 0.92
WORKERS = 2
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Written:
    """One finished file: where it is and which records of which part it holds."""

    path: Path
    part: Part
    rows: int


def write_parts(parts: list[Part], folder: Path, label: Callable[[str], str]) -> list[Written]:
    """Every part in its files, `01_客户.xls`, `02_联系人_1.xls`…, each read back.
    Raises Broken (EXPORT_DIFFERS), OutputRefused."""
    folder.mkdir(parents=True, exist_ok=True)
    jobs = []
    for number, part in enumerate((p for p in parts if p.rows.num_rows), 1):
        stem = f"{number:02}_{part.spec.name or label(part.object)}"
        jobs += list(_chunks(part, folder, stem, label))
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(lambda job: _one(*job), jobs))


def files_table(written: list[Written], kind: str, folder: Path) -> pa.Table:
    """The `files` table: path relative to `folder`, object, kind, rows, sha256."""
    rows = [
        {
            "path": each.path.relative_to(folder).as_posix(),
            "object": each.part.object,
            "kind": kind,
            "rows": each.rows,
            "sha256": _sha256(each.path),
        }
        for each in written
    ]
    return pa.Table.from_pylist(rows, FILES)


def _chunks(
    part: Part, folder: Path, stem: str, label: Callable[[str], str]
) -> Iterator[tuple[Part, Path, str]]:
    name = part.spec.sheet or label(part.object)
    size = _rows_per_file(part, folder, name)
    total = part.rows.num_rows
    for number, start in enumerate(range(0, total, size), 1):
        suffix = f"_{number}" if total > size else ""
        chunk = Part(
            part.object, part.spec, part.columns, part.golden.slice(start, size),
            part.record.slice(start, size), part.parent.slice(start, size),
            part.rows.slice(start, size),
        )  # fmt: skip
        yield chunk, folder / f"{stem}{suffix}.{part.spec.format}", name


def _rows_per_file(part: Part, folder: Path, name: str) -> int:
    """As many rows as the target takes, by number and by bytes (a trial file tells)."""
    spec, total = part.spec, part.rows.num_rows
    size = min(spec.max_rows or total, total)
    if spec.format in MAX_ROWS:
        size = min(size, MAX_ROWS[spec.format] - spec.header_row)
    if spec.max_bytes and total:
        trial = folder / f"trial.{spec.format}"
        rows = min(PROBE, total)
        _write(trial, spec, part, part.rows.slice(0, rows), name)
        each = trial.stat().st_size / rows
        trial.unlink()
        size = min(size, max(1, int(spec.max_bytes * RESERVE / each)))
    return max(size, 1)


def _one(part: Part, path: Path, name: str) -> Written:
    _write(path, part.spec, part, part.rows, name)
    found = read_back(path, part.spec)
    if not found.equals(part.rows.combine_chunks()):
        raise Broken("EXPORT_DIFFERS", file=path.name, rows=part.rows.num_rows)
    return Written(path, part, part.rows.num_rows)


def _write(path: Path, spec: ObjectTemplate, part: Part, rows: pa.Table, name: str) -> None:
    if spec.format == "csv":
        return _write_csv(path, spec, rows)
    columns = [
        Col(c.heading, choices=c.picklist, required=c.required and spec.header_row > 1)
        for c in part.columns
    ]
    title = (spec.note,) if spec.note else ()
    sheet = Sheet(name, columns, rows, title, spec.header_row, filter=spec.header_row == 1)
    write(path, [sheet], spec.format)


def _write_csv(path: Path, spec: ObjectTemplate, rows: pa.Table) -> None:
    """Exact values, quoted where needed (RFC 4180); a BOM only where the target asks for one."""
    try:
        with path.open("wb") as stream:
            if spec.encoding == "utf-8-sig":
                stream.write(BOM)
            pyarrow.csv.write_csv(rows, stream)
    except OSError as error:
        raise OutputRefused("OUTPUT_NOT_WRITABLE", file=path, reason=error.strerror) from error


def read_back(path: Path, spec: ObjectTemplate) -> pa.Table:
    """The rows of a finished file as text, by another library than its writer."""
    if spec.format != "csv":
        return reread.columns(path, spec.header_row)
    csv.field_size_limit(1 << 30)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        headings, *rows = csv.reader(lines, strict=True)
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(headings)
    nothing = pa.scalar(None, pa.string())
    arrays = [pa.array(values, pa.string()) for values in columns]
    return pa.table(
        [pc.if_else(pc.equal(values, ""), nothing, values) for values in arrays], names=headings
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
