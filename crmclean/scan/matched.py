"""The rows of a table beside those that the last run saw: which are known again, and where they stand.

Rows are recognised by their digests (`pieces.py`), wherever they moved together.
"""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from crmclean.run.digests import Index
from crmclean.scan.pieces import Piece
from crmclean.scan.survey import TAIL, Survey


@dataclass
class Matched:
    """The rows of a table beside those of the last run: the new ones, and for each of last month's
    its new number, -1 where it is gone. `digests`: of all rows."""

    rows: np.ndarray
    place: np.ndarray
    digests: list[pa.Array] = field(default_factory=list)
    new: list[pa.RecordBatch] = field(default_factory=list)
    count: int = 0
    last: int = 0
    tail: deque[tuple[int, list[str | None]]] = field(default_factory=lambda: deque(maxlen=TAIL))

    def moved(self, rows: np.ndarray) -> np.ndarray:
        """The new numbers of rows of last month, -1 for one that is gone."""
        return self.place[np.searchsorted(self.rows, rows)]

    def next(self, row: int) -> float:
        """The new number of the next row of last month that is still there."""
        later = self.place[np.searchsorted(self.rows, row) + 1 :]
        kept = later >= 0
        return int(later[kept.argmax()]) if kept.any() else math.inf


def matched(
    now: Survey, pieces: Iterator[Piece], known: np.ndarray, index: Index, most: float
) -> Matched | None:
    """Read the table; None where its rows are in another order, or another table begins. `known`:
    the numbers of the rows of the `index`."""
    found, before = Matched(known, np.full(len(known), -1)), -1
    listed, body = list(now.kinds), max(now.layout.header_rows, default=0)
    for piece in pieces:
        numbers, at = piece.numbers, index.find(piece.digests)
        at[(numbers <= body) | np.isin(numbers, listed)] = -1
        at[_again(at) | (found.place[at] >= 0)] = -1
        again = at[at >= 0]
        if len(again) and (again[0] < before or (np.diff(again) < 0).any()):
            return None
        before = again[-1] if len(again) else before
        found.place[again] = numbers[at >= 0]
        most -= int((at < 0).sum())
        if most < 0 or not _looked_at(now, piece, at < 0, numbers > body, found):
            return None
        found.digests.append(piece.digests)
        found.count += len(numbers)
        found.last = int(numbers[-1])
    return found


def _looked_at(
    now: Survey, piece: Piece, new: np.ndarray, body: np.ndarray, found: Matched
) -> bool:
    """Take the new rows of a piece and its last ones; False where the table is not as it was."""
    ends = body & (np.arange(len(body)) >= len(body) - TAIL)
    asked = new | ends
    asked[0] = True
    part = piece.rows(asked)
    if part is None or part.num_columns - 1 != len(now.tallies):
        return False
    found.new.append(part.filter(pa.array(new[asked])))
    last = part.filter(pa.array(ends[asked]))
    found.tail.extend((row[0], list(row[1:])) for row in _lists(last))
    return bool(now.end_of_table(part.slice(0, 1)))


def _lists(part: pa.RecordBatch) -> Iterator[tuple]:
    return zip(*(column.to_pylist() for column in part.columns), strict=True)


def _again(places: np.ndarray) -> np.ndarray:
    """Which places stood before in the same batch."""
    _, first = np.unique(places, return_index=True)
    again = np.ones(len(places), bool)
    again[first] = False
    return again
