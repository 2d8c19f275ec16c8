"""Blocking keys: what two records must share to be compared. Many keys per record, each rare.

Keys are hashes in arrays, made once per distinct value and then spread over the records that hold
it. No table of strings is built.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from crmclean.dedupe.fields import Field, encode

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


def emit(fields: dict[str, Field], key: Key, number: int) -> tuple[np.ndarray, np.ndarray]:
    """(record, hash) of every key of one kind."""
    first = fields[key.fields[0]]
    owners, hashes = _hashes(first, key)
    parts = [_spread(codes, owners, hashes) for codes in first.columns.T]
    records, hashes = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    for name in key.fields[1:]:
        records, hashes = with_field(records, hashes, fields[name])
    return records, mixed(hashes, np.uint64(number + 1))


def with_field(
    records: np.ndarray, hashes: np.ndarray, field: Field, salt: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Keys together with another field, of the records that have it."""
    codes = field.codes[records]
    kept = codes >= 0
    return records[kept], mixed(hashes[kept], field.hashes[codes[kept]] + np.uint64(salt))


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
    own = field.characters
    lengths, starts = own.lengths, own.starts
    short = np.flatnonzero((lengths >= 2) & (lengths <= size))
    owners = np.repeat(short, lengths[short])
    firsts = np.cumsum(lengths[short]) - lengths[short]
    place = np.arange(len(owners)) - np.repeat(firsts, lengths[short])
    points = mixed(own.points[starts[owners] + place].astype(np.uint64), np.uint64(size))
    powers = np.cumprod(np.full(size, _BASE))
    sums = np.cumsum(points * powers[place])
    before = sums - points * powers[place]
    begun = np.repeat(before[firsts], lengths[short])
    ended = np.repeat(sums[firsts + lengths[short] - 1], lengths[short])
    return owners, (before - begun) * _BASE + (ended - sums)


def _grams(field: Field, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Every run of `size` characters; a shorter value is one run."""
    own = field.characters
    values, lengths, points = field.values, own.lengths, own.points.astype(np.uint64)
    starts = own.starts
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
    return owners, mixed(hashes, np.uint64(size))


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


def mixed(hashes: np.ndarray, others: np.ndarray | np.uint64) -> np.ndarray:
    """Two hashes in one (the finaliser of SplitMix64)."""
    mixed = (hashes ^ (np.atleast_1d(others) * _MIX)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
