"""A column of texts as one array of characters: what arrays can do with texts, Python need not."""

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.run.abreast import batches

_BASE = np.uint64(0x100000001B3)


@dataclass(frozen=True)
class Characters:
    """`points`: the code points of all texts, one after the other; `lengths`: how many each has."""

    points: np.ndarray
    lengths: np.ndarray

    @classmethod
    def of(cls, texts: pa.Array) -> "Characters":
        """The characters of a column without nulls.

        >>> Characters.of(pa.array(["华星", "ab"])).texts().to_pylist()
        ['华星', 'ab']
        """
        lengths = pc.utf8_length(texts).to_numpy().astype(np.int64)
        if not lengths.any():
            return cls(np.zeros(0, np.uint32), lengths)
        _, ends, held = texts.buffers()
        first, last = np.frombuffer(ends, np.int32)[[texts.offset, texts.offset + len(texts)]]
        joined = str(memoryview(held)[first:last], "utf-8")
        return cls(np.frombuffer(joined.encode("utf-32-le"), np.uint32), lengths)

    @cached_property
    def starts(self) -> np.ndarray:
        return np.cumsum(self.lengths) - self.lengths

    def ordered(self) -> "Characters":
        """The characters of each text in their order.

        >>> Characters.of(pa.array(["cab", "星华"])).ordered().texts().to_pylist()
        ['abc', '华星']
        """
        owners = np.repeat(np.arange(len(self.lengths), dtype=np.uint64), self.lengths)
        held = np.sort(owners << np.uint64(32) | self.points)
        return Characters(held.astype(np.uint32), self.lengths)

    def texts(self) -> pa.Array:
        """The column again."""
        stops = np.append(0, np.cumsum(_widths()[self.points]))
        places = stops[np.append(0, np.cumsum(self.lengths))]
        encoded = self.points.tobytes().decode("utf-32-le").encode()
        buffers = pa.py_buffer(places.astype(np.int32).tobytes()), pa.py_buffer(encoded)
        return pa.StringArray.from_buffers(len(self.lengths), *buffers)


def hashes(texts: pa.Array) -> np.ndarray:
    """A 64-bit hash of each text, a polynomial: the same on every platform. Some texts at a time:
    the numbers on the way take ten times the room of the texts."""
    return np.concatenate([_polynomials(Characters.of(some)) for some in batches(texts)])


def _polynomials(own: Characters) -> np.ndarray:
    powers = np.cumprod(np.full(int(own.lengths.max(initial=0)) + 1, _BASE))
    starts = own.starts
    terms = powers[np.arange(len(own.points)) - np.repeat(starts, own.lengths)]
    terms *= own.points
    sums = np.append(np.uint64(0), np.cumsum(terms, dtype=np.uint64))
    return sums[starts + own.lengths] - sums[starts]


@cache
def _widths() -> np.ndarray:
    """How many bytes each code point has in UTF-8."""
    return np.repeat(np.arange(1, 5, dtype=np.int8), [0x80, 0x780, 0xF800, 0x100000])
