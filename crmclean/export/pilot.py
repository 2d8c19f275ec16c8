"""The pilot batch: a hundred customers that show as much as possible, with all their children.

Greedy coverage: what must be seen at least once are every source, every filled column, every
option, the longest value of every column, every rule that changed something, merged records and
children of every kind. Each step takes the customer that shows most of what was not seen yet, ties
and the rest of the hundred by a seeded draw (draw.py). It is a purposive batch: its accuracy must
not be extrapolated, that is what the audit is for (trust.md 3.6, item 6).
"""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import draw, tables
from crmclean.export.parts import Part
from crmclean.templates import Column

#: A column with at most this many different values counts as a list of options.
OPTIONS = 40
#: Of each thing to be seen, this many customers (by the draw) are looked at.
CANDIDATES = 5


def choose(
    parts: list[Part], rows: int, seed: int, crosswalk: pa.Table, changes: pa.Table
) -> pa.Array:
    """The golden ids of the chosen customers (and of children that have none)."""
    units, records = _units(parts)
    if len(units) <= rows:
        return units
    rank = draw.ranks(records, seed)
    places = [np.asarray(pc.index_in(part.unit, units)) for part in parts]
    shown = [sight for part, at in zip(parts, places, strict=True) for sight in _sights(part, at)]
    shown += _lineage(parts, places, crosswalk, changes)
    chosen = _greedy([places for places in shown if len(places)], rank, rows)
    return units.take(pa.array(chosen))


def mask(part: Part, chosen: pa.Array) -> pa.Array:
    """Which records of a part are in the pilot: chosen themselves or by their customer."""
    return pc.is_in(part.unit, chosen)


def digests(files: pa.Table) -> dict[str, str]:
    """Object → the digests of its pilot files: what was verified must be what stands there."""
    found: dict[str, str] = {}
    for row in files.sort_by("path").to_pylist():
        if row["kind"] == "pilot":
            found[row["object"]] = found.get(row["object"], "") + row["sha256"]
    return found


def is_verified(files: pa.Table, entries: list[dict]) -> bool:
    """Whether every object of this very pilot was found right in the CRM (`verify --pilot`).
    `entries`: object and pilot (its digest), as the state keeps them."""
    verified = {(entry["object"], entry["pilot"]) for entry in entries}
    return all(pair in verified for pair in digests(files).items())


def _units(parts: list[Part]) -> tuple[pa.Array, pa.Array]:
    """All units, each once, with the first record of each."""
    ids = [part.unit for part in parts] or [pa.array([], pa.string())]
    records = [part.record for part in parts] or [pa.array([], pa.int64())]
    both = pa.table({"unit": pa.concat_arrays(ids), "record": pa.concat_arrays(records)})
    first = both.group_by("unit", use_threads=False).aggregate([("record", "min")])
    first = first.sort_by("record_min")
    return first["unit"].combine_chunks(), first["record_min"].combine_chunks()


def _sights(part: Part, place: np.ndarray) -> list[np.ndarray]:
    """The places (among the units) of all that show one thing, for each thing in the part's rows;
    `place`: that of each row."""
    found = [place]  # a record of this kind at all
    found += _by_code(pc.cast(tables.sources_of(part.record), pa.string()), place)
    for column, values in zip(part.columns, part.rows.columns, strict=True):
        found += _of_column(column, values.combine_chunks(), place)
    return found


def _of_column(column: Column, values: pa.Array, place: np.ndarray) -> list[np.ndarray]:
    if values.null_count == len(values):
        return []
    filled = np.asarray(pc.is_valid(values))
    longest = pc.utf8_length(values)
    found = [place[filled], place[[pc.index(longest, pc.max(longest)).as_py()]]]
    if column.picklist or _few(values):
        found += _by_code(values, place)
    return found


def _few(values: pa.Array) -> bool:
    """Whether these are options; the beginning tells for nearly every column that they are not."""
    return all(
        pc.count_distinct(some).as_py() <= OPTIONS for some in (values[: 25 * OPTIONS], values)
    )


def _by_code(values: pa.Array, place: np.ndarray) -> list[np.ndarray]:
    """The places of each distinct value."""
    coded = pc.dictionary_encode(values)
    codes = np.asarray(pc.fill_null(coded.indices, -1))
    if len(coded.dictionary) < 1 << 15:
        codes = codes.astype(np.int16)  # 16 bits are sorted by radix
    order = np.argsort(codes, kind="stable")
    edges = np.searchsorted(codes[order], np.arange(len(coded.dictionary) + 1, dtype=codes.dtype))
    return [place[order[a:b]] for a, b in pairwise(edges)]


def _lineage(
    parts: list[Part], places: list[np.ndarray], crosswalk: pa.Table, changes: pa.Table
) -> list[np.ndarray]:
    """Merged records, and the records that each rule changed."""
    found: list[np.ndarray] = []
    for part, place in zip(parts, places, strict=True):
        mine = crosswalk.filter(pc.equal(crosswalk["object"], part.object))
        merged = mine.filter(pc.equal(mine["end"], "merged"))["golden"].combine_chunks()
        found.append(place[np.asarray(pc.is_in(part.golden, merged))])
        here = changes.filter(pc.equal(changes["object"], part.object))
        at = pc.index_in(here["record"], part.record).combine_chunks()
        fired = np.asarray(pc.fill_null(at, -1))
        rules = here["rule"].combine_chunks().filter(pa.array(fired >= 0))
        found += _by_code(rules, place[fired[fired >= 0]])
    return found


def _greedy(shown: list[np.ndarray], rank: np.ndarray, rows: int) -> np.ndarray:
    """Places that together show everything, filled up to `rows` by the draw, in source order."""
    by_rank = np.argsort(rank, kind="stable")
    few = [_first(places, by_rank) for places in shown]
    sees: dict[int, set[int]] = {}
    for thing, places in enumerate(few):
        for place in places.tolist():
            sees.setdefault(place, set()).add(thing)
    chosen: list[int] = []
    unseen = set(range(len(few)))
    while unseen and len(chosen) < rows:
        best = min(sees, key=lambda place: (-len(sees[place] & unseen), rank[place]))
        if not sees[best] & unseen:
            break
        chosen.append(best)
        unseen -= sees.pop(best)
    rest = by_rank[~np.isin(by_rank, chosen)][: rows - len(chosen)]
    return np.sort(np.concatenate([np.array(chosen, int), rest]))


def _first(places: np.ndarray, by_rank: np.ndarray) -> np.ndarray:
    """The first few of `places` by the draw, each once."""
    wanted = np.zeros(len(by_rank), bool)
    wanted[places] = True
    return by_rank[np.flatnonzero(wanted[by_rank])[:CANDIDATES]]
