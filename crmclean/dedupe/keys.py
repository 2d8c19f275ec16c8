"""Blocking keys: what two records must share to be compared.

Many keys per record, each rare: a key that more than `cap` records share says nothing alone and
is used only together with a second field (adaptive refinement), never as one huge block. A pair
counts 1/(size - 1) for every block that it shares (the ARCS weight of Papadakis et al.); pairs
below `least` are not compared. So no block is ever squared, however skewed the data.

Keys are hashes in arrays: a record's number is packed into the low bits of its key, one sort brings
blocks together, and another brings pairs together. No table of strings is built.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow.compute as pc

from crmclean.dedupe.fields import Field, encode

CAP = 30
LEAST = 0.1
_BASE = np.uint64(0x100000001B3)
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Key:
    """A kind of key. how: equal (all `fields` equal), gram (every run of `size` characters of the
    first field), drop (the first field with one character left out, for values up to `size`),
    head (its first `size` characters), word (each of its words of `size` characters or more).
    Any further fields must be equal too."""

    how: str
    fields: tuple[str, ...]
    size: int = 0

    @property
    def name(self) -> str:
        return f"{self.how}:{'+'.join(self.fields)}" + (f":{self.size}" if self.size else "")


@dataclass(frozen=True)
class Candidates:
    """Pairs of record numbers to compare, left < right, in order; `blocks` says how they arose:
    (key, keys made, pairs made, largest block used, blocks skipped, largest skipped)."""

    left: np.ndarray
    right: np.ndarray
    blocks: list[tuple[str, int, int, int, int, int]]


def candidates(
    fields: dict[str, Field],
    keys: tuple[Key, ...],
    refine: tuple[str, ...] = (),
    cap: int = CAP,
    least: float = LEAST,
) -> Candidates:
    """The pairs that share enough rare keys."""
    count = len(next(iter(fields.values())).codes)
    pairs, blocks = [], []
    for number, key in enumerate(keys):
        records, hashes = _emit(fields, key, number)
        whole = _blocks(records, hashes, count, cap)
        pairs.append(whole.pairs)
        blocks.append((key.name, len(records), len(whole.pairs), *whole.sizes))
        for again, name in enumerate(refine):
            if name in key.fields or not len(whole.over):
                continue
            codes = fields[name].codes[whole.over]
            kept = codes >= 0
            second = fields[name].hashes[codes[kept]] + np.uint64(again)
            finer = _blocks(whole.over[kept], _mixed(whole.over_keys[kept], second), count, cap)
            pairs.append(finer.pairs)
            blocks.append((f"{key.name} & {name}", int(kept.sum()), len(finer.pairs), *finer.sizes))
    return Candidates(*_joined(pairs, count, least), blocks)


def _emit(fields: dict[str, Field], key: Key, number: int) -> tuple[np.ndarray, np.ndarray]:
    """(record, hash) of every key of one kind."""
    first = fields[key.fields[0]]
    if first.codes.ndim == 2:
        parts = [
            _spread(first.codes[:, n], *_hashes(first, key)) for n in range(first.codes.shape[1])
        ]
        records, hashes = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    else:
        records, hashes = _spread(first.codes, *_hashes(first, key))
    for name in key.fields[1:]:
        codes = fields[name].codes[records]
        kept = codes >= 0
        records, hashes = records[kept], hashes[kept]
        hashes = _mixed(hashes, fields[name].hashes[codes[kept]])
    return records, _mixed(hashes, np.uint64(number + 1))


def _hashes(field: Field, key: Key) -> tuple[np.ndarray, np.ndarray]:
    """(value number, hash) of every key of the distinct values, in order of value."""
    values = field.values
    if key.how == "equal":
        return np.arange(len(values)), field.hashes
    if key.how == "head":
        heads = encode(pc.utf8_slice_codeunits(values, 0, key.size))
        return np.arange(len(values)), heads.hashes[heads.codes]
    if key.how == "gram":
        return _grams(field, key.size)
    if key.how == "drop":
        return _drops(field, key.size)
    return _words(field, key.size)


def _words(field: Field, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Every word of `size` characters or more of values that are several words or Latin: Chinese
    without spaces is one word, and `equal` does that."""
    spaced = pc.or_(pc.match_substring(field.values, " "), pc.string_is_ascii(field.values))
    at = pc.indices_nonzero(spaced)
    lists = pc.utf8_split_whitespace(field.values.take(at))
    words = encode(pc.list_flatten(lists))
    owners = at.to_numpy().astype(np.int64)[pc.list_parent_indices(lists).to_numpy()]
    long = (words.codes >= 0) & (np.append(words.lengths, 0)[words.codes] >= size)
    kept = np.unique(np.column_stack([owners[long], words.codes[long]]), axis=0)
    return kept[:, 0], words.hashes[kept[:, 1]]


def _drops(field: Field, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Every value of 2 to `size` characters with one of them left out: a polynomial in the characters
    splits there, and what follows moves up by one power."""
    lengths = field.lengths
    short = np.flatnonzero((lengths >= 2) & (lengths <= size))
    owners = np.repeat(short, lengths[short])
    firsts = np.cumsum(lengths[short]) - lengths[short]
    place = np.arange(len(owners)) - np.repeat(firsts, lengths[short])
    starts = field.characters.starts
    points = _mixed(field.points[starts[owners] + place].astype(np.uint64), np.uint64(size))
    powers = np.cumprod(np.full(size, _BASE))
    sums = np.cumsum(points * powers[place])
    before = sums - points * powers[place]
    begun = np.repeat(before[firsts], lengths[short])
    ended = np.repeat(sums[firsts + lengths[short] - 1], lengths[short])
    return owners, (before - begun) * _BASE + (ended - sums)


def _grams(field: Field, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Every run of `size` characters; a shorter value is one run."""
    values, lengths, points = field.values, field.lengths, field.points.astype(np.uint64)
    starts = field.characters.starts
    runs = np.maximum(lengths - size + 1, 1) * (lengths > 0)
    owners = np.repeat(np.arange(len(values)), runs)
    at = np.arange(len(owners)) - np.repeat(np.cumsum(runs) - runs, runs) + starts[owners]
    ends = starts[owners] + lengths[owners]
    hashes = np.zeros(len(owners), np.uint64)
    for offset in range(size):
        inside = at + offset < ends
        hashes = hashes * np.uint64(0x200003) + np.where(
            inside,
            points[np.minimum(at + offset, max(len(points) - 1, 0))] if len(points) else 0,
            0,
        ).astype(np.uint64)
    return owners, _mixed(hashes, np.uint64(size))


def _spread(
    codes: np.ndarray, owners: np.ndarray, hashes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Keys of values to keys of the records that hold them. `owners` is in order."""
    limit = int(max(codes.max(initial=-1), owners.max(initial=-1))) + 1
    counts = np.bincount(owners, minlength=limit)
    starts = np.cumsum(counts) - counts
    records = np.flatnonzero(codes >= 0)
    each = counts[codes[records]]
    owner = np.repeat(records, each)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(each) - each, each)
    return owner, hashes[np.repeat(starts[codes[records]], each) + within]


def _blocks(records: np.ndarray, hashes: np.ndarray, count: int, cap: int) -> "_Blocks":
    """All pairs of the blocks of one kind of key, packed with their block's size."""
    bits = np.uint64(max(count - 1, 1).bit_length())
    packed = np.sort((hashes << bits) | records.astype(np.uint64))
    if len(packed):
        packed = packed[np.append(True, packed[1:] != packed[:-1])]
    keys, members = (
        packed >> bits,
        (packed & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64),
    )
    starts = (
        np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else keys.astype(int)
    )
    sizes = np.diff(np.append(starts, len(keys)))
    block = np.repeat(np.arange(len(starts)), sizes)
    big = sizes > cap
    used = sizes[~big & (sizes > 1)]
    over = big[block]
    return _Blocks(
        _all_pairs(members, starts, sizes, block, count, cap),
        (int(used.max(initial=0)), int(big.sum()), int(sizes[big].max(initial=0))),
        members[over],
        keys[over],
    )


class _Blocks(NamedTuple):
    pairs: np.ndarray
    sizes: tuple[int, int, int]
    over: np.ndarray  # records of the blocks that are too big, and their keys
    over_keys: np.ndarray


def _all_pairs(
    members: np.ndarray,
    starts: np.ndarray,
    sizes: np.ndarray,
    block: np.ndarray,
    count: int,
    cap: int,
) -> np.ndarray:
    """(left * count + right) << 8 | size - 1 of every pair inside the blocks up to `cap`."""
    size = sizes[block]
    place = np.arange(len(members)) - starts[block] if len(members) else members
    at = np.flatnonzero((size <= cap) & (size > 1))
    found = []
    for step in range(1, cap):
        at = at[place[at] + step < size[at]]
        if not len(at):
            break
        pair = members[at] * count + members[at + step]
        found.append((pair.astype(np.uint64) << np.uint64(8)) | (size[at] - 1).astype(np.uint64))
    return np.concatenate(found) if found else np.zeros(0, np.uint64)


def _joined(packed: list[np.ndarray], count: int, least: float) -> tuple[np.ndarray, np.ndarray]:
    """Each pair once, where its blocks together are rare enough."""
    everything = np.sort(np.concatenate(packed))
    if not len(everything):
        return everything.astype(np.int64), everything.astype(np.int64)
    pairs = everything >> np.uint64(8)
    rarity = 1.0 / (everything & np.uint64(255)).astype(np.float64)
    starts = np.flatnonzero(np.append(True, pairs[1:] != pairs[:-1]))
    kept = pairs[starts][np.add.reduceat(rarity, starts) >= least].astype(np.int64)
    return kept // count, kept % count


def _mixed(hashes: np.ndarray, others: np.ndarray | np.uint64) -> np.ndarray:
    """Two hashes in one (the finaliser of SplitMix64)."""
    mixed = (hashes ^ (np.atleast_1d(others) * _MIX)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
