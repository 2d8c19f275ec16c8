"""The first rows of a sheet as Python lists: as many as it takes to see the header."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.scan import layout as layouts


def head(batches: Iterator[pa.RecordBatch]) -> list[pa.RecordBatch]:
    """The first batches, up to enough filled rows to see the header."""
    found: list[pa.RecordBatch] = []
    seen = 0
    for part in batches:
        if not part.num_rows:
            continue
        found.append(part)
        seen += sum(1 for row in as_rows([part], layouts.HEAD) if any(row[1]))
        if seen >= layouts.SEARCH:
            break
    return found


def as_rows(head: list[pa.RecordBatch], limit: int) -> list[layouts.Row]:
    """The first rows with something in them (and the blank ones between) as Python lists."""
    rows: list[layouts.Row] = []
    for part in head:
        cells = filled([part.column(n) for n in range(1, part.num_columns)], part.num_rows)
        places = pc.indices_nonzero(pc.greater(cells, 0))[:limit]
        few = part.take(places)
        columns = [column.to_pylist() for column in few.columns]
        rows.extend((row[0], list(row[1:])) for row in zip(*columns, strict=True))
    return rows[:limit]


def filled(columns: list[pa.Array], count: int) -> pa.Array:
    total = pa.array([0] * count, pa.int32())
    for column in columns:
        total = pc.add(total, pc.cast(pc.is_valid(column), pa.int32()))
    return total
