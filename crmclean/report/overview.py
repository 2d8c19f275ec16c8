"""The first screen: what can be imported, the score and its six dimensions, and what to do next."""

from typing import Any

from crmclean import measure, score
from crmclean.report.finished import Finished, tally
from crmclean.tables import OBJECTS


def facts(run: Finished, gaps: dict[str, Any]) -> dict[str, Any]:
    """Counts of records by end, the score with its dimensions, gates and next actions."""
    ends = tally(run.crosswalk, "end")
    by_object = tally(run.crosswalk, "object", "end")
    dimensions = measure.dimensions(run.work, run.model)
    gates = score.gates(dimensions, run.project.gates.limits())
    capped = "fail" in gates.values()
    points = score.score(dimensions)
    count = {end: n for (end,), n in ends.items()}
    return {
        "records": sum(count.values()),
        "ends": count,
        "importable": [
            (name, by_object.get((name, "loaded"), 0))
            for name in OBJECTS
            if any(k[0] == name for k in by_object)
        ],
        "dimensions": dimensions,
        "weights": score.WEIGHTS,
        "gates": gates,
        "capped": capped,
        "points": points,
        "grade": score.grade(points, capped),
        "actions": _actions(run, count, gaps),
    }


def _actions(run: Finished, ends: dict[str, int], gaps: dict[str, Any]) -> list[dict[str, Any]]:
    """What to do next, who does it, how many, and with which file; nothing that is not needed."""
    pairs = tally(run.work.get("pairs"), "verdict") if run.work.has("pairs") else {}
    steps = [
        ("review", pairs.get(("review",), 0), "review/duplicates.xlsx", "duplicates"),
        ("held", ends.get("held", 0), "review/owner_conflicts.xlsx", "flow"),
        ("rejected", ends.get("rejected", 0), "quarantine.xlsx", "flow"),
        ("gaps", gaps["total"], "gaps/", "gaps"),
        ("pilot", run.project.pilot.rows, "pilot/", "files"),
        ("audit", run.project.audit.rows, "audit/form.xlsx", "files"),
    ]
    return [{"step": s, "count": n, "file": f, "section": at} for s, n, f, at in steps if n]
