"""The batches of a sheet with a look ahead, and its first rows as Python lists: as many as it takes
to see the header."""

from collections import deque
from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.readers import only
from crmclean.scan import layout as layouts


class Stream:
    """Batches, once each; what was taken too early can be given back."""

    def __init__(self, batches: Iterable[pa.RecordBatch]) -> None:
        self._batches = iter(batches)
        self._ahead: deque[pa.RecordBatch] = deque()

    def __iter__(self) -> "Stream":
        return self

    def __next__(self) -> pa.RecordBatch:
        return self._ahead.popleft() if self._ahead else next(self._batches)

    def give_back(self, part: pa.RecordBatch) -> None:
        """The next batch is this one."""
        self._ahead.appendleft(part)

    def head(self) -> list[pa.RecordBatch]:
        """The next batches, up to enough filled rows to see the header; they stay to be taken."""
        found: list[pa.RecordBatch] = []
        seen = 0
        for part in self:
            found.append(part)
            seen += sum(1 for row in as_rows([part], layouts.HEAD) if any(row[1]))
            if seen >= layouts.SEARCH:
                break
        self._ahead.extendleft(reversed(found))
        return found


def within(batches: Iterable[pa.RecordBatch], span: tuple[int, int]) -> Iterator[pa.RecordBatch]:
    """The batches with the columns of a span alone."""
    return (only(part, span) for part in batches)


def as_rows(head: list[pa.RecordBatch], limit: int) -> list[layouts.Row]:
    """The first rows with something in them as Python lists."""
    rows: list[layouts.Row] = []
    for part in head:
        cells = filled([part.column(n) for n in range(1, part.num_columns)], part.num_rows)
        places = pc.indices_nonzero(pc.greater(cells, 0))[:limit]
        few = part.take(places)
        columns = [column.to_pylist() for column in few.columns]
        rows.extend((row[0], list(row[1:])) for row in zip(*columns, strict=True))
    return rows[:limit]


def filled(columns: list[pa.Array], count: int) -> pa.Array:
    """How many cells of each row are not empty."""
    total = pa.array([0] * count, pa.int32())
    for column in columns:
        total = pc.add(total, pc.cast(pc.is_valid(column), pa.int32()))
    return total
