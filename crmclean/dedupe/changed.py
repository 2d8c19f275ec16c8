"""The records of now beside those of the last whole run: which rows are as they were, and what is new.

A refresh reads no record that nothing reaches: those of rows that are as they were are taken from the
base, under the numbers that they have now.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from crmclean.dedupe.base import Base, of_rows
from crmclean.run.kept import Kept
from crmclean.tables import PART_BITS

Records = dict[str, pa.Table]


@dataclass(frozen=True)
class Changed:
    """`kept`: the rows that are as they were; `new`: the records of all others, by object."""

    kept: Kept
    new: Records

    @cached_property
    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        """Then and now of every row that is as it was."""
        return self.kept.rows()

    def at(self, base: Base, rows: np.ndarray) -> Records:
        """The records of some rows of now (in order)."""
        then, now = self.rows
        at = np.minimum(np.searchsorted(now, rows), max(len(now) - 1, 0))
        known = now[at] == rows if len(now) else np.zeros(len(rows), bool)
        old = base.records(list(self.new), then[at[known]])
        return {
            name: self._in_order(old[name], new) for name, new in at_rows(self.new, rows).items()
        }

    def _in_order(self, old: pa.Table, new: pa.Table) -> pa.Table:
        record = old["record"].to_numpy()
        place = self.kept.moved(record >> PART_BITS)
        moved = pa.array(place << PART_BITS | record & ((1 << PART_BITS) - 1))
        old = old.set_column(old.column_names.index("record"), "record", moved)
        both = pa.concat_tables([old, new])
        return both.take(pa.array(np.argsort(both["record"].to_numpy()))).combine_chunks()


def at_rows(records: Records, rows: np.ndarray) -> Records:
    """The records of some source rows (in order)."""
    return {name: of_rows(own, rows) for name, own in records.items()}
