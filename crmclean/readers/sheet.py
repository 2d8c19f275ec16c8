"""What a reader hands over: a File of Sheets, each a stream of numbered rows of text.

A batch is a `pa.RecordBatch(row: int64, c1..cn: string)`. Every physical row stands in it once,
numbered from 1 as Excel shows it; blank rows after the last filled one are not rows. Batches of
one sheet may differ in width (a ragged CSV is only known at its end): `rows` pads them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from crmclean.errors import InputRefused
from crmclean.readers import cells
from crmclean.readers.texts import Texts

BATCH = 65_536
#: Formats that are parsed whole (HTML, XML): about ten times this in memory.
MAX_WHOLE = 256 << 20
#: Cells of such a file, with the empty ones that spans and gaps make.
MAX_CELLS = 50_000_000
Batches = Callable[[int], Iterator[pa.RecordBatch]]


@dataclass(frozen=True)
class Note:
    """Something a reader noticed: a code of the catalogue, where, and the facts for its words."""

    code: str
    row: int | None = None
    column: int | None = None
    value: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Merge:
    """A merged range, 1-based and inclusive."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class Sheet:
    """One table of a file. `reading` is what `open_file` needs to read it again just so; `headed`:
    its first row are the names of fields for certain (a database, DBF, JSON); `texts`: those of its
    rows (`texts.py`), where a file has such."""

    name: str
    read: Batches
    visibility: str = "visible"
    merges: tuple[Merge, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    epoch: int = 1900
    reading: dict[str, Any] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    headed: bool = False
    texts: Texts | None = None

    def batches(self, size: int = BATCH) -> Iterator[pa.RecordBatch]:
        """Every physical row, in order. `notes` is complete when the last batch has been taken."""
        return self.read(size)


@dataclass
class File:
    """An opened file: what it really is (`container`), its text encoding, its sheets."""

    path: Path
    container: str
    encoding: str | None
    sheets: tuple[Sheet, ...]
    notes: list[Note] = field(default_factory=list)

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name. Raises KeyError."""
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        raise KeyError(name)


def check_size(path: Path) -> None:
    """Raises InputRefused for a file that is too big for a format that is parsed whole."""
    if path.stat().st_size > MAX_WHOLE:
        raise InputRefused("FILE_TOO_BIG", file=path.name, limit=f"{MAX_WHOLE >> 20} MiB")


def check_box(rows: Sequence[Sequence[Any]], path: Path) -> None:
    """Raises InputRefused where a few wide rows would make millions of empty cells."""
    if len(rows) * max(map(len, rows), default=0) > MAX_CELLS:
        raise InputRefused("FILE_UNSAFE_SPARSE", file=path.name)


def batch(numbers: Sequence[int] | pa.Array, columns: Sequence[pa.Array]) -> pa.RecordBatch:
    """Row numbers and text columns as one batch."""
    names = ["row", *(f"c{n}" for n in range(1, len(columns) + 1))]
    if not isinstance(numbers, pa.Array):
        numbers = pa.array(numbers, pa.int64())
    return pa.RecordBatch.from_arrays([numbers, *columns], names=names)


def from_rows(rows: Iterable[Sequence[Any]], size: int, first: int = 1) -> Iterator[pa.RecordBatch]:
    """Rows of cells of any type, without gaps, as batches; ragged rows are padded."""
    taken = iter(rows)
    while chunk := list(islice(taken, size)):
        yield batch(range(first, first + len(chunk)), columns_of(chunk))
        first += len(chunk)


def columns_of(rows: Sequence[Sequence[Any]]) -> list[pa.Array]:
    """The columns of some rows as text arrays."""
    from itertools import zip_longest

    if len(set(map(len, rows))) == 1:
        return [cells.column(column) for column in zip(*rows, strict=True)]
    return [cells.column(column) for column in zip_longest(*rows)]


def gathered(batches: Iterable[pa.RecordBatch], size: int) -> Iterator[pa.RecordBatch]:
    """Small batches joined to batches of about `size` rows; narrower ones are padded."""
    waiting: list[pa.RecordBatch] = []
    count = 0
    for part in batches:
        if waiting and count + part.num_rows > size:
            yield _joined(waiting)
            waiting, count = [], 0
        waiting.append(part)
        count += part.num_rows
    if waiting:
        yield _joined(waiting)


def _joined(parts: list[pa.RecordBatch]) -> pa.RecordBatch:
    if len(parts) == 1:
        return parts[0]
    width = max(part.num_columns for part in parts)
    columns = [pa.concat_arrays([_cells(part, n) for part in parts]) for n in range(width)]
    return batch(columns[0], columns[1:])


def _cells(part: pa.RecordBatch, place: int) -> pa.Array:
    known = place < part.num_columns
    return part.column(place) if known else pa.nulls(part.num_rows, pa.string())
