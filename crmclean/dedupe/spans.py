"""Parts of a column of texts, as places in one array of characters.

Taking a region off the front of a name moves a start; taking a form off its end moves a stop. No
text is made on the way, and every step works on the whole column (or the rows that it concerns).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe.characters import Characters


@dataclass(frozen=True)
class Spans:
    """Row i is the characters `points[starts[i]:stops[i]]`."""

    points: np.ndarray
    starts: np.ndarray
    stops: np.ndarray

    @classmethod
    def of(cls, texts: pa.Array) -> "Spans":
        """A column without nulls, whole.

        >>> Spans.of(pa.array(["华星电子", "ab"])).cut(front=1, back=1).texts().to_pylist()
        ['星电', '']
        """
        found = Characters.of(texts)
        return cls(found.points, found.starts, found.starts + found.lengths)

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, rows: np.ndarray) -> "Spans":
        return Spans(self.points, self.starts[rows], self.stops[rows])

    @property
    def lengths(self) -> np.ndarray:
        return self.stops - self.starts

    def cut(self, front: np.ndarray | int = 0, back: np.ndarray | int = 0) -> "Spans":
        """Without as many characters at the front and at the back."""
        return Spans(self.points, self.starts + front, self.stops - back)

    def head(self, size: int) -> "Spans":
        """The first characters of each."""
        return Spans(self.points, self.starts, np.minimum(self.stops, self.starts + size))

    def at(self, place: int) -> np.ndarray:
        """The code point at a place, from the end where it is negative; 0 where there is none."""
        there = self.lengths > place if place >= 0 else self.lengths >= -place
        found = np.zeros(len(self), np.uint32)
        found[there] = self.points[(self.starts if place >= 0 else self.stops)[there] + place]
        return found

    def ends(self, word: str) -> np.ndarray:
        """Which end with a word."""
        found = self.at(-1) == ord(word[-1])
        for back, character in enumerate(reversed(word[:-1]), 2):
            rows = np.flatnonzero(found)
            found[rows] = self[rows].at(-back) == ord(character)
        return found

    def ends_in(self, characters: str) -> np.ndarray:
        """Which end with one of some characters."""
        return _one_of(self.at(-1), characters)

    def count(self, first: str, second: str = "") -> np.ndarray:
        """How often each holds one of some characters, followed by one of others if there are any.

        >>> Spans.of(pa.array(["公司 公司", "司公"])).count("公", "司").tolist()
        [2, 0]
        """
        hits = _one_of(self.points, first)
        if second:
            hits[:-1] &= _one_of(self.points[1:], second)
            hits[-1:] = False
        return self._count(hits, np.maximum(self.stops - bool(second), self.starts))

    def signed(self) -> np.ndarray:
        """Which hold anything but Chinese characters, small letters and digits."""
        points, usual = self.points, np.zeros(len(self.points), bool)
        for first, last in ("\u3400\u9fff", "az", "09"):
            usual |= (points >= ord(first)) & (points <= ord(last))
        return self._count(~usual, self.stops) > 0

    def _count(self, hits: np.ndarray, stops: np.ndarray) -> np.ndarray:
        before = np.zeros(len(hits) + 1, np.int32)
        np.cumsum(hits, out=before[1:])
        return before[stops] - before[self.starts]

    def texts(self) -> pa.Array:
        """The column of the parts."""
        lengths = self.lengths
        first = np.repeat(self.starts - (np.cumsum(lengths) - lengths), lengths)
        return Characters(self.points[first + np.arange(len(first))], lengths).texts()

    def reworked(self, rows: np.ndarray, work: Callable[[str], str]) -> "Spans":
        """With `work` done on the texts of some rows, one by one: for what few names need."""
        return self.put(rows, pa.array(map(work, self[rows].texts().to_pylist()), pa.string()))

    def put(self, rows: np.ndarray, texts: pa.Array) -> "Spans":
        """With other texts in some rows."""
        others = Spans.of(texts).cut(len(self.points), -len(self.points))
        return self.where(
            rows, Spans(np.append(self.points, others.points), others.starts, others.stops)
        )

    def where(self, rows: np.ndarray, others: "Spans") -> "Spans":
        """With other spans in some rows: of the same characters, or of those and more."""
        starts, stops = self.starts.copy(), self.stops.copy()
        starts[rows], stops[rows] = others.starts, others.stops
        return Spans(others.points, starts, stops)


def _one_of(points: np.ndarray, characters: str) -> np.ndarray:
    if len(characters) == 1:
        return points == ord(characters)
    return _table(characters)[points]


@cache
def _table(characters: str) -> np.ndarray:
    """Which code points are one of some characters: many times faster than to search them."""
    found = np.zeros(0x110000, bool)
    found[[*map(ord, characters)]] = True
    return found


def filled(size: int, rows: np.ndarray, texts: Iterable[str] | pa.Array) -> pa.Array:
    """A column of "" with texts in some rows."""
    return put(pa.repeat("", size), rows, texts)


def put(column: pa.Array, rows: np.ndarray, texts: Iterable[str] | pa.Array) -> pa.Array:
    """A column with other texts in some rows."""
    mask = np.zeros(len(column), bool)
    mask[rows] = True
    texts = texts if isinstance(texts, pa.Array) else pa.array(texts, pa.string())
    return pc.replace_with_mask(column, pa.array(mask), texts)
