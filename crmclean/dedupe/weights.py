"""Match weights after Fellegi and Sunter: how many bits each level of agreement is worth.

A level's weight is log2(m / u): how much more often true duplicates reach it than strangers.
u comes from random pairs of the data (seeded), m by EM over the distinct patterns of levels with u
re-estimated only as far as random pairs are strangers. The prior of a pair is d/n, where d is the
number of sure duplicates that a record has (1 to MOST_DUPLICATES), whatever the size of the data;
EM's own estimate over candidate pairs is far off (measured to cost 0.05 F1). Both start from
built-in shares that count as `TRUST` observations, so that a file of thirty rows has sane weights
and a big one learns its own. Agreement on a rare value weighs more than on a common one.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from crmclean.dedupe.compare import Comparison, Level, reached, shared
from crmclean.dedupe.fields import Field
from crmclean.dedupe.held import Held

SAMPLE = 100_000
TRUST_U = 10_000.0
TRUST_M = 50.0
ROUNDS = 15
SURE = 0.95
MOST_DUPLICATES = 16
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
        most = np.array([min(level.most, comparison.most) for level in comparison.levels])
        return np.append(0.0, np.clip(bits, -comparison.worst, most))


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


def total(
    comparisons: tuple[Comparison, ...],
    weights: Weights,
    values: dict[str, Held],
    fields: dict[str, Field],
    patterns: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
    caps: dict[str, float],
) -> tuple[np.ndarray, np.ndarray]:
    """(weight, bits per comparison) of each pair; correlated comparisons together stay under
    their group's cap. `values`: how common the values of each field are."""
    holders = {name: held.counts_of(fields[name].hashes) for name, held in values.items()}
    bits = np.empty(patterns.shape, np.float32)
    for column, comparison in enumerate(comparisons):
        reached = patterns[:, column]
        bits[:, column] = weights.bits(comparison)[reached]
        for number, level in enumerate(comparison.levels, 1):
            if level.rare:
                at = np.flatnonzero(reached == number)
                u, name = weights.u[comparison.name][number - 1], level.field
                common = _common(fields[name].codes, holders[name], left[at], right[at])
                bits[at, column] += _rarity(level, u, common, values[name].total)
        np.clip(bits[:, column], -comparison.worst, comparison.most, out=bits[:, column])
    _cap(bits, comparisons, caps)
    return weights.prior + bits.sum(axis=1), bits


def _cap(bits: np.ndarray, comparisons: tuple[Comparison, ...], caps: dict[str, float]) -> None:
    """Agreement within a group counts up to the group's cap, or as its strongest part if that is
    more: a cap of 0 says that the group's comparisons say one and the same thing."""
    for group, cap in caps.items():
        columns = [n for n, c in enumerate(comparisons) if c.group == group]
        positive = np.maximum(bits[:, columns], 0)
        most = np.maximum(positive.max(axis=1), cap)
        at = np.flatnonzero(positive.sum(axis=1) > most)
        scale = most[at] / positive[at].sum(axis=1)
        bits[np.ix_(at, columns)] -= positive[at] * (1 - scale)[:, None]


def frequencies(comparisons: tuple[Comparison, ...], fields: dict[str, Field]) -> dict[str, Held]:
    """How many records hold the values of each field whose frequency counts. What no more than two
    hold, or than every level leaves `free`, is not listed: to the weights it is all the same."""
    few: dict[str, int] = {}
    for level in (level for comparison in comparisons for level in comparison.levels):
        if level.rare:
            few[level.field] = min(few.get(level.field, 1 << 30), max(level.free, 2))
    held = {}
    for name, least in few.items():
        counts = fields[name].counts
        held[name] = Held.of(fields[name].hashes, counts, least, max(int(counts.sum()), 1))
    return held


def _common(
    codes: np.ndarray, holders: np.ndarray, left: np.ndarray, right: np.ndarray
) -> np.ndarray:
    """How common the value of each pair is. Two spellings count as the commoner of the two: the
    other is its misspelling."""
    one, two = codes[left], codes[right]
    if one.ndim == 2:
        one = two = shared(one, two)
    return np.maximum(holders[one], holders[two])


def _rarity(level: Level, u: float, holders: np.ndarray, filled: int) -> np.ndarray:
    """Bits off for a common value (and on, where `free` is 0, for a rare one)."""
    share = u + np.maximum(holders - level.free, 0) / filled if level.free else holders / filled
    return level.rare * (np.log2(u) - np.log2(share))


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
    _cap(bits, comparisons, caps)
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
        c.name: _normal(
            np.bincount(patterns[:, column], times, minlength=len(c.levels) + 1)[1:]
            + trust * start[c.name]
        )
        for column, c in enumerate(comparisons)
    }


def _normal(shares: np.ndarray) -> np.ndarray:
    shares = np.maximum(shares, 1e-12)
    return shares / shares.sum()
