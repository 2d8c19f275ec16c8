"""How often true duplicates and strangers reach each level, learned from the data itself.

u comes from random pairs of the data (seeded), m by EM over the distinct patterns of levels with u
re-estimated only as far as random pairs are strangers. The prior of a pair is d/n, where d is the
number of sure duplicates that a record has (1 to MOST_DUPLICATES), whatever the size of the data;
EM's own estimate over candidate pairs is far off (measured to cost 0.05 F1). Both start from
built-in shares that count as `TRUST` observations, so that a file of thirty rows has sane weights
and a big one learns its own.
"""

from collections.abc import Callable

import numpy as np

from crmclean.dedupe.compare import Comparison, reached
from crmclean.dedupe.fields import Field
from crmclean.dedupe.weights import Weights, built_in, capped, normal

SAMPLE = 100_000
TRUST_U = 10_000.0
TRUST_M = 50.0
ROUNDS = 15
SURE = 0.95
MOST_DUPLICATES = 16
SEED = 20_170


def train(
    comparisons: tuple[Comparison, ...],
    fields: dict[str, Field],
    patterns: np.ndarray,
    count: int,
    caps: dict[str, float],
    open_: Callable[[np.ndarray, np.ndarray], np.ndarray],
) -> Weights:
    """Weights learned from this data. `patterns`: levels of the candidate pairs, pairs x comparisons;
    `open_`: which pairs no law decides. Weights are for those alone: a parent and its hundred
    branches share a name, and would teach that a name says little.
    Groups are capped here too: evidence counted twice would teach that strangers are duplicates.

    Random pairs hold a few duplicates too; each round they count only as far as they are strangers.
    """
    start = built_in(comparisons, count)
    if count < 2:
        return start
    found = _collapsed(patterns)
    random = _collapsed(_random_patterns(comparisons, fields, count, open_))
    weights = start
    for _ in range(ROUNDS):
        chance = _chance(comparisons, weights, found[0], caps)
        same = found[1] * chance
        strange = random[1] * (1.0 - _chance(comparisons, weights, random[0], caps))
        weights = Weights(
            _shares(comparisons, found[0], same, start.m, TRUST_M),
            _shares(comparisons, random[0], strange, start.u, TRUST_U),
            start.prior + _duplicates(found[1][chance > SURE].sum(), count),
        )
    return weights


def _duplicates(sure: float, count: int) -> float:
    """Bits by which the prior rises: records have more than one sure duplicate each."""
    return float(np.log2(np.clip(2 * sure / count, 1, MOST_DUPLICATES)))


def _random_patterns(
    comparisons: tuple[Comparison, ...],
    fields: dict[str, Field],
    count: int,
    open_: Callable[[np.ndarray, np.ndarray], np.ndarray],
) -> np.ndarray:
    random = np.random.default_rng(SEED)
    size = min(SAMPLE, 10 * count)
    left = random.integers(0, count, size)
    right = (left + random.integers(1, count, size)) % count
    kept = open_(np.minimum(left, right), np.maximum(left, right))
    left, right = left[kept], right[kept]
    return reached(comparisons, fields, left, right)


def _collapsed(patterns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct patterns and how often each stands."""
    packed = np.zeros(len(patterns), np.uint64)
    for column in patterns.T:
        packed = packed * np.uint64(16) + column
    _, first, times = np.unique(packed, return_index=True, return_counts=True)
    return patterns[first], times


def _chance(
    comparisons: tuple[Comparison, ...],
    weights: Weights,
    patterns: np.ndarray,
    caps: dict[str, float],
) -> np.ndarray:
    """The probability that pairs of each pattern are duplicates."""
    each = [weights.bits(c)[patterns[:, n]] for n, c in enumerate(comparisons)]
    bits = np.column_stack(each)
    capped(bits, comparisons, caps)
    bits = weights.prior + bits.sum(axis=1)
    return 1.0 / (1.0 + np.exp2(-np.clip(bits, -60, 60)))


def _shares(
    comparisons: tuple[Comparison, ...],
    patterns: np.ndarray,
    times: np.ndarray,
    start: dict[str, np.ndarray],
    trust: float,
) -> dict[str, np.ndarray]:
    """How much falls on each level, missing left out, on top of `trust` x `start`."""
    return {
        c.name: normal(
            np.bincount(patterns[:, column], times, minlength=len(c.levels) + 1)[1:]
            + trust * start[c.name]
        )
        for column, c in enumerate(comparisons)
    }
