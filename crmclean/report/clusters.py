"""Which records stand together: golden records of several, pairs to decide, pairs kept apart.

Members are the rows of one table; a cluster is a number, and so is its kind.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import decisions
from crmclean.report.finished import codes, one

MOST_CLUSTERS = 20_000
MOST_APART = 300
KINDS = ("review", "held", "merged", "apart")


def lined_up(cross: pa.Table, pairs: pa.Table) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Record and cluster number of every member, and the kind of every cluster (a place in KINDS);
    at most MOST_CLUSTERS. `cross` and `pairs` are those of one object."""
    merged, held = _members(cross)
    asked, _ = decisions.asked(_heaviest(pairs, "review"), cross)
    review = _side_by_side(asked, MOST_CLUSTERS, merged)
    apart = _side_by_side(_heaviest(pairs, "different"), MOST_APART, merged)
    return _numbered([(review, 0), (merged[held], 1), (merged[~held], 2), (apart, 3)])


def _members(cross: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """(golden number, record) of records that share a golden record, and which of them are held."""
    golden, _ = codes(cross["golden"])
    record = one(cross["record"]).to_numpy()
    sizes = np.bincount(golden[golden >= 0], minlength=1)
    several = (golden >= 0) & (sizes[golden] > 1)
    rows = np.column_stack([golden[several], record[several]])
    order = np.lexsort((rows[:, 1], rows[:, 0]))
    held = np.isin(golden, np.unique(golden[several & _is(cross, "held")]))[several]
    return rows[order], held[order]


def _is(cross: pa.Table, end: str) -> np.ndarray:
    return pc.equal(one(cross["end"]), end).fill_null(False).to_numpy(zero_copy_only=False)


def _heaviest(pairs: pa.Table, verdict: str) -> pa.Table:
    """The pairs with that verdict, heaviest first."""
    chosen = pairs.filter(pc.equal(pairs["verdict"], verdict))
    return chosen.sort_by([("weight", "descending"), ("left", "ascending"), ("right", "ascending")])


def _side_by_side(pairs: pa.Table, most: int, merged: np.ndarray) -> np.ndarray:
    """(pair number, record) of the pairs, unless one cluster shows them already."""
    left, right = (one(pairs[side]).to_numpy() for side in ("left", "right"))
    golden = numbers_of(merged)
    apart = golden(left) != golden(right) if len(merged) else np.ones(len(left), bool)
    apart |= golden(left) < 0 if len(merged) else True
    left, right = left[apart][:most], right[apart][:most]
    number = np.repeat(np.arange(len(left)), 2)
    return np.column_stack([number, np.column_stack([left, right]).ravel()])


def numbers_of(rows: np.ndarray):
    """A function from an array of records to the numbers beside them in `rows`, -1 for strangers."""
    order = np.argsort(rows[:, 1], kind="stable")
    keys, numbers = rows[order, 1], rows[order, 0]

    def look_up(records: np.ndarray) -> np.ndarray:
        at = np.minimum(np.searchsorted(keys, records), max(len(keys) - 1, 0))
        return np.where(keys[at] == records, numbers[at], -1) if len(keys) else records * 0 - 1

    return look_up


def _numbered(parts: list[tuple[np.ndarray, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Record and cluster number of every member, and the kind of every cluster; capped."""
    record, cluster, kind, start = [], [], [], 0
    for rows, at in parts:
        _, number = np.unique(rows[:, 0], return_inverse=True)
        keep = number < MOST_CLUSTERS - start
        record.append(rows[keep, 1])
        cluster.append(number[keep] + start)
        fresh = int(number[keep].max()) + 1 if keep.any() else 0
        kind.append(np.full(fresh, at))
        start += fresh
    return tuple(np.concatenate(part).astype(np.int64) for part in (record, cluster, kind))
