"""Arrays of whole numbers: the different ones, and ranges.

`np.unique` hashes them since NumPy 2.3, which takes thirty times as long as sorting where most are
different, as numbers of rows and hashes of values are.
"""

import numpy as np


def distinct(numbers: np.ndarray) -> np.ndarray:
    """The different numbers, in order.

    >>> distinct(np.array([3, 1, 3]))
    array([1, 3])
    """
    numbers = np.sort(numbers)
    return numbers[np.append(True, numbers[1:] != numbers[:-1])[: len(numbers)]]


def ranges(first: np.ndarray, count: np.ndarray) -> np.ndarray:
    """`count` numbers from each `first` on.

    >>> ranges(np.array([7, 2]), np.array([2, 3]))
    array([7, 8, 2, 3, 4])
    """
    before = np.cumsum(count) - count
    return np.repeat(first - before, count) + np.arange(int(count.sum()))
