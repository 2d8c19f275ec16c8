"""For a terminal or a mail: understood in ten seconds.

The verdict first, then what is to be said of the month as a whole (stopped, gates, drift), then the
issues of the data; what to do once per code. A long list ends with the verdict, because a terminal
shows its end.
"""

from crmclean import messages, score
from crmclean.check.findings import Finding, Result

MOST = 40
#: So many findings fill a screen.
SCREEN = 8


def render(result: Result) -> str:
    """Plain text without colours; one block per finding, with what to do."""
    language = result.language
    lines = head(result)
    shown = result.findings[:MOST]
    advised: set[str] = set()
    for number, finding in enumerate(shown):
        if finding.issue and number and not shown[number - 1].issue:
            lines += ["", messages.say("check.data", language)]
        lines += ["", *_block(finding, language, advised)]
    if len(result.findings) > len(shown):
        count = len(result.findings) - len(shown)
        lines += ["", messages.say("check.more", language, count=count)]
    if len(shown) > SCREEN:
        lines += ["", verdict(result)]
    return "\n".join(lines) + "\n"


def head(result: Result) -> list[str]:
    """The verdict, what was read, the score, and what it was compared with."""
    language = result.language
    lines = [verdict(result)]
    if "objects" in result.summary:
        lines += _numbers(result)
    code = "check.against" if result.baseline else "check.alone"
    lines.append(messages.say(code, language, name=result.baseline))
    known = [finding for finding in result.findings if finding.before is not None]
    if known:
        grown = sum(finding.grown for finding in known)
        lines.append(messages.say("check.grown", language, count=len(known), grown=grown))
    if not result.findings:
        lines.append(messages.say("check.clean", language))
    return lines


def verdict(result: Result) -> str:
    """One line: passed or not, and how much was found."""
    language = result.language
    counts = {severity: result.count(severity) for severity in ("error", "warn", "info")}
    word = messages.say(f"check.verdict.{result.verdict}", language)
    return messages.say("check.head", language, verdict=word, waived=result.waived, **counts)


def _numbers(result: Result) -> list[str]:
    """How much was read, and the score; a failing gate caps the grade (score.py)."""
    customers = result.summary["objects"].get("customer", {"records": 0, "ends": {"loaded": 0}})
    told = {
        "rows": sum(source["rows"].get("data", 0) for source in result.summary["sources"]),
        "customers": customers["records"],
        "loaded": customers["ends"]["loaded"],
    }
    shown = {name: f"{count:,}" for name, count in told.items()}
    lines = [messages.say("check.numbers", result.language, **shown)]
    points = result.summary["score"]["points"]
    if points is not None:
        capped = any(f.code.startswith("GATE_") and f.severity == "error" for f in result.findings)
        grade = messages.say(f"report.grade.{score.grade(points, capped)}", result.language)
        code = "check.score_capped" if capped else "check.score"
        lines.append(messages.say(code, result.language, points=f"{points:.1f}", grade=grade))
    return lines


def _block(finding: Finding, language: str, advised: set[str]) -> list[str]:
    severity = messages.say(f"severity.{finding.severity}", language)
    place = finding.place or messages.say("check.run", language)
    counted = finding.counted(language)
    lines = [f"[{severity}] {place}", f"    {finding.code}: {finding.words(language)}"]
    if counted:
        lines[-1] += f" · {counted}"
    if finding.waived:
        lines.append("    " + messages.say("check.waived", language, reason=finding.waived))
    elif finding.severity != "info":
        advice = messages.advice(finding.code, language, **finding.facts)
        lines += [f"    → {advice}"] if advice and advice not in advised else []
        advised.add(advice)
    return lines
