"""What a refresh made of the rows that a change reaches, put between what was made of the rest.

Rows of the last whole run get the numbers that their source rows have now; both parts are in
reading order, and so is what comes of them.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe.base import Base
from crmclean.dedupe.deduped import Deduped
from crmclean.dedupe.reach import Reach
from crmclean.dedupe.refresh import DELTA
from crmclean.run.gather import gathered
from crmclean.tables import PART_BITS, concat, rows_of, sources_of

#: The tables that hold all objects, and by which column they are in order.
BY_RECORD = {"pairs": "left", "crosswalk": "record", "changes": "record", "issues": "record"}
#: Columns that hold numbers of records.
NUMBERS = ("record", "left", "right", "from_record")


class Joined:
    """`new`: what was made of the rows inside."""

    def __init__(self, base: Base, reach: Reach, new: Deduped) -> None:
        self._base, self._reach, self._new = base, reach, new

    def whole(self, objects: list[str]) -> Deduped:
        """The tables of all rows."""
        found = {name: self._by_record(name, objects) for name in BY_RECORD}
        golden, cells, delta = {}, [], []
        then, now = self._base.table("crosswalk"), self._new.crosswalk
        all_cells = self._base.table("golden_cells"), self._new.golden_cells
        for name in objects:
            old, new = self._base.table(f"golden/{name}"), self._new.golden[name]
            firsts = _firsts(_of(then, name), old), _firsts(_of(now, name), new)
            told = self._changed(name, old, "unchanged"), self._changed(name, new, "new")
            golden[name] = self._put(old, firsts[0], new, firsts[1])
            delta.append(self._put(told[0], firsts[0], told[1], firsts[1]))
            mine = [_of(one, name) for one in all_cells]
            keys = (
                first[_at(one["golden"], own["golden"])]
                for one, own, first in zip(mine, (old, new), firsts, strict=True)
            )
            cells.append(self._put(mine[0], next(keys), mine[1], next(keys)))
        return Deduped(
            golden=golden,
            golden_cells=concat(self._new.golden_cells.schema, cells),
            memory=self._new.memory,
            delta=concat(DELTA, delta),
            **found,
        )

    def _by_record(self, name: str, objects: list[str]) -> pa.Table:
        old, new = self._base.table(name), getattr(self._new, name)
        column, parts = BY_RECORD[name], []
        for object in objects:
            one, two = _of(old, object), _of(new, object)
            parts.append(self._put(one, one[column].to_numpy(), two, two[column].to_numpy()))
        return concat(new.schema, parts)

    def _changed(self, object: str, golden: pa.Table, otherwise: str) -> pa.Table:
        """DELTA of golden records: as the new part says, else `otherwise`."""
        known = _of(self._new.delta, object)
        change = (
            known["change"]
            .combine_chunks()
            .take(pc.index_in(golden["golden"], known["golden"]).combine_chunks())
        )
        columns = [
            pa.repeat(object, len(golden)),
            golden["golden"],
            pc.fill_null(change, otherwise),
        ]
        return pa.table(columns, schema=DELTA)

    def _put(
        self, old: pa.Table, old_at: np.ndarray, new: pa.Table, new_at: np.ndarray
    ) -> pa.Table:
        """The rows of two tables in order of the records at which they stand; of the old one those
        that no change reaches."""
        row = np.searchsorted(self._base.places, old_at >> PART_BITS)
        kept = np.flatnonzero(~self._reach.inside[row])
        if not len(kept):
            return new
        at = np.append(self._numbers(old_at[kept]), new_at)
        order = np.argsort(at, kind="stable")
        whole = pa.concat_tables([self._moved(old), new])
        places = np.append(kept, len(old) + np.arange(len(new)))[order]
        return pa.concat_tables([part for _, part in gathered(whole, places)])

    def _numbers(self, records: np.ndarray) -> np.ndarray:
        """The numbers of now of records of then."""
        row = np.minimum(
            np.searchsorted(self._base.places, records >> PART_BITS), len(self._base.places) - 1
        )
        return self._reach.now[row] << PART_BITS | records & ((1 << PART_BITS) - 1)

    def _moved(self, old: pa.Table) -> pa.Table:
        for name in [name for name in NUMBERS if name in old.column_names]:
            values = old[name].combine_chunks()
            numbers = self._numbers(pc.fill_null(values, 0).to_numpy())
            numbers = pa.array(numbers, mask=values.is_null().to_numpy(zero_copy_only=False))
            old = old.set_column(old.column_names.index(name), old.schema.field(name), numbers)
        if "row" in old.column_names:
            for name, part in (("source", sources_of), ("row", rows_of)):
                place = old.column_names.index(name)
                old = old.set_column(
                    place, old.schema.field(name), part(old["record"].combine_chunks())
                )
        return old


def _of(table: pa.Table, object: str) -> pa.Table:
    """The rows of one object: they stand together."""
    codes = pc.equal(table["object"], object)
    first, count = pc.index(codes, True).as_py(), pc.sum(codes).as_py() or 0
    return table.slice(max(first, 0), count)


def _firsts(crosswalk: pa.Table, golden: pa.Table) -> np.ndarray:
    """The first record of each golden record."""
    codes = _at(crosswalk["golden"], golden["golden"])
    firsts = np.zeros(len(golden), np.int64)
    firsts[codes[::-1]] = crosswalk["record"].to_numpy()[::-1]
    return firsts


def _at(ids: pa.ChunkedArray, golden: pa.ChunkedArray) -> np.ndarray:
    return pc.index_in(ids, value_set=golden.combine_chunks()).to_numpy()
