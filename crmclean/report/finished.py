"""The tables of a finished run as the sections of the report read them: once, masked on the way out.

`work` is a `run.Work`.
Counting is vectorised throughout: `tally` turns columns of text into numbers once, and everything
after it works on numbers.
"""

from functools import cache, cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from crmclean import privacy, tables
from crmclean.model import Field, Object
from crmclean.plan import Plan
from crmclean.project import Project


class Kept:
    """The tables of `work`, each read once."""

    def __init__(self, work: Any) -> None:
        self.work, self.has, self.filled = work, work.has, work.filled
        self.issues = cache(work.issues)
        self.tables: dict[str, pa.Table] = {}

    def get(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """The table; with `columns` only those, read apart where the table is not kept."""
        if columns is not None:
            kept = self.tables.get(name)
            return kept.select(columns) if kept is not None else self.work.get(name, columns)
        if name not in self.tables:
            self.tables[name] = self.work.get(name)
        return self.tables[name]


class Finished:
    """One run, read lazily. `unmask`: why personal data is shown as it is."""

    def __init__(
        self, work: Any, project: Project, model: dict[str, Object], plan: Plan, unmask: str
    ) -> None:
        self.work, self.changes_of = Kept(work), work.changes
        self.project, self.model, self.plan = project, model, plan
        self.unmask = unmask

    @cached_property
    def crosswalk(self) -> pa.Table:
        name = "crosswalk_final" if self.work.has("crosswalk_final") else "crosswalk"
        return self.table(name, tables.CROSSWALK)

    @cached_property
    def issues(self) -> pa.Table:
        return self.work.issues()

    @cached_property
    def changes(self) -> pa.Table:
        return self.changes_of()

    @cached_property
    def gaps(self) -> pa.Table | None:
        return self.work.get("gaps") if self.work.has("gaps") else None

    @cached_property
    def records(self) -> dict[str, pa.Table]:
        return {name: self.table(f"records/{name}") for name in self.model}

    @cached_property
    def golden(self) -> dict[str, pa.Table]:
        return {name: self.table(f"golden/{name}") for name in self.model}

    @cached_property
    def mapped(self) -> dict[tuple[int, str], Field]:
        """The field that each column of each source went to first, by (source, heading)."""
        found: dict[tuple[int, str], Field] = {}
        for source in self.plan.sources:
            for path, origin in self.project.sources[source.entry].fields.items():
                field = self.field(*path.split(".", 1))
                for heading in (origin.column, *(origin.concat or ())):
                    if field and heading is not None:
                        found.setdefault((source.number, heading), field)
        return found

    def table(self, name: str, schema: pa.Schema | None = None) -> pa.Table:
        """A table of the run; an empty one where that stage left none."""
        if self.work.has(name):
            return self.work.get(name)
        return (schema or pa.schema([("record", pa.int64())])).empty_table()

    def field(self, owner: str | None, name: str | None) -> Field | None:
        """The field of the model, or None where a project or an issue names something else."""
        known = self.model.get(owner or "")
        return known.fields.get(name or "") if known else None

    def shown(self, owner: str | None, name: str | None, values: pa.Array) -> pa.Array:
        """Values of a field as the reader may see them, without control characters."""
        if not self.unmask:
            field = self.field(owner, name)
            values = privacy.mask(mask_of(field) if field else "long_text", values)
        return privacy.printable_column(values)


def mask_of(field: Field) -> str:
    return privacy.mask_kind(field.name, field.kind, field.sensitive)


def one(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """A column as one array."""
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def codes(values: pa.Array | pa.ChunkedArray) -> tuple[np.ndarray, list]:
    """A column as numbers into a list of its distinct values; null is -1."""
    encoded = one(values).dictionary_encode()
    return encoded.indices.fill_null(-1).to_numpy(
        zero_copy_only=False
    ), encoded.dictionary.to_pylist()


def tally(table: pa.Table, *names: str) -> dict[tuple, int]:
    """How many rows there are of each combination of values of the named columns."""
    numbers, keys = combine([codes(table[name]) for name in names])
    counts = np.bincount(numbers, minlength=len(keys))
    return dict(zip(keys, counts.tolist(), strict=True))


def combine(columns: list[tuple[np.ndarray, list]]) -> tuple[np.ndarray, list[tuple]]:
    """Several coded columns as one: a number per row, and what each number stands for."""
    mixed = np.zeros(len(columns[0][0]), np.int64)
    for numbers, values in columns:
        mixed = mixed * (len(values) + 1) + numbers + 1
    distinct, inverse = np.unique(mixed, return_inverse=True)
    return inverse, [_unmix(int(number), columns) for number in distinct]


def _unmix(number: int, columns: list[tuple[np.ndarray, list]]) -> tuple:
    key = []
    for _, values in reversed(columns):
        number, at = divmod(number, len(values) + 1)
        key.append(values[at - 1] if at else None)
    return tuple(reversed(key))
