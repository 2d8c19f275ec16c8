"""What came back from people and from the CRM: decisions, audits, verified exports."""

from typing import Any

from crmclean.cli import show
from crmclean.messages import advice, language, say
from crmclean.model import build

#: What is told of a cell to a script.
PLACE = ("sheet", "row", "column", "cell", "code")


def applied(files: list[Any], as_json: bool, batch: str = "") -> None:
    """What each reviewed file gave, and every cell that was not taken, with its place. `batch`: of
    the last report (report.batch)."""
    if as_json:
        show.as_json([_applied(one) for one in files])
        return
    for one in files:
        taken = sum(one.taken.values())
        facts = {"file": one.file, "taken": taken, "known": one.known, "empty": one.empty}
        show.line(say("apply.done", **facts, refused=len(one.refused)))
        if batch and one.batch not in ("", batch):
            show.line(say("apply.other_batch"))
        for mark, found in (("!", one.refused), ("*", one.notes)):
            for told in found:
                show.line(f"  {mark} {_place(told)}: [{told.code}] {say(told.code, row=told.row)}")
        for code in dict.fromkeys(told.code for told in (*one.refused, *one.notes)):
            if what_to_do := advice(code):
                show.line(f"  → [{code}] {what_to_do}")
    if any(one.taken for one in files):
        show.line(say("apply.next"))


def _place(told: Any) -> str:
    """Sheet, cell and heading: 客户!H5 跟进状态."""
    return f"{told.sheet}!{told.cell or told.row} {told.column}".rstrip()


def _applied(one: Any) -> dict[str, Any]:
    refused, notes = (
        [{name: getattr(told, name) for name in PLACE} for told in found]
        for found in (one.refused, one.notes)
    )
    counts = {"taken": one.taken, "known": one.known, "empty": one.empty}
    return {"file": str(one.file), **counts, "refused": refused, "notes": notes}


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


def verified(result: Any, as_json: bool) -> None:
    """What was lost, changed, truncated or blanked in the CRM, and the file to import again."""
    facts = {
        "object": result.object,
        "sent": result.sent,
        "found": result.found,
        "rows": result.rows,
        "right": result.right,
        "failed": result.failed,
        "retry": str(result.retry or ""),
        "report": str(result.report or ""),
        **result.counts,
    }
    if as_json:
        show.as_json({**facts, "reasons": result.reasons})
        return
    owner = build().get(result.object)
    facts["object"] = owner.label[language()] if owner else result.object
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
