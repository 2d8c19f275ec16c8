"""profile, clean, dedupe, export, run: the stages, each going on from the last."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from crmclean.cli import progress
from crmclean.cli.options import (
    CONFIG,
    OUT,
    Config,
    FailOn,
    Frozen,
    Json,
    Lang,
    NoCache,
    NoInput,
    Out,
    Reason,
    Unmask,
    Verbose,
    app,
    why,
)
from crmclean.messages import say, set_language

Since = Annotated[Path | None, typer.Option("--since", help=say("help.since"))]
Batch = Annotated[str | None, typer.Option("--batch", help=say("help.batch"))]
Verified = Annotated[bool, typer.Option("--require-verified", help=say("help.require_verified"))]

FAIL_ON = {"never": (), "error": ("error",), "warn": ("error", "warn")}


@app.command(help=say("help.profile"))
def profile(
    config: Config = CONFIG, out: Out = OUT, lang: Lang = None, as_json: Json = False,
    unmask: Unmask = False, reason: Reason = "", verbose: Verbose = False,
) -> None:  # fmt: skip
    with opened_job(config, out, lang, unmask=why(unmask, reason)) as job:
        from crmclean import pipeline
        from crmclean.cli import results

        path = pipeline.profile(job)
        results.summary(job, "profile", as_json, [str(path)])


@app.command(help=say("help.clean"))
def clean(
    config: Config = CONFIG, out: Out = OUT, lang: Lang = None, no_input: NoInput = False,
    frozen: Frozen = False, no_cache: NoCache = False, as_json: Json = False,
    verbose: Verbose = False,
) -> None:  # fmt: skip
    how = {"no_input": no_input, "frozen": frozen, "fresh": no_cache}
    _until("clean", config, out, lang, as_json, **how)


@app.command(help=say("help.dedupe"))
def dedupe(
    config: Config = CONFIG, out: Out = OUT, lang: Lang = None, no_input: NoInput = False,
    frozen: Frozen = False,
    retrain: bool = typer.Option(False, "--retrain", help=say("help.retrain")),
    no_cache: NoCache = False, as_json: Json = False, verbose: Verbose = False,
) -> None:  # fmt: skip
    how = {"no_input": no_input, "frozen": frozen, "retrain": retrain, "fresh": no_cache}
    _until("dedupe", config, out, lang, as_json, **how)


@app.command(help=say("help.export"))
def export(
    config: Config = CONFIG, out: Out = OUT, lang: Lang = None, no_input: NoInput = False,
    frozen: Frozen = False, since: Since = None, batch: Batch = None,
    require_verified: Verified = False, fail_on: FailOn = "never",
    unmask: Unmask = False, reason: Reason = "", as_json: Json = False,
    verbose: Verbose = False,
) -> None:  # fmt: skip
    how = {"no_input": no_input, "frozen": frozen, "since": since}
    how["require_verified"] = require_verified
    how["unmask"] = why(unmask, reason)
    if batch:
        _batch(batch, config, out, lang, as_json, **how)
        return
    _until("export", config, out, lang, as_json, fail_on, **how)


@app.command(help=say("help.run"))
def run(
    config: Config = CONFIG, out: Out = OUT, lang: Lang = None, no_input: NoInput = False,
    frozen: Frozen = False, require_verified: Verified = False, fail_on: FailOn = "never",
    no_cache: NoCache = False, unmask: Unmask = False, reason: Reason = "", as_json: Json = False,
    verbose: Verbose = False,
) -> None:  # fmt: skip
    how = {"no_input": no_input, "frozen": frozen, "require_verified": require_verified}
    how["fresh"] = no_cache
    how["unmask"] = why(unmask, reason)
    _until("export", config, out, lang, as_json, fail_on, **how)


def _until(
    stage: str, config: Path, out: Path, lang: str | None, as_json: bool,
    fail_on: str = "never", **how: Any,
) -> None:  # fmt: skip
    """Do the stages up to `stage`, say what came out, exit 1 on findings at or above fail_on."""
    from crmclean.errors import UsageError

    if fail_on not in FAIL_ON:
        raise UsageError("FAIL_ON_UNKNOWN", value=fail_on)
    with opened_job(config, out, lang, **how) as job, job.helped():
        from crmclean import pipeline
        from crmclean.cli import results

        pipeline.run(job, stage)
        results.summary(job, stage, as_json)
        found = results.severities(job.work)
    if any(found.get(severity, 0) for severity in FAIL_ON[fail_on]):
        raise typer.Exit(1)


def _batch(
    chosen: str, config: Path, out: Path, lang: str | None, as_json: bool, **how: Any
) -> None:
    """Export one batch into a folder of its own, and say which files it has."""
    from crmclean import delivery
    from crmclean.cli import returns

    with opened_job(config, out, lang, **how) as job:
        returns.delivered(delivery.batch(job, chosen), as_json)


@contextmanager
def opened_job(config: Path, out: Path, lang: str | None, **how: Any) -> Iterator[Any]:
    """The project of `config`, opened for work in `out`, with progress on the terminal. `lang` is
    what the terminal speaks; what is written keeps to the language of the project, which must give
    the same files whoever runs it. That personal data is shown, and why, is noted in the state."""
    from crmclean import job as jobs
    from crmclean.project import load

    project = load(config)
    set_language(lang or project.language)
    with (
        progress.progress() as told,
        jobs.opened(project, config.parent, out, told, **how) as job,
    ):
        if job.unmask:
            noted = {"date": date.today().isoformat(), "out": out.name, "reason": job.unmask}
            job.state.append("unmasked", [noted])
        yield job
