"""One pass over one sheet: layout, kinds of rows, fills, counts per column, and what is odd.

Holds one batch at a time, counts, and the last few rows (for the notes at the end). What it finds
goes into the plan; nothing here changes a cell.
"""

from collections import deque
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import project
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


class Survey:
    """What one pass finds out about a sheet."""

    def __init__(self, file: str, sheet: Sheet, said: project.Source | None) -> None:
        self.file, self.sheet, self.said = file, sheet, said
        self.layout = layouts.Layout((), ())
        self.kinds: dict[int, str] = {}
        self.fills = Fills()
        self.found: list[Found] = []
        self.tallies: list[Tally] = []
        self.rows = self.blank = self.last = 0
        self._tail: deque[tuple[int, list[str | None]]] = deque(maxlen=TAIL)
        self._other_table = False
        self._typed: dict[int, str] | None = None
        self._header_cells: list[list[str | None]] = []

    def run(self) -> None:
        """The pass. Raises InputRefused where the sheet has rows but no header."""
        batches = self.sheet.batches()
        head = beginnings.head(batches)
        if not head:
            return
        self._decide(head)
        for part in chain(head, batches):
            self._take(part)
        self._end()

    def _decide(self, head: list[pa.RecordBatch]) -> None:
        rows = beginnings.as_rows(head, layouts.HEAD)
        width = max(len(part.schema.names) - 1 for part in head)
        said = self.said.header_rows if self.said else None
        found = layouts.decide(rows, self.sheet.merges, said, width)
        if found is None:
            raise InputRefused("SHEET_WITHOUT_HEADER", file=self.file, sheet=self.sheet.name)
        self.layout = found
        self.kinds.update(found.kinds)
        cells = dict(rows)
        self._header_cells = [cells.get(number, []) for number in found.header_rows]
        self.fills.begin(self.sheet.merges, max(found.header_rows, default=0))
        if not found.sure:
            self.found.append((None, None, "HEADER_UNSURE", None))

    def _take(self, part: pa.RecordBatch) -> None:
        numbers = part.column("row")
        columns = [part.column(place) for place in range(1, part.num_columns)]
        self._widen(len(columns))
        filled = beginnings.filled(columns, part.num_rows)
        empty = self._whitespace(columns, filled, numbers)
        body = pc.greater(numbers, max(self.layout.header_rows, default=0))
        listed = pc.is_in(numbers, value_set=pa.array(sorted(self.kinds), pa.int64()))
        data = pc.and_(pc.and_(body, pc.invert(empty)), pc.invert(listed))
        data = self._odd_kinds(columns, filled, numbers, data)
        data = self._first_table(columns, filled, empty, numbers, data)
        self.rows += part.num_rows
        self.last = numbers[-1].as_py() if len(numbers) else self.last
        self.blank += pc.sum(empty).as_py() or 0
        self.fills.take(columns, numbers, data, [tally.heading for tally in self.tallies])
        self._count(columns, numbers, data)

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
        masks = {"footer": rowkinds.totals(columns, filled, len(columns))}
        for cells in self._header_cells:
            again = rowkinds.repeats(columns, cells)
            masks["repeat_header"] = pc.or_(masks.get("repeat_header", again), again)
        for kind, mask in masks.items():
            mask = pc.and_(mask, data)
            for row in numbers.filter(mask).to_pylist():
                self.kinds[row] = kind
            data = pc.and_not(data, mask)
        if self.said and self.said.hidden_rows == "skip" and self.sheet.hidden_rows:
            hidden = pc.is_in(numbers, value_set=pa.array(sorted(self.sheet.hidden_rows)))
            for row in numbers.filter(pc.and_(hidden, data)).to_pylist():
                self.kinds[row] = "hidden"
            data = pc.and_not(data, hidden)
        return data

    def _first_table(
        self,
        columns: list[pa.Array],
        filled: pa.Array,
        empty: pa.Array,
        numbers: pa.Array,
        data: pa.Array,
    ) -> pa.Array:
        """Data rows up to where another table begins; that one is kept, counted and told."""
        if not self._other_table:
            words = layouts.known_words()
            start = pc.and_(rowkinds.other_headers(columns, filled, empty, words), data)
            place = pc.index(start, True).as_py()
            if place < 0:
                return data
            self._other_table = True
            row = numbers[place].as_py()
            self.found.append((row, None, "SEVERAL_TABLES", str(row)))
        else:
            place = 0
        rest = pc.greater_equal(numbers, numbers[place])
        for row in numbers.filter(pc.and_(rest, data)).to_pylist():
            self.kinds[row] = "bad"
        return pc.and_not(data, rest)

    def _count(self, columns: list[pa.Array], numbers: pa.Array, data: pa.Array) -> None:
        every = pc.all(data).as_py()
        rows = numbers if every else numbers.filter(data)
        for place, column in enumerate(columns):
            values = column if every else column.filter(data)
            self.tallies[place].take(values)
            self.found.extend(losses.find(rows, values, self.tallies[place].heading))
        if self._typed is None and len(rows):
            self._typed = shifts.kinds([tally.samples for tally in self.tallies])
        cells = columns if every else [column.filter(data) for column in columns]
        shifted = shifts.find(rows, cells, self._typed or {})
        self.found.extend((row, None, "ROW_SHIFTED", way) for row, way in shifted)
        if len(rows):
            start = max(0, len(rows) - TAIL)
            ends = [column.filter(data)[start:].to_pylist() for column in columns]
            cells = [list(row) for row in zip(*ends, strict=True)]
            self._tail.extend(zip(rows[start:].to_pylist(), cells, strict=True))

    def _end(self) -> None:
        """Notes at the end of the sheet are known only now: their cells are counted back."""
        cells = dict(self._tail)
        width = sum(1 for tally in self.tallies if tally.filled)
        for row, kind in rowkinds.tail(list(self._tail), width).items():
            self.kinds[row] = kind
            for place, cell in enumerate(cells[row]):
                self.tallies[place].filled -= cell is not None
        self.fills.drop(self.kinds)
        self.found.extend(self.fills.found)
        while self.tallies and not self.tallies[-1].filled and self._nameless(-1):
            self.tallies.pop()
        self.found.extend(whole.limits(self.last, self.counts().get("data", 0)))
        self.found.extend(whole.hidden(self.sheet, [tally.heading for tally in self.tallies]))
        self.found.extend(whole.garbled(self.tallies))

    def _nameless(self, place: int) -> bool:
        place %= len(self.tallies)
        return self.tallies[place].heading == f"列{letters(place + 1)}"

    def counts(self) -> dict[str, int]:
        """Rows by kind."""
        counts: dict[str, int] = {"blank": self.blank}
        for kind in self.kinds.values():
            if kind != "blank":
                counts[kind] = counts.get(kind, 0) + 1
        counts["data"] = self.rows - sum(counts.values())
        return {kind: count for kind, count in sorted(counts.items()) if count}

    def columns(self) -> tuple[Column, ...]:
        said = self.said.date_order if self.said else None
        epoch = (self.said.epoch if self.said else None) or self.sheet.epoch
        found = []
        for number, tally in enumerate(self.tallies, 1):
            options, evidence = tally.options(epoch, said)
            if tally.undecided and not said:
                self.found.append((None, tally.heading, "DATE_ORDER_UNSURE", None))
            found.append(
                Column(
                    number,
                    tally.heading,
                    tally.filled,
                    tally.distinct,
                    number in self.sheet.hidden_columns,
                    tuple(tally.samples),
                    options,
                    evidence,
                )
            )
        return tuple(found)
