"""apply, verify, audit, unmerge: what comes back from people and from the CRM."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from crmclean.cli import show
from crmclean.cli.options import CONFIG, OUT, Config, Json, Lang, Out, Verbose, app
from crmclean.cli.usage import Commands
from crmclean.messages import say, set_language

audit = typer.Typer(
    cls=Commands, help=say("help.audit"), no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(audit, name="audit")


@app.command("apply", help=say("help.apply"))
def apply_decisions(
    files: Annotated[list[Path], typer.Argument(help=say("help.reviewed"))],
    config: Config = CONFIG, out: Out = OUT, lang: Lang = None, as_json: Json = False,
    verbose: Verbose = False,
) -> None:  # fmt: skip
    from crmclean import apply
    from crmclean.cli import returns
    from crmclean.decisions import State
    from crmclean.model import build
    from crmclean.project import load

    project = load(config)
    if lang is None:
        set_language(project.language)
    model = build({path: f.model_dump(exclude_none=True) for path, f in project.fields.items()})
    model = apply.as_told(model, project)
    state = State(config.parent / "crmclean.state")
    returns.applied([apply.read(path, state, model) for path in files], as_json, _batch(out))


def _batch(out: Path) -> str:
    """Which data the last report in `out` is about; empty where there is none."""
    from crmclean import report
    from crmclean.plan import Plan
    from crmclean.run import Work

    told = Work(out / ".work").get_text("plan.json")
    return report.batch(Plan.from_json(told)) if told else ""


@app.command(help=say("help.verify"))
def verify(
    file: Annotated[Path, typer.Argument(help=say("help.crm_file"))],
    config: Config = CONFIG, out: Out = OUT, lang: Lang = None, as_json: Json = False,
    pilot: bool = typer.Option(False, "--pilot", help=say("help.pilot")),
    batch: str = typer.Option(None, "--batch", help=say("help.verify_batch")),
    verbose: Verbose = False,
) -> None:  # fmt: skip
    from crmclean import delivery
    from crmclean.cli import returns
    from crmclean.cli.stages import opened_job

    with opened_job(config, out, lang) as job:
        result = delivery.verify(job, file, pilot, batch)
    returns.verified(result, as_json)
    if not result.right:
        raise typer.Exit(1)


@audit.command("sample", help=say("help.audit_sample"))
def audit_sample(
    config: Config = CONFIG, out: Out = OUT, lang: Lang = None,
    rows: int = typer.Option(None, "--rows", help=say("help.audit_rows")),
    sampling: str = typer.Option(None, "--plan", help=say("help.audit_plan")),
    population: str = typer.Option("loaded", "--population", help=say("help.population")),
    crm: Path = typer.Option(None, "--crm", help=say("help.audit_crm")),
    seed: str = typer.Option(None, "--seed", help=say("help.seed")),
    verbose: Verbose = False,
) -> None:  # fmt: skip
    from crmclean import delivery
    from crmclean.cli.stages import opened_job

    with opened_job(config, out, lang) as job:
        rows = delivery.audit.size(sampling) if sampling else rows
        path = delivery.audit_sample(job, rows, seed, population, crm)
        show.line(say("audit.sample_done", file=path))


@audit.command("score", help=say("help.audit_score"))
def audit_score(
    form: Annotated[Path, typer.Argument(help=say("help.form"))],
    config: Config = CONFIG, lang: Lang = None, as_json: Json = False, verbose: Verbose = False,
) -> None:  # fmt: skip
    from crmclean import audit as module
    from crmclean.cli import returns
    from crmclean.decisions import State
    from crmclean.project import load

    project = load(config) if config.is_file() else None  # a form may be scored far from its own
    if project and lang is None:
        set_language(project.language)
    result = module.score(form)
    noted = project is None or module.remember(
        State(config.parent / "crmclean.state"), result, date.today().isoformat(), project
    )
    returns.audited(result, as_json)
    certificate = module.write_certificate(form, result)
    if not as_json:
        for text in module.certificate(result).splitlines():
            show.line(text)
        show.line(say("audit.certificate", file=certificate))
        if not noted:
            show.line(say("audit.other_project", config=config))
    if not result.contract:
        raise typer.Exit(1)


@app.command(help=say("help.unmerge"))
def unmerge(
    golden: Annotated[str, typer.Argument(help=say("help.golden"))],
    config: Config = CONFIG, out: Out = OUT, lang: Lang = None, verbose: Verbose = False,
) -> None:  # fmt: skip
    from crmclean import delivery
    from crmclean.cli.stages import opened_job

    with opened_job(config, out, lang) as job:
        show.line(delivery.unmerge(job, golden))
