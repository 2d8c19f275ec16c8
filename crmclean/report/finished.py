"""The tables of a finished run as the sections of the report read them: once, masked on the way out.

`work` is a `run.Work`. Columns of few different texts become codes into them once (tables.coded), so
that counting is vectorised throughout: `tally` never sees a text.
"""

from functools import cache, cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from crmclean import privacy, tables
from crmclean.model import Field, Object
from crmclean.plan import Plan
from crmclean.project import Project

#: Columns of the long tables that hold few different texts.
CODED_ISSUES = ("object", "field", "code", "severity", "column")
CODED_CHANGES = ("object", "field", "step", "rule")
CODED_CELLS = ("object", "field", "strategy")
#: Possible combinations of values up to which they are counted in place instead of sorted.
MOST_COMBINATIONS = 1 << 20


class Kept:
    """The tables of `work`, each read once."""

    def __init__(self, work: Any) -> None:
        self.work, self.has, self.filled = work, work.has, work.filled
        self.issues = cache(lambda: tables.coded(work.issues(), CODED_ISSUES))
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
        self.work, self.raw = Kept(work), work
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
    def subjects(self) -> tuple[np.ndarray, list[tuple[str | None, str | None]]]:
        """What field each issue is about, as numbers into a list of (object, field): the one it
        names, else the one that its column of the source went to."""
        named = ("object", "field", "source", "column")
        numbers, keys = combine([codes(self.issues[name]) for name in named])
        found = [self._subject(*key) for key in keys]
        distinct = {subject: at for at, subject in enumerate(dict.fromkeys(found))}
        places = np.array([distinct[subject] for subject in found] or [0])
        return places[numbers], list(distinct)

    def _subject(
        self, owner: str | None, name: str | None, source: int | None, heading: str | None
    ) -> tuple[str | None, str | None]:
        known = self.mapped.get((source, heading)) if name is None else None
        return (known.object, known.name) if known else (owner, name)

    def changes(self) -> pa.Table:
        """The changes; the longest table of all, so not kept."""
        wanted = ["object", "record", "field", "step", "rule", "before", "after"]
        return tables.coded(self.raw.changes(wanted), CODED_CHANGES)

    def golden_cells(self) -> pa.Table:
        """Where the values of golden records came from, without the values."""
        if not self.work.has("golden_cells"):
            return tables.GOLDEN.empty_table()
        wanted = ["object", "field", "from_record", "strategy"]
        return tables.coded(self.raw.get("golden_cells", wanted), CODED_CELLS)

    @cached_property
    def gaps(self) -> pa.Table | None:
        wanted = ["object", "field", "owner"]
        return self.raw.get("gaps", wanted) if self.work.has("gaps") else None

    @cached_property
    def records(self) -> dict[str, pa.Table]:
        return {name: self.table(f"records/{name}") for name in self.model}

    @cached_property
    def golden(self) -> dict[str, tuple[int, dict[str, int]]]:
        """Rows, and filled cells per column, of the golden records: no column is read."""
        return {name: self.work.filled(f"golden/{name}") for name in self.model}

    @cached_property
    def mapped(self) -> dict[tuple[int, str], Field]:
        """The field that each column of each source went to first, by (source, heading)."""
        found: dict[tuple[int, str], Field] = {}
        for source in self.plan.sources:
            for path, origin in self.project.sources[source.entry].given:
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
        """Values of a field as the reader may see them, without control characters; each distinct
        one is looked at once."""
        coded = values.dictionary_encode()
        told = coded.dictionary
        if not self.unmask:
            field = self.field(owner, name)
            told = privacy.mask(mask_of(field) if field else "long_text", told)
        return privacy.printable_column(told).take(coded.indices)


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
    mixed, size = np.zeros(len(columns[0][0]), np.int64), 1
    for numbers, values in columns:
        mixed, size = mixed * (len(values) + 1) + numbers + 1, size * (len(values) + 1)
    if size <= MOST_COMBINATIONS:
        distinct = np.flatnonzero(np.bincount(mixed, minlength=size))
        places = np.zeros(size, np.int32)
        places[distinct] = np.arange(len(distinct))
        inverse = places[mixed]
    else:
        distinct, inverse = np.unique(mixed, return_inverse=True)
    return inverse, [_unmix(int(number), columns) for number in distinct]


def grouped(numbers: np.ndarray, size: int) -> list[np.ndarray]:
    """The rows of each number, in order."""
    small = numbers.astype(np.int16) if size < 1 << 15 else numbers  # 16 bits are sorted by radix
    order = np.argsort(small, kind="stable")
    return np.split(order, np.cumsum(np.bincount(numbers, minlength=size))[:-1]) if size else []


def _unmix(number: int, columns: list[tuple[np.ndarray, list]]) -> tuple:
    key = []
    for _, values in reversed(columns):
        number, at = divmod(number, len(values) + 1)
        key.append(values[at - 1] if at else None)
    return tuple(reversed(key))
