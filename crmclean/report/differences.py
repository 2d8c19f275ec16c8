"""How two masked values differ, so that a reader can judge a pair without seeing a person."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def differences(left: pa.Array, right: pa.Array) -> np.ndarray:
    """How two masked columns differ, per pair: 0 the same, n > 0 differs in n characters (of the
    same length), -1 differs otherwise, -2 one of them is missing.

    >>> differences(pa.array(["13812", "138", None]), pa.array(["13912", "1381", "x"])).tolist()
    [1, -1, -2]
    """
    missing = _flags(pc.or_(pc.is_null(left), pc.is_null(right)))
    pair = [
        side.fill_null("").to_numpy(zero_copy_only=False).astype("U64") for side in (left, right)
    ]
    matrices = [side.view(np.uint32).reshape(len(side), -1) for side in pair]
    counted = (matrices[0] != matrices[1]).sum(axis=1)
    lengths = [_lengths(side) for side in (left, right)]
    counted[(lengths[0] != lengths[1]) | (lengths[0] > 64)] = -1
    counted[_flags(pc.equal(left, right).fill_null(False))] = 0
    counted[missing] = -2
    return counted


def _flags(mask_: pa.Array) -> np.ndarray:
    return mask_.to_numpy(zero_copy_only=False)


def _lengths(values: pa.Array) -> np.ndarray:
    return pc.utf8_length(values).fill_null(0).to_numpy(zero_copy_only=False)
