"""The six dimensions of data quality, measured on the tables of a finished run.

One place for the figures of the report, of `summary.json` and of the gates, so that they never
disagree. Definitions (A of B elements meet the requirement, GB/T 36344-2018):

    completeness  required cells of golden records that are filled
    validity      filled cells of fields with a form, without an issue about the value
    uniqueness    golden records without an open duplicate (an issue, or a pair to decide)
    consistency   records without an issue about references, owners or order of dates
    accuracy      records found correct in the returned audit form; not measured before
    timeliness    customers touched within 12 months of the newest date in the data: no clock
"""

from typing import Any

import numpy as np
import pyarrow.compute as pc

from crmclean import messages, score
from crmclean.model import Object
from crmclean.run.grouped import Grouped
from crmclean.run.numbers import distinct
from crmclean.score import Dimension

Counted = tuple[int, dict[str, int]]
DATES = ("last_follow_up_at", "updated_at")


def dimensions(work: Any, model: dict[str, Object], issues: Grouped) -> list[Dimension]:
    """The dimensions of the run in `work` (run.Work); what cannot be measured is 0 of 0."""
    golden = {name: work.filled(f"golden/{name}") for name in model}
    records = {name: work.filled(f"records/{name}") for name in model}
    asked = _Asked(issues)
    values = {
        "completeness": _filled(golden, model),
        "validity": _valid(records, model, asked),
        "uniqueness": _unique(golden, asked, work),
        "consistency": _consistent(records, asked),
        "accuracy": _audited(work),
        "timeliness": _fresh(work),
    }
    return [Dimension(name, *values[name]) for name in score.DIMENSIONS]


class _Asked:
    """Issues of records, by the dimension that each code speaks of."""

    def __init__(self, issues: Grouped) -> None:
        self._issues, self._groups = issues, issues.groups.to_pylist()
        self._named = [score.dimension_of(group["code"], "any") for group in self._groups]

    def loud(self, dimension: str) -> int:
        """How many there are that the catalogue does not only mention."""
        named = zip(self._groups, self._named, strict=True)
        asked = [
            name == dimension and messages.severity(group["code"]) != "info"
            for group, name in named
        ]
        return int(np.array(asked, bool)[self._issues.group[self._issues.record > 0]].sum())

    def records(self, dimension: str) -> int:
        """How many records have one."""
        found = 0
        for object in {group["object"] for group in self._groups}:
            named = zip(self._groups, self._named, strict=True)
            asked = [group["object"] == object and name == dimension for group, name in named]
            own = self._issues.record[np.array(asked, bool)[self._issues.group]]
            found += len(distinct(own[own > 0]))
        return found


def _filled(golden: dict[str, Counted], model: dict[str, Object]) -> tuple[int, int]:
    met = of = 0
    for name, (rows, counts) in golden.items():
        for field in model[name].fields.values():
            if field.required != "no" and field.name in counts:
                of += rows
                met += counts[field.name]
    return met, of


def _valid(records: dict[str, Counted], model: dict[str, Object], asked: _Asked) -> tuple[int, int]:
    of = sum(
        counts.get(field.name, 0)
        for name, (_, counts) in records.items()
        for field in model[name].fields.values()
        if field.kind not in ("text", "long_text")
    )
    return of - min(asked.loud("validity"), of), of


def _unique(golden: dict[str, Counted], asked: _Asked, work: Any) -> tuple[int, int]:
    of = sum(rows for rows, _ in golden.values())
    open_pairs = 0
    if work.has("pairs"):
        verdicts = work.get("pairs", ["verdict"])["verdict"]
        open_pairs = pc.sum(pc.equal(verdicts, "review")).as_py() or 0
    return of - min(asked.records("uniqueness") + open_pairs, of), of


def _consistent(records: dict[str, Counted], asked: _Asked) -> tuple[int, int]:
    of = sum(rows for rows, _ in records.values())
    return of - min(asked.records("consistency"), of), of


def _audited(work: Any) -> tuple[int, int]:
    found = work.get("audit").to_pylist() if work.has("audit") else []
    return (int(found[0]["correct"]), int(found[0]["checked"])) if found else (0, 0)


def _fresh(work: Any) -> tuple[int, int]:
    names = work.filled("golden/customer")[1]
    known = [name for name in DATES if name in names]
    if not known:
        return 0, 0
    dates = work.get("golden/customer", known).columns
    day = pc.utf8_slice_codeunits(pc.coalesce(*dates), 0, 10)
    day = day.filter(pc.fill_null(pc.match_substring_regex(day, r"^\d{4}-\d\d-\d\d$"), False))
    if not len(day):
        return 0, 0
    newest = pc.max(day).as_py()
    least = f"{int(newest[:4]) - 1:04d}{newest[4:]}"
    return pc.sum(pc.greater_equal(day, least)).as_py(), len(day)
