"""Where the parts of a cell go: another field, another record, and nothing is lost.

A cell with a number and a name, with two numbers or three persons holds more than its field. The
model says which field takes which part (`parts: {mobile: contact.mobile}`). A field that is
filled keeps its own value; the part then stays in the field it came from if that is free and the
part is a number, else it joins `other_phones` or `remark`. A further record is made only for a
part that names it: each person beyond the first in a cell is one record (part 1, 2… of the row).

Changes are written at the end: one `clean` per cell of its own field, one `split` per cell that
took a part, in that order, so that replay holds.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import tables
from crmclean.model import Field, Object
from crmclean.normalise.cells import (
    NUMBERS,
    Column,
    Moved,
    Records,
    nulls,
    parts_of,
    scattered,
    target,
)
from crmclean.rules import Aside

#: A part that names a record comes first: the others may belong to the record it makes.
ORDER = ("", "name", *NUMBERS)
JOINED = ("other_phones", "remark")
JOINT = "；"


class Desk:
    """The records of a batch, spread out while their cells are cleaned and their parts placed."""

    def __init__(self, held: dict[str, Records], model: dict[str, Object]) -> None:
        self.held = held
        self.model = model
        self.columns: list[Column] = []
        self.splits: list[pa.Table] = []

    def add(self, column: Column) -> None:
        """Write the answers of a column into its records."""
        self.columns.append(column)
        self._write(column.field.object, column.field.name, column.rows, column.after)

    def place_parts(self) -> None:
        """Give every part of every cell its place."""
        moved = [part for column in self.columns for part in parts_of(column)]
        moved.sort(key=lambda m: (m.person, ORDER.index(m.part) if m.part in ORDER else len(ORDER)))
        for part in moved:
            self._further(part) if part.person else self._place(part)

    def put_aside(self, field: Field, heading: str | None, said: Aside) -> np.ndarray:
        """Fill blank fields with what values of a field say aside: all of a value's parts or
        none. Returns the rows where a field already says otherwise."""
        held = self.held[field.object]
        fits = np.ones(len(held.records), bool)
        parts = {
            field.parts[part]: texts for part, texts in said.parts.items() if part in field.parts
        }
        for name, texts in parts.items():
            same = pc.fill_null(pc.equal(held.column(name), texts), True)
            fits &= same.to_numpy(zero_copy_only=False)
        for name, texts in parts.items():
            blank = held.column(name).is_null().to_numpy(zero_copy_only=False)
            rows = np.flatnonzero(fits & blank & texts.is_valid().to_numpy(zero_copy_only=False))
            told = texts.take(pa.array(rows))
            self._write(field.object, name, rows, told)
            self._tell(field, heading, field.object, name, rows, nulls(len(rows)), told)
        return np.flatnonzero(~fits)

    def changes(self) -> Iterator[pa.Table]:
        """What was changed: first each cell in its own field, then the parts that were placed."""
        for column in self.columns:
            changed = pc.fill_null(pc.not_equal(column.before, column.after), True)
            at = pc.indices_nonzero(changed)
            rows = pa.array(column.rows).take(at)
            yield tables.table(
                tables.CHANGES,
                {
                    "object": column.field.object,
                    "record": self.held[column.field.object].records.take(rows),
                    "field": column.field.name,
                    "step": "clean",
                    "rule": column.rule.take(at),
                    "column": column.heading,
                    "before": column.before.take(at),
                    "after": column.after.take(at),
                },
                len(rows),
            )
        yield from self.splits

    def _place(self, moved: Moved) -> None:
        """A part goes to its field; where that is filled, on to the next place that takes it."""
        field = moved.column.field
        rows, texts, cells = moved.column.rows[moved.cells], moved.texts, moved.cells
        for path in self._places(moved):
            name, _, column = path.partition(".")
            if path == field.path:
                done = self._stay(moved.column, cells, texts)
            else:
                there = self._found(field.object, name, column, rows)
                done = self._put(moved, name, column, there, texts)
            rest = np.flatnonzero(~done)
            rows, texts, cells = rows[rest], texts.take(pa.array(rest)), cells[rest]
            if not len(rows):
                return

    def _places(self, moved: Moved) -> list[str]:
        """Where a part may go, best first; the last takes everything."""
        field = moved.column.field
        fields = self.model[field.object].fields
        wanted = target(moved.part, field)
        chain = [wanted] if wanted else []
        if moved.part in NUMBERS:
            chain += [field.path] if moved.part != "other" else []
            chain += [f"{field.object}.other_phones"] if "other_phones" in fields else []
        return list(dict.fromkeys([*chain, f"{field.object}.remark"]))

    def _stay(self, column: Column, cells: np.ndarray, texts: pa.Array) -> np.ndarray:
        """A number stays in the field it came from where that is free. The change is told once,
        as the change of the cell."""
        held = self.held[column.field.object].columns[column.field.name]
        rows = column.rows[cells]
        free = held.take(pa.array(rows)).is_null().to_numpy(zero_copy_only=False)
        here = pa.array(np.flatnonzero(free))
        self._write(column.field.object, column.field.name, rows[free], texts.take(here))
        column.after = scattered(column.after, cells[free], texts.take(here))
        return free

    def _found(self, origin: str, name: str, column: str, rows: np.ndarray) -> np.ndarray:
        """The places of the same rows in the table of another object, -1 where there is none;
        a part that names the object makes the missing records."""
        if name == origin:
            return rows
        if name not in self.held:
            fields = self.model[name].fields
            self.held[name] = Records(pa.array([], pa.int64()), dict.fromkeys(fields, nulls(0)))
        ids = self.held[origin].records.take(pa.array(rows))
        if column == self.model[name].name_field:
            known = pc.is_in(ids, value_set=self.held[name].records)
            self._make(name, ids.filter(pc.invert(known)))
        there = pc.index_in(ids, value_set=self.held[name].records)
        return pc.fill_null(there, -1).to_numpy()

    def _make(self, name: str, ids: pa.Array) -> None:
        held = self.held[name]
        held.records = pa.concat_arrays([held.records, ids])
        for column, values in held.columns.items():
            held.columns[column] = pa.concat_arrays([values, nulls(len(ids))])

    def _put(
        self, moved: Moved, name: str, column: str, there: np.ndarray, texts: pa.Array
    ) -> np.ndarray:
        """Write texts into free cells (or join them on); which of them found a place."""
        held = self.held[name]
        exists = there >= 0
        current = held.column(column).take(pa.array(there, mask=~exists))
        joins = column in JOINED
        same = pc.fill_null(pc.equal(current, texts), False).to_numpy(zero_copy_only=False) & exists
        takes = exists & ~same
        if not joins:
            takes &= current.is_null().to_numpy(zero_copy_only=False)
        here = pa.array(np.flatnonzero(takes))
        before, told = current.take(here), texts.take(here)
        after = pc.binary_join_element_wise(before, told, JOINT, null_handling="skip")
        self._write(name, column, there[takes], after)
        self._tell(
            moved.column.field, moved.column.heading, name, column, there[takes], before, after
        )
        return takes | same

    def _further(self, moved: Moved) -> None:
        """A further person of a cell: a record of its own, that refers where the first one does."""
        field = moved.column.field
        owner = self.model[field.object]
        held = self.held[field.object]
        rows = moved.column.rows[moved.cells]
        ids = pc.add(held.records.take(pa.array(rows)), moved.person)
        new = ids.filter(pc.invert(pc.is_in(ids, value_set=held.records)))
        self._make(field.object, new)
        there = pc.index_in(ids, value_set=held.records).to_numpy()
        if moved.part == "":
            for shared in (*owner.refers, *(f"{name}_code" for name in owner.refers), "owner"):
                if shared in held.columns:
                    self._copy(moved, shared, rows, there)
        wanted = target(moved.part, field) or f"{field.object}.{moved.part or field.name}"
        self._put(moved, field.object, wanted.partition(".")[2], there, moved.texts)

    def _copy(self, moved: Moved, column: str, rows: np.ndarray, there: np.ndarray) -> None:
        texts = self.held[moved.column.field.object].columns[column].take(pa.array(rows))
        filled = texts.is_valid().to_numpy(zero_copy_only=False)
        self._put(moved, moved.column.field.object, column, there[filled], texts.drop_null())

    def _write(self, name: str, column: str, rows: np.ndarray, texts: pa.Array) -> None:
        columns = self.held[name].columns
        columns[column] = scattered(columns[column], rows, texts)

    def _tell(
        self, field: Field, heading: str | None, name: str, column: str,
        there: np.ndarray, before: pa.Array, after: Any,
    ) -> None:  # fmt: skip
        self.splits.append(
            tables.table(
                tables.CHANGES,
                {
                    "object": name,
                    "record": self.held[name].records.take(pa.array(there)),
                    "field": column,
                    "step": "split",
                    "rule": field.kind,
                    "column": heading,
                    "before": before,
                    "after": after,
                },
                len(there),
            )
        )
