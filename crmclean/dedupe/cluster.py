"""Clusters: connected components, then an exact local repair of the inconsistent ones.

Connected components alone snowball: one wrong edge joins two companies and all their duplicates.
A component in which every pair is an edge is left alone. In any other, records are joined anew by
average linkage, the likeliest pair of groups first, where a pair that was never compared counts
`UNSEEN` bits and a forbidden pair keeps its groups apart. Groups of different components can never
join, so repairing components one by one equals average linkage over all the data.
"""

from itertools import pairwise

import numpy as np

UNSEEN = -4.0
LIMIT = 15.0  # one pair's say, in bits, so that one loud edge cannot drown many doubts
BIG = 1_000  # larger components are cut at a higher threshold first
STEP = 4.0


def clusters(
    count: int,
    left: np.ndarray,
    right: np.ndarray,
    value: np.ndarray,
    exclusive: tuple[np.ndarray, ...] = (),
) -> np.ndarray:
    """A cluster number for each record: the number of its first member.

    `value`: bits above the threshold of each compared pair, -inf where the pair is forbidden,
    +inf where it is commanded. `exclusive`: arrays of one number per record; two records with
    different numbers that are not -1 never share a cluster.
    """
    label = _components(count, left, right, value >= 0)
    members = np.argsort(label, kind="stable")
    starts = np.flatnonzero(np.append(True, np.diff(label[members]) != 0)) if count else members
    sizes = np.diff(np.append(starts, count))
    inside = label[left] == label[right]
    edges = np.bincount(label[left[inside & (value >= 0)]], minlength=len(sizes))
    broken = np.flatnonzero(edges < sizes * (sizes - 1) // 2)
    if len(broken):
        own = np.flatnonzero(inside & np.isin(label[left], broken))
        own = own[np.argsort(label[left[own]], kind="stable")]
        cuts = np.searchsorted(label[left[own]], np.append(broken, len(sizes)))
        for number, (start, end) in zip(broken, pairwise(cuts), strict=True):
            group = np.sort(members[starts[number] : starts[number] + sizes[number]])
            pairs = own[start:end]
            _repair(label, group, left[pairs], right[pairs], value[pairs], exclusive, len(sizes))
    return _first_member(label)


def _components(count: int, left: np.ndarray, right: np.ndarray, kept: np.ndarray) -> np.ndarray:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    edges = (np.ones(int(kept.sum()), np.int8), (left[kept], right[kept]))
    return connected_components(coo_array(edges, shape=(count, count)), directed=False)[1]


def _repair(
    label: np.ndarray,
    group: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
    value: np.ndarray,
    exclusive: tuple[np.ndarray, ...],
    count: int,
) -> None:
    """Relabel one component; new labels start at `count` + the first member of each cluster."""
    one, two = np.searchsorted(group, left), np.searchsorted(group, right)
    if len(group) > BIG:
        parts = _cut(len(group), one, two, value)
    else:
        parts = np.zeros(len(group), np.int64)
    for part in np.unique(parts):
        at = np.flatnonzero(parts == part)
        place = np.full(len(group), -1)
        place[at] = np.arange(len(at))
        kept = (place[one] >= 0) & (place[two] >= 0)
        links = np.full((len(at), len(at)), UNSEEN)
        bits = np.where(np.isinf(value[kept]), value[kept], np.clip(value[kept], -LIMIT, LIMIT))
        links[place[one[kept]], place[two[kept]]] = bits
        links[place[two[kept]], place[one[kept]]] = bits
        for codes in exclusive:
            own = codes[group[at]]
            links[(own[:, None] != own) & (own[:, None] >= 0) & (own >= 0)] = -np.inf
        label[group[at]] = count + group[at][_average_link(links)]


def _cut(count: int, one: np.ndarray, two: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Components of a big component at the lowest higher threshold that makes them small."""
    threshold = STEP
    while threshold < 400:
        parts = _components(count, one, two, value >= threshold)
        if np.bincount(parts).max() <= BIG:
            return parts
        threshold += STEP
    return np.arange(count)


def _average_link(links: np.ndarray) -> np.ndarray:
    """For each member the place of the first member of its cluster."""
    count = len(links)
    owner = np.arange(count)
    sizes = np.ones(count)
    total = np.where(links == np.inf, 1e6, links)
    np.fill_diagonal(total, -np.inf)
    alive = np.ones(count, bool)
    while alive.sum() > 1:
        mean = total / (sizes[:, None] * sizes)
        best = int(np.argmax(mean))
        keep, gone = min(divmod(best, count)), max(divmod(best, count))
        if mean[keep, gone] < 0:
            break
        total[keep] += total[gone]
        total[:, keep] = total[keep]
        total[keep, keep] = total[gone] = total[:, gone] = -np.inf
        sizes[keep] += sizes[gone]
        owner[owner == gone] = keep
        alive[gone] = False
    return owner


def _first_member(label: np.ndarray) -> np.ndarray:
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    return first[inverse]
