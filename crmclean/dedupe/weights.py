"""Match weights after Fellegi and Sunter: how many bits each level of agreement is worth.

A level's weight is log2(m / u): how much more often true duplicates reach it than strangers; both
are built in and learned (`learning.py`). Agreement on a rare value weighs more than on a common one,
and correlated comparisons together say no more than their group may.
"""

from dataclasses import dataclass

import numpy as np

from crmclean.dedupe.compare import BATCH, Comparison, Level, shared
from crmclean.dedupe.fields import Field
from crmclean.dedupe.held import Held
from crmclean.run.abreast import abreast


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
    m = {name: normal(np.array([s[0] for s in pairs])) for name, pairs in shares.items()}
    u = {name: normal(np.array([s[1] for s in pairs])) for name, pairs in shares.items()}
    return Weights(m, u, -float(np.log2(max(count, 2))))


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

    def some(at: int) -> None:
        part = slice(at, at + BATCH)
        for column, comparison in enumerate(comparisons):
            pairs = patterns[part, column], left[part], right[part]
            bits[part, column] = _bits(comparison, weights, values, holders, fields, *pairs)
        capped(bits[part], comparisons, caps)

    list(abreast(some, range(0, len(left), BATCH)))
    return weights.prior + bits.sum(axis=1), bits


def _bits(
    comparison: Comparison,
    weights: Weights,
    values: dict[str, Held],
    holders: dict[str, np.ndarray],
    fields: dict[str, Field],
    reached: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
) -> np.ndarray:
    """The bits of one comparison, by the level that each pair reached and how common its value is."""
    bits = weights.bits(comparison)[reached].astype(np.float32)
    for number, level in enumerate(comparison.levels, 1):
        if level.rare:
            at = np.flatnonzero(reached == number)
            u, name = weights.u[comparison.name][number - 1], level.field
            common = _common(fields[name].codes, holders[name], left[at], right[at])
            bits[at] += _rarity(level, u, common, values[name].total)
    return np.clip(bits, -comparison.worst, comparison.most)


def capped(bits: np.ndarray, comparisons: tuple[Comparison, ...], caps: dict[str, float]) -> None:
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


def normal(shares: np.ndarray) -> np.ndarray:
    shares = np.maximum(shares, 1e-12)
    return shares / shares.sum()
