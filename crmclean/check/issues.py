"""Issues counted by source, column, field and code, with the first rows of each: never one by one."""

from typing import Any

import numpy as np

from crmclean.run.grouped import KEYS, Grouped

FIRST_ROWS = 5
#: How many issues of a group, those of the first rows, are looked at for them.
LOOKED_AT = 50


def groups(issues: Grouped) -> list[dict[str, Any]]:
    """One entry per group and source: its keys, `count`, and `rows`, the first five row numbers."""
    sources = int(issues.source.max(initial=0)) + 1
    both = issues.group * sources + issues.source
    counts = np.bincount(both)
    order = np.argsort(both.astype(np.min_scalar_type(len(counts))), kind="stable")
    rows = issues.row[order]
    keys, end = issues.groups.to_pylist(), np.cumsum(counts)
    entries = [
        {
            "source": at % sources or None,
            **keys[at // sources],
            "count": int(counts[at]),
            "rows": _first(rows[end[at] - counts[at] : end[at]]),
        }
        for at in np.flatnonzero(counts).tolist()
    ]
    return sorted(entries, key=_order)


def _first(rows: np.ndarray) -> list[int]:
    few = np.partition(rows, LOOKED_AT)[:LOOKED_AT] if len(rows) > LOOKED_AT else rows
    return [row for row in dict.fromkeys(np.sort(few).tolist()) if row][:FIRST_ROWS]


def _order(entry: dict[str, Any]) -> tuple:
    return tuple(
        (entry[key] is not None, entry[key] or 0 if key == "source" else entry[key] or "")
        for key in ("source", *KEYS)
    )
