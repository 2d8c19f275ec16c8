"""Cells that take the value above them: inside a merge that reaches down, and 同上.

Only inside the merge, only in data rows, only where the cell is empty: filling everything below
gives a company to people who have none. What is filled is a change, so it can be seen and undone.
Cases: dirty-input.md L03, M07.
"""

from collections.abc import Container

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.plan import Fill
from crmclean.readers import Merge

DITTO = ("同上", "〃", "″", '"', "同上行", "〞", "''", "..", "同前", "ditto")
_WORDS = pa.array(DITTO)
LONGEST = 24  # bytes, with blanks around


class Fills:
    """The fills of one sheet so far, and where 同上 stood under nothing (`found`)."""

    def __init__(self) -> None:
        self.fills: list[Fill] = []
        self.found: list[tuple[int | None, str | None, str, str | None]] = []
        self._merges: list[Merge] = []  # those that are still to come, the next one last
        self._open: list[tuple[Merge, str]] = []  # those that have begun, with their values
        self._above: dict[int, str | None] = {}

    def begin(self, merges: tuple[Merge, ...], after: int) -> None:
        """Take the merges of the body: below row `after`, reaching down."""
        found = [merge for merge in merges if merge.top > after and merge.bottom > merge.top]
        self._merges = sorted(found, key=lambda merge: (merge.top, merge.left), reverse=True)

    def merged(self, columns: list[pa.Array], numbers: pa.Array, data: pa.Array) -> None:
        """The fills of one batch that merges make; `data` says which rows are data."""
        first = numbers[0].as_py()
        last = first + len(data) - 1
        while self._merges and self._merges[-1].top <= last:
            merge = self._merges.pop()
            value = _cell(columns, data, merge.left, merge.top - first)
            if value is not None:
                self._open.append((merge, value))
        for merge, value in self._open:
            for row in range(max(merge.top + 1, first), min(merge.bottom, last) + 1):
                place = row - first
                if data[place].as_py() and _cell(columns, data, merge.left, place) is None:
                    self.fills.append(Fill(row, merge.left, value, "merged"))
        self._open = [(merge, value) for merge, value in self._open if merge.bottom > last]

    def ditto(self, columns: list[pa.Array], numbers: pa.Array, headings: list[str]) -> None:
        """The fills of the data rows of one batch that 同上 makes."""
        for place, values in enumerate(columns):
            short = values.filter(pc.less_equal(pc.binary_length(values), LONGEST))
            if pc.any(pc.is_in(pc.utf8_trim_whitespace(short), value_set=_WORDS)).as_py():
                self._ditto(place, numbers.to_pylist(), values.to_pylist(), headings[place])
            else:
                self._above[place] = values[-1].as_py()

    def drop(self, rows: Container[int]) -> None:
        """Forget fills in rows that turned out not to be data."""
        self.fills = [fill for fill in self.fills if fill.row not in rows]

    def _ditto(self, place: int, rows: list[int], values: list[str | None], heading: str) -> None:
        merged = {fill.row: fill.value for fill in self.fills if fill.column == place + 1}
        above = self._above.get(place)
        for row, value in zip(rows, values, strict=True):
            if value is None or value.strip() not in DITTO:
                above = value if value is not None else merged.get(row)
            elif above is None:
                self.found.append((row, heading, "DITTO_WITHOUT_VALUE", value))
            else:
                self.fills.append(Fill(row, place + 1, above, "ditto"))
        self._above[place] = above


def _cell(columns: list[pa.Array], data: pa.Array, number: int, place: int) -> str | None:
    """A cell of a data row of the batch, or None."""
    inside = place >= 0 and number <= len(columns) and data[place].as_py()
    return columns[number - 1][place].as_py() if inside else None
