"""Columns that say the same few things over and over (an owner, an industry, a city, a day).

Each of their values is looked at once; what is found is then told to every row that has it. A
sample decides whether that pays: most values of a code or a telephone number stand on one row.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

#: Rows that are looked at, and the share of different values in them up to which it pays.
_SAMPLE, _FEW = 4096, 0.8


def distinct(values: pa.Array) -> tuple[pa.Array, np.ndarray | None]:
    """The different values, and of each row the place of its own (-1 for none); or the values as
    they stand, and None, where too many are different."""
    step = len(values) // _SAMPLE
    if step < 2 or not _are_few(values.take(pa.array(np.arange(0, len(values), step)))):
        return values, None
    found = values.dictionary_encode()
    return found.dictionary, pc.fill_null(found.indices, -1).to_numpy()


def _are_few(sample: pa.Array) -> bool:
    filled = len(sample) - sample.null_count
    return pc.count_distinct(sample).as_py() <= _FEW * filled
