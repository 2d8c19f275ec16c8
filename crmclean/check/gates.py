"""The limits of crmclean.yaml, held against the summary of a run.

Lower limits (completeness, accuracy, score) and upper ones (issues, duplicates): see
`crmclean.gates`. An issue without a limit keeps the severity of the catalogue.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from crmclean.check.findings import Finding, found
from crmclean.gates import Gates, Percent

#: Shares are compared with this slack, so that 0.9 of 10 is not below 0.9.
SLACK = 1e-9

#: How many of the emptiest fields are named.
MOST = 3
#: What is only suggested, from evidence that is no address (derive/region.py): no gate judges it.
OUTSIDE = frozenset(["REGION_SUGGESTED"])


def judge(summary: dict[str, Any], gates: Gates, known: dict[tuple, int] | None) -> list[Finding]:
    """Findings about issues and dimensions. `known` counts the issues of the baseline, by `key`."""
    return [
        *_empty(summary),
        *_issues(summary, gates, known),
        *_completeness(summary["completeness"], gates),
        *_dimensions(summary, gates),
    ]


def _empty(summary: dict[str, Any]) -> Iterable[Finding]:
    """Old files without a row: nothing in them breaks a gate, and nothing in them is good enough."""
    for source in summary["sources"]:
        if source["role"] == "legacy" and not source["rows"].get("data"):
            yield found("SOURCE_EMPTY", path=source["path"], sheet=source["sheet"])


def key(entry: dict[str, Any], renamed: dict[tuple, tuple[tuple, dict[str, str]]]) -> tuple:
    """What makes an issue of two runs the same: place and code, whatever file and column are named
    now. `renamed`: of each source of then the place of now, and its columns that were renamed."""
    place, columns = renamed.get((entry["path"], entry["sheet"]), (None, {}))
    column = columns.get(entry["column"], entry["column"])
    told = entry["object"], entry["field"], entry["code"]
    return (*(place or (entry["path"], entry["sheet"])), column, *told)


def _issues(summary: dict[str, Any], gates: Gates, known: dict[tuple, int] | None) -> list[Finding]:
    judged: dict[str, list[Finding]] = {}
    old = 0
    for entry in summary["issues"]:
        if entry["code"] in OUTSIDE or entry["code"] == "SOURCE_EMPTY":  # told by `_empty`
            continue
        before = None if known is None else known.get(key(entry, {}), 0)
        finding = _issue(entry, before)
        if gates.new_only and before is not None:
            finding = replace(finding, count=max(0, finding.count - before), before=None)
            old += entry["count"] - finding.count
        if finding.count:
            judged.setdefault(_rule(entry, gates), []).append(finding)
    findings = [found("ISSUES_KNOWN", facts={"known": f"{old:,}"})] if old else []
    for rule, mine in judged.items():
        verdict = _verdict(rule, sum(finding.count for finding in mine), summary, gates)
        findings += [replace(finding, **verdict) for finding in mine]
    return findings


def _rule(entry: dict[str, Any], gates: Gates) -> str:
    """The narrowest entry of `gates.issues` for an issue, or ""."""
    path = f"{entry['object']}.{entry['field']}"
    names = (f"{path} {entry['code']}", entry["code"], path, "*")
    return next((name for name in names if name in gates.issues), "")


def _verdict(rule: str, total: int, summary: dict[str, Any], gates: Gates) -> dict[str, Any]:
    """Severity of all issues under a rule, with the limit that they passed; nothing where no rule
    speaks of them: the catalogue does."""
    if not rule:
        return {}
    limits = gates.issues[rule]
    share = total / max(1, _of(rule, summary))
    for severity, limit in (("error", limits.fail), ("warn", limits.warn)):
        if limit is not None and over(total, share, limit):
            return {"severity": severity, "facts": {"limit": shown(limit)}}
    return {"severity": "info"}


def over(count: float, share: float, limit: float) -> bool:
    """Is more there than the limit allows? It is a share or a count (`gates.py`)."""
    return share > limit + SLACK if _is_share(limit) else count > limit


def _is_share(limit: float) -> bool:
    return 0 < limit < 1 or (isinstance(limit, Percent) and limit > 0)


def shown(limit: float) -> str:
    """A limit as people write it."""
    return percent(limit) if _is_share(limit) else f"{limit:g}"


def percent(share: float) -> str:
    return f"{100 * share:.4g} %"


def _of(rule: str, summary: dict[str, Any]) -> int:
    """What a share of a rule is a share of: records of the field's object, else all data rows."""
    name = rule.split(".", 1)[0]
    if name in summary["objects"]:
        return summary["objects"][name]["records"]
    return sum(source["rows"].get("data", 0) for source in summary["sources"])


def _issue(entry: dict[str, Any], before: int | None) -> Finding:
    path = f"{entry['object']}.{entry['field']}" if entry["field"] else ""
    return found(
        entry["code"],
        severity=entry["severity"],
        path=entry["path"],
        sheet=entry["sheet"],
        column=entry["column"] or "",
        field=path,
        count=entry["count"],
        rows=tuple(entry["rows"]),
        issue=True,
        before=before,
    )


def _completeness(fields: dict[str, Any], gates: Gates) -> Iterable[Finding]:
    for path, limits in gates.completeness.fields.items():
        counts = fields.get(path)
        if counts is None or not counts["of"]:
            yield found("GATE_NOT_MEASURED", field=path, facts={"gate": f"completeness {path}"})
            continue
        share = counts["filled"] / counts["of"]
        missing = counts["of"] - counts["filled"]
        yield from below("GATE_FIELD_COMPLETENESS", share, limits, field=path, count=missing)


def _dimensions(summary: dict[str, Any], gates: Gates) -> Iterable[Finding]:
    measured, emptiest = summary["score"], _emptiest(summary["completeness"])
    ratios = {n: d["met"] / d["of"] for n, d in measured["dimensions"].items() if d["of"]}
    for code, name, limits, facts in (
        ("GATE_COMPLETENESS", "completeness", gates.completeness, {"fields": emptiest}),
        ("GATE_ACCURACY", "accuracy", gates.accuracy, {}),
    ):
        if name in ratios:
            yield from below(code, ratios[name], limits, facts)
        elif limits.warn is not None or limits.fail is not None:
            yield found("GATE_NOT_MEASURED", facts={"gate": name})
    yield from _duplicates(measured["dimensions"]["uniqueness"], gates)
    if measured["points"] is not None:
        yield from below("GATE_SCORE", measured["points"], gates.score)


def _emptiest(fields: dict[str, Any]) -> str:
    """The required fields that lack most cells, as `customer.uscc 43 % (192)`."""
    lacking = {path: f["of"] - f["filled"] for path, f in fields.items() if f["required"] != "no"}
    most = sorted(filter(lacking.get, lacking), key=lambda path: (-lacking[path], path))[:MOST]
    shares = [round(lacking[path] / fields[path]["of"], 3) for path in most]
    told = zip(most, shares, strict=True)
    return "、".join(f"{path} {percent(share)} ({lacking[path]:,})" for path, share in told)


def _duplicates(unique: dict[str, int], gates: Gates) -> Iterable[Finding]:
    open_ = unique["of"] - unique["met"]
    share = open_ / max(1, unique["of"])
    for severity, limit in (("error", gates.duplicates.fail), ("warn", gates.duplicates.warn)):
        if limit is not None and share > limit + SLACK:
            facts = {"value": percent(share), "limit": percent(limit)}
            yield found("GATE_DUPLICATES", severity=severity, count=open_, facts=facts)
            return


def below(
    code: str, value: float, limits: Any, more: dict[str, str] | None = None, **where: Any
) -> Iterable[Finding]:
    """A finding where a value is below its lower limits; shares are shown in per cent."""
    told = percent if value <= 1 and code != "GATE_SCORE" else "{:.1f}".format
    for severity, limit in (("error", limits.fail), ("warn", limits.warn)):
        if limit is not None and value < limit - SLACK:
            facts = {"value": told(value), "limit": told(limit)}
            yield found(code, severity=severity, facts={**facts, **(more or {})}, **where)
            return
