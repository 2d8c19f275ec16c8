"""The desk: the records of a batch, spread out while their cells are cleaned and their parts placed.

Changes are written at the end: one `clean` per cell of its own field, one `split` per cell that
took a part, in that order, so that replay holds.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import tables
from crmclean.model import Field, Object
from crmclean.normalise.cells import Column, Records, nulls, scattered
from crmclean.rules import Aside


class Desk:
    """The records of a batch by object, the cells that were not clean, and what took parts of them."""

    def __init__(self, held: dict[str, Records], model: dict[str, Object]) -> None:
        self.held = held
        self.model = model
        self.columns: list[Column] = []
        self.splits: list[pa.Table] = []

    def add(self, column: Column) -> None:
        """Write the answers of a column into its records."""
        self.columns.append(column)
        self.write(column.field.object, column.field.name, column.rows, column.after)

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
            self.write(field.object, name, rows, told)
            self.tell(field, heading, field.object, name, rows, nulls(len(rows)), told)
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

    def make(self, name: str, ids: pa.Array) -> None:
        """Further records of an object, all of their fields blank."""
        held = self.held[name]
        held.records = pa.concat_arrays([held.records, ids])
        for column, values in held.columns.items():
            held.columns[column] = pa.concat_arrays([values, nulls(len(ids))])

    def write(self, name: str, column: str, rows: np.ndarray, texts: pa.Array) -> None:
        """Put texts into the rows of a column."""
        columns = self.held[name].columns
        columns[column] = scattered(columns[column], rows, texts)

    def tell(
        self, field: Field, heading: str | None, name: str, column: str,
        there: np.ndarray, before: pa.Array, after: pa.Array,
    ) -> None:  # fmt: skip
        """Note a `split`: what the rows of a column held before and after they took a part."""
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
