"""The different ones of many numbers.

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
