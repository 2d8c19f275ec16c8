"""Which source rows are as the base had them, and where they stand now.

A row's place is its source and row number in one number (`cache.places`). Rows that followed one
another then and still do make a run; next month's table is a few long runs with new rows between.
Tables are in the order of source rows, so what came of a run is a slice of each of them: a refresh
looks for the ends of runs and touches no row in between.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

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
        """Those whose order is as it was. `then`: -1 for a row that was not there."""
        before = np.maximum.accumulate(np.append(-1, then))[:-1]
        same = then > before
        return cls.of(then[same], now[same])

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
        before = np.cumsum(self.count) - self.count
        step = np.arange(int(self.count.sum())) - np.repeat(before, self.count)
        return np.repeat(self.then, self.count) + step, np.repeat(self.now, self.count) + step

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
