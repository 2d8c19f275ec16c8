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
    strategies = {**DEFAULTS.get(object.name, {}), **_fitting(named, object)}
    each = _Fields(object, records, base, groups, golden, grounds, named, strategies, decided)
    names = [name for name in records.column_names if name != "record"]
    found = dict(zip(names, abreast(each.survivor, names), strict=True))
    columns, cells = ({name: one[n] for name, one in found.items()} for n in (0, 1))
    cells = list(cells.values())
    asked = tuple(name for name in named if strategies[name] == "keep_both")
    losers.keep(records, object, groups, columns, cells, golden, asked, language)
    changes = abreast(lambda name: each.changes(name, columns[name]), names)
    return Survived(master, columns, _all(GOLDEN, cells), _all(CHANGES, changes))


@dataclass(frozen=True)
class _Fields:
    """What each field needs to know. `base`: the master records; the rest as `survive` is told."""

    object: Object
    records: pa.Table
    base: pa.Table
    groups: Groups
    golden: pa.Array
    grounds: Grounds
    named: dict[str, str]
    strategies: dict[str, str]
    decided: dict[str, pa.Array]

    def survivor(self, name: str) -> tuple[pa.Array, pa.Table]:
        """The values of a field in the golden records, and its golden cells."""
        groups = self.groups
        values, own = (table[name].combine_chunks() for table in (self.records, self.base))
        if not len(groups.place) or values.null_count == len(values):
            return own, GOLDEN.empty_table()
        strategy, said = self._strategy(name), name in self.named
        field = self.object.fields[name]
        won, value = chosen(values, field, strategy, groups, self.grounds, said)
        if name in self.decided:
            won, value = _as_decided(self.decided[name], values, groups, won, value)
        return put(own, groups.place, value), self._cells(name, strategy, value, won)

    def _cells(self, name: str, strategy: str, value: pa.Array, won: np.ndarray) -> pa.Table:
        cells = {
            "object": self.object.name,
            "golden": self.golden.take(pa.array(self.groups.place)),
            "field": name,
            "value": value,
            "from_record": self.records["record"].take(pa.array(won, mask=won < 0)),
            "strategy": strategy,
        }
        return table(GOLDEN, cells).filter(pc.is_valid(value))

    def changes(self, name: str, after: pa.Array) -> pa.Table:
        """What a field's survivors changed in the master records."""
        before = self.base[name].combine_chunks()
        both_null = pc.and_(pc.is_null(before), pc.is_null(after))
        same = pc.fill_null(pc.or_kleene(pc.equal(before, after), both_null), False)
        at = pa.array(np.flatnonzero(~same.to_numpy(zero_copy_only=False)))
        changes = {
            "object": self.object.name,
            "record": self.base["record"].take(at),
            "field": name,
            "step": "survive",
            "rule": self._strategy(name),
            "before": before.take(at),
            "after": after.take(at),
        }
        return table(CHANGES, changes)

    def _strategy(self, name: str) -> str:
        return self.strategies.get(name, "priority")


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
