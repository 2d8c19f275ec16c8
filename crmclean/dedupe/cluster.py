"""Clusters: connected components, then an exact local repair of the inconsistent ones.

Connected components alone snowball: one wrong edge joins two companies and all their duplicates.
A component in which every pair is an edge is left alone. In any other, records are joined anew by
average linkage, the likeliest pair of groups first, where a pair that was never compared counts
`UNSEEN` bits and a forbidden pair keeps its groups apart. Groups of different components can never
join, so repairing components one by one equals average linkage over all the data.
"""

import numpy as np

from crmclean.run.components import components

UNSEEN = -4.0  # no pair counts worse: that two sparse records say little of each other is no doubt
LIMIT = 15.0  # one pair's say, in bits, so that one loud edge cannot drown many doubts
TIE = 3.0  # 8 to 1: less is no reason to prefer one of two customers
BIG = 60  # larger components are cut at a higher threshold first
STEP = 3.0
EQUAL = 1e-9
COMMANDED = 1e6
CELLS = 4_000_000  # of the links of components that are repaired at once


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
    near = value >= 0
    label = components(count, left[near], right[near])
    sizes = np.bincount(label)
    inside = label[left] == label[right]
    edges = np.bincount(label[left[inside & near]], minlength=len(sizes))
    broken = edges < sizes * (sizes - 1) // 2
    own = np.flatnonzero(inside & broken[label[left]])
    one, two, bits = left[own], right[own], _limited(value[own])
    if sizes[broken].max(initial=0) > BIG:
        label, one, two, bits = _cut(label, one, two, bits, sizes)
    return _first_member(_joined_anew(label, one, two, bits, exclusive))


def _joined_anew(
    label: np.ndarray,
    one: np.ndarray,
    two: np.ndarray,
    bits: np.ndarray,
    exclusive: tuple[np.ndarray, ...],
) -> np.ndarray:
    """The labels after the components that have some of these links were repaired, all of one size
    at a time."""
    count, part, label = len(label), label[one], label.copy()
    members = np.argsort(label, kind="stable")
    sizes = np.bincount(label)
    starts = np.cumsum(sizes) - sizes
    broken = np.unique(part)
    for size in np.unique(sizes[broken]):
        which = broken[sizes[broken] == size]
        for some in np.array_split(which, 1 + len(which) * int(size) ** 2 // CELLS):
            groups = members[starts[some][:, None] + np.arange(size)]
            at = np.flatnonzero(np.isin(part, some))
            links = _links(groups, some, part[at], one[at], two[at], bits[at], exclusive)
            owner = _average_link(links)
            label[groups] = count + np.take_along_axis(groups, owner, axis=1)
    return label


def numbered(label: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first record of each cluster, and for each record the place of its cluster among them.
    `label`: what `clusters` gives."""
    is_first = label == np.arange(len(label))
    return np.flatnonzero(is_first), (np.cumsum(is_first) - 1)[label]


def torn(left: np.ndarray, right: np.ndarray, value: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Pairs by which a record without a code may not join one with a code, because it is near to
    another code's too: those that are farther, and all of them where none is nearer by `TIE` bits.
    Whichever came first would win otherwise; so a person decides."""
    near = np.flatnonzero((value >= 0) & np.isfinite(value))
    one = np.concatenate([left[near], right[near]])
    two = np.concatenate([right[near], left[near]])
    pair, bits = np.tile(near, 2), np.tile(value[near], 2)
    at = np.flatnonzero((codes[one] < 0) & (codes[two] >= 0))
    found = np.zeros(len(left), bool)
    if len(at):
        found[pair[at[_not_the_nearest(one[at], codes[two[at]], bits[at])]]] = True
    return found


def _not_the_nearest(record: np.ndarray, code: np.ndarray, bits: np.ndarray) -> np.ndarray:
    """Which links lead to a code that is not by `TIE` bits the nearest of those of its record."""
    each, at = np.unique(np.column_stack([record, code]), axis=0, return_inverse=True)
    best = np.full(len(each), -np.inf)
    np.maximum.at(best, at.reshape(-1), bits)
    owner = each[:, 0]
    first = np.full(int(owner.max()) + 1, -np.inf)
    np.maximum.at(first, owner, best)
    near = np.bincount(owner[best > first[owner] - TIE], minlength=len(first))
    return ((best < first[owner]) | (near[owner] > 1))[at.reshape(-1)]


def _limited(value: np.ndarray) -> np.ndarray:
    commanded = np.where(value > 0, COMMANDED, -np.inf)
    return np.where(np.isinf(value), commanded, np.clip(value, UNSEEN, LIMIT))


def _links(
    groups: np.ndarray,
    some: np.ndarray,
    part: np.ndarray,
    one: np.ndarray,
    two: np.ndarray,
    bits: np.ndarray,
    exclusive: tuple[np.ndarray, ...],
) -> np.ndarray:
    """The bits between all members of several groups of one size: groups x members x members."""
    links = np.full((len(groups), groups.shape[1], groups.shape[1]), UNSEEN)
    at = np.searchsorted(some, part)
    place = np.zeros(int(groups.max()) + 1, np.int64)
    place[groups] = np.arange(groups.shape[1])
    links[at, place[one], place[two]] = links[at, place[two], place[one]] = bits
    for codes in exclusive:
        own = codes[groups]
        differ = (
            (own[:, :, None] != own[:, None, :]) & (own[:, :, None] >= 0) & (own[:, None, :] >= 0)
        )
        links[differ] = -np.inf
    return links


def _cut(
    label: np.ndarray, one: np.ndarray, two: np.ndarray, bits: np.ndarray, sizes: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Components of more than BIG records, cut at the lowest threshold that makes them small."""
    threshold = 0.0
    while sizes.max() > BIG and threshold <= LIMIT:
        threshold += STEP
        big = sizes[label[one]] > BIG
        kept = (label[one] == label[two]) & (~big | (bits >= threshold))
        small = np.flatnonzero(sizes[label] <= BIG)
        chain = np.argsort(label[small], kind="stable")
        ends = small[chain]
        joined = label[ends[1:]] == label[ends[:-1]]
        left = np.concatenate([one[kept], ends[:-1][joined]])
        right = np.concatenate([two[kept], ends[1:][joined]])
        label = components(len(label), left, right)
        sizes = np.bincount(label)
    inside = label[one] == label[two]
    return label, one[inside], two[inside], bits[inside]


def _average_link(total: np.ndarray) -> np.ndarray:
    """For each member of each group the place of the first member of its cluster."""
    many, count = total.shape[:2]
    group = np.arange(many)
    total[:, np.arange(count), np.arange(count)] = -np.inf
    owner = np.tile(np.arange(count), (many, 1))
    sizes = np.ones((many, count))
    while len(group):
        mean = total / (sizes[:, :, None] * sizes[:, None, :])
        best = mean.reshape(len(group), -1).argmax(axis=1)
        keep, gone = np.sort(np.divmod(best, count), axis=0)
        going = mean[np.arange(len(group)), keep, gone] >= 0
        group, total, sizes = group[going], total[going], sizes[going]
        keep, gone, mean = keep[going], gone[going], mean[going]
        tied = _between(total, mean, keep, gone)
        apart, whole = (group[tied], total[tied], sizes[tied]), ~tied
        group, total, sizes = group[whole], total[whole], sizes[whole]
        keep, gone = keep[whole], gone[whole]
        row = np.arange(len(group))
        joined = total[row, keep] + total[row, gone]
        joined[row, keep] = joined[row, gone] = -np.inf
        total[row, keep] = total[row, :, keep] = joined
        total[row, gone] = total[row, :, gone] = -np.inf
        sizes[row, keep] += sizes[row, gone]
        own = owner[group]
        owner[group] = np.where(own == gone[:, None], keep[:, None], own)
        group, total, sizes = map(np.concatenate, zip((group, total, sizes), apart, strict=True))
    return owner


def _between(total: np.ndarray, mean: np.ndarray, keep: np.ndarray, gone: np.ndarray) -> np.ndarray:
    """Where one of the two that would be joined is as near to a third, which could then not join
    them. Nothing but their order would choose, so the one between stays apart from both: its links
    to them are taken out of `total`. (At the limit of a pair's say nobody knows which is nearer.)"""
    row = np.arange(len(mean))
    nearest = mean[row, keep, gone][:, None]
    shut_out = total[row, keep] + total[row, gone] < 0
    found = np.zeros(len(mean), bool)
    for one, other in ((keep, gone), (gone, keep)):
        rival = (mean[row, one] >= nearest - EQUAL) & shut_out & (nearest < LIMIT - EQUAL)
        rival[row, other] = rival[row, one] = False
        between = rival.any(axis=1)
        rival[row, other] = True
        at, third = np.nonzero(rival & between[:, None])
        total[at, one[at], third] = total[at, third, one[at]] = -np.inf
        found |= between
    return found


def _first_member(label: np.ndarray) -> np.ndarray:
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    return first[inverse]
