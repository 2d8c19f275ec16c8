"""A table that is mostly a former one, kept as what is different.

A refresh changes one row in a thousand; to write its tables anew would cost more than all else that it
does. Such a table is an Arrow file of its new rows, whose schema tells of which slices of the former
table, and of which new rows, it consists; numbers of records are those that their source rows
have now. The former table is a link of its own: what becomes of it elsewhere does not matter.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import tables
from crmclean.run.gather import SHORT, some
from crmclean.run.kept import Kept
from crmclean.run.numbers import ranges

KEY = b"crmclean over"
#: Columns that hold numbers of records.
NUMBERS = ("record", "left", "right", "from_record")


@dataclass(frozen=True)
class Over:
    """`slices`: (first, count) of the rows of the former table and then the new ones, in order;
    `source`: the number that the source of all rows had, where the table has no column for it."""

    kept: Kept
    slices: np.ndarray
    source: int = 0

    def noted(self, new: pa.Table) -> pa.Table:
        """The new rows as they are written."""
        runs = np.column_stack([self.kept.then, self.kept.now, self.kept.count])
        told = {"kept": _written(runs), "slices": _written(self.slices), "source": self.source}
        return new.replace_schema_metadata({KEY: json.dumps(told)})

    def whole(self, former: pa.Table, new: pa.Table) -> pa.Table:
        """The table: slice by slice, or row by row where slices are short."""
        both = pa.concat_tables([self._moved(former), new.replace_schema_metadata(None)])
        if len(self.slices) * SHORT > int(self.slices[:, 1].sum()):
            return both.take(pa.array(self.places()))
        parts = [both.slice(first, count) for first, count in self.slices.tolist()]
        return pa.concat_tables(parts) if parts else both.slice(0, 0)

    def filled(self, former: pa.Table, new: pa.Table) -> tuple[int, dict[str, int]]:
        """(rows, filled cells per column) of the table."""
        both, gone = self.addends(former, new)
        rows, found = len(both) - len(gone), {}
        for name, cells in zip(both.column_names, both.columns, strict=True):
            found[name] = rows - (cells.null_count - gone[name].null_count)
        return rows, found

    def addends(self, former: pa.Table, new: pa.Table) -> tuple[pa.Table, pa.Table]:
        """All rows that there are, and those of them that the table has not; for counts, so numbers of
        records are as they were."""
        both = pa.concat_tables([former, new])
        gone = np.ones(len(both), bool)
        gone[self.places()] = False
        return both, some(both, np.flatnonzero(gone))

    def head(self, rows: int) -> "Over":
        """The first rows of the table."""
        before = np.cumsum(self.slices[:, 1]) - self.slices[:, 1]
        count = np.clip(rows - before, 0, self.slices[:, 1])
        return replace(self, slices=np.column_stack([self.slices[:, 0], count])[count > 0])

    def places(self) -> np.ndarray:
        """The rows, among those of the former table and then the new ones."""
        return ranges(*self.slices.T)

    def _moved(self, former: pa.Table) -> pa.Table:
        columns = {name: former[name] for name in former.column_names}
        moved = _Moved(self.kept)
        for name in set(NUMBERS) & set(columns):
            values = columns[name].combine_chunks()
            record = pc.fill_null(values, 0).to_numpy()
            parts = record & ((1 << tables.PART_BITS) - 1)
            place = moved.of(record >> tables.PART_BITS)
            gaps = values.is_null().to_numpy(zero_copy_only=False) if values.null_count else None
            columns[name] = pa.array(place << tables.PART_BITS | parts, mask=gaps)
        if "row" in columns:
            columns |= self._places(columns, moved)
        return pa.table(columns, schema=former.schema.remove_metadata())

    def _places(self, columns: dict[str, pa.ChunkedArray], moved: "_Moved") -> dict[str, pa.Array]:
        """Source and row."""
        row = columns["row"].combine_chunks()
        source = pa.repeat(self.source, len(row))
        if "source" in columns:
            source = columns["source"].combine_chunks()
        gaps = row.is_null().to_numpy(zero_copy_only=False) if row.null_count else None
        known = (pc.fill_null(one, 0).to_numpy().astype(np.int64) for one in (source, row))
        place = moved.of(next(known) << tables.ROW_BITS | next(known))
        found = {"row": pa.array(place & ((1 << tables.ROW_BITS) - 1), mask=gaps)}
        if "source" in columns:
            found["source"] = pa.array((place >> tables.ROW_BITS).astype(np.int32), mask=gaps)
        return found


class _Moved:
    """Places of rows of then as they are now; mostly the same ones are asked about twice."""

    def __init__(self, kept: Kept) -> None:
        self._kept, self._known = kept, [(np.zeros(0, np.int64),) * 2]

    def of(self, places: np.ndarray) -> np.ndarray:
        if not np.array_equal(self._known[-1][0], places):
            self._known.append((places, self._kept.moved(places)))
        return self._known[-1][1]


def asked(columns: list[str] | None, there: list[str]) -> list[str] | None:
    """The columns that must be read of a table for those that are asked for: a row has its new
    number together with its source."""
    if columns and "row" in columns and "source" in there:
        return [*columns, *({"source"} - set(columns))]
    return columns


def told(schema: pa.Schema) -> Over | None:
    """What the schema of a written table tells; None for a table that is whole."""
    noted = (schema.metadata or {}).get(KEY)
    return _over(noted) if noted is not None else None


@lru_cache(32)
def _over(noted: bytes) -> Over:
    found = json.loads(noted)
    return Over(Kept(*_read(found["kept"], 3).T), _read(found["slices"], 2), found["source"])


def _written(numbers: np.ndarray) -> str:
    """Numbers as text, lowest byte first on every machine."""
    return base64.b64encode(numbers.astype("<i8").tobytes()).decode()


def _read(written: str, width: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(written), "<i8").reshape(-1, width).astype(np.int64)


def woven(
    kept: Kept, sections: Sequence[tuple[np.ndarray, int, np.ndarray, int]], former: int
) -> np.ndarray:
    """The slices of a table: of each section what was kept and what is new, in the order of source rows.

    `sections`: places of the former rows and the first of them, places of the new rows and the first
    of those; `former`: how many rows the former table has."""
    found = []
    for then, old_first, now, new_first in sections:
        first, count = kept.slices(then)
        starts = np.flatnonzero(np.append(True, now[1:] != now[:-1])[: len(now)])
        sizes = np.diff(np.append(starts, len(now)))
        at = np.append(kept.now, now[starts])
        order = np.argsort(at, kind="stable")
        firsts = np.append(first + old_first, starts + new_first + former)[order]
        found.append(np.column_stack([firsts, np.append(count, sizes)[order]]))
    return _together(np.concatenate(found)) if found else np.zeros((0, 2), np.int64)


def _together(slices: np.ndarray) -> np.ndarray:
    """Slices that follow one another as one."""
    slices = slices[slices[:, 1] > 0]
    if not len(slices):
        return slices
    ends = slices[:, 0] + slices[:, 1]
    starts = np.flatnonzero(np.append(True, slices[1:, 0] != ends[:-1]))
    return np.column_stack([slices[starts, 0], np.add.reduceat(slices[:, 1], starts)])
