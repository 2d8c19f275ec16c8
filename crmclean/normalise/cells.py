"""What lies on the desk while cells are cleaned: records spread into columns, the cells of a column
that were not clean, and the parts of cells that want another place (`places.py` finds it).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from crmclean.model import Field

NUMBERS = ("mobile", "phone", "other")


def target(part: str, field: Field) -> str | None:
    """The path of the field that takes a part, or None."""
    name = field.parts.get(part)
    return None if name is None else name if "." in name else f"{field.object}.{name}"


def own_part(values: dict[str, str], field: Field) -> tuple[str | None, dict[str, str]]:
    """The part that stays in the field itself, and the others."""
    if len(values) == 1 and "" in values:
        return values[""], {}
    stays = [part for part in values if part == "" or target(part, field) == field.path]
    stays += [part for part in values if part in NUMBERS and target(part, field) is None]
    own = stays[0] if stays else None
    return values.get(own), {part: text for part, text in values.items() if part != own}


@dataclass
class Records:
    """The records of one object while parts are placed: columns by field name."""

    records: pa.Array
    columns: dict[str, pa.Array]

    @classmethod
    def of(cls, table: pa.Table) -> "Records":
        columns = {name: whole(table[name]) for name in table.column_names}
        return cls(columns.pop("record"), columns)

    def column(self, name: str) -> pa.Array:
        """A column, made of nulls where the table did not have it."""
        if name not in self.columns:
            self.columns[name] = nulls(len(self.records))
        return self.columns[name]

    def table(self) -> pa.Table:
        """In the order of the record ids."""
        made = pa.table({"record": self.records, **self.columns})
        ids = self.records.to_numpy()
        return made if (np.diff(ids) > 0).all() else made.sort_by("record")


@dataclass
class Column:
    """The cells of one column that were not clean: their places in the table, the text before
    and after, and the rule (as codes: there are few). `hard` are the cells that `clean` had to
    answer one by one, `which` the distinct answer of each."""

    field: Field
    heading: str | None
    rows: np.ndarray
    before: pa.Array
    after: pa.Array
    rule: pa.DictionaryArray
    hard: np.ndarray
    which: np.ndarray
    answers: list[Any]

    def spread(self, whose: np.ndarray, size: int) -> "Column":
        """The column of which this one holds each of `size` different values once. `whose`: of
        each of its rows the place of its value, -1 for none."""
        cell, answer = np.full(size + 1, -1), np.full(len(self.rows), -1)
        cell[self.rows], answer[self.hard] = np.arange(len(self.rows)), self.which
        rows = np.flatnonzero(cell[whose] >= 0)
        cells = cell[whose[rows]]
        hard = np.flatnonzero(answer[cells] >= 0)
        texts = {
            name: getattr(self, name).take(pa.array(cells)) for name in ("before", "after", "rule")
        }
        return replace(self, rows=rows, hard=hard, which=answer[cells[hard]], **texts)


@dataclass
class Moved:
    """One part of the cells of one column: the rows of the cells and the text of each. `cells`
    are their places in the column; `person` counts the further persons of a cell."""

    part: str
    column: Column
    cells: np.ndarray
    texts: pa.Array
    person: int = 0


def parts_of(column: Column) -> Iterator[Moved]:
    """The parts of a column's cells, one entry per part and person."""
    people = [[answer.parts, *answer.more] for answer in column.answers]
    for person in range(max(map(len, people), default=0)):
        told = [some[person] if len(some) > person else {} for some in people]
        for part in sorted({part for values in told for part in values}):
            texts = pa.array([values.get(part) for values in told], pa.string())
            texts = texts.take(pa.array(column.which))
            cells = column.hard[mask(texts.is_valid())]
            if len(cells):
                yield Moved(part, column, cells, texts.drop_null(), person)


def whole(values: pa.ChunkedArray) -> pa.Array:
    """A column in one piece, copied only where it is in several."""
    return values.chunk(0) if values.num_chunks == 1 else values.combine_chunks()


def mask(verdicts: pa.BooleanArray) -> np.ndarray:
    return verdicts.to_numpy(zero_copy_only=False)


def nulls(size: int) -> pa.Array:
    return pa.nulls(size, pa.string())


def scattered(values: pa.Array, rows: np.ndarray, texts: pa.Array) -> pa.Array:
    """`values` with `texts` at `rows`."""
    places = np.arange(len(values))
    places[rows] = np.arange(len(values), len(values) + len(rows))
    return pa.concat_arrays([values, texts]).take(pa.array(places))
