"""Issues counted by source, column, field and code, with the first rows of each: never one by one."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import tables

FIRST_ROWS = 5
KEYS = ("source", "column", "object", "field", "code", "severity")
#: The columns that are looked at.
COUNTED = ("source", "row", "column", "object", "record", "field", "code", "severity")


def groups(issues: pa.Table) -> list[dict[str, Any]]:
    """One entry per group: its keys, `count`, and `rows`, the first five row numbers."""
    if not issues.num_rows:
        return []
    source, row = _places(issues)
    columns = {name: issues[name].combine_chunks() for name in KEYS[1:]}
    group, first = _numbered([source, *columns.values()])
    numbers = pc.fill_null(row, 0).to_numpy(zero_copy_only=False)
    order = np.lexsort((numbers, group))
    counts = np.bincount(group)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    keys = pa.table({"source": source, **columns}).take(pa.array(first)).to_pylist()
    entries = [
        {**key, "count": int(counts[at]), "rows": _first(numbers[order], starts[at], counts[at])}
        for at, key in enumerate(keys)
    ]
    return sorted(entries, key=_order)


def _places(issues: pa.Table) -> tuple[pa.Array, pa.Array]:
    """Source and row of each issue; of its record where the issue itself has none."""
    record = issues["record"].combine_chunks()
    source = pc.coalesce(issues["source"].combine_chunks(), tables.sources_of(record))
    return source, pc.coalesce(issues["row"].combine_chunks(), tables.rows_of(record))


def _numbered(columns: list[pa.Array]) -> tuple[np.ndarray, np.ndarray]:
    """A group number for each row, and one row of each group."""
    mixed = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        encoded = column.dictionary_encode()
        codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
        mixed = mixed * (len(encoded.dictionary) + 1) + codes + 1
        mixed = np.unique(mixed, return_inverse=True)[1]
    return mixed, np.unique(mixed, return_index=True)[1]


def _first(rows: np.ndarray, start: int, count: int) -> list[int]:
    few = dict.fromkeys(rows[start : start + min(count, 50)].tolist())
    return [row for row in few if row][:FIRST_ROWS]


def _order(entry: dict[str, Any]) -> tuple:
    return tuple(
        (entry[key] is not None, entry[key] or 0 if key == "source" else entry[key] or "")
        for key in KEYS
    )
