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

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import messages, score
from crmclean.model import Object
from crmclean.score import Dimension

Counted = tuple[int, dict[str, int]]
DATES = ("last_follow_up_at", "updated_at")


def dimensions(work: Any, model: dict[str, Object]) -> list[Dimension]:
    """The dimensions of the run in `work` (run.Work); what cannot be measured is 0 of 0."""
    golden = {name: work.filled(f"golden/{name}") for name in model}
    records = {name: work.filled(f"records/{name}") for name in model}
    asked = _asked(work.issues())
    values = {
        "completeness": _filled(golden, model),
        "validity": _valid(records, model, asked),
        "uniqueness": _unique(golden, asked, work),
        "consistency": _consistent(records, asked),
        "accuracy": _audited(work),
        "timeliness": _fresh(work),
    }
    return [Dimension(name, *values[name]) for name in score.DIMENSIONS]


def _asked(issues: pa.Table) -> pa.Table:
    """Issues of records, with the dimension that each code speaks of."""
    issues = issues.filter(pc.is_valid(issues["record"]))
    code = issues["code"].combine_chunks().dictionary_encode()
    named = [score.dimension_of(name, "any") for name in code.dictionary.to_pylist()]
    return issues.append_column("dimension", pa.array(named, pa.string()).take(code.indices))


def _of(asked: pa.Table, dimension: str) -> pa.Table:
    return asked.filter(pc.equal(asked["dimension"], dimension))


def _records(asked: pa.Table, dimension: str) -> int:
    """How many records have an issue of the dimension."""
    return _of(asked, dimension).group_by(["object", "record"]).aggregate([]).num_rows


def _filled(golden: dict[str, Counted], model: dict[str, Object]) -> tuple[int, int]:
    met = of = 0
    for name, (rows, counts) in golden.items():
        for field in model[name].fields.values():
            if field.required != "no" and field.name in counts:
                of += rows
                met += counts[field.name]
    return met, of


def _valid(
    records: dict[str, Counted], model: dict[str, Object], asked: pa.Table
) -> tuple[int, int]:
    of = sum(
        counts.get(field.name, 0)
        for name, (_, counts) in records.items()
        for field in model[name].fields.values()
        if field.kind not in ("text", "long_text")
    )
    found = _of(asked, "validity")
    codes = pc.unique(found["code"]).to_pylist()
    loud = [code for code in codes if messages.severity(code) != "info"]
    wrong = pc.sum(pc.is_in(found["code"], pa.array(loud, pa.string()))).as_py() or 0
    return of - min(wrong, of), of


def _unique(golden: dict[str, Counted], asked: pa.Table, work: Any) -> tuple[int, int]:
    of = sum(rows for rows, _ in golden.values())
    open_pairs = 0
    if work.has("pairs"):
        verdicts = work.get("pairs", ["verdict"])["verdict"]
        open_pairs = pc.sum(pc.equal(verdicts, "review")).as_py() or 0
    return of - min(_records(asked, "uniqueness") + open_pairs, of), of


def _consistent(records: dict[str, Counted], asked: pa.Table) -> tuple[int, int]:
    of = sum(rows for rows, _ in records.values())
    return of - min(_records(asked, "consistency"), of), of


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
