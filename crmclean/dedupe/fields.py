"""A field as the engine sees it: distinct values, and for every record a number into them.

Everything expensive is done once per distinct value; everything per record or per pair is an
array of numbers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe.characters import Characters, hashes
from crmclean.rules._phone_number import whole


@dataclass(frozen=True)
class Field:
    """`codes[record]` is the number of its value in `values`, -1 where it is missing. A field with
    several values per record (telephones) has one column of codes per value."""

    codes: np.ndarray
    values: pa.Array

    def let_go(self, *names: str) -> None:
        """Forget what can be made again from the values: these, or all."""
        made = vars(self).keys() - {"codes", "values"}
        for name in made & set(names) if names else made:
            del vars(self)[name]

    @property
    def columns(self) -> np.ndarray:
        """The codes, one column per value that a record may have."""
        return self.codes[:, None] if self.codes.ndim == 1 else self.codes

    @property
    def texts(self) -> pa.Array:
        """The (first) value of each record, null where it is missing."""
        codes = self.columns[:, 0]
        return self.values.take(pa.array(codes, mask=codes < 0))

    @property
    def counts(self) -> np.ndarray:
        """How many records hold each value."""
        codes = self.codes[self.codes >= 0]
        return np.bincount(codes, minlength=len(self.values))

    @property
    def characters(self) -> Characters:
        """The characters of the distinct values: quickly made, and much to hold."""
        return Characters.of(self.values)

    @cached_property
    def hashes(self) -> np.ndarray:
        """A 64-bit hash of each distinct value."""
        return hashes(self.values)

    @cached_property
    def lengths(self) -> np.ndarray:
        """The number of characters of each value."""
        return pc.utf8_length(self.values).to_numpy()

    @cached_property
    def marks(self) -> np.ndarray:
        """Which characters a value holds, each time that it does: each sets one of 64 bits."""
        if not len(self.values):
            return np.zeros(0, np.uint64)
        own = self.characters
        owners = np.repeat(np.arange(len(own.lengths), dtype=np.uint64), own.lengths)
        held = np.sort(owners << np.uint64(32) | own.points)
        firsts = np.flatnonzero(np.append(True, held[1:] != held[:-1]))
        before = np.arange(len(held)) - np.repeat(firsts, np.diff(np.append(firsts, len(held))))
        each = held.astype(np.uint32) + before.astype(np.uint32) * np.uint32(0x85EBCA6B)
        bits = (each * np.uint32(0x9E3779B1)) >> np.uint32(26)
        return np.bitwise_or.reduceat(np.uint64(1) << bits, own.starts)

    @cached_property
    def heads(self) -> tuple[np.ndarray, ...]:
        """The first character of each value, its first two and its first three, as one number."""
        own = self.characters
        heads, starts = [np.zeros(len(own.lengths), np.uint64)], own.starts
        for place in range(3):
            at = np.flatnonzero(own.lengths > place)
            heads.append(heads[-1].copy())
            heads[-1][at] = heads[-1][at] << np.uint64(21) | own.points[starts[at] + place]
        return tuple(heads[1:])

    @cached_property
    def spare(self) -> np.ndarray:
        """How many characters a value has beyond those that its marks tell apart: few."""
        return self.lengths - np.bitwise_count(self.marks)

    @property
    def filled(self) -> np.ndarray:
        return self.columns[:, 0] >= 0


def encode(values: pa.Array | pa.ChunkedArray) -> Field:
    """The field of one text column; null and "" are missing."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    encoded = values.dictionary_encode()
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int32)
    found = encoded.dictionary
    empty = pc.index(found, "").as_py()
    if empty >= 0:
        codes = np.where(codes == empty, np.int32(-1), codes - (codes > empty))
        found = pa.concat_arrays([found[:empty], found[empty + 1 :]])
    return Field(codes, found)


def mapped(field: Field, texts: pa.Array | list[str]) -> Field:
    """The field with each distinct value replaced by another text; equal texts fall together."""
    return through(
        field, encode(texts if isinstance(texts, pa.Array) else pa.array(texts, pa.string()))
    )


def through(field: Field, other: Field) -> Field:
    """The field with each distinct value replaced by what `other` has for it, value by value."""
    return Field(np.append(other.codes, np.int32(-1))[field.codes], other.values)


def only(field: Field, kept: np.ndarray) -> Field:
    """The field where it is kept, and missing elsewhere.

    >>> one = only(encode(pa.array(["a", "b", "c", "a"])), np.array([False, True, False, True]))
    >>> one.codes.tolist(), one.values.to_pylist()
    ([-1, 0, -1, 1], ['b', 'a'])
    """
    codes, used = _numbered(field.codes, (field.codes >= 0) & kept)
    return Field(codes, field.values.take(used))


def both(one: Field, other: Field) -> Field:
    """The values of two fields together, parted by a sign that no value of `other` holds; missing
    where one of them is.

    >>> both(encode(pa.array(["a", "a"])), encode(pa.array(["b", None]))).texts.to_pylist()
    ['a|b', None]
    """
    pairs = one.codes.astype(np.int64) * len(other.values) + other.codes
    codes, used = _numbered(pairs, one.filled & other.filled)
    first, second = np.divmod(used.to_numpy(), max(len(other.values), 1))
    texts = one.values.take(pa.array(first)), other.values.take(pa.array(second))
    return Field(codes, pc.binary_join_element_wise(*texts, "|"))


def _numbered(numbers: np.ndarray, kept: np.ndarray) -> tuple[np.ndarray, pa.Array]:
    """The place of each among the different ones, which stand as they come, -1 where it is not kept."""
    found = pa.array(numbers, mask=~kept).dictionary_encode()
    return pc.fill_null(found.indices, -1).to_numpy(), found.dictionary


def several(fields: Iterable[Field]) -> Field:
    """A field with several values per record, from fields with one, of which the first is filled
    first."""
    fields = [*fields]
    fields = [one for one in fields if len(one.values)] or fields[:1]
    if len(fields) == 1:
        return Field(fields[0].codes[:, None], fields[0].values)
    joined = encode(pa.concat_arrays([one.values for one in fields]))
    ends = np.cumsum([len(one.values) for one in fields])
    own = [Field(codes, joined.values) for codes in np.split(joined.codes, ends[:-1])]
    codes = np.column_stack([through(*pair).codes for pair in zip(fields, own, strict=True)])
    order = np.argsort(codes < 0, axis=1, kind="stable")
    codes = np.take_along_axis(codes, order, axis=1)
    used = max(int((codes >= 0).any(axis=0).sum()), 1)
    return Field(np.ascontiguousarray(codes[:, :used]), joined.values)


def numbers(column: pa.Array) -> Field:
    """Telephones, without those of which digits are gone: what a spreadsheet rounded (1.39E+10) and
    what a system masked (138****0001) is the same for people who have nothing in common."""
    field = encode(column)
    known = np.append(whole(field.values), False)
    return only(field, known[field.codes])
