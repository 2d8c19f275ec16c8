"""What hangs together: the connected components of pairs."""

import numpy as np


def components(count: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The component of each of `count` things, numbered in order of first members: every root joins
    the lowest root that it has an edge with, until no edge leads to another root.

    >>> components(5, np.array([4, 3]), np.array([1, 4]))
    array([0, 1, 2, 1, 1])
    """
    root = np.arange(count)
    while len(left):
        one, two = root[left], root[right]
        apart = one != two
        left, right, one, two = left[apart], right[apart], one[apart], two[apart]
        np.minimum.at(root, np.maximum(one, two), np.minimum(one, two))
        while ((up := root[root]) != root).any():
            root = up
    return (np.cumsum(root == np.arange(count)) - 1)[root]
