"""What people decided moves the weights: a list whose review pairs are mostly different is stricter.

Once there are enough decisions, of both kinds or not, the prior is set so that they are as likely as
can be (logistic regression with one free number, held near nought). Decisions are about pairs in
doubt, so they say where the doubt lies, not what single comparisons are worth; those stay as learned.
"""

from dataclasses import replace

import numpy as np

from crmclean.dedupe.engine import Scored

ENOUGH = 50
SPREAD = 3.0  # bits: how far the prior is expected to move
MOST = 6.0
_ROUNDS = 50


def by_decisions(scored: Scored, said: dict[str, np.ndarray], count: int) -> Scored:
    """The pairs with their weights moved by decisions (`said`: see `named.pairs`), if enough."""
    pair = scored.left * count + scored.right
    same, different = (np.isin(pair, said[f"decided_{rule}"]) for rule in ("always", "never"))
    if same.sum() + different.sum() < ENOUGH:
        return scored
    moved = shift(scored.weight[same], scored.weight[different])
    return replace(scored, weight=scored.weight + np.float32(moved), moved=moved)


def shift(same: np.ndarray, different: np.ndarray) -> float:
    """By how many bits weights must move so that these pairs are the same and those different.

    >>> shift(np.full(30, 4.0), np.full(30, -4.0)), shift(np.zeros(0), np.full(60, 2.0)) < -4
    (0.0, True)
    """
    weight = np.concatenate([same, different]).astype(float)
    truth = np.repeat([1.0, 0.0], [len(same), len(different)])
    bits = 0.0
    for _ in range(_ROUNDS):  # Newton's method on the log posterior, in bits
        chance = 1.0 / (1.0 + np.exp2(-np.clip(weight + bits, -60, 60)))
        slope = np.log(2) * (truth - chance).sum() - bits / SPREAD**2
        curve = np.log(2) ** 2 * (chance * (1 - chance)).sum() + 1 / SPREAD**2
        bits = float(np.clip(bits + slope / curve, -MOST, MOST))
    return round(bits, 3) + 0.0
