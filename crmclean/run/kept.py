"""Which source rows are as the base had them, and where they stand now.

A row's place is its source and row number in one number (`cache.places`). Rows that followed one
another then and still do make a run; next month's table is a few long runs with new rows between.
Tables are in the order of source rows, so what came of a run is a slice of each of them: a refresh
looks for the ends of runs and touches no row in between.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from crmclean.run.numbers import ranges

#: The share of new rows from which on tables are written anew; so many runs are always few, and so
#: are longer ones.
MOST_NEW, FEW, LONG = 0.2, 100, 64
NONE = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Kept:
    """Runs in the order of now: `count` rows from place `then` on that stand from `now` on."""

    then: np.ndarray
    now: np.ndarray
    count: np.ndarray

    @classmethod
    def of(cls, then: np.ndarray, now: np.ndarray) -> "Kept":
        """`then`, `now`: the places of single rows, none of them twice; `now` grows."""
        follows = (np.diff(then) == 1) & (np.diff(now) == 1)
        starts = np.flatnonzero(np.append(True, ~follows)[: len(then)])
        return cls(then[starts], now[starts], np.diff(np.append(starts, len(then))))

    @classmethod
    def of_growing(cls, then: np.ndarray, now: np.ndarray) -> "Kept":
        """Those whose order is as it was: as many as there can be, as long as they are few runs.
        `then`: -1 for a row that was not there."""
        runs = cls.of(then[then >= 0], now[then >= 0])
        if len(runs.then) > FEW + len(then) // LONG:
            before = np.maximum.accumulate(np.append(-1, then))[:-1]
            return cls.of(then[then > before], now[then > before])
        at = _longest(runs.then.tolist(), runs.count.tolist())
        return cls(runs.then[at], runs.now[at], runs.count[at])

    @classmethod
    def together(cls, parts: Iterable["Kept"]) -> "Kept":
        """The runs of several sources, in order of their numbers."""
        return cls.from_table(
            pa.concat_tables([cls.of(NONE, NONE).table(), *(p.table() for p in parts)])
        )

    @classmethod
    def from_table(cls, table: pa.Table) -> "Kept":
        return cls(*(table[name].to_numpy() for name in ("then", "now", "count")))

    def table(self) -> pa.Table:
        return pa.table({"then": self.then, "now": self.now, "count": self.count})

    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        """Then and now of every single row."""
        return ranges(self.then, self.count), ranges(self.now, self.count)

    def is_most_of(self, rows: int) -> bool:
        """Whether so much was kept of `rows`, in so few runs, that a table is best told by what is
        different."""
        order = np.argsort(self.then)
        ends = (self.then + self.count)[order]
        twice = bool((ends[:-1] > self.then[order][1:]).any())
        many = twice or len(self.then) > FEW + rows // LONG
        return not many and int(self.count.sum()) > (1 - MOST_NEW) * rows

    def moved(self, places: np.ndarray) -> np.ndarray:
        """The places of now of rows of then; those of rows that were not kept mean nothing."""
        if not len(self.then):
            return places
        order = np.argsort(self.then)
        at = np.searchsorted(self.then[order], places, "right") - 1
        return places + (self.now - self.then)[order][np.maximum(at, 0)]

    def slices(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(first, how many) of the rows of a table that came of each run. `places`: those from
        which the rows of the table came, in order."""
        first = np.searchsorted(places, self.then)
        return first, np.searchsorted(places, self.then + self.count) - first


def _longest(firsts: list[int], counts: list[int]) -> list[int]:
    """Which runs, one behind the other, hold the most rows. `totals` grow with `ends`: of the runs
    that end before another begins, the last one noted is the best to come before it."""
    ends: list[int] = []
    totals: list[int] = []
    noted: list[int] = []
    before: list[int] = []
    for number, (first, count) in enumerate(zip(firsts, counts, strict=True)):
        earlier, end = bisect_left(ends, first), first + count - 1
        total = count + (totals[earlier - 1] if earlier else 0)
        before.append(noted[earlier - 1] if earlier else -1)
        start = bisect_left(ends, end)
        if start and totals[start - 1] >= total:
            continue
        stop = start
        while stop < len(ends) and totals[stop] <= total:
            stop += 1
        ends[start:stop], totals[start:stop], noted[start:stop] = [end], [total], [number]
    found = []
    at = noted[-1] if noted else -1
    while at >= 0:
        found.append(at)
        at = before[at]
    return found[::-1]
