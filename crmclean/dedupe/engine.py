"""The matching engine: fields in, scored pairs and clusters out. Knows nothing of customers.

Keys → candidate pairs → levels → weights → clusters (reference: Fellegi and Sunter 1969; ARCS
blocking; average linkage). Everything is arrays; nothing depends on the order of a set or the
clock, so the same records give the same bytes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from crmclean.dedupe import learning, weights
from crmclean.dedupe.blocks import candidates
from crmclean.dedupe.cluster import clusters, torn
from crmclean.dedupe.compare import MISSING, Comparison, reached
from crmclean.dedupe.fields import Field
from crmclean.dedupe.frozen import Frozen
from crmclean.dedupe.keys import Key
from crmclean.run.memory import give_back
from crmclean.run.numbers import distinct

SUPPORT = 5.0  # bits of other agreement that make a weak name level enough
UNSUPPORTED = -1.0


@dataclass(frozen=True)
class Spec:
    """How records of one kind are matched: keys, the fields that refine keys that are too common,
    comparisons, and the most bits that correlated comparisons of a group may give together."""

    keys: tuple[Key, ...]
    comparisons: tuple[Comparison, ...]
    refine: tuple[str, ...] = ()
    caps: dict[str, float] = field(default_factory=dict)
    cap: int = 30  # records that may share a key
    least: float = 0.1
    prior: float | None = None  # bits; None: 1/n
    within: str = ""  # records that differ in this field share no key


@dataclass(frozen=True)
class Laws:
    """What holds whatever the score. `exclusive`: one number per record, two that differ and are
    not -1 never meet in a cluster; `never`, `always`: pairs (left < right) as left * n + right."""

    exclusive: tuple[np.ndarray, ...] = ()
    never: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    always: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))

    def forbidden(self, left: np.ndarray, right: np.ndarray, count: int) -> np.ndarray:
        """Whether each pair may never be one."""
        banned = np.zeros(len(left), bool)
        if len(self.never):
            banned = np.isin(left * count + right, self.never)
        for codes in self.exclusive:
            one, two = codes[left], codes[right]
            banned |= (one != two) & (one >= 0) & (two >= 0)
        return banned

    def commanded(self, left: np.ndarray, right: np.ndarray, count: int) -> np.ndarray:
        """The places of the pairs, which are in order, that are always one."""
        pair = left * count + right
        at = np.searchsorted(pair, self.always)
        return at[np.append(pair, -1)[at] == self.always]


@dataclass(frozen=True)
class Scored:
    """The compared pairs: levels and bits per comparison, the weight; what they were weighed with,
    how they were found, and whether a key was braked that had not been common (`blocks.py`);
    by how many bits decisions of people moved the weights."""

    left: np.ndarray
    right: np.ndarray
    levels: np.ndarray
    bits: np.ndarray
    weight: np.ndarray
    frozen: Frozen
    blocks: list[tuple[str, int, int, int, int, int]]
    braked: bool = False
    moved: float = 0.0

    def at(self, places: np.ndarray) -> "Scored":
        """Some of the pairs."""
        names = ("left", "right", "levels", "bits", "weight")
        return replace(self, **{name: getattr(self, name)[places] for name in names})


def score(
    fields: dict[str, Field],
    spec: Spec,
    laws: Laws | None = None,
    frozen: Frozen | None = None,
    keys: Callable[[str, np.ndarray], None] | None = None,
) -> Scored:
    """Every candidate pair with its weight; pairs that a person named are always among them.
    `frozen`: what earlier runs learned, else it is learned; `keys`: to be told of the keys (`blocks.candidates`)."""
    count = len(next(iter(fields.values())).codes)
    laws = laws or Laws()
    found = candidates(fields, spec, frozen.keys if frozen else {}, keys)
    give_back()
    left, right = _and_named(found.left, found.right, laws, count)
    levels = reached(spec.comparisons, fields, left, right)

    def open_(one: np.ndarray, two: np.ndarray) -> np.ndarray:
        return ~laws.forbidden(one, two, count)

    learned = (
        frozen.weights
        if frozen
        else learning.train(
            spec.comparisons, fields, levels[open_(left, right)], count, spec.caps, open_
        )
    )
    for one in fields.values():
        one.let_go("lengths", "marks", "heads", "spare")  # no pair is compared any more
    give_back()
    values = (frozen and frozen.values) or weights.frequencies(spec.comparisons, fields)
    weight, bits = weights.total(
        spec.comparisons, learned, values, fields, levels, left, right, spec.caps
    )
    known = Frozen(learned, values, found.sizes)
    return Scored(left, right, levels, bits, weight, known, found.blocks, found.grown)


def grouped(scored: Scored, spec: Spec, laws: Laws, match: float, count: int) -> np.ndarray:
    """The cluster of each record: the number of its first member."""
    value = scored.weight - match
    bare = unsupported(scored, spec)
    value[bare] = np.minimum(value[bare], UNSUPPORTED)
    value[doubted(scored, spec)] = -np.inf
    value[laws.commanded(scored.left, scored.right, count)] = np.inf
    value[laws.forbidden(scored.left, scored.right, count)] = -np.inf
    for codes in laws.exclusive:
        value[torn(scored.left, scored.right, value, codes)] = -np.inf
    return clusters(count, scored.left, scored.right, value, laws.exclusive)


def unsupported(scored: Scored, spec: Spec) -> np.ndarray:
    """Pairs at a level that is not enough alone (a name one character off) without other agreement.
    They stay apart by themselves, and join where the rest of a cluster joins them."""
    bare = np.zeros(len(scored.left), bool)
    names = [c.name for c in spec.comparisons]
    for column, comparison in enumerate(spec.comparisons):
        for number, level in enumerate(comparison.levels, 1):
            if level.beside:
                at = np.flatnonzero(scored.levels[:, column] == number)
                others = [names.index(name) for name in level.beside]
                bits = np.maximum(scored.bits[np.ix_(at, others)], 0)
                bare[at[bits.sum(axis=1) < SUPPORT]] = True
    return bare


def doubted(scored: Scored, spec: Spec) -> np.ndarray:
    """Pairs at a level that no weight lets merge by itself."""
    doubt = np.zeros(len(scored.left), bool)
    for column, comparison in enumerate(spec.comparisons):
        levels_in_doubt = [n for n, level in enumerate(comparison.levels, 1) if level.doubt]
        doubt |= np.isin(scored.levels[:, column], levels_in_doubt)
        doubt |= comparison.needed & (scored.levels[:, column] == MISSING)
    return doubt


def _and_named(
    left: np.ndarray, right: np.ndarray, laws: Laws, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs together with those that a person named, in order."""
    named = np.union1d(laws.never, laws.always)
    if not len(named):
        return left, right
    return np.divmod(distinct(np.append(left * count + right, named)), count)
