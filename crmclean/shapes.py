"""The shape of text values: digits #, capitals A, runs of small letters a, of characters 字.

Shapes tell more about dirty text than any mean: `###########` 81 %, `###-####-####` 9 %,
`#.##A+##` 3 % is the story of a telephone column (the pattern finder of DataCleaner). They hold no
personal data. Shared by the profile before cleaning and the report after it.
"""

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

MARKS = ((r"\p{Nd}", "#"), (r"\p{Lu}", "A"), (r"\p{Ll}+", "a"), (r"\p{Lo}+", "字"))
LONGEST = 40
#: The share above which a shape is frequent.
FREQUENT = 0.1


def shapes(values: pa.Array) -> pa.Array:
    """The shape of each value, cut to 40 characters; null stays null.

    >>> shapes(pa.array(["138-1234", "张三 Li", None])).to_pylist()
    ['###-####', '字 Aa', None]
    """
    for pattern, mark in MARKS:
        values = pc.replace_substring_regex(values, pattern, mark)
    return pc.utf8_slice_codeunits(values, 0, LONGEST)


def telling(counts: Mapping[str, int]) -> Counter[str]:
    """The shapes with their counts; where none is frequent, because letters and digits mix freely (a
    credit code), the length alone is the shape.

    >>> telling({"#A#A": 1, "##A#": 1, **{f"A{'#' * n}": 1 for n in range(3, 20)}}).most_common(1)
    [('####', 3)]
    """
    if max(counts.values(), default=0) > FREQUENT * sum(counts.values()):
        return Counter(counts)
    folded: Counter[str] = Counter()
    for shape, count in counts.items():
        folded[shape.replace("A", "#")] += count
    return folded


def thinned(values: pa.Array, most: int) -> pa.Array:
    """At most `most` values, evenly spaced.

    >>> thinned(pa.array(["a", "b", "c", "d", "e"]), 3).to_pylist()
    ['a', 'c', 'e']
    """
    if len(values) <= most:
        return values
    return values.take(pa.array(np.linspace(0, len(values) - 1, most).astype(np.int64)))
