"""Exact sampling plans: how many records must be judged to prove 98 % (trust.md 3.2).

A single plan (n, c) proves accuracy >= claim if at most c of n are wrong. The double plan is
recommended: judge 258; at most 1 wrong proves it, 5 or more do not; from 2 to 4, judge 249 more and
at most 4 wrong in all prove it. Its true risk of a false claim at 98.0 % is 4.98 %. After a double
plan only the claim itself may be stated: the ordinary bound is not valid for a sample whose size
depended on its result.
"""

from dataclasses import dataclass

from crmclean.errors import UsageError

CLAIM, CONFIDENCE = 0.98, 0.95
UNPROVED, MORE, PROVED = "not_proved", "more", "proved"


@dataclass(frozen=True)
class Double:
    """First sample: `first` records, `accept` or fewer wrong prove it, `reject` or more do not.
    Between: `second` more records, at most `accept_all` wrong in all."""

    first: int = 258
    accept: int = 1
    reject: int = 5
    second: int = 249
    accept_all: int = 4

    def verdict(self, drawn: int, wrong: int) -> str:
        """What the records judged so far say: proved, not_proved, or more are to be judged.

        >>> Double().verdict(258, 1), Double().verdict(258, 3), Double().verdict(507, 4)
        ('proved', 'more', 'proved')
        """
        if drawn < self.first:
            return UNPROVED if wrong >= self.reject else MORE
        if drawn < self.first + self.second:
            if wrong <= self.accept and drawn == self.first:
                return PROVED
            return UNPROVED if wrong >= self.reject else MORE
        return PROVED if wrong <= self.accept_all else UNPROVED


def size(plan: str) -> int:
    """How many records a plan begins with: single (149, all right), double (258), or a number.
    Raises UsageError (AUDIT_PLAN).

    >>> size("single"), size("double"), size("507")
    (149, 258, 507)
    """
    if plan == "single":
        return smallest(0)
    if plan == "double":
        return Double().first
    if plan.isdecimal() and int(plan):
        return int(plan)
    raise UsageError("AUDIT_PLAN", value=plan)


def smallest(wrong: int, claim: float = CLAIM, confidence: float = CONFIDENCE) -> int:
    """The smallest sample in which `wrong` errors still prove the claim.

    >>> [smallest(c) for c in range(5)]
    [149, 236, 313, 386, 456]
    """
    from scipy.stats import binom

    drawn = wrong + 1
    while binom.cdf(wrong, drawn, 1 - claim) > 1 - confidence:
        drawn += 1
    return drawn


def proves(
    drawn: int,
    wrong: int,
    population: int = 0,
    claim: float = CLAIM,
    confidence: float = CONFIDENCE,
) -> bool:
    """Whether a single sample proves the claim: exactly, and for a small population with its own
    (hypergeometric) plan.

    >>> proves(149, 0), proves(148, 0), proves(100, 2), proves(132, 0, population=1000)
    (True, False, False, True)
    """
    from scipy.stats import binom, hypergeom

    if population and drawn <= population:
        bad = int((1 - claim) * population + 1e-9) + 1
        return bool(hypergeom.cdf(wrong, population, bad, drawn) <= 1 - confidence)
    return bool(binom.cdf(wrong, drawn, 1 - claim) <= 1 - confidence)
