"""The curated word lists behind company names: places, trades, organisation forms, annotations.

Sources and licences stand in NOTICE beside this file. A place maps to its GB/T 2260 code (2, 4 or
6 digits; "" where several places carry the name), a form to its class. Lists are data: stewards
extend them without touching code.
"""

import csv
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


@cache
def table(name: str, column: int = 1) -> dict[str, str]:
    """First column to another column of `<name>.csv`."""
    with (_HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return {row[0]: row[column] for row in rows}


@cache
def listed(name: str) -> frozenset[str]:
    """The lines of `<name>.txt`."""
    return frozenset((_HERE / f"{name}.txt").read_text(encoding="utf-8").split())


def ordered(name: str) -> list[str]:
    """The words of a list, in an order that is always the same."""
    return sorted(listed(name)) if (_HERE / f"{name}.txt").is_file() else list(table(name))


class Affixes:
    """Longest-match search for the words of a list at the start or the end of a text.

    Lengths are kept by the two outermost characters, so that most texts cost one look-up. One text
    at a time; whole columns have `tries.Trie`."""

    def __init__(self, name: str) -> None:
        self.words = frozenset(ordered(name))
        self._starts = _lengths((word[:2], len(word)) for word in self.words)
        self._ends = _lengths((word[-2:], len(word)) for word in self.words)

    def prefix(self, text: str, leave: int = 2) -> str:
        """The longest word that `text` starts with, `leave` characters remaining, or ""."""
        sizes = self._starts.get(text[:2])
        if sizes:
            room = len(text) - leave
            for size in sizes:
                if size <= room and text[:size] in self.words:
                    return text[:size]
        first = text[:1]
        return first if first in self._starts and len(text) > leave else ""

    def suffix(self, text: str, leave: int = 2) -> str:
        """The longest word that `text` ends with, `leave` characters remaining, or ""."""
        sizes = self._ends.get(text[-2:])
        if sizes:
            room = len(text) - leave
            for size in sizes:
                if size <= room and text[-size:] in self.words:
                    return text[-size:]
        last = text[-1:]
        return last if last in self._ends and len(text) > leave else ""


affixes = cache(Affixes)


def _lengths(ends: Iterable[tuple[str, int]]) -> dict[str, tuple[int, ...]]:
    lengths: dict[str, set[int]] = {}
    for outermost, size in ends:
        lengths.setdefault(outermost, set()).add(size)
    return {end: tuple(sorted(sizes, reverse=True)) for end, sizes in lengths.items()}
