"""check: the monthly refresh in CI. One command, one verdict, one exit code.

Findings go to stdout in the chosen format and nothing else does; an error that ends the run is in
the findings and on stderr, and its exit code stands: an incomplete run never exits 0 or 1.
"""

import errno
import os
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from crmclean.cli import show
from crmclean.cli.options import (
    CONFIG,
    OUT,
    Config,
    FailOn,
    Lang,
    NoCache,
    NoInput,
    Out,
    Verbose,
    app,
)
from crmclean.messages import say

#: The folder is the list of formats; reading it here would load pyarrow for `--help`.
FORMATS = Path(__file__).parent.parent / "check" / "formats"
NAMES = " | ".join(sorted(path.stem for path in FORMATS.glob("[a-z]*.py")))

Format = Annotated[str | None, typer.Option("--format", help=say("help.format", names=NAMES))]
Reports = Annotated[list[str] | None, typer.Option("--report", help=say("help.report_file"))]
Base = Annotated[Path | None, typer.Option("--baseline", help=say("help.baseline"))]
Frozen = Annotated[bool, typer.Option("--frozen", help=say("help.frozen"))]
MinScore = Annotated[float | None, typer.Option("--min-score", help=say("help.min_score"))]
Today = Annotated[str | None, typer.Option("--today", help=say("help.today"))]
Saved = Annotated[Path | None, typer.Option("--summary", help=say("help.summary_file"))]
History = Annotated[bool, typer.Option("--history", help=say("help.history"))]


@app.command(help=say("help.check"))
def check(
    config: Config = CONFIG, out: Out = OUT, lang: Lang = None, format: Format = None,
    report: Reports = None, baseline: Base = None, frozen: Frozen = False,
    fail_on: FailOn = "error", min_score: MinScore = None, today: Today = None,
    summary: Saved = None, history: History = False, no_input: NoInput = False,
    no_cache: NoCache = False, verbose: Verbose = False,
) -> None:  # fmt: skip
    from crmclean.check import baseline as baselines
    from crmclean.cli import checking
    from crmclean.errors import UsageError

    if history:
        checking.trend(config, format)
        return
    outputs = checking.outputs(format, report or [])
    checking.known_severity(fail_on)
    if frozen and baseline is None:
        raise UsageError("FROZEN_NEEDS_BASELINE")
    asked = checking.Asked(
        config=config,
        out=out,
        lang=lang,
        day=_day(today),
        baseline=baselines.load(baseline) if baseline else None,
        frozen=frozen,
        fail_on=fail_on,
        min_score=min_score,
        no_input=no_input,
        fresh=no_cache,
    )
    _make_room(outputs, summary)
    result, error = checking.checked(asked)
    _print(result, outputs)
    if summary is not None and not error:
        checking.save(result.summary, summary)
    if error:
        raise error
    if result.exit_code:
        raise typer.Exit(result.exit_code)


def _make_room(outputs: list[tuple[str, Path | None]], summary: Path | None) -> None:
    """Places for the reports, each of this run or not there, whatever happens now, and for the
    summary."""
    for path in (path for _, path in outputs if path is not None):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "", str(path))
        if path.is_file():  # not /dev/stderr
            path.unlink()
    if summary is not None:
        summary.parent.mkdir(parents=True, exist_ok=True)


def _day(text: str | None) -> date:
    """--today, else the clock. Raises UsageError."""
    from crmclean.errors import UsageError

    try:
        return date.fromisoformat(text) if text else date.today()
    except ValueError as error:
        raise UsageError("CHECK_DATE", value=text) from error


def _print(result: Any, outputs: list[tuple[str, Path | None]]) -> None:
    """One format to stdout, others to their files, the step summary where GitHub asks for one."""
    from crmclean.check import formats

    for name, path in outputs:
        text = formats.render(name, result)
        if path is not None:
            path.write_text(text, encoding="utf-8", newline="\n")
            continue
        for line in text.removesuffix("\n").split("\n"):
            show.line(line)
        steps = os.environ.get("GITHUB_STEP_SUMMARY")
        if name == "github" and steps:
            with Path(steps).open("a", encoding="utf-8", newline="\n") as file:
                file.write(formats.render("markdown", result))
