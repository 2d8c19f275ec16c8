"""Rows of a table in a new order, by their places.

Next month's rows are long runs of last month's with a few new ones between: a run is copied as one
piece, which is several times faster than row by row. Where the runs are short, rows are taken.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

#: Rows that are put together at a time; runs of fewer rows than `SHORT` do not pay.
WINDOW, SHORT = 262_144, 64


def some(table: pa.Table, places: np.ndarray) -> pa.Table:
    """The rows at `places`, which grow, in one piece: taken batch by batch, for Arrow would copy all
    of a column that is in several."""
    parts, first = [table.slice(0, 0)], 0
    for batch in table.to_batches():
        start, end = np.searchsorted(places, (first, first + batch.num_rows))
        if end > start:
            parts.append(pa.table(batch.take(pa.array(places[start:end] - first))))
        first += batch.num_rows
    return pa.concat_tables(parts).combine_chunks()


def gathered(table: pa.Table, places: np.ndarray) -> Iterator[tuple[slice, pa.Table]]:
    """(which of `places`, the rows there), window by window, each in one piece."""
    for start in range(0, len(places), WINDOW):
        window = slice(start, min(start + WINDOW, len(places)))
        yield window, _taken(table, places[window])


def _taken(table: pa.Table, places: np.ndarray) -> pa.Table:
    starts = np.flatnonzero(np.append(True, np.diff(places) != 1))
    if len(starts) * SHORT > len(places):
        return table.take(pa.array(places)).combine_chunks()
    firsts, lengths = places[starts], np.diff(np.append(starts, len(places)))
    runs = zip(firsts.tolist(), lengths.tolist(), strict=True)
    return pa.concat_tables([table.slice(first, length) for first, length in runs]).combine_chunks()
