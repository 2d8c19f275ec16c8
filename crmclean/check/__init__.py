"""For CI: is this month's data good enough, and what is different from last month?

`summary.py` a run as counts, without personal data, `sources.py` those of its sources ·
`gates.py` the limits of crmclean.yaml, `named.py` what they name exists ·
`drift.py` two summaries compared, `values.py` their values · `frozen.py` what --frozen refuses ·
`customers.py` who is new, gone, changed or stale · `findings.py` what is found, its severity and
waivers · `baseline.py` last month · `history.py` one line per run · `formats/` text, json, junit,
sarif, github, markdown.
"""

from datetime import date
from typing import Any

from crmclean.check import customers, drift, gates
from crmclean.check.baseline import Baseline, Records
from crmclean.check.findings import Finding, Result, fails, settled
from crmclean.check.named import refuse_unknown
from crmclean.check.sources import layout
from crmclean.check.summary import as_text, summary
from crmclean.model import Object
from crmclean.plan import Plan
from crmclean.project import Project

__all__ = [
    "Result",
    "as_text",
    "assess",
    "assess_layout",
    "fails",
    "issues_then",
    "layout",
    "refuse_unknown",
    "settled",
    "summary",
]


def assess(
    work: Any,
    plan: Plan,
    project: Project,
    model: dict[str, Object],
    today: date,
    baseline: Baseline | None = None,
) -> tuple[dict[str, Any], list[Finding]]:
    """The summary of a run that got as far as `dedupe`, and all findings about it, settled."""
    told = summary(work, plan, project, model)
    limits = project.gates
    known = (
        issues_then(told, baseline.summary) if baseline and "issues" in baseline.summary else None
    )
    findings = gates.judge(told, limits, known)
    if limits.freshness and work.has("golden/customer"):
        golden, crosswalk = work.get("golden/customer"), work.get("crosswalk")
        findings += customers.stale(golden, crosswalk, limits.freshness, today)
    if baseline:
        standard = {f.path: f.values for owner in model.values() for f in owner.fields.values()}
        findings += drift.compare(told, baseline.summary, limits.drift, standard)
        findings += _people(work, baseline, project, plan)
    return told, settled(findings, limits, today)


def assess_layout(
    plan: Plan, project: Project, today: date, baseline: Baseline | None = None
) -> tuple[dict[str, Any], list[Finding]]:
    """The same for a run that stopped after its first look: what is different in the files."""
    told = layout(plan, project)
    findings = drift.compare(told, baseline.summary, project.gates.drift) if baseline else []
    return told, settled(findings, project.gates, today, whole=False)


def issues_then(now: dict[str, Any], then: dict[str, Any]) -> dict[tuple, int]:
    """How often each issue was there last time, by its place of today."""
    renamed = {
        (old["path"], old["sheet"]): ((new["path"], new["sheet"]), drift.renamed(new, old))
        for new, old in drift.pairs(now, then)
        if new and old
    }
    counts: dict[tuple, int] = {}
    for entry in then["issues"]:
        place = gates.key(entry, renamed)
        counts[place] = counts.get(place, 0) + entry["count"]
    return counts


def _people(work: Any, baseline: Baseline, project: Project, plan: Plan) -> list[Finding]:
    """Customers one by one, where both runs have them."""
    then = baseline.customers
    if then is None or not work.has("golden/customer"):
        return []
    golden, last, merged = work.get("golden/customer"), baseline.records(), 0
    if last is not None:
        records = Records(work.get("records/customer"), work.get("crosswalk"), plan)
        merged = customers.merged_away(golden, then, records, last)
    changed = customers.status_changes(golden, then, project.gates.status, plan)
    return [*customers.compare(golden, then, merged), *changed]
