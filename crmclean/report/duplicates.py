"""Duplicates: clusters side by side, why, and what became of them; packed for the page.

A cluster is a golden record of several records, or a pair that a person must decide, or a pair that
looked alike and was kept apart by a law. Everything is computed on whole columns: members are the
rows of one table, and every other figure points into it. Masked values of a pair tell the reader
"same" or "differs in 1 character" (reference/trust.md 5.2).
"""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import decisions, privacy, tables
from crmclean.report.differences import differences
from crmclean.report.finished import Finished, codes, mask_of, one, tally

MOST_CLUSTERS = 20_000
MOST_APART = 300
MOST_FIELDS = 12
KINDS = ("review", "held", "merged", "apart")
#: What a reader compares first; the rest follows in the order of the model.
FIRST = {
    "customer": ("name", "short_name", "uscc", "code", "phone", "address", "city", "owner"),
    "contact": ("customer", "name", "mobile", "phone", "email", "title", "owner"),
}


def facts(run: Finished) -> dict[str, Any]:
    """Counts for the page as it is printed, and one packed table per object."""
    pairs = run.table("pairs", tables.PAIRS)
    objects = [name for name in FIRST if run.records[name].num_rows]
    packs = {name: _object(run, name, _of(pairs, name)) for name in objects}
    return {
        "verdicts": tally(pairs, "object", "verdict"),
        "reasons": sorted(tally(pairs, "verdict", "reason").items(), key=lambda item: -item[1]),
        "kinds": {name: pack["counts"] for name, pack in packs.items()},
        "found": sum(sum(pack["counts"].values()) for pack in packs.values()),
        "tables": packs,
    }


def _of(table: pa.Table, name: str) -> pa.Table:
    return table.filter(pc.equal(table["object"], name))


def _object(run: Finished, name: str, pairs: pa.Table) -> dict[str, Any]:
    cross = _of(run.crosswalk, name)
    merged, held = _members(cross)
    review = _side_by_side(pairs, "review", MOST_CLUSTERS, merged)
    apart = _side_by_side(pairs, "different", MOST_APART, merged)
    kinds = [(review, 0), (merged[held], 1), (merged[~held], 2), (apart, 3)]
    record, cluster, kind = _lined_up(kinds)
    counts = {KINDS[at]: int((kind == at).sum()) for at in range(len(KINDS))}
    pack = {"object": name, "counts": counts, "cluster": steps(cluster)}
    pack["kind"] = kind
    pack |= _place(record) | _values(run, name, record, cluster)
    alone = np.isin(kind, (0, 3))[cluster]
    pack |= _why(pairs, record, cluster, alone) | _golden(run, name, cross, record, cluster, alone)
    pack |= _asked(run, name, record, kind[cluster])
    pack["claimed"] = _claimed(cross, record)
    return pack


def _members(cross: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """(golden number, record) of records that share a golden record, and which of them are held."""
    golden, _ = codes(cross["golden"])
    record = one(cross["record"]).to_numpy()
    sizes = np.bincount(golden[golden >= 0], minlength=1)
    several = (golden >= 0) & (sizes[golden] > 1)
    rows = np.column_stack([golden[several], record[several]])
    order = np.lexsort((rows[:, 1], rows[:, 0]))
    held = np.isin(golden, np.unique(golden[several & _is(cross, "held")]))[several]
    return rows[order], held[order]


def _is(cross: pa.Table, end: str) -> np.ndarray:
    return pc.equal(one(cross["end"]), end).fill_null(False).to_numpy(zero_copy_only=False)


def _side_by_side(pairs: pa.Table, verdict: str, most: int, merged: np.ndarray) -> np.ndarray:
    """(pair number, record) of the pairs with that verdict, heaviest first, unless one cluster
    shows them already."""
    chosen = pairs.filter(pc.equal(pairs["verdict"], verdict)).sort_by([("weight", "descending")])
    left, right = (one(chosen[side]).to_numpy() for side in ("left", "right"))
    golden = dict_of(merged)
    apart = golden(left) != golden(right) if len(merged) else np.ones(len(left), bool)
    apart |= golden(left) < 0 if len(merged) else True
    left, right = left[apart][:most], right[apart][:most]
    number = np.repeat(np.arange(len(left)), 2)
    return np.column_stack([number, np.column_stack([left, right]).ravel()])


def dict_of(rows: np.ndarray):
    """A function from an array of records to the numbers beside them in `rows`, -1 for strangers."""
    order = np.argsort(rows[:, 1], kind="stable")
    keys, numbers = rows[order, 1], rows[order, 0]

    def look_up(records: np.ndarray) -> np.ndarray:
        at = np.minimum(np.searchsorted(keys, records), max(len(keys) - 1, 0))
        return np.where(keys[at] == records, numbers[at], -1) if len(keys) else records * 0 - 1

    return look_up


def _lined_up(parts: list[tuple[np.ndarray, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Record and cluster number of every member, and the kind of every cluster; capped."""
    record, cluster, kind, start = [], [], [], 0
    for rows, at in parts:
        _, number = np.unique(rows[:, 0], return_inverse=True)
        keep = number < MOST_CLUSTERS - start
        record.append(rows[keep, 1])
        cluster.append(number[keep] + start)
        fresh = int(number[keep].max()) + 1 if keep.any() else 0
        kind.append(np.full(fresh, at))
        start += fresh
    return tuple(np.concatenate(part).astype(np.int64) for part in (record, cluster, kind))


def _place(record: np.ndarray) -> dict[str, list]:
    row = (record >> tables.PART_BITS) & ((1 << tables.ROW_BITS) - 1)
    return {"s": (record >> (tables.ROW_BITS + tables.PART_BITS)) - 1, "r": row}


def _values(run: Finished, name: str, record: np.ndarray, cluster: np.ndarray) -> dict[str, Any]:
    """The fields to compare, each as coded words, and how masked ones differ from the first."""
    records = run.records[name]
    rows = records.take(pc.index_in(pa.array(record), one(records["record"])))
    first = np.searchsorted(cluster, cluster)
    told = []
    for field in _chosen(run, name, rows):
        values = one(rows[field.name])
        numbers, words = codes(run.shown(name, field.name, values))
        entry = {"name": field.name, **field.label, "at": steps(numbers), "words": words}
        if privacy.is_masked(mask_of(field)) and not run.unmask:
            entry["differs"] = differences(values, values.take(pa.array(first)))
        told.append(entry)
    return {"fields": told}


def _chosen(run: Finished, name: str, rows: pa.Table) -> list:
    known = run.model[name].fields
    order = [*FIRST[name], *(f for f in known if f not in FIRST[name])]
    filled = [f for f in order if f in rows.column_names and rows[f].null_count < rows.num_rows]
    return [known[f] for f in filled if known[f].kind != "long_text"][:MOST_FIELDS]


def _why(
    pairs: pa.Table, record: np.ndarray, cluster: np.ndarray, alone: np.ndarray
) -> dict[str, Any]:
    """The pairs of the clusters: whom they join, total and weight per comparison. A record may
    stand in many clusters of two (`alone`), but in one golden record only."""
    whole, two = np.flatnonzero(~alone), np.flatnonzero(alone).reshape(-1, 2)
    position = dict_of(np.column_stack([whole, record[whole]]))
    left, right = (position(one(pairs[side]).to_numpy()) for side in ("left", "right"))
    inside = np.flatnonzero((left >= 0) & (right >= 0) & (cluster[left] == cluster[right]))
    rows = np.concatenate([inside, _rows_of(pairs, record[two])])
    left, right = np.concatenate([np.stack([left[inside], right[inside]], axis=1), two]).T
    chosen = pairs.take(pa.array(rows))
    weights = one(chosen["weights"])
    names, words = codes(weights.keys)
    reason, reasons = codes(chosen["reason"])
    return {
        "pairs": {
            "left": steps(left), "right": steps(right), "cluster": steps(cluster[left]),
            "weight": _tenths(chosen["weight"]), "reason": reason, "reasons": reasons,
            "parts": np.diff(weights.offsets.to_numpy()),
            "name": names, "names": words, "bits": _tenths(weights.items),
        }
    }  # fmt: skip


def _rows_of(pairs: pa.Table, asked: np.ndarray) -> np.ndarray:
    """The row of each asked pair (left, right)."""
    known = pd.MultiIndex.from_arrays([one(pairs[side]).to_numpy() for side in ("left", "right")])
    return known.get_indexer(pd.MultiIndex.from_arrays(asked.T))


def steps(numbers: np.ndarray) -> np.ndarray:
    """Numbers as differences: shorter in the page, which adds them up again."""
    return np.diff(numbers, prepend=0)


def _tenths(values: pa.Array | pa.ChunkedArray) -> np.ndarray:
    return np.rint(one(values).fill_null(0).to_numpy(zero_copy_only=False) * 10).astype(int)


def _golden(
    run: Finished, name: str, cross: pa.Table,
    record: np.ndarray, cluster: np.ndarray, alone: np.ndarray,
) -> dict[str, Any]:  # fmt: skip
    """Per field: which member of each cluster gave the surviving value, and by which strategy."""
    cells = _of(run.golden_cells(), name)
    whole = np.flatnonzero(~alone)
    look = dict_of(np.column_stack([cluster[whole], record[whole]]))
    position = dict_of(np.column_stack([whole, record[whole]]))
    first = np.searchsorted(cluster, np.arange(int(cluster.max(initial=-1)) + 1))
    told = {}
    for field in pc.unique(cells["field"]).to_pylist():
        part = cells.filter(pc.equal(cells["field"], field))
        source = one(part["from_record"]).fill_null(-1).to_numpy(zero_copy_only=False)
        at = look(source)
        strategy, names = codes(part["strategy"])
        member = np.full(len(first), -1)
        how = member.copy()
        member[at[at >= 0]] = position(source)[at >= 0] - first[at[at >= 0]]
        how[at[at >= 0]] = strategy[at >= 0]
        told[field] = {"from": member, "how": how, "names": names}
    return {"golden": told}


def _asked(run: Finished, name: str, record: np.ndarray, kind: np.ndarray) -> dict[str, Any]:
    """What a decision is keyed by next month: fingerprint and hash of the values, for the members
    of clusters that a person decides on."""
    wanted = np.flatnonzero((kind == 0) | (kind == 1))
    if not len(wanted):
        return {"print": [], "seen": []}
    records = run.records[name]
    rows = pc.index_in(pa.array(record[wanted]), one(records["record"]))
    prints = decisions.fingerprints(records, name, run.plan).take(rows)
    told = (prints, decisions.seen(records.take(rows), name))
    place = np.full(len(record), -1)
    place[wanted] = np.arange(len(wanted))
    at = pa.array(place, mask=place < 0)
    return dict(zip(("print", "seen"), (key.take(at).to_pylist() for key in told), strict=True))


def _claimed(cross: pa.Table, record: np.ndarray) -> list[int]:
    """Members that are held because their customer has several owners."""
    why = pc.match_substring(cross["reason"], "owner", ignore_case=True)
    held = cross.filter(pc.and_(pc.equal(cross["end"], "held"), why))
    return np.flatnonzero(np.isin(record, one(held["record"]).to_numpy())).tolist()
