"""How good final clusters are: pairwise precision, recall, F1 (transitive pairs counted), B-cubed,
the largest cluster. From the contingency table of truth and clusters; no pair is made."""

import numpy as np


def scores(truth: np.ndarray, clusters: np.ndarray) -> dict[str, float]:
    """precision, recall, f1, b3 and largest."""
    _, true = np.unique(truth, return_inverse=True)
    _, found = np.unique(clusters, return_inverse=True)
    _, cell = np.unique(true.astype(np.int64) * len(true) + found, return_inverse=True)
    both, sizes, real = np.bincount(cell), np.bincount(found), np.bincount(true)
    right = _pairs(both)
    precision, recall = right / max(_pairs(sizes), 1), right / max(_pairs(real), 1)
    share = both[cell]
    b3 = _harmonic(float((share / sizes[found]).mean()), float((share / real[true]).mean()))
    return {
        "f1": round(_harmonic(precision, recall), 4),
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "b3": round(b3, 4),
        "largest": int(sizes.max()),
    }


def completeness(truth: np.ndarray, left: np.ndarray, right: np.ndarray) -> float:
    """The share of true pairs among the compared ones."""
    _, true = np.unique(truth, return_inverse=True)
    return round(float((true[left] == true[right]).sum()) / _pairs(np.bincount(true)), 4)


def _pairs(sizes: np.ndarray) -> float:
    return float((sizes.astype(float) * (sizes - 1) / 2).sum())


def _harmonic(one: float, two: float) -> float:
    return 2 * one * two / max(one + two, 1e-12)
