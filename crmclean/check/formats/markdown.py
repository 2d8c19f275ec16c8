"""For a pull request, a wiki or the step summary of a CI job."""

import re

from crmclean import messages
from crmclean.check.findings import Finding, Result
from crmclean.check.formats.text import head

#: The step summary of GitHub takes 1 MiB; a table that nobody reads to its end needs less.
MOST = 200
SIGNS = {"pass": "✅", "warn": "⚠️", "fail": "❌", "stopped": "⛔"}


def render(result: Result) -> str:
    """A heading, a few lines, and one table."""
    language = result.language
    first, *rest = head(result)
    lines = [f"## {SIGNS[result.verdict]} crmclean check", "", f"**{_safe(first)}**", ""]
    lines += [f"- {_safe(line)}" for line in rest]
    if result.findings:
        names = ("label.severity", "check.where", "check.finding", "label.count", "label.code")
        headings = " | ".join(messages.say(name, language) for name in names)
        lines += ["", f"| {headings} |", "|" + " --- |" * len(names)]
    lines += [_row(finding, language) for finding in result.findings[:MOST]]
    if len(result.findings) > MOST:
        lines += ["", messages.say("check.more", language, count=len(result.findings) - MOST)]
    return "\n".join(lines) + "\n"


def _row(finding: Finding, language: str) -> str:
    words = finding.words(language)
    if finding.waived:
        words += " · " + messages.say("check.waived", language, reason=finding.waived)
    cells = (
        messages.say(f"severity.{finding.severity}", language),
        finding.place or messages.say("check.run", language),
        words,
        finding.counted(language),
    )
    return "| " + " | ".join(_safe(cell) for cell in cells) + f" | `{finding.code}` |"


def _safe(text: str) -> str:
    """Text that is no markup: file names and headings come from files."""
    text = re.sub(r"[\x00-\x1f\x7f]+", " ", text)[:500]
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([\\`*_\[\]|#!@])", r"\\\1", text)
