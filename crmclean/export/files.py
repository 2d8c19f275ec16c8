"""Import files: written, split at the target's limits, numbered in import order, proved.

Every file is opened again and compared with its rows before anything is published (proof.py).
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from crmclean import tables
from crmclean.errors import OutputRefused, UsageError
from crmclean.export.parts import Part
from crmclean.export.proof import prove
from crmclean.templates import ObjectTemplate
from crmclean.workbooks import MAX_ROWS, Col, Sheet, reread, write
from crmclean.workbooks.fill import fill

FILES = pa.schema(
    [
        ("path", tables.TEXT),
        ("object", tables.TEXT),
        ("kind", tables.TEXT),
        ("rows", pa.int64()),
        ("sha256", tables.TEXT),
    ]
)
#: Rows of the trial file, the longest ones, that tells how many bytes a row takes at most, and
#: what is kept in reserve.
PROBE, RESERVE = 500, 0.9
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class File:
    """One import file: where it goes, the records it holds, the name of its sheet."""

    path: Path
    part: Part
    sheet: str

    @property
    def rows(self) -> int:
        return self.part.rows.num_rows


def planned(parts: list[Part], folder: Path, label: Callable[[str], str]) -> list[File]:
    """Every part in its files, `01_客户.xls`, `02_联系人_1.xls`…, still to be written."""
    folder.mkdir(parents=True, exist_ok=True)
    plans: list[File] = []
    for number, part in enumerate((p for p in parts if p.rows.num_rows), 1):
        sheet = part.spec.sheet or label(part.object)
        for group, ours in part.groups():
            names = [f"{number:02}", part.spec.name or label(part.object), group and _safe(group)]
            plans += _chunks(ours, folder, "_".join(filter(None, names)), sheet)
    return plans


def make(file: File) -> None:
    """Write a file and prove it. Raises Broken (EXPORT_DIFFERS), OutputRefused."""
    _write(file.path, file.part, file.part.rows, file.sheet)
    prove(file.path, file.part)


def files_table(written: list[File], kind: str, folder: Path) -> pa.Table:
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


def _chunks(part: Part, folder: Path, stem: str, sheet: str) -> Iterator[File]:
    size = _rows_per_file(part, folder, sheet)
    total = part.rows.num_rows
    for number, start in enumerate(range(0, total, size), 1):
        suffix = f"_{number}" if total > size else ""
        path = folder / f"{stem}{suffix}.{part.spec.format}"
        yield File(path, part.slice(start, size), sheet)


def _rows_per_file(part: Part, folder: Path, name: str) -> int:
    """As many rows as the target takes, by number and by bytes (a trial file tells)."""
    spec, total = part.spec, part.rows.num_rows
    size = min(spec.max_rows or total, total)
    if spec.format in MAX_ROWS:
        size = min(size, MAX_ROWS[spec.format] - spec.header_row)
    if spec.max_bytes and total:
        rows = min(PROBE, total)
        empty = _trial(part, part.rows.slice(0, 0), folder, name)
        each = (_trial(part, _longest(part.rows, rows), folder, name) - empty) / rows
        size = min(size, int((spec.max_bytes * RESERVE - empty) / max(each, 1)))
    return max(size, 1)


def _trial(part: Part, rows: pa.Table, folder: Path, name: str) -> int:
    """How many bytes a file of these rows has."""
    path = folder / f"trial.{part.spec.format}"
    _write(path, part, rows, name)
    size = path.stat().st_size
    path.unlink()
    return size


def _longest(rows: pa.Table, count: int) -> pa.Table:
    """The `count` rows with most text: no file has longer rows than the trial."""
    sizes = [pc.fill_null(pc.binary_length(c.combine_chunks()), 0) for c in rows.columns]
    total = np.sum([np.asarray(size) for size in sizes], axis=0)
    return rows.take(pa.array(np.sort(np.argsort(-total, kind="stable")[:count])))


def _write(path: Path, part: Part, rows: pa.Table, name: str) -> None:
    spec = part.spec
    if spec.format == "csv":
        return _write_csv(path, spec, rows)
    if spec.own_file:
        return _fill(path, part, rows)
    columns = [
        Col(c.heading, choices=c.picklist, required=c.required and spec.header_row > 1)
        for c in part.columns
    ]
    title = (spec.note,) if spec.note else ()
    sheet = Sheet(name, columns, rows, title, spec.header_row, filter=spec.header_row == 1)
    write(path, [sheet], spec.format)


def _fill(path: Path, part: Part, rows: pa.Table) -> None:
    """The user's own workbook with our rows. Raises UsageError for a column it does not have."""
    spec = part.spec
    there = reread.cells(spec.own_file)[spec.header_row - 1]
    lacking = [c.heading for c in part.columns if c.heading not in there]
    if lacking:
        raise UsageError("TEMPLATE_NO_COLUMN", file=spec.name, columns=" · ".join(lacking))
    places = [there.index(c.heading) for c in part.columns]
    fill(spec.own_file, path, rows, spec.header_row, places)


def _write_csv(path: Path, spec: ObjectTemplate, rows: pa.Table) -> None:
    """Exact values, quoted where needed (RFC 4180); a BOM only where the target asks for one."""
    made = BytesIO()
    pyarrow.csv.write_csv(rows, made)
    content = made.getbuffer()
    if spec.encoding == "gb18030":
        content = bytes(content).decode().encode("gb18030")
    try:
        with path.open("wb") as stream:
            stream.write(BOM if spec.encoding == "utf-8-sig" else b"")
            stream.write(content)
    except OSError as error:
        raise OutputRefused("OUTPUT_NOT_WRITABLE", file=path, reason=error.strerror) from error


def _safe(name: str) -> str:
    """A person's name as part of a file name, on Windows too."""
    return re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", name).strip(" .")[:40] or "_"


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
