"""For a terminal or a mail: the verdict first, then the gravest findings, understood in ten seconds."""

from crmclean import messages, score
from crmclean.check.findings import Finding, Result

MOST = 40


def render(result: Result) -> str:
    """Plain text without colours; one block per finding, with what to do."""
    lines = head(result)
    shown = result.findings[:MOST]
    for finding in shown:
        lines += ["", *_block(finding, result.language)]
    if len(result.findings) > len(shown):
        count = len(result.findings) - len(shown)
        lines += ["", messages.say("check.more", result.language, count=count)]
    return "\n".join(lines) + "\n"


def head(result: Result) -> list[str]:
    """The verdict, what was read, the score, and what it was compared with."""
    language = result.language
    counts = {severity: result.count(severity) for severity in ("error", "warn", "info")}
    verdict = messages.say(f"check.verdict.{result.verdict}", language)
    first = messages.say("check.head", language, verdict=verdict, waived=result.waived, **counts)
    lines = [first]
    if "objects" in result.summary:
        lines += _numbers(result)
    code = "check.against" if result.baseline else "check.alone"
    lines.append(messages.say(code, language, name=result.baseline))
    if not result.findings:
        lines.append(messages.say("check.clean", language))
    return lines


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


def _block(finding: Finding, language: str) -> list[str]:
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
        lines += [f"    → {advice}"] if advice else []
    return lines
