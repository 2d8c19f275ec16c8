"""The data-quality score: six dimensions, one figure, a five-level grade, and how it was computed.

The dimensions are the six that stewards in China know (完整性 准确性 唯一性 一致性 有效性 及时性);
each is X = A / B × 100 %, as in GB/T 36344-2018: A elements that meet the requirement of B that were
evaluated. The score is the weighted mean of the dimensions that could be measured; one that could
not is "not measured", never 100. Accuracy in particular cannot be read from a file: only the
sampled audit measures it. A failing gate caps the grade at `poor`, because a mean can hide a
blocker. Pure functions of counts; the words stand in the catalogue.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

DIMENSIONS = ("completeness", "validity", "uniqueness", "consistency", "accuracy", "timeliness")
#: Weights in per cent; printed with the formula in every report.
WEIGHTS = {
    "completeness": 25,
    "validity": 25,
    "uniqueness": 20,
    "consistency": 15,
    "accuracy": 10,
    "timeliness": 5,
}
#: Lowest score of each grade, best first: 优 良 中 差 劣.
GRADES = (("excellent", 95.0), ("good", 85.0), ("fair", 75.0), ("poor", 60.0), ("bad", 0.0))

#: Which dimension an issue speaks of, by the words of its code; the first that fits. A code without
#: any of them is about the value itself (validity) when it names a field.
_WORDS = (
    ("completeness", r"REQUIRED|MISSING_VALUE|GAP|PLACEHOLDER|BLANK"),
    ("uniqueness", r"DUPLICATE|SHARED|NOT_UNIQUE|CLASH"),
    (
        "consistency",
        r"REFERENCE|CONFLICT|MISMATCH|DIFFER|OWNER|BEFORE|AFTER|PARENT|DISAGREE|ORPHAN",
    ),
    ("timeliness", r"STALE|OUTDATED|PAST"),
)
#: What a target's template refuses is no fault of the data, is mostly said of the same cell before,
#: and is not known to `check`, which exports nothing: it speaks of no dimension.
TARGET = "TARGET_"


@dataclass(frozen=True)
class Dimension:
    """One dimension: `met` of `of` elements meet the requirement; of = 0: not measured."""

    name: str
    met: int
    of: int

    @property
    def ratio(self) -> float | None:
        """Between 0 and 1; None when nothing could be evaluated."""
        return self.met / self.of if self.of else None


def dimension_of(code: str, field: str | None = None) -> str | None:
    """The dimension that an issue's code belongs to; None for issues of files and layouts.

    >>> dimension_of("REFERENCE_UNKNOWN", "customer"), dimension_of("PHONE_LOST_DIGITS", "mobile")
    ('consistency', 'validity')
    >>> dimension_of("SHEET_HIDDEN"), dimension_of("TARGET_BAD_FORM", "mobile")
    (None, None)
    """
    if code.startswith(TARGET):
        return None
    for name, words in _WORDS:
        if field and re.search(words, code):
            return name
    return "validity" if field else None


def score(dimensions: Iterable[Dimension], weights: Mapping[str, float] = WEIGHTS) -> float | None:
    """The weighted mean of the measured dimensions, 0 to 100; None when none was measured.

    >>> score([Dimension("completeness", 9, 10), Dimension("accuracy", 0, 0)])
    90.0
    """
    measured = [(weights.get(d.name, 0), d.ratio) for d in dimensions if d.ratio is not None]
    total = sum(weight for weight, _ in measured)
    return 100 * sum(weight * ratio for weight, ratio in measured) / total if total else None


def grade(points: float | None, capped: bool = False) -> str | None:
    """excellent, good, fair, poor or bad; never better than poor when `capped` by a failing gate.

    >>> grade(97.2), grade(97.2, capped=True), grade(41), grade(None)
    ('excellent', 'poor', 'bad', None)
    """
    if points is None:
        return None
    reached = next(name for name, least in GRADES if points >= least)
    return "poor" if capped and reached in ("excellent", "good", "fair") else reached


def gates(dimensions: Iterable[Dimension], limits: Mapping[str, Any]) -> dict[str, str]:
    """pass, warn or fail for each gate of the project that these dimensions can judge.

    A gate on `duplicates` is a highest share of duplicates, every other one a lowest ratio.

    >>> gates([Dimension("uniqueness", 97, 100)], {"duplicates": {"fail": 0.02}})
    {'duplicates': 'fail'}
    """
    ratios = {d.name: d.ratio for d in dimensions if d.ratio is not None}
    if "uniqueness" in ratios:
        ratios["duplicates"] = ratios["uniqueness"]
    judged = {name: gate for name, gate in limits.items() if name in ratios}
    return {name: _verdict(name, ratios[name], gate) for name, gate in judged.items()}


def _verdict(name: str, ratio: float, gate: Mapping[str, float]) -> str:
    for verdict in ("fail", "warn"):
        if verdict in gate:
            least = 1 - gate[verdict] if name == "duplicates" else gate[verdict]
            if ratio < least - 1e-12:
                return verdict
    return "pass"
