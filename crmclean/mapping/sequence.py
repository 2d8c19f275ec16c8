"""Codes for golden records that have none, or that share one with another customer.

    customer.code: {column: 客户编号, sequence: "C{yyyymm}{n:05}"}

The old code is kept wherever it is the only one of its kind; of several golden records with the
same code the first in reading order keeps it. A code that was once given is given again next month
(state `codes`), and a number that was ever used is not used again. {yyyymm}, {yyyy}, {yy} and {mm}
are the month in which the customer was created, else the latest month that any has: no clock.
"""

import re
from collections.abc import Iterable
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
        records = golden.get(owner)
        if records is None or not records.num_rows:
            continue
        before = records[field].combine_chunks()
        patterns = _patterns(records, path, plan, project)
        wanted = pc.and_(pc.is_valid(patterns), pc.or_(pc.is_null(before), _later_twins(before)))
        given = _given(owner, field, state)
        known = _known(records["golden"], given, before, wanted)
        new = pc.and_(wanted, pc.is_null(known))
        fresh = _fresh(patterns, new, _months(records), [before, _texts(given.values())])
        after = pc.if_else(wanted, pc.coalesce(known, fresh), before)
        place = records.schema.get_field_index(field)
        result[owner] = records.set_column(place, records.schema.field(place), after)
        changes.append(_changes(records, wanted, owner, field, before, after))
        issues.append(_clashes(records, wanted, owner, field, before, after))
        entries += _entries(records, new, owner, field, after)
    told = tables.concat(tables.CHANGES, changes), tables.concat(tables.ISSUES, issues)
    return Sequenced(result, *told, entries)


def _entries(
    records: pa.Table, new: pa.Array, owner: str, field: str, after: pa.Array
) -> list[dict[str, str]]:
    ids, codes = pc.filter(records["golden"], new), pc.filter(after, new)
    return [
        {"object": owner, "field": field, "golden": one, "value": code}
        for one, code in zip(ids.to_pylist(), codes.to_pylist(), strict=True)
    ]


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


def _given(owner: str, field: str, state: State) -> dict[str, str]:
    """The codes of earlier runs, by golden record."""
    entries = state.entries("codes")
    return {e["golden"]: e["value"] for e in entries if (e["object"], e["field"]) == (owner, field)}


def _known(
    ids: pa.ChunkedArray, given: dict[str, str], before: pa.Array, wanted: pa.Array
) -> pa.Array:
    """The code that a record was given in an earlier run, unless a source uses it by now."""
    at = pc.index_in(ids.combine_chunks(), value_set=_texts(given))
    code = _texts(given.values()).take(at)
    taken = pc.is_in(code, value_set=pc.filter(before, pc.invert(wanted)))
    return pc.if_else(pc.and_(wanted, pc.invert(taken)), code, None)


def _fresh(patterns: pa.Array, new: pa.Array, months: pa.Array, used: list[pa.Array]) -> pa.Array:
    """New codes where one is wanted and none is known: the lowest free numbers, in order."""
    size, taken = len(patterns), pa.chunked_array(used).drop_null().unique()
    codes = np.full(size, None, object)
    for pattern in pc.unique(pc.filter(patterns, new)).to_pylist():
        pieces, width = split(pattern)
        at = [kind for kind, _ in pieces].index("n")
        ends = (_text(part, months, size) for part in (pieces[:at], pieces[at + 1 :]))
        frames = pc.binary_join_element_wise(*ends, "\x1f")
        mine = pc.and_(new, pc.fill_null(pc.equal(patterns, pattern), False))
        for frame in pc.unique(pc.filter(frames, mine)).to_pylist():
            here = pc.and_(mine, pc.equal(frames, frame))
            rows = np.flatnonzero(here.to_numpy(zero_copy_only=False))
            codes[rows] = _numbered(*frame.split("\x1f"), width, len(rows), taken)
    return pa.array(codes, tables.TEXT)


def _texts(values: Iterable[str]) -> pa.Array:
    return pa.array(list(values), tables.TEXT)


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
