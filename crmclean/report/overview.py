"""The first screen: what can be imported, the score and its six dimensions, and what to do next."""

from typing import Any

import pyarrow.compute as pc

from crmclean import score
from crmclean.report import fields, heat
from crmclean.report.finished import Finished, codes, tally
from crmclean.score import Dimension
from crmclean.tables import OBJECTS


def facts(run: Finished, gaps: dict[str, Any]) -> dict[str, Any]:
    """Counts of records by end, the score with its dimensions, gates and next actions."""
    ends = tally(run.crosswalk, "end")
    by_object = tally(run.crosswalk, "object", "end")
    dimensions = measured(run)
    gates = score.gates(dimensions, run.project.gates.limits())
    capped = "fail" in gates.values()
    points = score.score(dimensions)
    count = {end: n for (end,), n in ends.items()}
    return {
        "records": sum(count.values()),
        "ends": count,
        "importable": [(name, by_object.get((name, "loaded"), 0)) for name in OBJECTS if any(k[0] == name for k in by_object)],
        "dimensions": dimensions,
        "weights": score.WEIGHTS,
        "gates": gates,
        "capped": capped,
        "points": points,
        "grade": score.grade(points, capped),
        "actions": _actions(run, count, gaps),
    }


def measured(run: Finished) -> list[Dimension]:
    """The six dimensions of what will be loaded; accuracy waits for the audit."""
    met, of = heat.filled(run)
    cells, wrong = fields.dimension_cells(run)
    people = sum(t.num_rows for t in run.golden.values())
    doubles = _records_asked(run, "uniqueness")
    records = sum(t.num_rows for t in run.records.values())
    crossed = _records_asked(run, "consistency")
    fresh, dated = heat.fresh(run)
    values = {
        "completeness": (met, of),
        "validity": (cells - wrong, cells),
        "uniqueness": (people - min(doubles, people), people),
        "consistency": (records - min(crossed, records), records),
        "accuracy": _audited(run),
        "timeliness": (fresh, dated),
    }
    return [Dimension(name, *values[name]) for name in score.DIMENSIONS]


def _records_asked(run: Finished, dimension: str) -> int:
    """Records with an open issue of the dimension; for uniqueness also the pairs to decide."""
    issues = run.issues
    numbers, names = codes(issues["code"])
    chosen = [n for n, code in enumerate(names) if score.dimension_of(code, "any") == dimension]
    import numpy as np
    import pyarrow as pa

    part = issues.filter(pa.array(np.isin(numbers, chosen)))
    asked = len(tally(part.filter(pc.is_valid(part["record"])), "object", "record"))
    if dimension == "uniqueness" and run.work.has("pairs"):
        asked += tally(run.work.get("pairs", ["verdict"]), "verdict").get(("review",), 0)
    return asked


def _audited(run: Finished) -> tuple[int, int]:
    """Correct and checked records of the returned audit form, once there is one."""
    if not run.work.has("audit"):
        return 0, 0
    result = run.work.get("audit").to_pylist()[0]
    return int(result["correct"]), int(result["checked"])


def _actions(run: Finished, ends: dict[str, int], gaps: dict[str, Any]) -> list[dict[str, Any]]:
    """What to do next, who does it, how many, and with which file; nothing that is not needed."""
    pairs = tally(run.work.get("pairs", ["verdict"]), "verdict") if run.work.has("pairs") else {}
    steps = [
        ("review", pairs.get(("review",), 0), "review/duplicates.xlsx", "duplicates"),
        ("held", ends.get("held", 0), "review/owner_conflicts.xlsx", "flow"),
        ("rejected", ends.get("rejected", 0), "quarantine.xlsx", "flow"),
        ("gaps", gaps["total"], "gaps/", "gaps"),
        ("pilot", run.project.pilot.rows, "pilot/", "files"),
        ("audit", run.project.audit.rows, "audit/form.xlsx", "files"),
    ]
    return [{"step": s, "count": n, "file": f, "section": at} for s, n, f, at in steps if n]
