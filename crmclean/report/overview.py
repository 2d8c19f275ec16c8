"""The first screen: what can be imported, the score and its six dimensions, and what to do next."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import decisions, measure, score, tables
from crmclean.report.finished import Finished, tally
from crmclean.run.grouped import grouped
from crmclean.tables import OBJECTS


def facts(run: Finished, gaps: dict[str, Any]) -> dict[str, Any]:
    """Counts of records by end, the score with its dimensions, gates and next actions."""
    count = {end: n for (end,), n in tally(run.crosswalk, "end").items()}
    by_object = tally(run.crosswalk, "object", "end")
    loaded = {name: by_object.get((name, "loaded"), 0) for name in OBJECTS}
    there = {name for name, _ in by_object}
    wanted = {"pilot": run.project.pilot.rows, "audit": run.project.audit.rows}
    drawn = {name: min(rows, loaded["customer"]) for name, rows in wanted.items()}
    due = {**drawn, "audit": 0 if _judged(run, loaded["customer"]) else drawn["audit"]}
    return {
        "records": sum(count.values()),
        "ends": count,
        "importable": [(name, loaded[name]) for name in OBJECTS if name in there],
        **_scored(run),
        "actions": _actions(run, count, gaps, due),
        "drawn": drawn,
    }


def _scored(run: Finished) -> dict[str, Any]:
    """The score, its dimensions, and the gates beside what is reached of them."""
    dimensions = measure.dimensions(run.work, run.model, grouped(run.raw))
    limits = run.project.gates.limits()
    gates = score.gates(dimensions, limits)
    reached = {d.name: d.ratio for d in dimensions}
    reached["duplicates"] = None if reached["uniqueness"] is None else 1 - reached["uniqueness"]
    capped = "fail" in gates.values()
    points = score.score(dimensions)
    return {
        "dimensions": dimensions,
        "weights": score.WEIGHTS,
        "gates": gates,
        "limits": limits,
        "reached": reached,
        "capped": capped,
        "points": points,
        "grade": score.grade(points, capped),
        "waivers": run.project.gates.waivers,
    }


def _actions(
    run: Finished, ends: dict[str, int], gaps: dict[str, Any], due: dict[str, int]
) -> list[dict[str, Any]]:
    """What to do next, who does it, how many, and with which file; nothing that is not needed.
    `due`: how many records are to be piloted and audited."""
    claimed, lost = _held(run)
    steps = [
        ("review", _asked(run), "review/duplicates.xlsx", "duplicates"),
        ("owners", claimed, "review/owner_conflicts.xlsx", "duplicates"),
        ("lost", lost, "quarantine.xlsx", "flow-reasons"),
        ("rejected", ends.get("rejected", 0), "quarantine.xlsx", "flow-reasons"),
        ("suggestions", _suggested(run), "review/suggestions.xlsx", "issues"),
        ("gaps", gaps["total"], "gaps/", "gaps"),
        ("pilot", due["pilot"], "pilot/", "files"),
        ("audit", due["audit"], "audit/form.xlsx", "files"),
    ]
    return [{"step": s, "count": n, "file": f, "section": at} for s, n, f, at in steps if n]


def _asked(run: Finished) -> int:
    """How many questions about duplicates wait, as the workbook of them counts."""
    pairs = run.table("pairs", tables.PAIRS)
    waiting = pairs.filter(pc.equal(pairs["verdict"], "review"))

    def of(table: pa.Table, name: str) -> pa.Table:
        return table.filter(pc.equal(table["object"], name))

    names = pc.unique(waiting["object"]).to_pylist()
    return sum(len(decisions.asked(of(waiting, n), of(run.crosswalk, n))[0]) for n in names)


def _judged(run: Finished, loaded: int) -> bool:
    """Whether a form came back that was drawn from as many customers as there are now."""
    audits = run.raw.get("audit")["population"].to_pylist() if run.work.has("audit") else []
    return audits == [loaded]


def _held(run: Finished) -> tuple[int, int]:
    """Customers that several people claim, and records that are held for a reason of their own:
    neither a possible duplicate nor a customer that waits."""
    cross = run.crosswalk
    held = cross.filter(pc.and_(pc.equal(cross["end"], "held"), pc.is_valid(cross["reason"])))
    owner = pc.match_substring(held["reason"], "owner", ignore_case=True)
    customers = held.filter(pc.and_(owner, pc.equal(held["object"], "customer")))
    claimed = pc.count_distinct(customers["golden"], mode="all").as_py()
    waiting = pc.match_substring_regex(held["reason"], "(?i)owner|REVIEW|parent")
    return claimed, held.num_rows - (pc.sum(waiting).as_py() or 0)


def _suggested(run: Finished) -> int:
    """Values that a person may accept or reject, as the workbook of them counts."""
    return run.work.get("suggestions", ["golden"]).num_rows if run.work.has("suggestions") else 0
