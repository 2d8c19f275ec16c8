"""From scored pairs to what happens: merged, waiting for a person, or apart.

A pair at `match` bits or above is merged by itself, one from `review` to `match` is shown to a
person, below that the records are apart. A law beats any score.

Who waits for a person? The sure part of a cluster is always merged. Where a review pair stands
between two clusters, loading both could put one customer into the CRM twice, so one of them is
held; the better one (more records, then the better master record) loads. Clusters are taken best
first, and one is held only if it has a review pair with a cluster that loads: two clusters that are
both unsure against a held one, but not against each other, both load. Nothing smaller is safe.
"""

import numpy as np
import pyarrow as pa

from crmclean.dedupe.engine import Laws, Scored, Spec
from crmclean.tables import PAIRS

MATCH, REVIEW, DIFFERENT = "match", "review", "different"


def kept(
    scored: Scored, label: np.ndarray, laws: Laws, review: float, doubtful: np.ndarray
) -> np.ndarray:
    """The places of the pairs that somebody may want to see: those in one cluster, those near
    enough, or `doubtful`, to be asked about, and those that somebody named. So pairs that are apart
    are kept only where a law parted what the weight would have joined."""
    together = label[scored.left] == label[scored.right]
    pair = scored.left * len(label) + scored.right
    named = np.union1d(laws.never, laws.always)
    at = np.searchsorted(pair, named)
    together[at[np.append(pair, -1)[at] == named]] = True
    return np.flatnonzero(together | (scored.weight >= review) | doubtful)


def verdicts(
    scored: Scored, label: np.ndarray, laws: Laws, review: float, doubtful: np.ndarray
) -> np.ndarray:
    """The verdict of each pair; `doubtful` pairs are for a person whatever their weight."""
    together = label[scored.left] == label[scored.right]
    banned = laws.forbidden(scored.left, scored.right, len(label))
    near = (scored.weight >= review) | doubtful
    verdict = np.full(len(together), DIFFERENT, object)
    verdict[together] = MATCH
    verdict[~together & ~banned & near] = REVIEW
    return verdict


def held(label: np.ndarray, left: np.ndarray, right: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Whether each record waits for a decision on a review pair (see the module)."""
    waits = np.zeros(len(label), bool)
    if not len(left):
        return waits
    ends = np.unique(np.column_stack([label[left], label[right]]), axis=0)
    involved = np.unique(ends)
    size = np.bincount(label, minlength=len(label))[involved]
    best = np.full(len(label), len(label))
    np.minimum.at(best, label, order)
    ranking = involved[np.lexsort((best[involved], -size))]
    near: dict[int, list[int]] = {}
    for one, two in ends.tolist():
        near.setdefault(one, []).append(two)
        near.setdefault(two, []).append(one)
    loaded: set[int] = set()
    for cluster in ranking.tolist():
        if loaded.isdisjoint(near[cluster]):
            loaded.add(cluster)
    waiting = np.array(sorted(set(involved.tolist()) - loaded), np.int64)
    return np.isin(label, waiting)


def pairs_table(
    object: str,
    ids: np.ndarray,
    scored: Scored,
    spec: Spec,
    verdict: np.ndarray,
    reason: np.ndarray,
) -> pa.Table:
    """The pairs as a table, in the order of their records."""
    left, right = ids[scored.left], ids[scored.right]
    low, high = np.minimum(left, right), np.maximum(left, right)
    arrays = [
        pa.repeat(object, len(left)),
        pa.array(low),
        pa.array(high),
        pa.array(np.round(scored.weight.astype(float), 3)),
        _bits_map(np.round(scored.bits.astype(float), 3), [c.name for c in spec.comparisons]),
        pa.array(verdict, pa.string()),
        pa.array(reason, pa.string()),
    ]
    return pa.Table.from_arrays(arrays, schema=PAIRS).sort_by(
        [("left", "ascending"), ("right", "ascending")]
    )


def _bits_map(bits: np.ndarray, names: list[str]) -> pa.Array:
    """comparison → bits of each pair, without those that say nothing."""
    says = bits != 0
    offsets = np.append(0, np.cumsum(says.sum(axis=1)))
    columns = np.nonzero(says)[1]
    return pa.MapArray.from_arrays(
        pa.array(offsets, pa.int32()),
        pa.array(names, pa.string()).take(pa.array(columns)),
        pa.array(bits[says]),
    )
