"""Comparisons: a ladder of levels on one field; the first level that holds wins.

Missing comes first and is level 0, worth 0 bits: an empty cell says nothing. Texts are compared
once per distinct pair of values, by characters (databases' string distances count bytes and are
wrong for Chinese), in float64; and only where the characters that both hold leave
room for the answer yes, which arrays can tell a hundred times faster than any distance.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from crmclean.dedupe.fields import Field
from crmclean.run.abreast import abreast

#: Pairs that are compared at once.
BATCH = 1 << 18
MISSING = 0
SAME_TRADE = 0.5


@dataclass(frozen=True)
class Level:
    """One step of a ladder. how: equal, shared (any of several values), inside (one's characters
    stand in the other in order), start (one starts with the other), sister (the same beginning of
    `least` characters, then two different ends), osa, jaro, ratio, token (likeness of at least
    `least`), both (have one), else. `m` and `u`: how often true duplicates and strangers
    reach this level, before anything is learned. `rare`: how much the frequency of the value counts
    (0 not at all, 1 in full); up to `free` holders a value is not held to be common. `doubt`: a
    pair at this level is never merged by itself; `most`: its bits at most; `beside`: it merges only
    where one of these comparisons agrees too."""

    name: str
    how: str
    field: str = ""
    least: float = 0.0
    m: float = 0.1
    u: float = 0.1
    rare: float = 0.0
    free: int = 0
    doubt: bool = False
    most: float = 24.0
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """A named ladder; `field` is the one whose absence makes it missing. Bits stay within `most`
    and `-worst`; comparisons of one `group` are correlated and share the cap of the group. Without
    a `needed` one no weight lets a pair merge by itself."""

    name: str
    field: str
    levels: tuple[Level, ...]
    most: float = 24.0
    worst: float = 12.0
    group: str = ""
    needed: bool = False


def reached(
    comparisons: tuple[Comparison, ...],
    fields: dict[str, Field],
    left: np.ndarray,
    right: np.ndarray,
) -> np.ndarray:
    """The level of each pair on each comparison, pairs x comparisons. Worked abreast, some pairs at
    a time: what is needed besides the answer stays small."""

    def some(at: int) -> np.ndarray:
        pairs = left[at : at + BATCH], right[at : at + BATCH]
        return np.column_stack([levels(c, fields, *pairs) for c in comparisons])

    starts = range(0, max(len(left), 1), BATCH)
    return np.concatenate(list(abreast(some, starts)))


def levels(
    comparison: Comparison, fields: dict[str, Field], left: np.ndarray, right: np.ndarray
) -> np.ndarray:
    """The level of each pair: 0 where a value is missing, else 1 for the first level and so on."""
    own = fields[comparison.field]
    found = np.zeros(len(left), np.uint8)
    open_ = np.flatnonzero(own.filled[left] & own.filled[right])
    for number, level in enumerate(comparison.levels, 1):
        if not len(open_):
            break
        holds = _holds(level, fields, left[open_], right[open_])
        found[open_[holds]] = number
        open_ = open_[~holds]
    return found


def _holds(
    level: Level, fields: dict[str, Field], left: np.ndarray, right: np.ndarray
) -> np.ndarray:
    if level.how == "else":
        return np.ones(len(left), bool)
    field = fields[level.field]
    one, two = field.codes[left], field.codes[right]
    if level.how == "equal":
        return (one == two) & (one >= 0)
    if level.how == "shared":
        return shared(one, two) >= 0
    both = (one >= 0) & (two >= 0)
    if level.how == "both":
        return both
    holds = np.zeros(len(left), bool)
    at = np.flatnonzero(both)
    at = at[_possible(level.how, field, one[at], two[at], level.least)]
    holds[at] = alike(level.how, field, one[at], two[at], level.least)
    return holds


def _possible(how: str, field: Field, one: np.ndarray, two: np.ndarray, least: float) -> np.ndarray:
    """Where a pair of values may be alike, by an upper bound of their common subsequence: the
    characters of one whose mark the other bears (those without a mark of their own counted as if
    they all did)."""
    if how in ("jaro", "token"):
        return np.ones(len(one), bool)
    if how in ("start", "sister"):
        heads = field.heads[min(int(least), len(field.heads)) - 1]
        return heads[one] == heads[two]
    first, second = field.lengths[one], field.lengths[two]
    shared_marks = np.bitwise_count(field.marks[one] & field.marks[two])
    common = shared_marks + np.minimum(field.spare[one], field.spare[two])
    short, long = np.minimum(first, second), np.maximum(first, second)
    if how == "ratio":
        return 2 * common >= least * (first + second) - 1e-9
    if how == "osa":  # every edit costs the common subsequence at most one character
        edited = (1 - least) * long >= 1 - 1e-9  # else there is no room for one edit
        return (common >= least * long - 1e-9) & (edited | (one == two))
    return common >= short


def shared(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """The first value that two records with several values have in common, -1 for none."""
    found = np.full(len(one), -1, np.int64)
    for first in range(one.shape[1] - 1, -1, -1):
        for second in range(two.shape[1] - 1, -1, -1):
            same = (one[:, first] == two[:, second]) & (one[:, first] >= 0)
            found[same] = one[same, first]
    return found


def alike(how: str, field: Field, one: np.ndarray, two: np.ndarray, least: float) -> np.ndarray:
    """Whether pairs of distinct values are alike, each pair of values measured once."""
    if not len(one):
        return np.zeros(0, bool)
    low, high = np.minimum(one, two).astype(np.int64), np.maximum(one, two).astype(np.int64)
    pairs, inverse = np.unique(low * len(field.values) + high, return_inverse=True)
    return _measured(how, field, *np.divmod(pairs, len(field.values)), least)[inverse]


def _measured(how: str, field: Field, one: np.ndarray, two: np.ndarray, least: float) -> np.ndarray:
    from rapidfuzz import distance, fuzz

    if how == "sister":
        return _sisters(field, one, two, least)
    if how in ("inside", "start"):
        scorer = distance.LCSseq.similarity if how == "inside" else distance.Prefix.similarity
        short = np.minimum(field.lengths[one], field.lengths[two])
        return (_scores(scorer, field, one, two) == short) & (short >= least)
    scorer = {
        "osa": distance.OSA.normalized_similarity,
        "jaro": distance.JaroWinkler.normalized_similarity,
        "ratio": distance.Indel.normalized_similarity,
        "token": fuzz.token_set_ratio,
    }[how]
    enough = least * (100.0 if how == "token" else 1.0) - 1e-9
    return _scores(scorer, field, one, two, enough) >= enough


def _sisters(field: Field, one: np.ndarray, two: np.ndarray, least: float) -> np.ndarray:
    """璟桥电子 and 璟桥食品: one brand, two trades. What follows the common beginning is compared by
    the common subsequence, which is that of the whole less the beginning."""
    from rapidfuzz import distance

    start = _scores(distance.Prefix.similarity, field, one, two)
    whole = _scores(distance.LCSseq.similarity, field, one, two)
    first, second = field.lengths[one] - start, field.lengths[two] - start
    alike_ends = 2 * (whole - start) / np.maximum(first + second, 1)
    return (start >= least) & (first >= 2) & (second >= 2) & (alike_ends < SAME_TRADE)


def _scores(
    scorer: Callable, field: Field, one: np.ndarray, two: np.ndarray, enough: float | None = None
) -> np.ndarray:
    """The score of each pair of values; those well below `enough` need not be exact."""
    from rapidfuzz import process

    used = np.zeros(len(field.values), bool)
    used[one] = used[two] = True
    made = field.values.take(pa.array(np.flatnonzero(used))).to_numpy(zero_copy_only=False)
    place = np.cumsum(used) - 1  # each text is made once
    texts = made[place[one]], made[place[two]]
    least = None if enough is None else enough - 0.01  # the library rounds to seven digits
    return process.cpdist(*texts, scorer=scorer, score_cutoff=least, dtype=np.float64)
