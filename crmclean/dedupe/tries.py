"""Longest match against a list of words, for a whole column at once.

The list is a trie, one look-up of (node, next character) per step for all rows that still match:
most rows leave after two or three steps, so a list of 5,000 places costs little more than one of
ten. The look-ups are Arrow's.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe.spans import Spans

_BITS = 21  # of a code point


class Trie:
    """`words` in their order: a word is told by its number in it, -1 where none was found."""

    def __init__(self, words: Iterable[str], backwards: bool = False) -> None:
        self.words = list(words)
        self.lengths = np.array([*map(len, self.words), 0])  # of no word: 0
        self._texts = pa.array([*self.words, ""], pa.string())
        self._backwards = backwards
        edges: dict[int, int] = {}
        ends: dict[int, int] = {}
        for number, word in enumerate(self.words):
            node = 0
            for character in reversed(word) if backwards else word:
                node = edges.setdefault(node << _BITS | ord(character), len(edges) + 1)
            ends[node] = number
        self._edges = pa.array(edges, pa.int64())
        self._ends = np.full(len(edges) + 1, -1)
        self._ends[list(ends)] = list(ends.values())

    def texts(self, numbers: np.ndarray) -> pa.Array:
        """The words of these numbers, "" for none."""
        return pick(self._texts, numbers)

    def longest(self, texts: Spans, leave: int) -> np.ndarray:
        """The longest word that each text begins with (ends with, if built `backwards`), `leave`
        characters remaining.

        >>> Trie(["上海", "上海市"]).longest(Spans.of(pa.array(["上海市华星", "上海市场", "华"])), 2)
        array([ 1,  0, -1])
        """
        best = np.full(len(texts), -1)
        for rows, nodes in self._steps(texts, texts.lengths - leave):
            found = self._ends[nodes]
            best[rows[found >= 0]] = found[found >= 0]
        return best

    def whole(self, texts: Spans) -> np.ndarray:
        """The word that each text is."""
        found = self.longest(texts, 0)
        return np.where(self.lengths[found] == texts.lengths, found, -1)

    def _steps(self, texts: Spans, room: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """After each character: the rows that still match, and their nodes."""
        rows, nodes = np.flatnonzero(room > 0), np.zeros(1, np.int64)
        at, way = (texts.stops - 1, -1) if self._backwards else (texts.starts, 1)
        depth = 0
        while len(rows):
            keys = nodes << _BITS | texts.points[at[rows] + way * depth]
            found = pc.index_in(pa.array(keys), value_set=self._edges)
            found = pc.fill_null(found, -1).to_numpy()
            rows, nodes = rows[found >= 0], found[found >= 0].astype(np.int64) + 1
            yield rows, nodes
            depth += 1
            rows, nodes = rows[room[rows] > depth], nodes[room[rows] > depth]


def pick(texts: pa.Array, numbers: np.ndarray) -> pa.Array:
    """The texts of these numbers, the last of them for -1."""
    return texts.take(pa.array(numbers % len(texts)))
