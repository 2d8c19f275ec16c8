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

from crmclean import identity, privacy, tables
from crmclean.report.clusters import KINDS, lined_up, numbers_of
from crmclean.report.differences import differences
from crmclean.report.finished import Finished, codes, mask_of, one, tally

MOST_FIELDS = 12
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
    record, cluster, kind = lined_up(cross, pairs)
    counts = {KINDS[at]: int((kind == at).sum()) for at in range(len(KINDS))}
    pack = {"object": name, "counts": counts, "cluster": steps(cluster)}
    pack["kind"] = kind
    pack |= _place(record) | _values(run, name, record, cluster)
    alone = np.isin(kind, (0, 3))[cluster]
    pack |= _why(pairs, record, cluster, alone) | _golden(run, name, cross, record, cluster, alone)
    pack |= _asked(run, name, record, kind[cluster])
    pack["claimed"] = _claimed(cross, record)
    return pack


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
    position = numbers_of(np.column_stack([whole, record[whole]]))
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
    look = numbers_of(np.column_stack([cluster[whole], record[whole]]))
    position = numbers_of(np.column_stack([whole, record[whole]]))
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
    records = identity.named(run.raw, name)
    rows = pc.index_in(pa.array(record[wanted]), one(records["record"]))
    prints = identity.fingerprints(records, name, run.plan).take(rows)
    told = (prints, identity.seen(records.take(rows), name))
    place = np.full(len(record), -1)
    place[wanted] = np.arange(len(wanted))
    at = pa.array(place, mask=place < 0)
    return dict(zip(("print", "seen"), (key.take(at).to_pylist() for key in told), strict=True))


def _claimed(cross: pa.Table, record: np.ndarray) -> list[int]:
    """Members that are held because their customer has several owners."""
    why = pc.match_substring(cross["reason"], "owner", ignore_case=True)
    held = cross.filter(pc.and_(pc.equal(cross["end"], "held"), why))
    return np.flatnonzero(np.isin(record, one(held["record"]).to_numpy())).tolist()
