"""What `check` does between its options and its output: run, assess, remember, judge the exit.

A run that stops (a column is gone, a file is missing) is still compared with the baseline as far as
its files could be looked at: the reader of a failed job wants to know what changed.
"""

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from crmclean import audit, check, scan
from crmclean.check import formats, frozen, history
from crmclean.check.baseline import Baseline
from crmclean.check.findings import FAIL_ON, Finding, Result, found
from crmclean.cli import show
from crmclean.decisions import State
from crmclean.errors import CrmcleanError, UsageError
from crmclean.messages import advice, language, say
from crmclean.project import Project, load

SUMMARY = "check/summary.json"


@dataclass(frozen=True)
class Asked:
    """The options of the command."""

    config: Path
    out: Path
    lang: str | None
    day: date
    baseline: Baseline | None
    frozen: bool
    fail_on: str
    min_score: float | None
    no_input: bool
    fresh: bool = False


def outputs(chosen: str | None, reports: list[str]) -> list[tuple[str, Path | None]]:
    """Formats with their files, None for stdout. Raises UsageError for an unknown format."""
    default = "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text"
    told: list[tuple[str, Path | None]] = [(chosen or default, None)]
    for report in reports:
        name, _, file = report.partition("=")
        told.append((name, Path(file or f"crmclean-check.{name}")))
    for name, _ in told:
        if name not in formats.names():
            known = "、".join(formats.names())
            raise UsageError("CHECK_FORMAT_UNKNOWN", value=name, known=known)
    return told


def known_severity(fail_on: str) -> None:
    """Raises UsageError for a --fail-on that does not exist."""
    if fail_on not in FAIL_ON:
        raise UsageError("FAIL_ON_UNKNOWN", value=fail_on)


def checked(asked: Asked) -> tuple[Result, CrmcleanError | None]:
    """Run the stages up to dedupe and judge them; (result, the error that the command ends with)."""
    from crmclean import pipeline
    from crmclean.cli.stages import opened_job

    project = _gated(load(asked.config), asked.min_score)
    try:
        how = {"no_input": asked.no_input, "fresh": asked.fresh}
        with opened_job(asked.config, asked.out, asked.lang, **how) as job:
            check.refuse_unknown(project.gates, job.model)
            pipeline.run(job, "dedupe")
            job.work.put("audit", audit.latest(job.state))
            summary, findings = check.assess(
                job.work, job.plan, project, job.model, asked.day, asked.baseline
            )
            refused = frozen.refusal(findings, language()) if asked.frozen else None
            result = _result(asked, summary, findings, refused)
            if refused is None:
                job.work.put_text(SUMMARY, check.as_text(summary))
                _remember(job.state, result)
            return result, refused
    except CrmcleanError as error:
        summary, findings = _looked(project, asked)
        refused = frozen.refusal(findings, language()) if asked.frozen else None
        if refused and isinstance(error, UsageError):  # why a column is not there
            error = refused
        return _result(asked, summary, findings, error), error


def _gated(project: Project, min_score: float | None) -> Project:
    """The project with --min-score as the limit of its score."""
    if min_score is None:
        return project
    if not 0 <= min_score <= 100:
        raise UsageError("MIN_SCORE", value=min_score)
    points = project.gates.score.model_copy(update={"fail": min_score})
    return project.model_copy(update={"gates": project.gates.model_copy(update={"score": points})})


def _looked(project: Project, asked: Asked) -> tuple[dict[str, Any], list[Finding]]:
    """What can be said of the files of a run that stopped: of those that can be read."""
    try:
        plan, _ = scan.scan(project, asked.config.parent, partly=True)
    except CrmcleanError:
        return {"sources": []}, []
    summary, findings = check.assess_layout(plan, project, asked.day, asked.baseline)
    if len({source.entry for source in plan.sources}) < len(project.sources):
        # what could not be read is why the run stopped, and no news
        findings = [one for one in findings if one.code != "DRIFT_SOURCE_MISSING"]
    return summary, findings


def _result(
    asked: Asked, summary: dict[str, Any], findings: list[Finding], error: CrmcleanError | None
) -> Result:
    code = int(check.fails(findings, asked.fail_on))
    if error is not None:
        what_to_do = advice(error.code, **error.facts)
        words = {"reason": error.code, "words": str(error), "advice": what_to_do}
        findings = [found("RUN_STOPPED", facts=words), *findings]
        code = error.exit_code
    folder = asked.config.parent.as_posix()
    return Result(
        findings=tuple(findings),
        summary=summary,
        fail_on=asked.fail_on,
        exit_code=code,
        language=language(),
        today=asked.day,
        baseline=asked.baseline.name if asked.baseline else "",
        stopped=error.code if error else "",
        base="" if folder == "." else folder,
    )


def _remember(state: State, result: Result) -> None:
    counts = {severity: result.count(severity) for severity in ("error", "warn", "info")}
    line = history.line(result.summary, result.today, result.verdict, counts)
    history.remember(state, line)


def save(summary: dict[str, Any], path: Path) -> None:
    path.write_text(check.as_text(summary), encoding="utf-8", newline="\n")


def trend(config: Path, chosen: str | None) -> None:
    """Print the history as a table, or as JSON."""
    lines = history.trend(State(config.parent / "crmclean.state"))
    if chosen == "json":
        show.as_json(lines)
        return
    if not lines:
        show.line(say("check.no_history"))
        return
    names = "date rows customers loaded errors completeness merged score verdict"
    headings = [say(f"check.history.{name}") for name in names.split()]
    show.table(say("check.history"), headings, [_row(line) for line in lines], tight=True)


def _row(line: dict[str, Any]) -> tuple:
    complete = line["dimensions"].get("completeness")
    told = [f"{100 * x:.1f}%" if x is not None else "-" for x in (complete, line["merged"])]
    return (
        line["date"],
        line["rows"],
        line["customers"],
        line["ends"].get("loaded", 0),
        line["issues"]["error"],
        *told,
        "-" if line["score"] is None else f"{line['score']:.1f}",
        say(f"check.short.{line['verdict']}"),
    )
