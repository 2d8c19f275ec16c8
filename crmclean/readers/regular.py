r"""Blocks of delimited text by Arrow's parser: all columns at once, and an account of every line.

Arrow and `csv.reader` read one grammar, and Arrow is many times faster, but it cannot say where a
quote was lost. So the lines of a block are accounted for: a record takes one line, and one more for
each line break in its cells. A record of several lines must have closed its quotes and be as wide
as the others; otherwise a quote was lost, and the block is left to `delimited`, which goes record
by record. Rows of one line that are too short or too long are put back in their places.
"""

import csv
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv

from crmclean.readers.dialect import Dialect

MAX_LINES = 500  # lines in one record
EXTRA = 256  # cells beyond the usual width; a row with more is kept raw, in its first cell
_BREAK, _QUOTE = 10, 34


@dataclass(frozen=True)
class Parsed:
    """The columns of a block, its rows of another width by their places, and the lines at its end
    that begin a record which is not finished."""

    columns: list[pa.Array]
    ragged: dict[int, list[str]]
    held: bytes


def parse(block: bytes, dialect: Dialect) -> Parsed | None:
    """A block of whole lines, or None where it must be read record by record."""
    if dialect.backslash or dialect.width < 2:
        return None
    try:
        columns, ragged = _arrow(block, dialect)
    except (pa.ArrowInvalid, csv.Error):
        return None
    spans = _spans(columns, ragged, block.count(b"\n"))
    torn, held = _torn(block, spans, ragged, dialect.delimiter)
    if torn:
        return None
    if held:
        ragged.pop(len(spans) - 1, None)
        columns = [column.slice(0, len(spans) - 1 - len(ragged)) for column in columns]
    return Parsed(_restored(columns, ragged), ragged, held)


def _arrow(block: bytes, dialect: Dialect) -> tuple[list[pa.Array], dict[int, list[str]]]:
    """The columns of the rows that are as wide as most, and the others by their places."""
    ragged: dict[int, list[str]] = {}

    def odd(row: pcsv.InvalidRow) -> str:
        wide = row.actual_columns > dialect.width + EXTRA
        cells = (
            [row.text] if wide else next(csv.reader([row.text], delimiter=dialect.delimiter), [])
        )
        ragged[row.number - 1] = cells
        return "skip"

    try:
        table = _table(block, dialect, None)
    except pa.ArrowInvalid:
        table = _table(block, dialect, odd)
    return [column.combine_chunks() for column in table.columns], ragged


def _table(block: bytes, dialect: Dialect, odd) -> pa.Table:
    names = [f"c{n}" for n in range(1, dialect.width + 1)]
    return pcsv.read_csv(
        pa.BufferReader(block),
        read_options=pcsv.ReadOptions(
            column_names=names,
            block_size=len(block) + 1,
            use_threads=odd is None,  # rows are numbered by one thread only
        ),
        parse_options=pcsv.ParseOptions(
            delimiter=dialect.delimiter,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=odd,
        ),
        convert_options=pcsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=True,
            null_values=[""],
        ),
    )


def _spans(columns: list[pa.Array], ragged: dict[int, list[str]], lines: int) -> np.ndarray:
    """How many lines each record takes."""
    spans = np.ones(len(columns[0]) + len(ragged), np.int64)
    if len(spans) == lines:
        return spans
    places = np.delete(np.arange(len(spans)), list(ragged))
    for column in columns:
        breaks = pc.fill_null(pc.count_substring(column, "\n"), 0)
        spans[places] += breaks.to_numpy(zero_copy_only=False)
    for place, cells in ragged.items():
        spans[place] += sum(cell.count("\n") for cell in cells)
    return spans


def _torn(
    block: bytes, spans: np.ndarray, ragged: dict[int, list[str]], delimiter: str
) -> tuple[bool, bytes]:
    """Whether a quote was lost somewhere, and the lines of a last record that is not finished."""
    bytes_ = np.frombuffer(block, np.uint8)
    quotes = np.flatnonzero(bytes_ == _QUOTE)
    if not len(quotes):
        return False, b""
    breaks = np.flatnonzero(bytes_ == _BREAK)
    last = np.cumsum(spans)  # the lines up to the end of each record
    unclosed = last[-1] == len(breaks) + 1  # it takes in the end of the block
    last[-1] -= unclosed
    if last[-1] != len(breaks):
        return True, b""
    ends = breaks[last - 1]
    odd = np.bincount(np.searchsorted(ends, quotes), minlength=len(spans)) % 2 == 1
    odd[-1] |= unclosed
    wide = np.zeros(len(spans), bool)
    wide[list(ragged)] = True
    torn = (spans > 1) & (odd | wide) | (spans > MAX_LINES)
    starts = np.concatenate([[0], ends[:-1] + 1])
    for place in np.flatnonzero((spans > 1) & ~torn) if not _tidy(block, delimiter) else ():
        torn[place] = not is_strict(block[starts[place] : ends[place]].decode(), delimiter)
    if not odd[-1]:
        return bool(torn.any()), b""
    return bool(torn[:-1].any() or spans[-1] > MAX_LINES), block[starts[-1] :]


def _tidy(block: bytes, delimiter: str) -> bool:
    """Whether every quote stands at the edge of a cell."""
    mark = delimiter.encode()
    quotes = block.count(b'"')
    opening = block.count(mark + b'"') + block.count(b'\n"') + block.startswith(b'"')
    closing = block.count(b'"' + mark) + block.count(b'"\n')
    return opening == closing and opening + closing == quotes


def is_strict(record: str, delimiter: str) -> bool:
    """Whether nothing stands between a closing quote and the end of its cell."""
    try:
        return len(list(csv.reader([record], delimiter=delimiter, strict=True))) == 1
    except csv.Error:
        return False


def _restored(columns: list[pa.Array], ragged: dict[int, list[str]]) -> list[pa.Array]:
    """The columns with the ragged rows in their places again."""
    if not ragged:
        return columns
    count = len(columns[0]) + len(ragged)
    order = np.empty(count, np.int64)
    places = list(ragged)
    order[np.delete(np.arange(count), places)] = np.arange(len(columns[0]))
    order[places] = np.arange(len(columns[0]), count)
    order = pa.array(order)
    width = max(len(columns), *map(len, ragged.values()))
    empty = pa.nulls(len(columns[0]), pa.string())
    restored = []
    for n in range(width):
        odd = [row[n] or None if n < len(row) else None for row in ragged.values()]
        regular = columns[n] if n < len(columns) else empty
        restored.append(pa.concat_arrays([regular, pa.array(odd, pa.string())]).take(order))
    return restored
