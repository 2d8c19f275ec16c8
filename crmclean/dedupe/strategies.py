"""Which of a cluster's values stands in the golden record: one strategy per field.

Null never wins over a value, nor a value that its rule refuses over one that is sound, however new
or long it is. What is left is up to the strategy; equal values fall back on the order of the records.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import rules
from crmclean.model import Field

#: The strategy of a field where the project names none; any other field: priority.
DEFAULTS = {
    "customer": {
        "name": "fullest", "address": "fullest", "other_phones": "union", "tags": "union",
        "remark": "union", "history": "union", "requirement": "union", "created_at": "earliest",
        "first_contact_at": "earliest", "last_follow_up_at": "latest", "updated_at": "latest",
        "next_follow_up": "latest",
    },
    "contact": {"name": "fullest", "other_phones": "union", "remark": "union"},
}  # fmt: skip
#: Fields of free text whose parts are values of a kind.
PARTS = {"other_phones": "phone"}
#: Kinds of values of which a cell may hold several.
MANY = ("text", "long_text", "address")
JOIN = "；"


@dataclass(frozen=True)
class Groups:
    """The records of clusters with several records, best first within each cluster."""

    rows: np.ndarray  # record numbers, cluster by cluster
    starts: np.ndarray  # where each cluster begins in `rows`
    cluster: np.ndarray  # for each of `rows` the number of its cluster
    place: np.ndarray  # the place of each such cluster among all clusters


@dataclass(frozen=True)
class Grounds:
    """What values are weighed by, one number per record: how whole its name is, how recent it is,
    and the place of its system where somebody stated one (the project's priority, the CRM's own)."""

    fullness: np.ndarray
    recent: np.ndarray
    stated: np.ndarray


def groups_of(cluster: np.ndarray, sizes: np.ndarray, order: np.ndarray) -> Groups:
    """The groups of clusters (numbered, with their sizes), records by `order` within each."""
    many = np.flatnonzero(sizes > 1)
    rows = np.flatnonzero(sizes[cluster] > 1)
    rows = rows[np.lexsort((order[rows], cluster[rows]))]
    number = np.searchsorted(many, cluster[rows])
    starts = np.flatnonzero(np.append(True, np.diff(number) != 0)) if len(rows) else rows
    return Groups(rows, starts, number, many)


def chosen(
    values: pa.Array, field: Field, strategy: str, groups: Groups, grounds: Grounds, by_name: bool
) -> tuple[np.ndarray, pa.Array]:
    """For each cluster the record that a value comes from (-1: none) and the value. `by_name`:
    whether the project named the strategy; where it did not, a stated system comes first."""
    own = values.take(pa.array(groups.rows))
    filled = _mask(pc.is_valid(own))
    sound = _mask(rules.sound(own, field.kind, **field.options))
    score = _score(own, strategy, groups, grounds)
    stated = grounds.stated[groups.rows] if strategy == "fullest" and not by_name else 0 * score
    order = (np.arange(len(score)), -score, stated, ~sound, ~filled, groups.cluster)
    best = np.lexsort(order)[groups.starts]
    won = np.where(filled[best], groups.rows[best], -1)
    value = values.take(pa.array(won, mask=won < 0))
    return won, _united(own, field, groups, value) if strategy == "union" else value


def _score(own: pa.Array, strategy: str, groups: Groups, grounds: Grounds) -> np.ndarray:
    """Higher is better."""
    if strategy == "most_recent":
        return grounds.recent[groups.rows].astype(float)
    if strategy in ("longest", "most_complete", "fullest"):
        length = pc.fill_null(pc.utf8_length(own), 0).to_numpy(zero_copy_only=False).astype(float)
        whole = grounds.fullness[groups.rows] * 1000.0
        return whole + np.minimum(length, 40) if strategy == "fullest" else length
    if strategy in ("earliest", "latest"):
        codes = pc.rank(own, sort_keys="ascending", tiebreaker="dense").to_numpy().astype(float)
        return codes if strategy == "latest" else -codes
    if strategy == "most_frequent":
        codes = pc.fill_null(own.dictionary_encode().indices, -1).to_numpy(zero_copy_only=False)
        key = groups.cluster.astype(np.int64) * (codes.max(initial=0) + 2) + codes + 1
        _, inverse, times = np.unique(key, return_inverse=True, return_counts=True)
        return times[inverse].astype(float)
    return np.zeros(len(own))


def _united(own: pa.Array, field: Field, groups: Groups, value: pa.Array) -> pa.Array:
    """All different values of each cluster, joined; a value that holds several counts as several.
    A part that its kind refuses stays where the best record has it and nowhere else."""
    parts = pc.split_pattern(own, JOIN)
    at = pc.list_parent_indices(parts).to_numpy()
    texts = pc.list_flatten(parts)
    if field.name in PARTS:
        kept = _mask(rules.sound(texts, PARTS[field.name])) | np.isin(at, groups.starts)
        at, texts = at[kept], texts.filter(pa.array(kept))
    return put(value, *joined(groups.cluster[at], texts))


def joined(cluster: np.ndarray, texts: pa.Array) -> tuple[np.ndarray, pa.Array]:
    """Which clusters hold any of the texts, and the different texts of each, joined in order."""
    codes = texts.dictionary_encode().indices.to_numpy().astype(np.int64)
    _, first = np.unique(cluster * (codes.max(initial=0) + 1) + codes, return_index=True)
    first = first[np.lexsort((first, cluster[first]))]
    clusters, starts = np.unique(cluster[first], return_index=True)
    lists = pa.ListArray.from_arrays(
        pa.array(np.append(starts, len(first)), pa.int32()), texts.take(pa.array(first))
    )
    return clusters, pc.binary_join(lists, JOIN)


def put(values: pa.Array, at: np.ndarray, new: pa.Array) -> pa.Array:
    """The values with others at some places."""
    mask = np.zeros(len(values), bool)
    mask[at] = True
    return pc.replace_with_mask(values, pa.array(mask), new)


def _mask(values: pa.Array) -> np.ndarray:
    return values.to_numpy(zero_copy_only=False).astype(bool)
