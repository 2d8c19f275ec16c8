"""Match weights after Fellegi and Sunter: how many bits each level of agreement is worth.

A level's weight is log2(m / u): how much more often true duplicates reach it than strangers.
u comes from random pairs of the data (seeded), m by EM over the distinct patterns of levels with u
and the prior held fixed. The prior of a pair is 1/n: a record has about one duplicate, whatever
the size of the data (EM's own estimate is far off, measured to cost 0.05 F1). Both start from
built-in shares that count as `TRUST` observations, so that a file of thirty rows has sane weights
and a big one learns its own. Agreement on a rare value weighs more than on a common one.
"""

from dataclasses import dataclass

import numpy as np

from crmclean.dedupe.compare import Comparison, Level, levels, shared
from crmclean.dedupe.fields import Field

SAMPLE = 300_000
TRUST_U = 20_000.0
TRUST_M = 50.0
ROUNDS = 25
SEED = 20_170


@dataclass(frozen=True)
class Weights:
    """Learned shares: for each comparison the m and u of its levels, and the prior in bits."""

    m: dict[str, np.ndarray]
    u: dict[str, np.ndarray]
    prior: float

    def bits(self, comparison: Comparison) -> np.ndarray:
        """The bits of each level, level 0 (missing) first."""
        bits = np.log2(self.m[comparison.name] / self.u[comparison.name])
        return np.append(0.0, np.clip(bits, -comparison.worst, comparison.most))


def built_in(comparisons: tuple[Comparison, ...], count: int) -> Weights:
    """The weights before anything is learned."""
    shares = {c.name: [(level.m, level.u) for level in c.levels] for c in comparisons}
    m = {name: _normal(np.array([s[0] for s in pairs])) for name, pairs in shares.items()}
    u = {name: _normal(np.array([s[1] for s in pairs])) for name, pairs in shares.items()}
    return Weights(m, u, -float(np.log2(max(count, 2))))


def train(
    comparisons: tuple[Comparison, ...],
    fields: dict[str, Field],
    patterns: np.ndarray,
    count: int,
) -> Weights:
    """Weights learned from this data. `patterns`: levels of the candidate pairs, pairs x comparisons."""
    start = built_in(comparisons, count)
    u = _from_random_pairs(comparisons, fields, start.u, count)
    distinct, times = np.unique(patterns, axis=0, return_counts=True)
    m = start.m
    for _ in range(ROUNDS):
        weights = Weights(m, u, start.prior)
        total = np.full(len(distinct), weights.prior)
        for column, comparison in enumerate(comparisons):
            total += weights.bits(comparison)[distinct[:, column]]
        share = times / (1.0 + np.exp2(-np.clip(total, -60, 60)))
        m = {
            c.name: _shares(distinct[:, column], share, start.m[c.name], TRUST_M)
            for column, c in enumerate(comparisons)
        }
    return Weights(m, u, start.prior)


def total(
    comparisons: tuple[Comparison, ...],
    weights: Weights,
    fields: dict[str, Field],
    patterns: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
    caps: dict[str, float],
) -> tuple[np.ndarray, np.ndarray]:
    """(weight, bits per comparison) of each pair; correlated comparisons together stay under
    their group's cap."""
    bits = np.empty(patterns.shape)
    for column, comparison in enumerate(comparisons):
        reached = patterns[:, column]
        bits[:, column] = weights.bits(comparison)[reached]
        for number, level in enumerate(comparison.levels, 1):
            if level.rare:
                at = np.flatnonzero(reached == number)
                bits[at, column] += _rarity(
                    level, weights.u[comparison.name][number - 1], fields, left[at], right[at]
                )
        np.clip(bits[:, column], -comparison.worst, comparison.most, out=bits[:, column])
    for group, cap in caps.items():
        columns = [n for n, c in enumerate(comparisons) if c.group == group]
        positive = np.maximum(bits[:, columns], 0)
        scale = cap / np.maximum(positive.sum(axis=1), cap)
        bits[:, columns] -= positive * (1 - scale)[:, None]
    return weights.prior + bits.sum(axis=1), bits


def _rarity(
    level: Level, u: float, fields: dict[str, Field], left: np.ndarray, right: np.ndarray
) -> np.ndarray:
    """Bits off for a common value (and on, where `free` is 0, for a rare one). Two spellings count
    as the commoner of the two: the other is its misspelling."""
    field = fields[level.field]
    one, two = field.codes[left], field.codes[right]
    if one.ndim == 2:
        one = two = shared(one, two)
    filled = max(int(field.counts.sum()), 1)
    holders = np.maximum(field.counts[one], field.counts[two])
    share = u + np.maximum(holders - level.free, 0) / filled if level.free else holders / filled
    return level.rare * (np.log2(u) - np.log2(share))


def _from_random_pairs(
    comparisons: tuple[Comparison, ...],
    fields: dict[str, Field],
    start: dict[str, np.ndarray],
    count: int,
) -> dict[str, np.ndarray]:
    if count < 2:
        return start
    random = np.random.default_rng(SEED)
    size = min(SAMPLE, 10 * count)
    left = random.integers(0, count, size)
    right = (left + random.integers(1, count, size)) % count
    sampled = {c.name: levels(c, fields, left, right) for c in comparisons}
    return {
        name: _shares(reached, np.ones(size), start[name], TRUST_U)
        for name, reached in sampled.items()
    }


def _shares(reached: np.ndarray, share: np.ndarray, start: np.ndarray, trust: float) -> np.ndarray:
    """How much of `share` falls on each level, missing left out, on top of `trust` x `start`."""
    seen = np.bincount(reached, share, minlength=len(start) + 1)[1:]
    return _normal(seen + trust * start)


def _normal(shares: np.ndarray) -> np.ndarray:
    shares = np.maximum(shares, 1e-12)
    return shares / shares.sum()
