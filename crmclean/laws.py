"""The laws of design.md 3, checked from the written tables at the end of every run.

They are not tests of the program by the program's own counters: rows are counted again from the
files of `rows/`, values are replayed from rows and changes, ends are counted in the crosswalk.
A broken law raises Broken (exit 4), and nothing is published.

1 rows · 2 columns · 3 replay · 6 sources unchanged · 7 merge is safe. Idempotence (4) and
determinism (5) need a second run; they are property tests.
"""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import headings, tables
from crmclean.errors import Broken
from crmclean.model import Object
from crmclean.plan import Plan, Source
from crmclean.project import Project
from crmclean.run import Work


def check(work: Work, plan: Plan, project: Project, model: dict[str, Object], base: Path) -> None:
    """All laws that one run can check, on the tables under OUT/.work. Raises Broken."""
    crosswalk = work.get("crosswalk")
    ids = {name: work.get(f"records/{name}", ["record"]) for name in model}
    for source in plan.sources:
        sources_unchanged(source, base)
        conservation_of_rows(work.get(f"rows/{source.number}", ["row", "kind"]), source, ids)
    for name, own in ids.items():
        one_end_each(crosswalk, own["record"], name)
    merge_is_safe(work.get("records/customer", ["record", "uscc"]), crosswalk)
    del crosswalk, ids
    changes = work.get("changes/clean", ["object", "record", "field", "after"])
    rows = lru_cache(maxsize=2)(lambda number: work.get(f"rows/{number}"))
    for name in model:
        own = work.get(f"records/{name}")
        cells = _mapped_cells(rows, plan, project, name, own)
        replay(cells, changes.filter(pc.equal(changes["object"], name)), name, own)


def sources_unchanged(source: Source, base: Path) -> None:
    """A source is never written, and must not change while it is read (law 6)."""
    path = base / source.path
    if source.sha256 and path.is_file():
        with path.open("rb") as handle:
            if hashlib.file_digest(handle, "sha256").hexdigest() != source.sha256:
                raise Broken("LAW_SOURCES", file=source.name)


def conservation_of_rows(rows: pa.Table, source: Source, records: dict[str, pa.Table]) -> None:
    """Every physical row once, with one kind; every data row has at least one record (law 1)."""
    numbers, kinds = rows["row"].combine_chunks(), rows["kind"].combine_chunks()
    unique = pc.count_distinct(numbers).as_py()
    known = pc.sum(pc.is_in(kinds, pa.array(tables.ROW_KINDS))).as_py() or 0
    if not unique == known == len(numbers) == sum(source.counts.values()):
        counted = sum(source.counts.values())
        raise Broken("LAW_ROWS", file=source.name, rows=counted, accounted=min(unique, known))
    if source.role == "authority":
        return
    wanted = numbers.filter(pc.equal(kinds, "data"))
    found = pa.chunked_array([_rows_with_records(records, source.number)])
    missing = pc.sum(pc.invert(pc.is_in(wanted, found.combine_chunks()))).as_py() or 0
    if missing:
        total = len(wanted)
        raise Broken("LAW_ROWS", file=source.name, rows=total, accounted=total - missing)


def one_end_each(crosswalk: pa.Table, records: pa.ChunkedArray, name: str) -> None:
    """Every record of an object has exactly one known end (law 1)."""
    part = crosswalk.filter(pc.equal(crosswalk["object"], name))
    ends = np.sort(part["record"].to_numpy())
    known = pc.all(pc.is_in(part["end"], pa.array(tables.ENDS))).as_py()
    if not np.array_equal(ends, np.sort(records.to_numpy())) or known is False:
        wrong = np.setxor1d(ends, records.to_numpy()).size or len(ends) - len(np.unique(ends))
        raise Broken("LAW_ENDS", object=name, count=wrong)


def replay(cells: dict[str, pa.Array], changes: pa.Table, name: str, records: pa.Table) -> None:
    """Mapped cells and the changes of an object give its records, cell by cell (law 3)."""
    ids, by_field = records["record"].combine_chunks(), _by_field(changes)
    for field in records.column_names[1:]:
        expected = cells.get(field, pa.nulls(records.num_rows, pa.string()))
        if field in by_field:
            expected = _replayed(expected, ids, *by_field[field])
        found = records[field].combine_chunks()
        if not expected.equals(found):
            wrong = _differing(expected, found)
            raise Broken("LAW_REPLAY", object=name, field=field, count=wrong)


def merge_is_safe(customers: pa.Table, crosswalk: pa.Table) -> None:
    """No golden customer joins two different valid credit codes (law 7)."""
    from crmclean.rules import uscc

    coded = customers.filter(pc.is_valid(customers["uscc"]))
    codes = coded["uscc"].combine_chunks()
    right = pc.and_(pc.match_substring_regex(codes, rf"\A(?:{uscc.FORM})\z"), _no_doubt(codes))
    coded = coded.filter(right)
    ends = crosswalk.filter(
        pc.and_(
            pc.equal(crosswalk["object"], "customer"),
            pc.is_in(crosswalk["end"], pa.array(["loaded", "merged"])),
        )
    )
    at = pc.index_in(coded["record"].combine_chunks(), ends["record"].combine_chunks())
    golden = ends["golden"].combine_chunks().take(at)
    pairs = pa.table({"golden": golden, "uscc": coded["uscc"]}).filter(pc.is_valid(golden))
    counts = pairs.group_by("golden").aggregate([("uscc", "count_distinct")])
    unsafe = pc.sum(pc.greater(counts["uscc_count_distinct"], 1)).as_py() or 0
    if unsafe:
        raise Broken("LAW_MERGE", count=unsafe)


def _no_doubt(codes: pa.Array) -> pa.Array:
    from crmclean.rules import uscc

    return pc.invert(pa.array(uscc.doubt(codes)))


def _rows_with_records(records: dict[str, pa.Table], number: int) -> pa.Array:
    found = []
    for table in records.values():
        ids = table["record"].combine_chunks()
        found.append(tables.rows_of(ids.filter(pc.equal(tables.sources_of(ids), number))))
    return pa.concat_arrays(found)


def _mapped_cells(
    rows: Callable[[int], pa.Table], plan: Plan, project: Project, name: str, records: pa.Table
) -> dict[str, pa.Array]:
    """For each field that some source maps a column to: the cell of each record, "" as null."""
    ids = records["record"].combine_chunks()
    number, row = tables.sources_of(ids), tables.rows_of(ids)
    part = pc.bit_wise_and(ids, (1 << tables.PART_BITS) - 1)
    found: dict[str, pa.Array] = {}
    for source in plan.sources:
        for further in range(1 + len(project.sources[source.entry].contacts)):
            mapped = _columns(source, project, name, further)
            if not mapped or not len(ids):
                continue
            first = pc.equal(part, further * tables.FURTHER)
            mine = pc.and_(pc.equal(number, source.number), first)
            read = rows(source.number)
            at = pc.index_in(pc.if_else(mine, row, None), read["row"].combine_chunks())
            for field, column in mapped.items():
                cells = read[f"c{column}"].combine_chunks().take(at)
                cells = pc.if_else(pc.equal(cells, ""), None, cells)
                found[field] = pc.coalesce(found[field], cells) if field in found else cells
    return found


def _columns(source: Source, project: Project, name: str, further: int) -> dict[str, int]:
    """The fields of an object that columns of a source are mapped to, with their numbers."""
    found = {}
    for path, origin in project.sources[source.entry].of(further).items():
        owner, _, field = path.partition(".")
        column = headings.find(source, origin.column) if origin.column else None
        if owner == name and column is not None:
            found[field] = column.number
    return found


def _by_field(changes: pa.Table) -> dict[str, tuple[np.ndarray, pa.Array]]:
    """field → the records that changed, in order, and what they changed to."""
    fields = changes["field"].combine_chunks().dictionary_encode()
    records, after = changes["record"].to_numpy(), changes["after"].combine_chunks()
    codes = fields.indices.to_numpy()
    order = np.argsort(codes, kind="stable")
    edges = np.searchsorted(codes[order], np.arange(len(fields.dictionary) + 1))
    places = [order[start:end] for start, end in pairwise(edges)]
    named = zip(fields.dictionary.to_pylist(), places, strict=True)
    return {field: (records[at], after.take(pa.array(at))) for field, at in named}


def _replayed(start: pa.Array, records: pa.Array, changed: np.ndarray, after: pa.Array) -> pa.Array:
    """`start` with the last change of each record put in its place."""
    last = len(changed) - 1 - np.unique(changed[::-1], return_index=True)[1]
    at = pc.index_in(records, pa.array(changed[last]))
    return pc.if_else(pc.is_valid(at), after.take(pa.array(last).take(at)), start)


def _differing(left: pa.Array, right: pa.Array) -> int:
    same = pc.or_kleene(
        pc.fill_null(pc.equal(left, right), False), pc.and_(pc.is_null(left), pc.is_null(right))
    )
    return len(left) - (pc.sum(same).as_py() or 0)
