"""Survivorship: which value of a cluster's records stands in the golden record, and why.

Records of a cluster are put in order once (the first is the master record): data already in the
CRM, the project's source priority, a valid USCC, completeness, recency, number of children, reading
order. A strategy then chooses per field (`strategies.py`), and what loses is kept (`losers.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe import losers
from crmclean.dedupe.cluster import numbered
from crmclean.dedupe.strategies import (
    DEFAULTS,
    MANY,
    Grounds,
    Groups,
    chosen,
    groups_of,
    put,
)
from crmclean.model import Object
from crmclean.run.abreast import abreast
from crmclean.tables import CHANGES, GOLDEN, table


@dataclass(frozen=True)
class Survived:
    """golden: one row per cluster, in order of its first record: master row and values; `cells`
    and `changes` for clusters of several records."""

    master: np.ndarray
    columns: dict[str, pa.Array]
    cells: pa.Table
    changes: pa.Table


def survive(
    records: pa.Table,
    object: Object,
    label: np.ndarray,
    golden: pa.Array,
    order: np.ndarray,
    grounds: Grounds,
    named: dict[str, str],
    decided: dict[str, pa.Array],
    language: str,
) -> Survived:
    """The surviving values. `label`: the cluster of each record (number of its first record);
    `golden`: the id of each cluster in order; `order`: the rank of each record, lowest first;
    `named`: strategies of the project by field; `decided`: what a person said, by field, for each
    record (null: nothing); `language`: of the labels of what loses."""
    firsts, cluster = numbered(label)
    groups = groups_of(cluster, np.bincount(cluster), order)
    master = firsts.copy()
    master[groups.place] = groups.rows[groups.starts]
    base = records.take(pa.array(master))
    ids = records["record"].combine_chunks()
    strategies = {**DEFAULTS.get(object.name, {}), **_fitting(named, object)}
    names = [name for name in records.column_names if name != "record"]

    def survivor(name: str) -> tuple[pa.Array, pa.Table]:
        values, own = records[name].combine_chunks(), base[name].combine_chunks()
        if not len(groups.place) or values.null_count == len(values):
            return own, GOLDEN.empty_table()
        strategy = strategies.get(name, "priority")
        won, value = chosen(values, object.fields[name], strategy, groups, grounds, name in named)
        if name in decided:
            won, value = _as_decided(decided[name], values, groups, won, value)
        told = _cells(object.name, golden, name, strategy, value, won, groups, ids)
        return put(own, groups.place, value), told

    def changed(name: str) -> pa.Table:
        strategy = strategies.get(name, "priority")
        return _changes(object.name, base, name, columns[name], strategy)

    found = dict(zip(names, abreast(survivor, names), strict=True))
    columns, cells = ({name: one[n] for name, one in found.items()} for n in (0, 1))
    cells = list(cells.values())
    asked = tuple(name for name in named if strategies[name] == "keep_both")
    losers.keep(records, object, groups, columns, cells, golden, asked, language)
    return Survived(master, columns, _all(GOLDEN, cells), _all(CHANGES, abreast(changed, names)))


def _fitting(named: dict[str, str], object: Object) -> dict[str, str]:
    """The project's strategies as each field can bear them: one telephone or date holds one value,
    so that its union keeps the others beside it; the remark, where they are kept, is united."""
    found = {}
    for name, strategy in named.items():
        if strategy == "keep_both" and name == "remark":
            strategy = "union"
        elif strategy == "union" and object.fields[name].kind not in MANY:
            strategy = "keep_both"
        found[name] = strategy
    return found


def _as_decided(
    said: pa.Array, values: pa.Array, groups: Groups, won: np.ndarray, value: pa.Array
) -> tuple[np.ndarray, pa.Array]:
    """What a person decided about a cluster beats any strategy; it comes from the record that has
    it, if one does."""
    mine = said.take(pa.array(groups.rows))
    at = np.flatnonzero(pc.is_valid(mine).to_numpy(zero_copy_only=False)[groups.starts])
    new = mine.take(pa.array(groups.starts[at]))
    holds = pc.fill_null(pc.equal(values.take(pa.array(groups.rows)), mine), False)
    holder = np.full(len(groups.place), -1)
    rows = np.flatnonzero(holds.to_numpy(zero_copy_only=False))[::-1]
    holder[groups.cluster[rows]] = groups.rows[rows]
    won = won.copy()
    won[at] = holder[at]
    return won, put(value, at, new)


def ranked(
    records: pa.Table, systems: np.ndarray, valid: np.ndarray, children: np.ndarray
) -> np.ndarray:
    """The rank of each record, 0 first: see the module. `systems`: 0 for the CRM's own data, then
    the place in the project's priority."""
    filled = sum(
        pc.is_valid(records[name].combine_chunks()).to_numpy(zero_copy_only=False).astype(np.int32)
        for name in records.column_names
    )
    ids = records["record"].to_numpy()
    rank = np.empty(len(ids), np.int64)
    rank[np.lexsort((ids, -children, -recency(records), -filled, ~valid, systems))] = np.arange(
        len(ids)
    )
    return rank


def _cells(object, golden, name, strategy, value, won, groups, ids) -> pa.Table:
    kept = pc.is_valid(value)
    return table(
        GOLDEN,
        {
            "object": object,
            "golden": golden.take(pa.array(groups.place)),
            "field": name,
            "value": value,
            "from_record": ids.take(pa.array(won, mask=won < 0)),
            "strategy": strategy,
        },
    ).filter(kept)


def _changes(object: str, base: pa.Table, name: str, after: pa.Array, strategy: str) -> pa.Table:
    before = base[name].combine_chunks()
    same = pc.or_kleene(pc.equal(before, after), pc.and_(pc.is_null(before), pc.is_null(after)))
    at = np.flatnonzero(~pc.fill_null(same, False).to_numpy(zero_copy_only=False))
    return table(
        CHANGES,
        {
            "object": object,
            "record": base["record"].combine_chunks().take(pa.array(at)),
            "field": name,
            "step": "survive",
            "rule": strategy,
            "before": before.take(pa.array(at)),
            "after": after.take(pa.array(at)),
        },
    )


def recency(records: pa.Table) -> np.ndarray:
    """A number that grows with the last date of each record, 0 without one."""
    names = [
        n for n in ("updated_at", "last_follow_up_at", "created_at") if n in records.column_names
    ]
    if not names:
        return np.zeros(records.num_rows)
    dates = pc.coalesce(*(records[name].combine_chunks() for name in names))
    ranks = pc.rank(dates, sort_keys="ascending", tiebreaker="dense")
    return np.where(pc.is_valid(dates).to_numpy(zero_copy_only=False), ranks.to_numpy(), 0)


def _all(schema: pa.Schema, tables: Iterable[pa.Table]) -> pa.Table:
    filled = [one for one in tables if one.num_rows]
    return pa.concat_tables(filled) if filled else schema.empty_table()
