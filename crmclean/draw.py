"""A reproducible draw: records in the order of a keyed mix of their number.

Order by a keyed mix and take the first n: the draw depends on the seed and on each record alone,
not on file order or on how many others there are, a longer draw only adds to a shorter one, and
anybody can do it again (trust.md 3.6, item 3). The mix is SplitMix64 (Steele, Lea, Flood 2014).
"""

import hashlib

import numpy as np
import pyarrow as pa

_MASK = np.uint64(0xFFFFFFFFFFFFFFFF)


def ranks(records: pa.Array | np.ndarray, seed: int | str) -> np.ndarray:
    """The sort key of each record under `seed`; equal records get equal keys."""
    key = int.from_bytes(hashlib.sha256(str(seed).encode()).digest()[:8], "big")
    mixed = _mix(np.asarray(records).astype(np.uint64) ^ np.uint64(key))
    return _mix(mixed + np.uint64(key))


def first(records: pa.Array | np.ndarray, count: int, seed: int | str) -> np.ndarray:
    """The places of the `count` records drawn, in drawing order.

    >>> first(np.arange(1000), 3, 1).tolist() == first(np.arange(1000), 5, 1).tolist()[:3]
    True
    """
    keys = ranks(records, seed)
    return np.argsort(keys, kind="stable")[:count]


def _mix(x: np.ndarray) -> np.ndarray:
    x = (x + np.uint64(0x9E3779B97F4A7C15)) & _MASK
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
