"""The section `gates` of crmclean.yaml: what a monthly run may contain before `check` objects.

A threshold below 1, or with a per cent sign, is a share (`0.02`, `2%`, `150%`); one from 1 on is a
count; 0 means none at all. `issues`,
`duplicates`, `freshness` and `drift` are upper limits (more than this is too much), `completeness`,
`accuracy` and `score` lower ones. `fail` gives a finding of severity error, `warn` one of severity
warn. A waiver silences a finding until its date; a person answers for it by name.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, WithJsonSchema, WrapValidator
from pydantic import Field as Setting

FIELD = r"(?:customer|contact|lead|follow_up|opportunity)\.\w+"
RULE = re.compile(rf"\*|[A-Z][A-Z0-9_]+|{FIELD}(?: [A-Z][A-Z0-9_]+)?")


class Percent(float):
    """A share that was written with a per cent sign: 150% is one too."""


def _number(value: Any, read: Callable[[Any], float]) -> float:
    """`2%` as 0.02, and known as a share; everything else as a number."""
    if not (isinstance(value, str) and value.strip().endswith("%")):
        return read(value)
    try:
        share = float(value.strip()[:-1]) / 100
    except ValueError:
        return read(value)
    return Percent(read(share))


def _rule(name: str) -> str:
    if not RULE.fullmatch(name):
        raise ValueError("expected CODE, object.field, object.field CODE or *")
    return name


def _for_editors(**limits: float) -> WithJsonSchema:
    percent = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)? *%$"}
    return WithJsonSchema({"anyOf": [{"type": "number", **limits}, percent]})


Threshold = Annotated[float, Setting(ge=0), WrapValidator(_number), _for_editors(minimum=0)]
Share = Annotated[
    float, Setting(ge=0, le=1), WrapValidator(_number), _for_editors(minimum=0, maximum=1)
]
Rule = Annotated[str, AfterValidator(_rule)]
FieldPath = Annotated[str, Setting(pattern=rf"^{FIELD}$")]
Severity = Literal["error", "warn", "info"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(_Part):
    """Upper limits, as shares or counts."""

    warn: Threshold | None = None
    fail: Threshold | None = None


class Shares(_Part):
    """Limits between 0 and 1."""

    warn: Share | None = None
    fail: Share | None = None


class Points(_Part):
    """Lower limits of the score, 0 to 100."""

    warn: Annotated[float, Setting(ge=0, le=100)] | None = None
    fail: Annotated[float, Setting(ge=0, le=100)] | None = None


class Completeness(Shares):
    """Lower limits over all required fields, and for single fields."""

    fields: dict[FieldPath, Shares] = {}


class Freshness(Limits):
    """Customers of one owner whose key dates are all older than `days`, or missing."""

    fields: tuple[FieldPath, ...] = ("customer.last_follow_up_at", "customer.updated_at")
    days: int = Setting(30, ge=1)
    warn: Threshold | None = 0.0


class StatusChanges(_Part):
    """Changes since the baseline that somebody signs off: [from, to]."""

    field: FieldPath = "customer.status"
    changes: tuple[tuple[str, str], ...] = (("成交", "流失"),)
    severity: Severity = "warn"


class Drift(_Part):
    """Upper limits of change since the baseline. volume: share of rows lost · growth: share of rows
    gained · completeness: share of filled cells lost · duplicates: growth of their share ·
    distribution: share of values that moved (half the sum of differences)."""

    volume: Limits = Limits(warn=0.1, fail=0.3)
    growth: Limits = Limits(warn=0.5)
    completeness: Shares = Shares(warn=0.05, fail=0.2)
    duplicates: Limits = Limits(warn=0.5, fail=0.95)
    distribution: Shares = Shares(warn=0.15)


class Waiver(_Part):
    """A finding that is accepted until a date: what, who answers for it, why, how long."""

    code: Annotated[str, Setting(pattern=r"^(\*|[A-Z][A-Z0-9_]+)$")]
    field: FieldPath | None = None
    source: str | None = None
    column: str | None = None
    owner: Annotated[str, Setting(min_length=1)]
    reason: Annotated[str, Setting(min_length=1)]
    until: date


class Gates(_Part):
    """The whole section; what is left out is not judged."""

    score: Points = Points()
    completeness: Completeness = Completeness()
    duplicates: Shares = Shares()
    accuracy: Shares = Shares()
    issues: dict[Rule, Limits] = {}
    new_only: bool = False
    freshness: Freshness | None = None
    status: StatusChanges = StatusChanges()
    drift: Drift = Drift()
    severity: dict[Annotated[str, Setting(pattern=r"^[A-Z][A-Z0-9_]+$")], Severity] = {}
    waivers: tuple[Waiver, ...] = ()

    def limits(self) -> dict[str, dict[str, float]]:
        """The gates on dimensions as plain numbers: {"duplicates": {"fail": 0.02}, …}."""
        named = {name: getattr(self, name) for name in ("completeness", "duplicates", "accuracy")}
        plain = {
            name: {
                key: limit for key in ("warn", "fail") if (limit := getattr(gate, key)) is not None
            }
            for name, gate in named.items()
        }
        return {name: gate for name, gate in plain.items() if gate}


def part_at(place: list[Any]) -> type[BaseModel]:
    """The model of the mapping at `place` below `gates`, for "did you mean"."""
    parts = {
        "completeness": Shares if len(place) > 1 else Completeness,
        "freshness": Freshness,
        "status": StatusChanges,
        "drift": Limits if len(place) > 1 else Drift,
        "waivers": Waiver,
        "score": Points,
    }
    return parts.get(str(place[0]), Limits) if place else Gates
