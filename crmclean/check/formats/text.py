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

    def say(code: str, **facts: object) -> str:
        return messages.say(code, result.language, **facts)

    counts = {severity: result.count(severity) for severity in ("error", "warn", "info")}
    verdict = say(f"check.verdict.{result.verdict}")
    lines = [say("check.head", verdict=verdict, waived=result.waived, **counts)]
    if "objects" in result.summary:
        customers = result.summary["objects"].get("customer", {"records": 0, "ends": {"loaded": 0}})
        rows = sum(source["rows"].get("data", 0) for source in result.summary["sources"])
        told = {
            "rows": rows,
            "customers": customers["records"],
            "loaded": customers["ends"]["loaded"],
        }
        lines.append(say("check.numbers", **{name: f"{count:,}" for name, count in told.items()}))
        points = result.summary["score"]["points"]
        if points is not None:
            failed = any(
                f.code.startswith("GATE_") and f.severity == "error" for f in result.findings
            )
            grade = say(f"report.grade.{score.grade(points, failed)}")
            lines.append(say("check.score", points=f"{points:.1f}", grade=grade))
    alone = say("check.alone")
    lines.append(say("check.against", name=result.baseline) if result.baseline else alone)
    if not result.findings:
        lines.append(say("check.clean"))
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
