"""What came out, in a screen of 80 columns: counts by end, issues by code, where the files are."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import privacy, tables
from crmclean.cli import show
from crmclean.messages import say, short
from crmclean.run import Work

TOP_ISSUES = 10


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
    _issues(facts["issues"])
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


def _issues(found: list[dict[str, Any]]) -> None:
    rows = [
        (say(f"severity.{row['severity']}"), row["code"], short(row["code"]), row["count"])
        for row in found[:TOP_ISSUES]
    ]
    headings = (say("label.severity"), say("label.code"), say("label.title"), say("label.count"))
    show.table(say("summary.issues"), headings, rows)
    if len(found) > TOP_ISSUES:
        show.line(say("summary.more", count=len(found) - TOP_ISSUES))


def mapping(plan: Any, guesses: list[list[Any]], model: Mapping[str, Any]) -> None:
    """Which column goes where, how sure, and why: one table per source."""
    for source, guessed in zip(plan.sources, guesses, strict=True):
        shown = privacy.headings([g.column.heading for g in guessed])
        rows = [
            (heading, g.field or "-", say(f"tier.{g.tier}"), " · ".join(g.reasons)[:40])
            for heading, g in zip(shown, guessed, strict=True)
        ]
        headings = (say("label.column"), say("label.field"), say("label.tier"), say("label.why"))
        show.table(source.name, headings, rows)


def issues(found: pa.Table) -> None:
    """The issues that looking at the files has raised, by code."""
    _issues(_by_code(found))


def inspection(found: Mapping[str, Any], depth: int = 0) -> None:
    """A nested mapping as indented lines; lists of mappings as tables."""
    for key, value in found.items():
        label = next((c for c in (f"inspect.{key}", f"row.{key}") if c in _labels()), None)
        name = say(label) if label else key
        if isinstance(value, Mapping):
            show.line("  " * depth + f"{name}:")
            inspection(value, depth + 1)
        elif isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
            show.line("  " * depth + f"{name}:")
            for entry in value:
                inspection(entry, depth + 1)
                show.line()
        elif isinstance(value, list | tuple):
            show.line("  " * depth + f"{name}: {' · '.join(map(str, value)) or '-'}")
        else:
            show.line("  " * depth + f"{name}: {value if value is not None else '-'}")


def _labels() -> Mapping[str, Any]:
    from crmclean.messages import entries

    return entries()


def _counts(column: pa.ChunkedArray) -> dict[str, int]:
    return {entry["values"]: entry["counts"] for entry in pc.value_counts(column).to_pylist()}


def applied(files: list[Any], as_json: bool) -> None:
    """What each reviewed file gave, and every cell that was not taken, with its place."""
    if as_json:
        show.as_json([_applied(one) for one in files])
        return
    for one in files:
        taken = sum(one.taken.values())
        facts = {"file": one.file, "taken": taken, "known": one.known, "empty": one.empty}
        show.line(say("apply.done", **facts))
        for refused in one.refused:
            place = f"{refused.sheet}!{refused.row} {refused.column}"
            show.line(f"  ! {place}: [{refused.code}] {say(refused.code)}")


def _applied(one: Any) -> dict[str, Any]:
    refused = [
        {"sheet": r.sheet, "row": r.row, "column": r.column, "code": r.code} for r in one.refused
    ]
    counts = {"taken": one.taken, "known": one.known, "empty": one.empty}
    return {"file": str(one.file), **counts, "refused": refused}


def audited(result: Any, as_json: bool) -> None:
    """The accuracy, the contract verdict, and beside it what the sample proves."""
    if as_json:
        from dataclasses import asdict

        show.as_json(asdict(result))
        return
    low, high = result.wilson
    facts = {
        "drawn": result.drawn,
        "population": f"{result.population:,}",
        "right": result.right,
        "wrong": result.wrong,
        "undecided": result.undecided,
        "accuracy": f"{result.accuracy:.2%}",
        "low": f"{low:.2%}",
        "high": f"{high:.2%}",
        "proved": f"{result.proved:.1%}",
    }
    show.line(say("scored.result", **facts))
    show.line(say("scored.contract_kept" if result.contract else "scored.contract_broken"))
    show.line(say("scored.proved", **facts))
    for wrong in result.errors:
        show.line(f"  {wrong['golden']}  {wrong['verdict']}  {wrong['field']}")


def templates(loaded: list[Any], as_json: bool) -> None:
    """The templates that ship: their CRM, objects, and whether their limits are verified."""
    facts = [_template(one) for one in loaded]
    if as_json:
        show.as_json(facts)
        return
    rows = [(f["name"], f["title"], " ".join(f["objects"]), say(f["verified"])) for f in facts]
    headings = (say("label.name"), "CRM", say("summary.object"), say("label.verified"))
    show.table(say("help.templates"), headings, rows)


def template(loaded: Any, as_json: bool) -> None:
    """The columns and limits of one template."""
    if as_json:
        from dataclasses import asdict

        show.as_json(asdict(loaded))
        return
    for name, spec in loaded.objects.items():
        rows = [
            (
                c.heading,
                c.field or "-",
                say("yes" if c.required else "no"),
                str(c.max_length or "-"),
            )
            for c in spec.columns
        ]
        headings = (
            say("label.column"),
            say("label.field"),
            say("label.required"),
            say("label.max"),
        )
        show.table(f"{loaded.name} · {name}", headings, rows)


def _template(one: Any) -> dict[str, Any]:
    verified = "yes" if one.verified else "no"
    return {
        "name": one.name,
        "title": one.title,
        "objects": list(one.objects),
        "verified": verified,
    }


def verified(result: Any, as_json: bool) -> None:
    """What was lost, changed, truncated or blanked in the CRM, and the file to import again."""
    facts = {
        "object": result.object,
        "sent": result.sent,
        "found": result.found,
        "right": result.right,
        "failed": result.failed,
        "retry": str(result.retry or ""),
        "report": str(result.report or ""),
        **result.counts,
    }
    if as_json:
        show.as_json({**facts, "reasons": result.reasons})
        return
    if result.retry:
        show.line(say("verified.failed", **facts))
        show.table(
            say("verified.reasons"),
            (say("label.title"), say("label.count")),
            list(result.reasons.items()),
        )
        return
    show.line(say("verified.compared", **facts))
    rows = [(say(f"verified.{kind}"), count) for kind, count in result.counts.items() if count]
    show.table(say("verified.differences"), (say("label.title"), say("label.count")), rows)
    show.line(say("verified.right" if result.right else "verified.wrong", **facts))


def delivered(batch: Any, as_json: bool) -> None:
    """The files of a batch, and whether its pilot was verified."""
    rows = batch.files.select(["path", "object", "kind", "rows"]).to_pylist()
    if as_json:
        facts = {"folder": str(batch.folder), "pilot_verified": batch.pilot_verified}
        show.as_json({**facts, "files": rows})
        return
    for row in rows:
        show.line(f"  {batch.folder / row['path']}  {row['rows']}")
    if not batch.pilot_verified:
        show.line(say("summary.pilot_open"))
