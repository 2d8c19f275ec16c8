"""Clean the rows of all sources: read, map, normalise, check values; bounded batches, flat memory.

A row that the last run cleaned under the same key is taken from there (`run/cache.py`); only new
and changed rows go through mapping, rules and checks. The key covers all that a row's result
depends on: the program, the project, lookup tables, and what the plan decided for the source
(columns and their options), but not where the file lies, what it is called or how many rows it has.
Every batch is written in reading order, reused rows or not, so the bytes are the same either way.
"""

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from crmclean import mapping, normalise, readers, schema, tables
from crmclean.model import Object
from crmclean.plan import Plan, Source
from crmclean.project import Project
from crmclean.run import Work, cache
from crmclean.run.keys import key

#: What no record depends on. Kinds and fills count row by row.
LOOSE = (
    "number", "path", "sheet", "system", "sha256", "size", "reading", "header_rows", "kinds",
    "fills", "counts", "evidence",
)  # fmt: skip
CHANGES, ISSUES = "changes/clean", "issues/clean"


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
    progress: Callable[[str, int, int], None],
    spool: Path | None = None,
    fresh: bool = False,
) -> None:
    """Write the tables of the stage. `fresh`: take nothing from the last run."""
    schemas = _schemas(cleaning.model)
    known = {} if fresh else cache.known_keys(work)
    keys = {str(source.number): cleaning.key(source) for source in plan.sources}
    with ExitStack() as files:
        write = {name: files.enter_context(work.writer(name, s)) for name, s in schemas.items()}
        for source in plan.sources:
            progress("clean", source.number - 1, len(plan.sources))
            last = cache.Last(work, keys[str(source.number)], known)
            with (
                work.writer(
                    f"rows/{source.number}", tables.rows_schema(len(source.columns))
                ) as keep,
                work.writer(f"hashes/{source.number}", cache.ROWS) as note,
            ):
                for rows in readers.rows(source, cleaning.base, spool):
                    keep(rows)
                    hashes = cache.hashes(rows, source.number, _filled(source))
                    note(hashes)
                    for name, table in _batch(cleaning, source, rows, hashes, last).items():
                        write[name](table)
    cache.keep(work, list(schemas), keys)


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


def _filled(source: Source) -> pa.Array:
    return pa.array(sorted({fill.row for fill in source.fills}), pa.int64())


def _batch(
    cleaning: Cleaning, source: Source, rows: pa.Table, hashes: pa.Table, last: cache.Last
) -> dict[str, pa.Table]:
    """What comes of a batch: rows that the last run knew from there, the others cleaned."""
    donors = last.donors(hashes)
    again = donors >= 0
    if not again.any():
        return cleaning.batch(source, rows)
    donors, targets = donors[again], hashes["place"].to_numpy()[again]
    new = ~np.isin(rows["row"].to_numpy(), targets & ((1 << tables.ROW_BITS) - 1))
    made = cleaning.batch(source, rows.filter(pa.array(new)))
    for name, wanted in _schemas(cleaning.model).items():
        parts = [last.take(name, donors, targets)]
        parts += [made[name]] if name in made else []
        whole = tables.concat(wanted, parts)
        if whole.num_rows or name in made:
            made[name] = cache.in_order(whole)
    return made
