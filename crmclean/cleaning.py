"""Clean the rows of all sources: read, map, normalise, check values; bounded batches, flat memory.

A row that the last run cleaned under the same key is taken from there (`run/cache.py`); only new
and changed rows go through mapping, rules and checks. The key covers all that a row's result
depends on: the program, the project, lookup tables, and what the plan decided for the source
(columns and their options), but not where the file lies, what it is called or how many rows it has.
Every batch is written in reading order, reused rows or not, so the bytes are the same either way;
new rows are worked on all cores (`run/abreast.py`).
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from crmclean import mapping, normalise, readers, schema, tables
from crmclean.model import Object
from crmclean.plan import Plan, Source
from crmclean.project import Project
from crmclean.run import Work, cache
from crmclean.run.abreast import abreast
from crmclean.run.keys import key

#: What no record depends on. Kinds and fills count row by row.
LOOSE = (
    "number", "path", "sheet", "system", "sha256", "size", "reading", "header_rows", "kinds",
    "fills", "counts", "evidence",
)  # fmt: skip
CHANGES, ISSUES = "changes/clean", "issues/clean"
#: Rows that are worked on at a time. What comes of more would be new memory for every batch, which
#: costs more than starting a batch does; and the last ones would leave cores without work.
BATCH = 16_384


@dataclass(frozen=True)
class Cleaning:
    """What every batch needs to know."""

    project: Project
    model: dict[str, Object]
    base: Path

    def batch(self, source: Source, rows: pa.Table) -> dict[str, pa.Table]:
        """Table by name: what comes of some rows, in reading order."""
        mapped = mapping.records(rows, source, self.project, self.model, self.base)
        clean = normalise.normalise(mapped.tables, source, self.project, self.model)
        if source.role == "authority":
            return {"register": cache.in_order(clean.tables["customer"])}
        found = [mapped.issues, clean.issues]
        for name, records in clean.tables.items():
            found.append(schema.check_values(name, records, self.project, self.model))
        made = {f"records/{name}": records for name, records in clean.tables.items()}
        made[CHANGES] = tables.concat(tables.CHANGES, [mapped.changes, clean.changes])
        made[ISSUES] = tables.concat(tables.ISSUES, found)
        return {name: cache.in_order(table) for name, table in made.items()}

    def key(self, source: Source) -> str:
        """What the results of a source's rows are made from."""
        shape = {name: part for name, part in asdict(source).items() if name not in LOOSE}
        shape["columns"] = [[c.number, c.heading, c.options] for c in source.columns]
        told = [self.project.model_dump_json(exclude={"gates"}), json.dumps(shape, sort_keys=True)]
        entry = self.project.sources[source.entry]
        return key(told, [self.base / f.lookup for f in entry.fields.values() if f.lookup])


def clean(
    cleaning: Cleaning,
    plan: Plan,
    work: Work,
    progress: Callable[[str, float, int], None],
    spool: Path | None = None,
    fresh: bool = False,
) -> None:
    """Write the tables of the stage. `fresh`: take nothing from the last run."""
    schemas = _schemas(cleaning.model)
    known = {} if fresh else cache.known_keys(work)
    keys = {str(source.number): cleaning.key(source) for source in plan.sources}
    whole, done = sum(sum(source.counts.values()) for source in plan.sources), 0
    with ExitStack() as files:
        write = {name: files.enter_context(work.writer(name, s)) for name, s in schemas.items()}
        for source in plan.sources:
            wanted = _read(source, readers.rows(source, cleaning.base, spool), work)
            last = cache.Last(work, keys[str(source.number)], known)
            donors = last.donors(wanted)
            new = _but(work, source, wanted["place"].to_numpy()[donors >= 0])
            new = _told(new, done, whole, progress)
            made = abreast(partial(cleaning.batch, source), new)
            for name, table in _whole(schemas, made, last, wanted, donors):
                write[name](table)
            done += sum(source.counts.values())
    cache.keep(work, list(schemas), keys)


def rows(work: Work) -> pa.Table:
    """The rows that were cleaned and may be known again, in reading order (`cache.ROWS`)."""
    numbers = sorted(map(int, cache.known_keys(work)))
    return tables.concat(cache.ROWS, [work.get(f"last/rows/{number}") for number in numbers])


def _told(
    batches: Iterable[pa.Table], done: int, whole: int, progress: Callable[[str, float, int], None]
) -> Iterator[pa.Table]:
    """The batches, told of as they go by: `done` rows of the `whole` came before."""
    for batch in batches:
        yield batch
        done += batch.num_rows
        progress("clean", min(done / whole, 1), whole)


def _read(source: Source, batches: Iterable[pa.Table], work: Work) -> pa.Table:
    """Write the rows of a source; returns which may be reused (`cache.ROWS`), and writes them too."""
    filled = pa.array(sorted({fill.row for fill in source.fills}), pa.int64())
    shape = tables.rows_schema(len(source.columns))
    found = []
    with work.writer(f"rows/{source.number}", shape) as keep:
        for rows in batches:
            keep(rows)
            found.append(cache.reusable(rows, source.number, filled))
    wanted = tables.concat(cache.ROWS, found)
    work.put(f"digests/{source.number}", wanted)
    return wanted


def _but(work: Work, source: Source, places: np.ndarray) -> Iterator[pa.Table]:
    """The rows of a source, batch by batch, but those at `places`."""
    numbers = places & ((1 << tables.ROW_BITS) - 1)
    for rows in work.batches(f"rows/{source.number}"):
        new = ~np.isin(rows["row"].to_numpy(), numbers, kind="table")
        rows = rows if new.all() else rows.filter(pa.array(new))
        yield from (rows.slice(start, BATCH) for start in range(0, rows.num_rows, BATCH))


def _whole(
    schemas: dict[str, pa.Schema], made: Iterable[dict[str, pa.Table]], last: cache.Last,
    wanted: pa.Table, donors: np.ndarray,
) -> Iterator[tuple[str, pa.Table]]:  # fmt: skip
    """(name, rows of that table): what was made of new rows, with what the last run knew."""
    again = donors >= 0
    if not again.any():
        yield from (item for tables_ in made for item in tables_.items())
        return
    parts: dict[str, list[pa.Table]] = {name: [] for name in schemas}
    for found in made:
        for name, table in found.items():
            parts[name].append(table)
    targets = wanted["place"].to_numpy()[again]
    for name, shape in schemas.items():
        new = tables.concat(shape, parts[name])
        for table in last.merged(name, new, donors[again], targets):
            yield name, table


def _schemas(model: dict[str, Object]) -> dict[str, pa.Schema]:
    found = {
        f"records/{name}": tables.records_schema(owner.fields) for name, owner in model.items()
    }
    return {
        **found,
        CHANGES: tables.CHANGES,
        ISSUES: tables.ISSUES,
        "register": found["records/customer"],
    }
