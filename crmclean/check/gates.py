"""The limits of crmclean.yaml, held against the summary of a run.

Lower limits (completeness, accuracy, score) and upper ones (issues, duplicates): see
`crmclean.gates`. An issue without a limit keeps the severity of the catalogue.
"""

from collections.abc import Iterable
from typing import Any

from crmclean.check.findings import Finding, found
from crmclean.gates import Gates

#: Shares are compared with this slack, so that 0.9 of 10 is not below 0.9.
SLACK = 1e-9

#: What is only suggested, from evidence that is no address (derive/region.py): no gate judges it.
OUTSIDE = frozenset(["REGION_SUGGESTED"])


def judge(summary: dict[str, Any], gates: Gates, known: dict[tuple, int] | None) -> list[Finding]:
    """Findings about issues and dimensions. `known` counts the issues of the baseline, by `key`."""
    return [
        *_empty(summary),
        *_issues(summary, gates, known),
        *_completeness(summary["completeness"], gates),
        *_dimensions(summary["score"], gates),
    ]


def _empty(summary: dict[str, Any]) -> Iterable[Finding]:
    """Old files without a row: nothing in them breaks a gate, and nothing in them is good enough."""
    for source in summary["sources"]:
        if source["role"] == "legacy" and not source["rows"].get("data"):
            yield found("SOURCE_EMPTY", path=source["path"], sheet=source["sheet"])


def key(entry: dict[str, Any], renamed: dict[tuple, tuple]) -> tuple:
    """What makes an issue of two runs the same: place and code, whatever the file is named now."""
    place = entry["path"], entry["sheet"]
    return (*renamed.get(place, place), *(entry[k] for k in ("column", "object", "field", "code")))


def _issues(summary: dict[str, Any], gates: Gates, known: dict[tuple, int] | None) -> list[Finding]:
    judged: dict[str, list[tuple[dict, int]]] = {}
    before = 0
    for entry in summary["issues"]:
        if entry["code"] in OUTSIDE:
            continue
        count = entry["count"]
        if gates.new_only and known is not None:
            count = max(0, count - known.get(key(entry, {}), 0))
            before += entry["count"] - count
        if count:
            judged.setdefault(_rule(entry, gates), []).append((entry, count))
    findings = [found("ISSUES_KNOWN", facts={"known": f"{before:,}"})] if before else []
    for rule, entries in judged.items():
        severity, limit = _verdict(rule, sum(n for _, n in entries), summary, gates)
        findings += [_issue(entry, count, severity, limit) for entry, count in entries]
    return findings


def _rule(entry: dict[str, Any], gates: Gates) -> str:
    """The narrowest entry of `gates.issues` for an issue, or ""."""
    path = f"{entry['object']}.{entry['field']}"
    names = (f"{path} {entry['code']}", entry["code"], path, "*")
    return next((name for name in names if name in gates.issues), "")


def _verdict(
    rule: str, total: int, summary: dict[str, Any], gates: Gates
) -> tuple[str | None, str]:
    """(severity, the limit that was passed) of all issues under a rule; None: the catalogue's."""
    if not rule:
        return None, ""
    limits = gates.issues[rule]
    share = total / max(1, _of(rule, summary))
    for severity, limit in (("error", limits.fail), ("warn", limits.warn)):
        if limit is not None and over(total, share, limit):
            return severity, shown(limit)
    return "info", ""


def over(count: float, share: float, limit: float) -> bool:
    """Is more there than the limit allows? Below 1 a limit is a share, 0 and from 1 on a count."""
    return share > limit + SLACK if 0 < limit < 1 else count > limit


def shown(limit: float) -> str:
    """A limit as people write it."""
    return percent(limit) if 0 < limit < 1 else f"{limit:g}"


def percent(share: float) -> str:
    return f"{100 * share:.4g} %"


def _of(rule: str, summary: dict[str, Any]) -> int:
    """What a share of a rule is a share of: records of the field's object, else all data rows."""
    name = rule.split(".", 1)[0]
    if name in summary["objects"]:
        return summary["objects"][name]["records"]
    return sum(source["rows"].get("data", 0) for source in summary["sources"])


def _issue(entry: dict[str, Any], count: int, severity: str | None, limit: str) -> Finding:
    path = f"{entry['object']}.{entry['field']}" if entry["field"] else ""
    return found(
        entry["code"],
        severity=severity or entry["severity"],
        path=entry["path"],
        sheet=entry["sheet"],
        column=entry["column"] or "",
        field=path,
        count=count,
        rows=tuple(entry["rows"]),
        facts={"limit": limit} if limit else {},
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


def _dimensions(measured: dict[str, Any], gates: Gates) -> Iterable[Finding]:
    ratios = {n: d["met"] / d["of"] for n, d in measured["dimensions"].items() if d["of"]}
    for code, name, limits in (
        ("GATE_COMPLETENESS", "completeness", gates.completeness),
        ("GATE_ACCURACY", "accuracy", gates.accuracy),
    ):
        if name in ratios:
            yield from below(code, ratios[name], limits)
        elif limits.warn is not None or limits.fail is not None:
            yield found("GATE_NOT_MEASURED", facts={"gate": name})
    yield from _duplicates(measured["dimensions"]["uniqueness"], gates)
    if measured["points"] is not None:
        yield from below("GATE_SCORE", measured["points"], gates.score)


def _duplicates(unique: dict[str, int], gates: Gates) -> Iterable[Finding]:
    open_ = unique["of"] - unique["met"]
    share = open_ / max(1, unique["of"])
    for severity, limit in (("error", gates.duplicates.fail), ("warn", gates.duplicates.warn)):
        if limit is not None and share > limit + SLACK:
            facts = {"value": percent(share), "limit": percent(limit)}
            yield found("GATE_DUPLICATES", severity=severity, count=open_, facts=facts)
            return


def below(code: str, value: float, limits: Any, **where: Any) -> Iterable[Finding]:
    """A finding where a value is below its lower limits; shares are shown in per cent."""
    told = percent if value <= 1 and code != "GATE_SCORE" else "{:.1f}".format
    for severity, limit in (("error", limits.fail), ("warn", limits.warn)):
        if limit is not None and value < limit - SLACK:
            facts = {"value": told(value), "limit": told(limit)}
            yield found(code, severity=severity, facts=facts, **where)
            return
