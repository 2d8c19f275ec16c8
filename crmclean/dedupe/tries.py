"""Longest match against a list of words, for a whole column at once.

The list is a trie, one look-up of (node, next character) per step for all rows that still match:
most rows leave after two or three steps, so a list of 5,000 places costs little more than one of
ten. The look-ups are those of pandas, which hashes a list once; Arrow would for every step.
"""

from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa

from crmclean.dedupe import words
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
        self._edges = pd.Index([*edges], dtype=np.int64)
        self._edges.get_indexer(self._edges[:1])  # it is hashed now, before threads share it
        begun = {
            character: node for node, character in enumerate(edges, 1) if character >> _BITS == 0
        }
        self._first = np.zeros(max(begun, default=0) + 2, np.int64)
        self._first[list(begun)] = list(begun.values())
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
            hits = np.flatnonzero(found >= 0)
            best[rows[hits]] = found[hits]
        return best

    def whole(self, texts: Spans) -> np.ndarray:
        """The word that each text is."""
        found = self.longest(texts, 0)
        return np.where(self.lengths[found] == texts.lengths, found, -1)

    def _steps(self, texts: Spans, room: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """After each character: the rows that still match, and their nodes."""
        at, way = (texts.stops - 1, -1) if self._backwards else (texts.starts, 1)
        rows = np.flatnonzero(room > 0)
        nodes = self._first[np.minimum(texts.points[at[rows]], len(self._first) - 1)]
        depth = 1
        while len(rows):
            going = np.flatnonzero(nodes)
            rows, nodes = rows[going], nodes[going]
            yield rows, nodes
            room_left = np.flatnonzero(room[rows] > depth)
            rows, nodes = rows[room_left], nodes[room_left]
            keys = nodes << _BITS | texts.points[at[rows] + way * depth]
            nodes = self._edges.get_indexer(keys) + 1
            depth += 1


@cache
def of(name: str, backwards: bool = False) -> Trie:
    """The trie of a curated list (`words`)."""
    return Trie(words.ordered(name), backwards)


def pick(texts: pa.Array, numbers: np.ndarray) -> pa.Array:
    """The texts of these numbers, the last of them for -1."""
    return texts.take(pa.array(numbers % len(texts)))
