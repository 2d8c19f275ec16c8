"""A finished import file against the rows that it should hold.

Popular writers lose cells without an exception (trust.md 0.3), so every file is opened again before
anything is published, by another library than the one that wrote it, and read whole where that
costs little. Of a big workbook all rows and filled cells are counted, and those rows are compared
cell by cell in which a writer can go wrong: every row with a cell that could not be written as it
is, the first and last of each batch, and some by a draw.
"""

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import draw
from crmclean.errors import Broken
from crmclean.export.parts import Part
from crmclean.templates import ObjectTemplate
from crmclean.workbooks import raw_bytes, reread
from crmclean.workbooks.excerpt import excerpt
from crmclean.workbooks.xlsx import BATCH

#: Workbooks of at most this many rows are read whole; of bigger ones, so many are drawn.
WHOLE, DRAWN = 5_000, 200
#: Text that a writer must do something about: markup, white space that counts, the escape `_x`,
#: characters of four bytes; and the bytes without which there is none.
TELLING = r"[&<>\n\t]|^ | $|  |_x|[\x{10000}-\x{10FFFF}]"
MARKS, LAST_SPACE, FIRST_OF_FOUR = (b"&", b"<", b">", b"_"), 0x20, 0xF0


def prove(path: Path, part: Part) -> None:
    """Raises Broken (EXPORT_DIFFERS) where a file does not hold the rows of its part."""
    spec, rows = part.spec, part.rows
    if spec.format == "xlsx" and not spec.own_file and rows.num_rows > WHOLE:
        right = _right(path, rows, spec.header_row)
    else:
        right = _same(read_back(path, spec), rows)
    if not right:
        raise Broken("EXPORT_DIFFERS", file=path.name, rows=rows.num_rows)


def read_back(path: Path, spec: ObjectTemplate) -> pa.Table:
    """The rows of a finished file as text, by another library than its writer."""
    if spec.format != "csv":
        return reread.columns(path, spec.header_row)
    csv.field_size_limit(1 << 30)
    encoding = "gb18030" if spec.encoding == "gb18030" else "utf-8-sig"
    with path.open(encoding=encoding, newline="") as lines:
        headings, *rows = csv.reader(lines, strict=True)
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(headings)
    nothing = pa.scalar(None, pa.string())
    arrays = [pa.array(values, pa.string()) for values in columns]
    return pa.table(
        [pc.if_else(pc.equal(values, ""), nothing, values) for values in arrays], names=headings
    )


def _same(found: pa.Table, rows: pa.Table) -> bool:
    """Equal but for empty rows at the end, which readers leave out."""
    kept, beyond = rows.slice(0, found.num_rows), rows.slice(found.num_rows)
    empty = all(column.null_count == len(column) for column in beyond.columns)
    return empty and found.equals(kept.combine_chunks())


def _right(path: Path, rows: pa.Table, header_row: int) -> bool:
    """Every row there, as many cells as are filled, and the telling rows cell by cell."""
    places = telling(rows)
    found = excerpt(path, header_row, places)
    filled = sum(len(column) - column.null_count for column in rows.columns)
    counts = (found.count, found.filled) == (rows.num_rows, filled)
    return counts and found.rows.equals(rows.take(pa.array(places)).combine_chunks())


def telling(rows: pa.Table) -> np.ndarray:
    """The places of the rows in which a writer can go wrong, in order."""
    count = rows.num_rows
    wanted = np.zeros(count, bool)
    wanted[::BATCH] = wanted[BATCH - 1 :: BATCH] = wanted[-1] = True
    wanted[draw.first(np.arange(count), DRAWN, 0)] = True
    for column in rows.columns:
        values = column.combine_chunks()
        if _may_tell(raw_bytes(values)):
            wanted |= np.asarray(pc.fill_null(pc.match_substring_regex(values, TELLING), False))
    return np.flatnonzero(wanted)


def _may_tell(run: np.ndarray) -> bool:
    text = run.tobytes()
    apart = (run <= LAST_SPACE) | (run >= FIRST_OF_FOUR)
    return bool(apart.any()) or any(mark in text for mark in MARKS)
