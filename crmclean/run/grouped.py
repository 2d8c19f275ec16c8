"""The issues of a run as numbers: the group of each, where it is, and of which record.

Gates, score and summary count issues by what they are (`KEYS`). To compare those texts for millions
of issues would take longer than all else that a refresh does, so their numbers are kept in
OUT/.work/last/grouped. They hold as long as the table is the very same file: of a table that is
mostly a former one (`over.py`), only the new rows are looked at.
"""

import json
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import tables
from crmclean.run.work import STAGES, Work

KEYS = ("column", "object", "field", "code", "severity")
_KEPT = b"crmclean groups"


@dataclass(frozen=True)
class Grouped:
    """`groups`: KEYS of each, none of them twice; `group`: that of each issue; `source` and `row`: of
    the issue, else of its record (0: none); `record`: 0 for none."""

    groups: pa.Table
    group: np.ndarray
    source: np.ndarray
    row: np.ndarray
    record: np.ndarray


def grouped(work: Work, last: str = STAGES[-1], keep: bool = False) -> Grouped:
    """The issues of the stages done so far, in stage order; of none after `last`. `keep` their numbers:
    for one at a time."""
    until = STAGES[: STAGES.index(last) + 1]
    names = [name for stage in until if work.has(name := f"issues/{stage}")]
    parts = [_numbered(work, name, keep) for name in names]
    shape = pa.schema([tables.ISSUES.field(name) for name in KEYS])
    groups, together = number(tables.concat(shape, (known for known, _ in parts)))
    found, first = [np.zeros(0, np.int64)], 0
    for known, group in parts:
        found.append(together[first : first + known.num_rows][group])
        first += known.num_rows
    places = [work.get(name, ["source", "row", "record"]) for name in names]
    where = pa.schema([tables.ISSUES.field(name) for name in ("source", "row", "record")])
    return Grouped(groups, np.concatenate(found), *_where(tables.concat(where, places)))


def number(issues: pa.Table) -> tuple[pa.Table, np.ndarray]:
    """The different KEYS of some issues, in order of their first ones, and which each issue has."""
    mixed = np.zeros(issues.num_rows, np.int64)
    for name in KEYS:
        encoded = issues[name].combine_chunks().dictionary_encode()
        codes = pc.fill_null(encoded.indices, len(encoded.dictionary)).to_numpy()
        mixed = _dense(mixed * (len(encoded.dictionary) + 1) + codes)
    first = np.zeros(int(mixed.max(initial=-1)) + 1, np.int64)
    first[mixed[::-1]] = np.arange(len(mixed))[::-1]
    return issues.select(KEYS).take(pa.array(first)).combine_chunks(), mixed


def _dense(numbers: np.ndarray) -> np.ndarray:
    """Numbers without those that nobody has between."""
    there = np.zeros(int(numbers.max(initial=-1)) + 1, bool)
    there[numbers] = True
    return (np.cumsum(there) - 1)[numbers]


def _numbered(work: Work, name: str, keep: bool) -> tuple[pa.Table, np.ndarray]:
    """The groups of a table of issues, and which each of its issues has."""
    made = work.different(name)
    kept = _kept(work, name, keep)
    if made is None:
        return kept
    over, new = made
    groups, group = number(pa.concat_tables([kept[0], new.select(KEYS)]))
    known = len(kept[0])
    return groups, np.append(group[:known][kept[1]], group[known:])[over.places()]


def _kept(work: Work, name: str, keep: bool) -> tuple[pa.Table, np.ndarray]:
    """The same of the table as it was written whole."""
    place, stamp = f"last/grouped/{name}", work.stamp(name)
    shape = pa.schema([tables.ISSUES.field(key) for key in KEYS])
    if work.has(place):
        found = work.get(place)
        told = json.loads(found.schema.metadata[_KEPT])
        if told["stamp"] == stamp:
            return pa.table(told["groups"], schema=shape), found["group"].to_numpy()
    groups, group = number(work.former(name, list(KEYS)))
    if keep:
        told = json.dumps({"stamp": stamp, "groups": groups.to_pydict()}, ensure_ascii=False)
        kept = pa.table({"group": group.astype(np.int32)})
        work.put(place, kept.replace_schema_metadata({_KEPT: told}))
    return groups, group


def _where(issues: pa.Table) -> tuple[np.ndarray, ...]:
    """Source, row and record of each issue."""
    record = issues["record"].combine_chunks()
    source = pc.coalesce(issues["source"].combine_chunks(), tables.sources_of(record))
    row = pc.coalesce(issues["row"].combine_chunks(), tables.rows_of(record))
    return tuple(pc.fill_null(one, 0).to_numpy() for one in (source, row, record))
