"""What a number of right answers proves (trust.md 3).

Decisions use exact binomial bounds (Clopper and Pearson 1934): they never claim too much. Wilson's
interval (1927) is shown beside them, because it is the better picture of where the truth lies.

98 right of 100 prove 93.8 %, not 98 %; 149 of 149 are the smallest sample that proves 98 %.
"""

import math

#: The customary line of a contract: at least this share of the sample is right.
CONTRACT = 0.98
CONFIDENCE = 0.95


def lower_bound(right: int, drawn: int, confidence: float = CONFIDENCE) -> float:
    """The exact one-sided lower bound of the accuracy.

    >>> round(lower_bound(98, 100), 4), round(lower_bound(100, 100), 4)
    (0.9384, 0.9705)
    """
    from scipy.stats import beta

    if drawn == 0 or right == 0:
        return 0.0
    return float(beta.ppf(1 - confidence, right, drawn - right + 1))


def wilson(right: int, drawn: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The two-sided interval, for display.

    >>> [round(x, 4) for x in wilson(98, 100)]
    [0.93, 0.9945]
    """
    from scipy.stats import norm

    if drawn == 0:
        return 0.0, 1.0
    z = float(norm.ppf(0.5 + confidence / 2))
    share, spread = right / drawn, z * z / drawn
    middle = (share + spread / 2) / (1 + spread)
    reach = z * math.sqrt(share * (1 - share) / drawn + spread / (4 * drawn)) / (1 + spread)
    return max(0.0, middle - reach), min(1.0, middle + reach)
