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
from crmclean.run.kept import Kept
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
        several = range(1 + len(self.project.sources[source.entry].contacts))
        each = [self._made(source, rows, further) for further in several]
        names = dict.fromkeys(name for made in each for name in made)
        made = {name: pa.concat_tables(one[name] for one in each if name in one) for name in names}
        return {name: cache.in_order(table) for name, table in made.items()}

    def _made(self, source: Source, rows: pa.Table, further: int) -> dict[str, pa.Table]:
        """What comes of some rows, or of one of their further contacts."""
        known = self.project, self.model
        mapped = mapping.records(rows, source, *known, self.base, further)
        given = self.project.sources[source.entry].of(further)
        clean = normalise.normalise(mapped.tables, source, *known, given)
        if source.role == "authority":
            return {} if further else {"register": clean.tables["customer"]}
        found = [mapped.issues, clean.issues]
        for name, records in clean.tables.items():
            found.append(schema.check_values(name, records, *known))
        made = {f"records/{name}": records for name, records in clean.tables.items()}
        made[CHANGES] = tables.concat(tables.CHANGES, [mapped.changes, clean.changes])
        made[ISSUES] = tables.concat(tables.ISSUES, found)
        return made

    def key(self, source: Source) -> str:
        """What the results of a source's rows are made from."""
        shape = {name: part for name, part in asdict(source).items() if name not in LOOSE}
        shape["columns"] = [[c.number, c.heading, c.options] for c in source.columns]
        told = [self.project.model_dump_json(exclude={"gates"}), json.dumps(shape, sort_keys=True)]
        entry = self.project.sources[source.entry]
        return key(told, [self.base / f.lookup for _, f in entry.given if f.lookup])


def clean(
    cleaning: Cleaning,
    plan: Plan,
    work: Work,
    progress: Callable[[str, float, int], None],
    spool: Path | None = None,
    fresh: bool = False,
) -> None:
    """Write the tables of the stage. `fresh`: take nothing from the last run."""
    keys = {str(source.number): cleaning.key(source) for source in plan.sources}
    last = cache.Last(work, {} if fresh else cache.known_keys(work))
    task = _Task(cleaning, plan, work, progress, spool, last, keys)
    seen = [task.seen(source) for source in plan.sources]
    kept = Kept.together(one.kept for one in seen)
    if kept.is_most_of(sum(one.count for one in seen)):
        task.put_over(seen, kept)
        work.put(cache.KEPT, kept.table())
    else:
        task.put_whole(seen)
    work.put_text(cache.CLEANED, json.dumps(keys))
    (work.root / cache.AGAIN).unlink(missing_ok=True)


@dataclass(frozen=True)
class _Seen:
    """The rows of a source: how many, which of them the last run had; those that it had not, where the
    scan told them apart; else the rows that may be known again (`cache.ROWS`) and their donors."""

    source: Source
    count: int
    kept: Kept
    new: pa.Table | None = None
    wanted: pa.Table | None = None
    donors: np.ndarray | None = None


@dataclass(frozen=True)
class _Task:
    """One run of the stage."""

    cleaning: Cleaning
    plan: Plan
    work: Work
    progress: Callable[[str, float, int], None]
    spool: Path | None
    last: cache.Last
    keys: dict[str, str]

    def seen(self, source: Source) -> _Seen:
        """Write the rows of a source; what is known of them."""
        key, number = self.keys[str(source.number)], cache.again(self.work).get(str(source.number))
        self.work.path(f"last/digests/{source.number}").unlink(missing_ok=True)
        if number and self.last.knows(number, key):
            made, new = self.work.different(f"rows/{source.number}")
            return _Seen(source, source.counts.get("data", 0), made.kept, new)
        return self._read(source)

    def _read(self, source: Source) -> _Seen:
        """Write the rows of a source, and their digests."""
        filled = pa.array(sorted({fill.row for fill in source.fills}), pa.int64())
        shape, name = tables.rows_schema(len(source.columns)), f"rows/{source.number}"
        again = str(source.number) in cache.again(self.work)
        batches = (
            self.work.batches(name)
            if again
            else readers.rows(source, self.cleaning.base, self.spool)
        )
        found = []
        with self.work.writer(name, shape) as keep:
            for rows in batches:
                keep(rows)
                found.append(cache.reusable(rows, source.number, filled))
        wanted = tables.concat(cache.ROWS, found)
        self.work.put(f"last/digests/{source.number}", wanted)
        donors = self.last.donors(wanted, self.keys[str(source.number)])
        kept = Kept.of_growing(donors, wanted["place"].to_numpy())
        return _Seen(source, wanted.num_rows, kept, wanted=wanted, donors=donors)

    def put_over(self, seen: list[_Seen], kept: Kept) -> None:
        """Write the tables as what is different from the last run's."""
        parts: dict[str, list[pa.Table]] = {name: [] for name in self._schemas}
        for one in seen:
            rows = [one.new] if one.new is not None else self._but(one.source, one.kept.rows()[1])
            for found in self._made(one.source, rows):
                for name, table in found.items():
                    parts[name].append(table)
        for name, shape in self._schemas.items():
            self.last.put_over(name, tables.concat(shape, parts[name]), kept)

    def put_whole(self, seen: list[_Seen]) -> None:
        """Write the tables anew, with what the last run knew of most rows or of many."""
        with ExitStack() as files:
            write = {
                name: files.enter_context(self.work.writer(name, shape))
                for name, shape in self._schemas.items()
            }
            for one in seen:
                one = one if one.wanted is not None else self._read(one.source)
                for name, table in self._whole(one):
                    write[name](table)
        cache.keep(self.work, list(self._schemas), self.keys)

    def _whole(self, seen: _Seen) -> Iterator[tuple[str, pa.Table]]:
        """(name, rows of that table): what was made of new rows, with what the last run knew."""
        places, donors = seen.wanted["place"].to_numpy(), seen.donors
        again = donors >= 0
        if not len(again) or again.mean() <= cache.WORTHWHILE:
            made = self._made(seen.source, self._but(seen.source, places[:0]))
            yield from (item for found in made for item in found.items())
            return
        parts: dict[str, list[pa.Table]] = {name: [] for name in self._schemas}
        for found in self._made(seen.source, self._but(seen.source, places[again])):
            for name, table in found.items():
                parts[name].append(table)
        for name, shape in self._schemas.items():
            new = tables.concat(shape, parts[name])
            for table in self.last.merged(name, new, donors[again], places[again]):
                yield name, table

    def _but(self, source: Source, places: np.ndarray) -> Iterator[pa.Table]:
        """The rows of a source, batch by batch, but those at `places`."""
        numbers = places & ((1 << tables.ROW_BITS) - 1)
        for rows in self.work.batches(f"rows/{source.number}"):
            new = ~np.isin(rows["row"].to_numpy(), numbers, kind="table")
            yield rows if new.all() else rows.filter(pa.array(new))

    def _made(self, source: Source, parts: Iterable[pa.Table]) -> Iterator[dict[str, pa.Table]]:
        """What comes of rows, in small batches on all cores; it is told as it goes by."""
        whole = sum(sum(source.counts.values()) for source in self.plan.sources)
        before = (sum(s.counts.values()) for s in self.plan.sources if s.number < source.number)
        batches = (
            rows.slice(start, BATCH) for rows in parts for start in range(0, rows.num_rows, BATCH)
        )
        told = _told(batches, sum(before), whole, self.progress)
        return abreast(partial(self.cleaning.batch, source), told, shared=True)

    @property
    def _schemas(self) -> dict[str, pa.Schema]:
        model = self.cleaning.model
        found = {
            f"records/{name}": tables.records_schema(one.fields) for name, one in model.items()
        }
        register = {"register": found["records/customer"]}
        return {**found, CHANGES: tables.CHANGES, ISSUES: tables.ISSUES, **register}


def _told(
    batches: Iterable[pa.Table], done: int, whole: int, progress: Callable[[str, float, int], None]
) -> Iterator[pa.Table]:
    """The batches, told of as they go by: `done` rows of the `whole` came before."""
    for batch in batches:
        yield batch
        done += batch.num_rows
        progress("clean", min(done / whole, 1), whole)
