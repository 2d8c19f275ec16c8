"""One pass over one table: layout, kinds of rows, fills, counts per column, and what is odd.

Holds one batch at a time, counts, and the last few rows (for the notes at the end). What it finds
goes into the plan; nothing here changes a cell. Where another table begins below, it stops and
hands back what it has not taken.

A table is `plain` where every row below the header is data by itself, whatever stands around it;
only such a table can be brought up to date without being read whole (`refresh.py`).
"""

from collections import deque

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import headings, project
from crmclean.errors import InputRefused
from crmclean.plan import Column
from crmclean.readers import Sheet
from crmclean.scan import beginnings, losses, rowkinds, shifts, whole
from crmclean.scan import layout as layouts
from crmclean.scan.columns import Tally
from crmclean.scan.fills import Fills
from crmclean.scan.labels import letters
from crmclean.scan.whole import Found

TAIL = 40
#: Rows of the first batch from which it is told what to look for in a column.
BEGINNING = 2_000


class Survey:
    """What one pass finds out about a table."""

    def __init__(
        self, file: str, sheet: Sheet, said: project.Source | None, further: bool = False
    ) -> None:
        self.file, self.sheet, self.said, self.further = file, sheet, said, further
        self.span: tuple[int, int] | None = None
        self.layout = layouts.Layout((), ())
        self.kinds: dict[int, str] = {}
        self.fills = Fills()
        self.found: list[Found] = []
        self.odd: list[Found] = []  # of single rows
        self.tallies: list[Tally] = []
        self.rows = self.blank = self.first = self.last = 0
        self.tail: deque[tuple[int, list[str | None]]] = deque(maxlen=TAIL)
        self.typed: dict[int, str] | None = None
        self._sparse = self._more = self._whole = False
        self._header_cells: list[list[str | None]] = []

    def run(self, stream: beginnings.Stream) -> bool:
        """The pass: takes what belongs to the table. Returns whether another one follows. Raises
        InputRefused where there are rows but no header."""
        head = stream.head()
        if head:
            self.decide(head)
        for part in stream:
            end = self.end_of_table(part)
            self.take(part.slice(0, end))
            if end < part.num_rows:
                stream.give_back(part.slice(end))
                self._more = True
                break
        self.end()
        return self._more

    def decide(self, head: list[pa.RecordBatch]) -> None:
        rows = beginnings.as_rows(head, layouts.HEAD)
        width = max(len(part.schema.names) - 1 for part in head)
        said = self.said.header_rows if self.said else None
        if said is None and self.sheet.headed and rows and rows[0][0] == 1:
            said = (1,)
        found = layouts.decide(rows, self.sheet.merges, said, width, self.further)
        if found is None:
            raise InputRefused("SHEET_WITHOUT_HEADER", file=self.file, sheet=self.sheet.name)
        self.layout = found
        self.kinds.update(found.kinds)
        cells = dict(rows)
        self._header_cells = [cells.get(number, []) for number in found.header_rows]
        self.fills.begin(self.sheet.merges, max(found.header_rows, default=0))
        if not found.sure:
            self.found.append((None, None, "HEADER_UNSURE", None))

    def end_of_table(self, part: pa.RecordBatch) -> int:
        """How many rows of a batch stand before the header of another table."""
        if self.sheet.headed or (self.said and self.said.layout == "one_table"):
            return part.num_rows
        after = max(self.layout.header_rows, default=0)
        return rowkinds.next_table(part, after, self._header_cells, headings.known_words())

    def take(self, part: pa.RecordBatch) -> None:
        """Count the rows of one batch."""
        if not part.num_rows:
            return
        numbers = part.column("row")
        columns = [part.column(place) for place in range(1, part.num_columns)]
        self._widen(len(columns))
        filled = beginnings.filled(columns, part.num_rows)
        empty = self._whitespace(columns, filled, numbers)
        body = pc.greater(numbers, max(self.layout.header_rows, default=0))
        listed = pc.is_in(numbers, value_set=pa.array(sorted(self.kinds), pa.int64()))
        bare = pc.and_(body, pc.less_equal(filled, 1))
        self._sparse = self._sparse or pc.any(bare).as_py()
        data = pc.and_(pc.and_(body, pc.invert(empty)), pc.invert(listed))
        data = self._odd_kinds(columns, filled, numbers, data)
        self.rows += part.num_rows
        self.first = self.first or numbers[0].as_py()
        self.last = numbers[-1].as_py()
        self.blank += pc.sum(empty).as_py() or 0
        self.fills.merged(columns, numbers, data)
        if not pc.all(data).as_py():
            numbers, columns = numbers.filter(data), [column.filter(data) for column in columns]
        if len(numbers):
            self._count(columns, numbers)

    def _widen(self, width: int) -> None:
        for place in range(len(self.tallies), width):
            known = self.layout.headings
            heading = known[place] if place < len(known) else f"列{letters(place + 1)}"
            self.tallies.append(Tally(heading))

    def _whitespace(self, columns: list[pa.Array], filled: pa.Array, numbers: pa.Array) -> pa.Array:
        """Which rows are blank: nothing in them, or nothing but spaces (those get a kind)."""
        rows = rowkinds.only_spaces(columns, filled, numbers)
        for row in rows.to_pylist():
            self.kinds.setdefault(row, "blank")
        return pc.or_(pc.equal(filled, 0), pc.is_in(numbers, value_set=rows))

    def _odd_kinds(
        self, columns: list[pa.Array], filled: pa.Array, numbers: pa.Array, data: pa.Array
    ) -> pa.Array:
        """Which of the data rows are really data; the others get their kinds."""
        for kind, mask in rowkinds.odd(columns, filled, self._header_cells).items():
            data = self._named(kind, mask, numbers, data)
        if self.said and self.said.hidden_rows == "skip" and self.sheet.hidden_rows:
            hidden = pc.is_in(numbers, value_set=pa.array(sorted(self.sheet.hidden_rows)))
            data = self._named("hidden", hidden, numbers, data)
        return data

    def _named(self, kind: str, mask: pa.Array, numbers: pa.Array, data: pa.Array) -> pa.Array:
        mask = pc.and_(mask, data)
        self.kinds.update(dict.fromkeys(numbers.filter(mask).to_pylist(), kind))
        return pc.and_not(data, mask)

    def _count(self, columns: list[pa.Array], numbers: pa.Array) -> None:
        """Count the data rows of one batch."""
        if self.typed is None:
            self._begin(columns)
        for tally, values in zip(self.tallies, columns, strict=False):
            tally.take(values, numbers)
            self.odd.extend(losses.find(numbers, values, tally.heading))
        self.fills.ditto(columns, numbers, [tally.heading for tally in self.tallies])
        shifted = shifts.find(numbers, columns, self.typed or {})
        self.odd.extend((row, None, "ROW_SHIFTED", way) for row, way in shifted)
        ends = [array.slice(max(0, len(array) - TAIL)).to_pylist() for array in (numbers, *columns)]
        self.tail.extend((row, list(cells)) for row, *cells in zip(*ends, strict=True))

    def _begin(self, columns: list[pa.Array]) -> None:
        """See the first data rows, before they are counted."""
        seen = [values[:BEGINNING] for values in columns]
        for tally, values in zip(self.tallies, seen, strict=False):
            tally.begin(values)
        self.typed = shifts.kinds(seen)

    def counting(self) -> "Survey":
        """The survey of further rows of the same table, with nothing counted yet."""
        other = Survey(self.file, self.sheet, self.said, self.further)
        other.layout, other._header_cells, other.typed = self.layout, self._header_cells, self.typed
        other.kinds, other.first = dict(self.layout.kinds), self.first
        other.found = [one for one in self.found if one[0] is None]
        other.tallies = [tally.begun() for tally in self.tallies]
        return other

    def end(self) -> None:
        """Notes at the end of the table are known only now: their cells are counted back."""
        cells = dict(self.tail)
        width = sum(1 for tally in self.tallies if tally.filled)
        for row, kind in rowkinds.tail(list(self.tail), width).items():
            self.kinds[row] = kind
            for place, cell in enumerate(cells[row]):
                self.tallies[place].forget(cell)
        self.fills.drop(self.kinds)
        odd, self._whole = losses.listed(self.odd)
        self.found.extend([*odd, *self.fills.found])
        while self.tallies and not self.tallies[-1].filled and self._nameless(-1):
            self.tallies.pop()
            self._whole = False
        self.found.extend(whole.limits(self.last, self.counts().get("data", 0)))
        rows = range(self.first, self.last + 1)
        self.found.extend(whole.hidden(self.sheet, [tally.heading for tally in self.tallies], rows))
        self.found.extend(whole.garbled(self.tallies))

    @property
    def plain(self) -> bool:
        """Whether every row below the header is data by itself; known at the end."""
        filled = self.fills.fills or self.fills.found or self.sheet.merges
        hidden = self.sheet.hidden_rows or self.sheet.hidden_columns
        odd = self._sparse or self._more or self.further or self.kinds != self.layout.kinds
        return self._whole and not (filled or hidden or odd)

    def _nameless(self, place: int) -> bool:
        place %= len(self.tallies)
        return self.tallies[place].heading == f"列{letters(place + 1)}"

    def holds(self, row: int | None, first: bool, column: int | None = None) -> bool:
        """Whether what was noticed in a cell, a row or the whole sheet is told with this table."""
        left, right = self.span or (0, column or 0)
        if column is not None and not left <= column <= right:
            return False
        return first if row is None else self.first <= row <= self.last

    def counts(self) -> dict[str, int]:
        """Rows by kind."""
        counts: dict[str, int] = {"blank": self.blank}
        for kind in self.kinds.values():
            if kind != "blank":
                counts[kind] = counts.get(kind, 0) + 1
        counts["data"] = self.rows - sum(counts.values())
        return {kind: count for kind, count in sorted(counts.items()) if count}

    def columns(self) -> tuple[Column, ...]:
        """The columns as the plan keeps them; what is undecided is told in `found`."""
        said = self.said.date_order if self.said else None
        epoch = (self.said.epoch if self.said else None) or self.sheet.epoch
        hidden = self.sheet.hidden_columns
        for tally in self.tallies:
            if tally.undecided and not said:
                self.found.append((None, tally.heading, "DATE_ORDER_UNSURE", None))
        return tuple(
            tally.column(number, number in hidden, epoch, said)
            for number, tally in enumerate(self.tallies, 1)
        )
