"""Candidate pairs: the records that share enough rare keys.

A key that more than `cap` records share says nothing alone and is used only together with a second
field (adaptive refinement), never as one huge block. A pair counts 1/(size - 1) for every block
that it shares (the ARCS weight of Papadakis et al.); pairs below `least` are not compared. So no
block is ever squared, however skewed the data.

How many records share a key is counted when the weights are learned and stays as it was (`frozen`):
whether two records are compared then depends on nothing but the two and the state, and a refresh
needs to look only at pairs with a changed record (`reach.py`). A key that nobody held then has its brake too:
where `GROWN` times the cap now share one, it is taken as common.

A record's number is packed into the low bits of its key: one sort brings blocks together, another
brings pairs together.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crmclean.dedupe.fields import Field
from crmclean.dedupe.held import Held
from crmclean.dedupe.keys import Key, emit, with_field
from crmclean.errors import InputRefused
from crmclean.run.abreast import abreast

if TYPE_CHECKING:
    from crmclean.dedupe.engine import Spec

GROWN = 10
#: Of a packed key; the other 40 are the key. More records than they number are refused.
RECORD_BITS = 24
SIZE_BITS = 8
#: Pairs that are weighed at once; a pair has fewer blocks.
AT_ONCE = 1 << 20


@dataclass(frozen=True)
class Candidates:
    """Pairs of record numbers to compare, left < right, in order; `blocks` says how they arose:
    (key, keys made, pairs made, largest block used, blocks skipped, largest skipped); `sizes` is
    what may be frozen, by kind of key; `grown`: whether a key was braked that was not common then."""

    left: np.ndarray
    right: np.ndarray
    blocks: list[tuple[str, int, int, int, int, int]]
    sizes: dict[str, Held]
    grown: bool


class _Blocks(NamedTuple):
    """The blocks of one kind of key: how many keys; their pairs, packed with the block's size;
    (largest used, how many skipped, largest skipped); records and keys of those skipped; the sizes
    that may be frozen."""

    keys: int
    pairs: np.ndarray
    sizes: tuple[int, int, int]
    over: tuple[np.ndarray, np.ndarray]
    held: Held
    grown: bool


def refuse_too_many(label: str, count: int) -> None:
    """InputRefused where there are more records than can be numbered; `label`: what they are."""
    if count > 1 << RECORD_BITS:
        raise InputRefused(
            "TOO_MANY_TO_COMPARE", object=label, rows=f"{count:,}", most=f"{1 << RECORD_BITS:,}"
        )


def kinds(spec: "Spec") -> list[str]:
    """The names of the kinds of keys, by themselves and with a second field."""
    refined = [(key, (None, *spec.refine)) for key in spec.keys]
    return [_kind(key, name) for key, names in refined for name in names if name not in key.fields]


def _kind(key: Key, refined: str | None) -> str:
    return f"{key.name} & {refined}" if refined else key.name


def candidates(
    fields: dict[str, Field],
    spec: "Spec",
    frozen: dict[str, Held] | None = None,
    told: Callable[[str, np.ndarray], None] | None = None,
) -> Candidates:
    """The pairs that share enough rare keys. `frozen`: the sizes of earlier; `told`: to be
    told, kind by kind, of the keys that are rare enough, each with a record in its low bits, in order."""

    def make(kind: str, records: np.ndarray, hashes: np.ndarray) -> _Blocks:
        rare = told and partial(told, kind)
        return _blocks(records, hashes, spec, frozen and frozen.get(kind), rare)

    def of_key(number: int) -> dict[str, _Blocks]:
        key = spec.keys[number]
        whole = make(key.name, *emit(fields, key, number))
        found = {key.name: whole}
        for salt, name in enumerate(spec.refine):
            if name not in key.fields:
                finer = _kind(key, name)
                found[finer] = make(finer, *with_field(*whole.over, fields[name], salt))
        return found

    made: dict[str, _Blocks] = {}
    for found in abreast(of_key, range(len(spec.keys))):
        made |= found
    report = [(n, one.keys, len(one.pairs), *one.sizes) for n, one in made.items() if one.keys]
    sizes = {name: one.held for name, one in made.items()}
    grown = any(one.grown for one in made.values())
    pairs = [one.pairs for one in made.values()]
    del made, found
    return Candidates(*_joined(pairs, spec.least), report, sizes, grown)


def _blocks(
    records: np.ndarray,
    hashes: np.ndarray,
    spec: "Spec",
    frozen: Held | None,
    told: Callable[[np.ndarray], None] | None,
) -> _Blocks:
    cap = spec.cap
    few = int(1 + 1 / spec.least) if spec.least else cap  # so many make a pair by themselves
    packed = np.sort((hashes << np.uint64(RECORD_BITS)) | records.astype(np.uint64))
    packed = packed[_first_of_run(packed)]
    keys = packed >> np.uint64(RECORD_BITS)
    members = (packed & np.uint64((1 << RECORD_BITS) - 1)).astype(np.int64)
    starts = np.flatnonzero(_first_of_run(keys))
    present = np.diff(np.append(starts, len(keys)))
    size = frozen.counts_of(keys[starts]) if frozen else present
    grown = (present > GROWN * cap) & (size <= cap)
    big = (size > cap) | grown
    used = ~big & (present > 1)
    over = np.repeat(big, present)
    if told:
        told(packed[~over])
    return _Blocks(
        len(records),
        _all_pairs(members, starts[used], present[used], size[used]),
        (int(present[used].max(initial=0)), int(big.sum()), int(present[big].max(initial=0))),
        (members[over], keys[over]),
        frozen or Held.of(keys[starts], np.minimum(size, cap + 1), few),
        frozen is not None and bool(grown.any()),
    )


def _first_of_run(values: np.ndarray) -> np.ndarray:
    return np.append(True, values[1:] != values[:-1])[: len(values)]


def _all_pairs(
    members: np.ndarray,
    starts: np.ndarray,
    present: np.ndarray,
    size: np.ndarray,
) -> np.ndarray:
    """left, right and size - 1 of every pair inside the blocks, packed in one number."""
    found = [np.zeros(0, np.uint64)]
    place = np.arange(int(present.sum())) - np.repeat(np.cumsum(present) - present, present)
    at = np.repeat(starts, present) + place
    left = np.repeat(present, present) - place - 1  # members behind each in its block
    rarity = np.repeat(size - 1, present).astype(np.uint64)
    for step in range(1, int(present.max(initial=0))):
        more = left >= step
        at, left, rarity = at[more], left[more], rarity[more]
        one, two = members[at], members[at + step]
        pair = ((one << RECORD_BITS | two) << SIZE_BITS).astype(np.uint64) | rarity
        found.append(pair)
    return np.concatenate(found)


def _joined(packed: list[np.ndarray], least: float) -> tuple[np.ndarray, np.ndarray]:
    """Each pair once, where its blocks together are rare enough. Empties the list."""
    everything = np.concatenate(packed).view(np.int64)
    packed.clear()
    everything.sort()
    found = [_rare(part, least) for part in _parts(everything)]
    kept = np.concatenate(found) if found else everything
    return kept >> RECORD_BITS, kept & ((1 << RECORD_BITS) - 1)


def _parts(everything: np.ndarray) -> Iterator[np.ndarray]:
    """Some pairs at a time, all blocks of a pair in one part."""
    last = 0
    while last < len(everything):
        first, last = last, min(last + AT_ONCE, len(everything))
        if last < len(everything):
            last = int(np.searchsorted(everything, everything[last] >> SIZE_BITS << SIZE_BITS))
        yield everything[first:last]


def _rare(part: np.ndarray, least: float) -> np.ndarray:
    pairs = part >> SIZE_BITS
    starts = np.flatnonzero(_first_of_run(pairs))
    rarity = 1.0 / (part & ((1 << SIZE_BITS) - 1))
    return pairs[starts[np.add.reduceat(rarity, starts) >= least]]
