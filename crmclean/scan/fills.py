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
        self._merges: dict[int, list[Merge]] = {}
        self._open: dict[int, list[tuple[int, str]]] = {}  # row: (column, value) that reach it
        self._reached: set[int] = set()  # every row of a merge that reaches down
        self._above: dict[int, str | None] = {}

    def begin(self, merges: tuple[Merge, ...], after: int) -> None:
        """Take the merges of the body: below row `after`, reaching down."""
        for merge in merges:
            if merge.top > after and merge.bottom > merge.top:
                self._merges.setdefault(merge.top, []).append(merge)
                self._reached.update(range(merge.top, merge.bottom + 1))

    def merged(self, columns: list[pa.Array], numbers: pa.Array, data: pa.Array) -> None:
        """The fills of one batch that merges make; `data` says which rows are data."""
        first = numbers[0].as_py()
        last = first + len(data) - 1
        for row in sorted(number for number in self._reached if first <= number <= last):
            place = row - first
            wanted = data[place].as_py()
            for merge in self._merges.get(row, ()) if wanted else ():
                self._spread(merge, columns, place)
            for column, value in self._open.pop(row, ()):
                if wanted and columns[column - 1][place].as_py() is None:
                    self.fills.append(Fill(row, column, value, "merged"))

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

    def _spread(self, merge: Merge, columns: list[pa.Array], place: int) -> None:
        value = columns[merge.left - 1][place].as_py() if merge.left <= len(columns) else None
        if value is not None:
            for row in range(merge.top + 1, merge.bottom + 1):
                self._open.setdefault(row, []).append((merge.left, value))

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
