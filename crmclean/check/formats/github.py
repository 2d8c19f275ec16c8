"""Workflow commands of GitHub Actions: annotations, within the limits that GitHub keeps in silence.

A step shows 10 errors, 10 warnings and 10 notices and drops the rest without a word
(reports-and-cli.md A4), so the last of each kind says how many there are. The whole list goes to
the step summary (`markdown.py`).
"""

from crmclean import messages
from crmclean.check.findings import Finding, Result
from crmclean.check.formats.text import head

MOST = 10
COMMANDS = {"error": "error", "warn": "warning", "info": "notice"}
LONGEST = 1000


def render(result: Result) -> str:
    """The commands, then the head of the text format for the log."""
    lines = []
    for severity, command in COMMANDS.items():
        mine = [f for f in result.findings if f.severity == severity and not f.waived]
        shown = mine if len(mine) <= MOST else mine[: MOST - 1]
        lines += [_annotation(command, finding, result) for finding in shown]
        if len(mine) > len(shown):
            more = messages.say("check.more", result.language, count=len(mine) - len(shown))
            lines.append(f"::{command} title=crmclean::{_escaped(more)}")
    return "\n".join([*lines, *head(result)]) + "\n"


def _annotation(command: str, finding: Finding, result: Result) -> str:
    """`::error file=…,line=…,title=CODE::words`; the line of a workbook is the row that Excel shows."""
    properties = {"file": result.file(finding), "title": finding.code}
    if finding.rows and finding.path:
        properties["line"] = str(finding.rows[0])
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    parts = [finding.place, finding.words(result.language), finding.counted(result.language)]
    words = " · ".join(part for part in parts if part)
    return f"::{command} {told}::{_escaped(words)}"


def _escaped(text: str) -> str:
    text = text[:LONGEST]
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
