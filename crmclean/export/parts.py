"""What goes into the import files: the records of one object in the target's columns."""

from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import tables
from crmclean.templates import Column, ObjectTemplate

#: One row per record, in the order of the rows: its golden id, its master record, the golden
#: customer it belongs to, and what its file is for (an owner), null where that does not matter.
KEYS = pa.schema(
    [
        ("golden", tables.TEXT),
        ("record", pa.int64()),
        ("parent", tables.TEXT),
        ("group", tables.TEXT),
    ]
)


@dataclass(frozen=True)
class Part:
    """Records of one object for one kind of file: `keys` (KEYS) beside `rows`, one column per
    heading."""

    object: str
    spec: ObjectTemplate
    columns: tuple[Column, ...]
    keys: pa.Table
    rows: pa.Table

    @property
    def golden(self) -> pa.Array:
        return self.keys["golden"].combine_chunks()

    @property
    def record(self) -> pa.Array:
        return self.keys["record"].combine_chunks()

    @property
    def unit(self) -> pa.Array:
        """The customer that a record goes with; itself where there is none."""
        return pc.coalesce(self.keys["parent"].combine_chunks(), self.golden)

    def only(self, mask: pa.Array) -> "Part":
        """The records where the mask holds."""
        if pc.all(mask, skip_nulls=False).as_py():
            return self
        return replace(self, keys=self.keys.filter(mask), rows=self.rows.filter(mask))

    def slice(self, start: int, count: int) -> "Part":
        """`count` records from `start` on."""
        return replace(self, keys=self.keys.slice(start, count), rows=self.rows.slice(start, count))

    def groups(self) -> list[tuple[str | None, "Part"]]:
        """One part per group, by name; the part itself where nothing is grouped."""
        group = self.keys["group"]
        if group.null_count == len(group):
            return [(None, self)]
        names = sorted(name for name in pc.unique(group).to_pylist() if name is not None)
        return [(name, self.only(pc.equal(group, name))) for name in names]


@dataclass
class Fitted:
    """`parts` in import order · `crosswalk` with the final ends · `unplaced`: filled fields
    without a column (object, field, label, filled, decision: null where nobody decided) ·
    `known`: object and golden of records that the CRM has from an earlier export."""

    parts: list[Part]
    crosswalk: pa.Table
    issues: pa.Table
    unplaced: pa.Table
    known: pa.Table | None = None

    @property
    def undecided(self) -> list[str]:
        """Fields that a person must place first (law 2): with --no-input that is exit 5."""
        open_ones = self.unplaced.filter(pc.is_null(self.unplaced["decision"])).to_pylist()
        return [f"{row['object']}.{row['field']}" for row in open_ones]


def of_pool(part: Part, spec: ObjectTemplate) -> Part:
    """The same records under the headings of the pool's template."""
    position = {c.field: n for n, c in enumerate(part.columns) if c.field}
    nothing = pa.nulls(part.rows.num_rows, pa.string())
    extra = [c for c in part.columns if c.field and spec.column_of(c.field) is None]
    columns = (*spec.columns, *extra)
    arrays = [
        part.rows.column(position[c.field]) if c.field in position else nothing for c in columns
    ]
    rows = pa.table(arrays, names=[c.heading for c in columns])
    return Part(part.object, spec, columns, part.keys, rows)
