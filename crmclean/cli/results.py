"""What came out, in a screen of 80 columns: counts by end, issues by code, where the files are."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import tables
from crmclean.cli import show
from crmclean.messages import say, short
from crmclean.run import Work

TOP_ISSUES = 10
#: The stages that end with a report.
REPORTED = ("profile", "export")


def severities(work: Work) -> dict[str, int]:
    """How many issues there are of each severity."""
    return _counts(work.issues()["severity"])


def summary(job: Any, stage: str, as_json: bool, files: list[str] | None = None) -> None:
    """The end of a command: what happened to the records, and what to look at next."""
    facts = _facts(job, stage)
    facts["files"] += files or []
    if as_json:
        show.as_json(facts)
        return
    if facts.get("ends"):
        _ends(facts["ends"], job.model)
    _issues(facts["issues"], "summary.more" if stage in REPORTED else "summary.more_later")
    for place in facts["files"]:
        show.line(f"  {place}")
    if facts.get("delta"):
        show.line(say("summary.delta", **facts["delta"]))
    if facts.get("pilot_verified") is False:
        show.line(say("summary.pilot_open"))
    for kept in facts["kept"]:
        show.line(say("summary.kept", file=job.out / kept))


def _facts(job: Any, stage: str) -> dict[str, Any]:
    """The summary as plain values, without personal data."""
    work = job.work
    files: list[str] = []
    if stage == "export":
        names = ["report.html", "import", "pilot", "review", "gaps", "audit", "quarantine.xlsx"]
        files = [str(job.out / name) for name in names if (job.out / name).exists()]
    name = "crosswalk_final" if stage == "export" else "crosswalk"
    done = stage in ("dedupe", "export") and work.has(name)
    gate = {"pilot_verified": job.pilot_verified} if stage == "export" else {}
    changes = _changes(work.get("delta")) if done else {}
    return {
        "stage": stage,
        "ends": _ends_by_object(work.get(name)) if done else {},
        "issues": _by_code(work.issues(last="scan" if stage == "profile" else stage)),
        "files": files,
        "kept": job.kept,
        **changes,
        **gate,
    }


def _changes(delta: pa.Table) -> dict[str, dict[str, int]]:
    """How many customers are new, merged, split and unchanged since the last published run."""
    mine = delta.filter(pc.equal(delta["object"], "customer"))["change"]
    kinds = ("new", "merged", "split", "unchanged")
    counts = {kind: pc.sum(pc.equal(mine, kind)).as_py() or 0 for kind in kinds}
    return {"delta": counts} if any(counts.values()) else {}


def _ends_by_object(crosswalk: pa.Table) -> dict[str, dict[str, int]]:
    grouped = crosswalk.group_by(["object", "end"]).aggregate([("record", "count")]).to_pylist()
    found: dict[str, dict[str, int]] = {}
    for name in tables.OBJECTS:
        ends = {row["end"]: row["record_count"] for row in grouped if row["object"] == name}
        if ends:
            found[name] = {end: ends.get(end, 0) for end in tables.ENDS}
    return found


def _by_code(issues: pa.Table) -> list[dict[str, Any]]:
    grouped = issues.group_by(["severity", "code"]).aggregate([([], "count_all")]).to_pylist()
    order = {"error": 0, "warn": 1, "info": 2}
    grouped.sort(key=lambda r: (order.get(r["severity"], 0), -r["count_all"], r["code"]))
    return [
        {"code": r["code"], "severity": r["severity"], "count": r["count_all"]} for r in grouped
    ]


def _ends(ends: Mapping[str, Mapping[str, int]], model: Mapping[str, Any]) -> None:
    from crmclean.messages import language

    rows = [
        (model[name].label[language()], *counts.values(), sum(counts.values()))
        for name, counts in ends.items()
    ]
    headings = [say("summary.object"), *(say(f"end.{end}") for end in tables.ENDS)]
    show.table(say("summary.ends"), [*headings, say("summary.all")], rows)


def _issues(found: list[dict[str, Any]], more: str) -> None:
    rows = [
        (say(f"severity.{row['severity']}"), row["code"], short(row["code"]), row["count"])
        for row in found[:TOP_ISSUES]
    ]
    headings = (say("label.severity"), say("label.code"), say("label.title"), say("label.count"))
    show.table(say("summary.issues"), headings, rows)
    if len(found) > TOP_ISSUES:
        show.line(say(more, count=len(found) - TOP_ISSUES))


def issues(found: pa.Table) -> None:
    """The issues that looking at the files has raised, by code."""
    _issues(_by_code(found), "summary.more_later")


def _counts(column: pa.ChunkedArray) -> dict[str, int]:
    return {entry["values"]: entry["counts"] for entry in pc.value_counts(column).to_pylist()}
