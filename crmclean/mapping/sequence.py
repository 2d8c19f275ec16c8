"""Codes for golden records that have none, or that share one with another customer.

    customer.code: {column: 客户编号, sequence: "C{yyyymm}{n:05}"}

The old code is kept wherever it is the only one of its kind; of several golden records with the
same code the first in reading order keeps it. A code that was once given is given again next month
(state `codes`), and a number that was ever used is not used again. {yyyymm}, {yyyy}, {yy} and {mm}
are the month in which the customer was created, else the latest month that any has: no clock.
"""

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import messages, tables
from crmclean.decisions import State
from crmclean.errors import UsageError
from crmclean.plan import Plan
from crmclean.project import Project

_PIECE = re.compile(r"\{(yyyymm|yyyy|yy|mm|n)(?::0?(\d{1,2}))?\}")
_MONTH = {"yyyymm": (0, 6), "yyyy": (0, 4), "yy": (2, 4), "mm": (4, 6)}
NO_MONTH = "000000"


@dataclass(frozen=True)
class Sequenced:
    """Golden records with codes, the changes, what to look at, and entries for the state `codes`
    (append them once the run is published)."""

    golden: dict[str, pa.Table]
    changes: pa.Table
    issues: pa.Table
    entries: list[dict[str, str]]


def sequence(golden: dict[str, pa.Table], plan: Plan, project: Project, state: State) -> Sequenced:
    """Give codes by the patterns of the project. Raises UsageError for a pattern without {n}."""
    result, changes, issues, entries = dict(golden), [], [], []
    for path in sorted({p for s in project.sources for p, how in s.fields.items() if how.sequence}):
        owner, _, field = path.partition(".")
        if owner not in golden or not golden[owner].num_rows:
            continue
        patterns = _patterns(golden[owner], path, plan, project)
        before = golden[owner][field].combine_chunks()
        wanted = pc.and_(pc.is_valid(patterns), pc.or_(pc.is_null(before), _later_twins(before)))
        known = _known(golden[owner]["golden"], owner, field, state, before, wanted)
        fresh = _fresh(golden[owner], patterns, wanted, known, before, owner, field, state)
        after = pc.if_else(wanted, pc.coalesce(known, fresh), before)
        place = golden[owner].schema.get_field_index(field)
        result[owner] = golden[owner].set_column(place, golden[owner].schema.field(place), after)
        changes.append(_changes(golden[owner], wanted, owner, field, before, after))
        issues.append(_clashes(golden[owner], wanted, owner, field, before, after))
        new = pc.and_(wanted, pc.is_null(known))
        ids, codes = pc.filter(golden[owner]["golden"], new), pc.filter(after, new)
        entries += [
            {"object": owner, "field": field, "golden": one, "value": code}
            for one, code in zip(ids.to_pylist(), codes.to_pylist(), strict=True)
        ]
    return Sequenced(
        result,
        tables.concat(tables.CHANGES, changes),
        tables.concat(tables.ISSUES, issues),
        entries,
    )


def split(pattern: str) -> tuple[list[tuple[str, str]], int]:
    """The pieces of a pattern as (kind, text), kind "" for plain text, and the width of its {n}.

    >>> split("C{yyyymm}{n:05}")
    ([('', 'C'), ('yyyymm', ''), ('n', '')], 5)
    """
    pieces, at, width, counters = [], 0, 1, 0
    for hit in _PIECE.finditer(pattern):
        pieces += [("", pattern[at : hit.start()])] if hit.start() > at else []
        pieces.append((hit[1], ""))
        if hit[1] == "n":
            counters, width = counters + 1, int(hit[2] or 1)
        at = hit.end()
    pieces += [("", pattern[at:])] if at < len(pattern) else []
    if counters != 1 or any("{" in text for _, text in pieces):
        raise UsageError("MAPPING_SEQUENCE", pattern=pattern)
    return pieces, width


def _patterns(records: pa.Table, path: str, plan: Plan, project: Project) -> pa.Array:
    """The pattern for each golden record: that of the source of its master record."""
    by_source: list[str | None] = [None]
    for source in plan.sources:
        given = project.sources[source.entry].fields.get(path)
        by_source.append(given.sequence if given else None)
    sources = tables.sources_of(records["record"].combine_chunks())
    return pa.array(by_source, tables.TEXT).take(sources)


def _later_twins(codes: pa.Array) -> pa.Array:
    """Where a code stands that an earlier record has already."""
    numbers = codes.dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False)
    first = np.zeros(len(numbers), bool)
    first[np.unique(numbers, return_index=True)[1]] = True
    return pa.array(~first & (numbers >= 0))


def _known(
    ids: pa.ChunkedArray, owner: str, field: str, state: State, before: pa.Array, wanted: pa.Array
) -> pa.Array:
    """The code that a record was given in an earlier run, unless a source uses it by now."""
    given = _given(owner, field, state)
    at = pc.index_in(ids.combine_chunks(), value_set=pa.array(list(given), tables.TEXT))
    code = pa.array(list(given.values()), tables.TEXT).take(at)
    taken = pc.is_in(code, value_set=pc.filter(before, pc.invert(wanted)))
    return pc.if_else(pc.and_(wanted, pc.invert(taken)), code, None)


def _given(owner: str, field: str, state: State) -> dict[str, str]:
    entries = state.entries("codes")
    return {e["golden"]: e["value"] for e in entries if (e["object"], e["field"]) == (owner, field)}


def _fresh(
    records: pa.Table,
    patterns: pa.Array,
    wanted: pa.Array,
    known: pa.Array,
    before: pa.Array,
    owner: str,
    field: str,
    state: State,
) -> pa.Array:
    """New codes where one is wanted and none is known: the lowest free numbers, in order."""
    size, new = records.num_rows, pc.and_(wanted, pc.is_null(known))
    used = pa.chunked_array(
        [before, pa.array(list(_given(owner, field, state).values()), tables.TEXT)]
    )
    used = used.drop_null().unique()
    months, codes = _months(records), np.full(size, None, object)
    for pattern in pc.unique(pc.filter(patterns, new)).to_pylist():
        pieces, width = split(pattern)
        at = [kind for kind, _ in pieces].index("n")
        head, tail = _text(pieces[:at], months, size), _text(pieces[at + 1 :], months, size)
        mine = pc.and_(new, pc.fill_null(pc.equal(patterns, pattern), False))
        frames = pc.binary_join_element_wise(head, tail, "\x1f")
        for frame in pc.unique(pc.filter(frames, mine)).to_pylist():
            rows = np.flatnonzero(
                pc.and_(mine, pc.equal(frames, frame)).to_numpy(zero_copy_only=False)
            )
            start, end = frame.split("\x1f")
            codes[rows] = _numbered(start, end, width, len(rows), used)
    return pa.array(codes, tables.TEXT)


def _numbered(start: str, end: str, width: int, count: int, used: pa.Array) -> list[str]:
    """`count` codes start + number + end with the lowest numbers that no code in `used` has."""
    form = rf"\A{re.escape(start)}(?P<n>[0-9]{{1,15}}){re.escape(end)}\z"
    found = pc.struct_field(pc.extract_regex(used, form), "n").drop_null()
    taken = pc.cast(found, pa.int64()).to_numpy()
    taken = taken[taken <= count + len(taken)]
    free = np.setdiff1d(np.arange(1, count + len(taken) + 1), taken)[:count]
    numbers = pc.utf8_lpad(pc.cast(pa.array(free), tables.TEXT), width, "0")
    return pc.binary_join_element_wise(start, numbers, end, "").to_pylist()


def _months(records: pa.Table) -> pa.Array:
    """yyyymm of each record's created_at, else the latest that there is."""
    if "created_at" not in records.column_names:
        return pa.repeat(NO_MONTH, records.num_rows)
    found = pc.extract_regex(records["created_at"].combine_chunks(), r"^(?P<y>\d{4})-(?P<m>\d{2})")
    year, month = pc.struct_field(found, "y"), pc.struct_field(found, "m")
    months = pc.binary_join_element_wise(year, month, "")
    return pc.fill_null(months, pc.max(months).as_py() or NO_MONTH)


def _text(pieces: list[tuple[str, str]], months: pa.Array, size: int) -> pa.Array:
    parts = [
        pc.utf8_slice_codeunits(months, *_MONTH[kind]) if kind else pa.repeat(text, size)
        for kind, text in pieces
    ]
    return pc.binary_join_element_wise(*parts, "") if parts else pa.repeat("", size)


def _changes(
    records: pa.Table, wanted: pa.Array, owner: str, field: str, before: pa.Array, after: pa.Array
) -> pa.Table:
    columns = {
        "object": owner,
        "record": pc.filter(records["record"], wanted),
        "field": field,
        "step": "map",
        "rule": "sequence",
        "before": pc.filter(before, wanted),
        "after": pc.filter(after, wanted),
    }
    return tables.table(tables.CHANGES, columns)


def _clashes(
    records: pa.Table, wanted: pa.Array, owner: str, field: str, before: pa.Array, after: pa.Array
) -> pa.Table:
    mask = pc.and_(wanted, pc.is_valid(before))
    ids = pc.filter(records["record"], mask).combine_chunks()
    columns = {
        "source": tables.sources_of(ids),
        "row": tables.rows_of(ids),
        "object": owner,
        "record": ids,
        "field": field,
        "code": "MAPPING_CODE_CLASH",
        "severity": messages.severity("MAPPING_CODE_CLASH"),
        "value": pc.filter(before, mask),
        "suggestion": pc.filter(after, mask),
    }
    return tables.table(tables.ISSUES, columns)
