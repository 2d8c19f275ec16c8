"""What `check` has found: one finding per file, column and rule, with a count and its first rows.

A finding is never one row: a month with 40,000 short phone numbers is one line. Its code is stable
and stands in the catalogue; its severity comes from the gates, else from the catalogue.
"""

import dataclasses
import fnmatch
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from crmclean import messages
from crmclean.gates import Gates, Waiver

SEVERITIES = ("error", "warn", "info")
FAIL_ON = {"never": (), "error": ("error",), "warn": ("error", "warn")}


@dataclass(frozen=True)
class Finding:
    """`facts` fill the words of the code. `customers`: golden ids, where a person signs them off.
    `issue`: about cells of the data, not about the month as a whole; `before`: how many of these
    the baseline had, None where that is not known."""

    code: str
    severity: str
    path: str = ""
    sheet: str = ""
    column: str = ""
    field: str = ""
    count: int = 0
    rows: tuple[int, ...] = ()
    facts: dict[str, Any] = dataclasses.field(default_factory=dict)
    customers: tuple[str, ...] = ()
    waived: str = ""
    issue: bool = False
    before: int | None = None

    @property
    def grown(self) -> bool:
        """More of it than last month, or new."""
        return self.before is not None and self.count > self.before

    @property
    def source(self) -> str:
        """`客户.xlsx#Sheet1`, as people see it; "" for the run as a whole."""
        name = PurePosixPath(self.path).name
        return f"{name}#{self.sheet}" if self.sheet else name

    @property
    def place(self) -> str:
        """Where: the source and the column, or the field."""
        return " › ".join(part for part in (self.source, self.column or self.field) if part)

    def words(self, language: str) -> str:
        """The sentence of the finding, with its limit where a gate has spoken."""
        known = {"column": self.column, "file": self.source, "field": self.field}
        text = messages.say(self.code, language, **{**known, **self.facts})
        if "limit" in self.facts and "{limit}" not in _template(self.code, language):
            text += messages.say("check.limit", language, limit=self.facts["limit"])
        return _without_gaps(text)

    def counted(self, language: str) -> str:
        """`37 处 · 第 5、9、11 行…`, or "" where there is nothing to count."""
        if not self.count:
            return ""
        text = messages.say("check.count", language, count=f"{self.count:,}")
        if self.before is not None and self.before != self.count:
            text += messages.say("check.before", language, count=f"{self.before:,}")
        if self.rows:
            more = "…" if self.count > len(self.rows) else ""
            listed = messages.say("check.comma", language).join(map(str, self.rows)) + more
            text += " · " + messages.say("check.rows", language, rows=listed)
        return text


def _template(code: str, language: str) -> str:
    return messages.entries().get(code, {}).get(language, "")


def _without_gaps(text: str) -> str:
    """The words of an issue speak of one value; a finding speaks of many and shows none.

    >>> _without_gaps("电话丢了位数：{value}"), _without_gaps("找不到客户“{value}”")
    ('电话丢了位数', '找不到客户“…”')
    """
    return re.sub(r"\{\w+\}", "…", re.sub(r"[：:，,]?\s*\{\w+\}$", "", text))


@dataclass(frozen=True)
class Result:
    """All that a format prints. `stopped` is the code of the error that ended an incomplete run;
    `base` is the folder of crmclean.yaml as seen from the working directory."""

    findings: tuple[Finding, ...]
    summary: dict[str, Any]
    fail_on: str
    exit_code: int
    language: str
    today: date
    baseline: str = ""
    stopped: str = ""
    base: str = ""

    @property
    def verdict(self) -> str:
        """stopped, fail, warn or pass."""
        if self.stopped:
            return "stopped"
        if self.exit_code:
            return "fail"
        return "warn" if any(f.severity in ("error", "warn") for f in self.findings) else "pass"

    def file(self, finding: Finding) -> str:
        """The file of a finding as seen from the working directory; crmclean.yaml for the run."""
        name = finding.path or "crmclean.yaml"
        return f"{self.base}/{name}" if self.base else name

    def count(self, severity: str) -> int:
        return sum(f.severity == severity and not f.waived for f in self.findings)

    @property
    def waived(self) -> int:
        return sum(bool(f.waived) for f in self.findings)


def found(code: str, **known: Any) -> Finding:
    """A finding with the severity of the catalogue, unless one is given."""
    return Finding(code, known.pop("severity", None) or messages.severity(code), **known)


def settled(
    findings: Iterable[Finding], gates: Gates, today: date, whole: bool = True
) -> list[Finding]:
    """The findings with the severities and waivers of the project: first those of the month as a
    whole, then those of the data, each gravest first, grown before old and many before few.
    `whole`: whether all was judged, so that a waiver that covers nothing is known to."""
    judged = [replace(f, severity=gates.severity.get(f.code, f.severity)) for f in findings]
    live = [waiver for waiver in gates.waivers if waiver.until >= today]
    used: set[int] = set()
    told = [_waived(finding, live, used) for finding in judged]
    told += [_expired(w, gates) for w in gates.waivers if w.until < today]
    if whole:
        told += [_unused(w) for number, w in enumerate(live) if number not in used]
    return sorted(told, key=_order)


def _order(finding: Finding) -> tuple:
    at = finding.issue, bool(finding.waived), SEVERITIES.index(finding.severity)
    much = not finding.grown, finding.path != "", -finding.count
    place = finding.path, finding.sheet, finding.column, finding.field
    return *at, *much, *place, finding.code, sorted(map(str, finding.facts.values()))


def _waived(finding: Finding, live: list[Waiver], used: set[int]) -> Finding:
    for number, waiver in enumerate(live):
        if _covers(waiver, finding):
            used.add(number)
            why = f"{waiver.reason} ({waiver.owner}, {waiver.until})"
            return replace(finding, severity="info", waived=why)
    return finding


def _covers(waiver: Waiver, finding: Finding) -> bool:
    return (
        waiver.code in ("*", finding.code)
        and waiver.field in (None, finding.field)
        and waiver.column in (None, finding.column)
        and (waiver.source is None or _named(waiver.source, finding))
    )


def _named(pattern: str, finding: Finding) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for name in (finding.path, finding.source))


def _expired(waiver: Waiver, gates: Gates) -> Finding:
    severity = gates.severity.get("WAIVER_EXPIRED")
    return found(
        "WAIVER_EXPIRED", severity=severity, field=waiver.field or "", facts=_facts(waiver)
    )


def _unused(waiver: Waiver) -> Finding:
    return found("WAIVER_UNUSED", field=waiver.field or "", facts=_facts(waiver))


def _facts(waiver: Waiver) -> dict[str, Any]:
    return {
        "waived": waiver.code,
        "owner": waiver.owner,
        "reason": waiver.reason,
        "until": waiver.until.isoformat(),
    }


def fails(findings: Iterable[Finding], fail_on: str) -> bool:
    """Is there a finding at or above `fail_on`, that nobody waived?"""
    return any(f.severity in FAIL_ON[fail_on] and not f.waived for f in findings)
