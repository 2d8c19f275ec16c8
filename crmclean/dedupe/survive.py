"""Survivorship: which value of a cluster's records stands in the golden record, and why.

Records of a cluster are put in order once (the first is the master record): data already in the
CRM, the project's source priority, a valid USCC, completeness, recency, number of children, reading
order. A strategy then chooses per field; null never wins over a value. Whatever loses is kept: in
the crosswalk and the records themselves, and ways to reach the customer also in the golden record.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.tables import CHANGES, GOLDEN, table

#: The strategy of a field where the project names none; any other field: priority.
STRATEGIES = {
    "customer": {
        "name": "fullest", "address": "fullest", "other_phones": "union", "tags": "union",
        "remark": "union", "history": "union", "requirement": "union", "created_at": "earliest",
        "first_contact_at": "earliest", "last_follow_up_at": "latest", "updated_at": "latest",
        "next_follow_up": "latest",
    },
    "contact": {"name": "fullest", "other_phones": "union", "remark": "union"},
}  # fmt: skip
NAMES = ("priority", "most_recent", "most_complete", "most_frequent", "longest", "fullest", "earliest",
         "latest", "union")  # fmt: skip
#: A losing value of the field goes on living in that field, with a label of the catalogue.
KEPT = {
    "customer": {"phone": "other_phones", "email": "remark", "address": "remark", "owner": "remark", "website": "remark"},
    "contact": {"mobile": "other_phones", "phone": "other_phones", "email": "remark", "wechat": "remark", "title": "remark"},
}  # fmt: skip
_JOIN = "；"


@dataclass(frozen=True)
class Survived:
    """golden: one row per cluster, in order of its first record: master row and values; `cells`
    and `changes` for clusters of several records."""

    master: np.ndarray
    columns: dict[str, pa.Array]
    cells: pa.Table
    changes: pa.Table


@dataclass(frozen=True)
class _Groups:
    """The records of clusters with several records, best first within each cluster."""

    rows: np.ndarray  # record numbers, cluster by cluster
    starts: np.ndarray  # where each cluster begins in `rows`
    cluster: np.ndarray  # for each of `rows` the number of its cluster
    place: np.ndarray  # the place of each such cluster among all clusters


def survive(
    records: pa.Table,
    object: str,
    label: np.ndarray,
    golden: pa.Array,
    order: np.ndarray,
    fullness: np.ndarray,
    chosen: dict[str, str],
) -> Survived:
    """The surviving values. `label`: the cluster of each record (number of its first record);
    `golden`: the id of each cluster in order; `order`: the rank of each record, lowest first;
    `fullness`: how whole each record's name is; `chosen`: strategies of the project by field."""
    firsts, cluster, sizes = np.unique(label, return_inverse=True, return_counts=True)
    groups = _groups(cluster, sizes, order)
    master = firsts.copy()
    master[groups.place] = groups.rows[groups.starts]
    base = records.take(pa.array(master))
    columns, cells, changes = {}, [], []
    strategies = {**STRATEGIES.get(object, {}), **chosen}
    recent = _recency(records)
    names = [name for name in records.column_names if name != "record"]
    for name in names:
        values = records[name].combine_chunks()
        columns[name] = base[name].combine_chunks()
        if not len(groups.place) or values.null_count == len(values):
            continue
        strategy = strategies.get(name, "priority")
        won, value = _chosen(values, strategy, groups, fullness, recent)
        columns[name] = _put(columns[name], groups.place, value)
        ids = records["record"].combine_chunks()
        cells.append(_cells(object, golden, name, strategy, value, won, groups, ids))
    _keep_losers(records, object, groups, columns, cells, golden)
    for name in names:
        changes.append(
            _changes(object, base, name, columns[name], strategies.get(name, "priority"))
        )
    return Survived(master, columns, _all(GOLDEN, cells), _all(CHANGES, changes))


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
    rank[np.lexsort((ids, -children, -_recency(records), -filled, ~valid, systems))] = np.arange(
        len(ids)
    )
    return rank


def _groups(cluster: np.ndarray, sizes: np.ndarray, order: np.ndarray) -> _Groups:
    many = np.flatnonzero(sizes > 1)
    rows = np.flatnonzero(sizes[cluster] > 1)
    rows = rows[np.lexsort((order[rows], cluster[rows]))]
    number = np.searchsorted(many, cluster[rows])
    starts = np.flatnonzero(np.append(True, np.diff(number) != 0)) if len(rows) else rows
    return _Groups(rows, starts, number, many)


def _chosen(
    values: pa.Array, strategy: str, groups: _Groups, fullness: np.ndarray, recent: np.ndarray
) -> tuple[np.ndarray, pa.Array]:
    """For each cluster the record that a value comes from (-1: none) and the value."""
    own = values.take(pa.array(groups.rows))
    filled = pc.is_valid(own).to_numpy(zero_copy_only=False)
    score = _score(own, strategy, groups, fullness, recent)
    best = np.lexsort((np.arange(len(score)), -score, ~filled, groups.cluster))[groups.starts]
    won = np.where(filled[best], groups.rows[best], -1)
    value = values.take(pa.array(won, mask=won < 0))
    return won, _united(own, groups, value) if strategy == "union" else value


def _score(
    own: pa.Array, strategy: str, groups: _Groups, fullness: np.ndarray, recent: np.ndarray
) -> np.ndarray:
    """Higher is better; equal scores fall back on the order of the records."""
    if strategy == "most_recent":
        return recent[groups.rows]
    if strategy in ("longest", "most_complete"):
        return pc.fill_null(pc.utf8_length(own), 0).to_numpy(zero_copy_only=False)
    if strategy == "fullest":
        length = pc.fill_null(pc.utf8_length(own), 0).to_numpy(zero_copy_only=False)
        return fullness[groups.rows] * 1000.0 + np.minimum(length, 40)
    if strategy in ("earliest", "latest"):
        codes = pc.rank(own, sort_keys="ascending", tiebreaker="dense").to_numpy().astype(float)
        return codes if strategy == "latest" else -codes
    if strategy == "most_frequent":
        codes = pc.fill_null(own.dictionary_encode().indices, -1).to_numpy(zero_copy_only=False)
        key = groups.cluster.astype(np.int64) * (codes.max(initial=0) + 2) + codes + 1
        _, inverse, times = np.unique(key, return_inverse=True, return_counts=True)
        return times[inverse].astype(float)
    return np.zeros(len(own))


def _united(own: pa.Array, groups: _Groups, value: pa.Array) -> pa.Array:
    """All different values of each cluster, joined; a value that holds several counts as several."""
    parts = pc.split_pattern(own, _JOIN)
    cluster = groups.cluster[pc.list_parent_indices(parts).to_numpy()]
    return _put(value, *_joined(cluster, pc.list_flatten(parts)))


def _joined(cluster: np.ndarray, texts: pa.Array) -> tuple[np.ndarray, pa.Array]:
    """Which clusters hold any of the texts, and the different texts of each, joined in order."""
    codes = texts.dictionary_encode().indices.to_numpy().astype(np.int64)
    _, first = np.unique(cluster * (codes.max(initial=0) + 1) + codes, return_index=True)
    first = first[np.lexsort((first, cluster[first]))]
    clusters, starts = np.unique(cluster[first], return_index=True)
    lists = pa.ListArray.from_arrays(
        pa.array(np.append(starts, len(first)), pa.int32()), texts.take(pa.array(first))
    )
    return clusters, pc.binary_join(lists, _JOIN)


def _keep_losers(
    records: pa.Table,
    object: str,
    groups: _Groups,
    columns: dict[str, pa.Array],
    cells: list[pa.Table],
    golden: pa.Array,
) -> None:
    """Losing telephones, e-mails, addresses and owners live on in another field of the golden record."""
    from crmclean.messages import say

    for name, into in KEPT.get(object, {}).items():
        if name not in records.column_names or into not in columns or not len(groups.place):
            continue
        own = records[name].combine_chunks().take(pa.array(groups.rows))
        winner = columns[name].take(pa.array(groups.place)).take(pa.array(groups.cluster))
        lost = pc.fill_null(pc.and_(pc.is_valid(own), pc.not_equal(own, winner)), False)
        label = "" if into == "other_phones" else say(f"dedupe.kept.{name}")
        kept = pc.binary_join_element_wise(label, own.filter(lost), "")
        if len(kept):
            cluster = groups.cluster[lost.to_numpy(zero_copy_only=False)]
            _append(columns, into, object, groups, cluster, kept, cells, golden)


def _append(columns, into, object, groups, cluster, kept, cells, golden) -> None:
    clusters = np.unique(cluster)
    places = groups.place[clusters]
    before = pc.split_pattern(columns[into].take(pa.array(places)), _JOIN)
    standing = clusters[pc.list_parent_indices(before).to_numpy()]
    texts = pa.concat_arrays([pc.list_flatten(before), kept])
    after = _joined(np.concatenate([standing, cluster]), texts)[1]
    columns[into] = _put(columns[into], places, after)
    ids = golden.take(pa.array(places))
    for at, one in enumerate(cells):  # each cell has one row, of the value that stands in the end
        again = pc.and_(pc.equal(one["field"], into), pc.is_in(one["golden"], ids))
        cells[at] = one.filter(pc.invert(again))
    cells.append(
        table(
            GOLDEN,
            {
                "object": object,
                "golden": ids,
                "field": into,
                "value": after,
                "strategy": "keep_both",
            },
        )
    )


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


def _recency(records: pa.Table) -> np.ndarray:
    """A number that grows with the last date of each record, 0 without one."""
    names = [
        n for n in ("updated_at", "last_follow_up_at", "created_at") if n in records.column_names
    ]
    if not names:
        return np.zeros(records.num_rows)
    dates = pc.coalesce(*(records[name].combine_chunks() for name in names))
    ranks = pc.rank(dates, sort_keys="ascending", tiebreaker="dense")
    return np.where(pc.is_valid(dates).to_numpy(zero_copy_only=False), ranks.to_numpy(), 0)


def _put(values: pa.Array, at: np.ndarray, new: pa.Array) -> pa.Array:
    mask = np.zeros(len(values), bool)
    mask[at] = True
    return pc.replace_with_mask(values, pa.array(mask), new)


def _all(schema: pa.Schema, tables: list[pa.Table]) -> pa.Table:
    filled = [one for one in tables if one.num_rows]
    return pa.concat_tables(filled) if filled else schema.empty_table()
