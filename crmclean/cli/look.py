"""init, inspect, rules, templates, explain, doctor: commands that look and change nothing."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from crmclean.cli import show
from crmclean.cli.options import (
    CONFIG,
    OUT,
    Config,
    Json,
    Lang,
    Out,
    Reason,
    Unmask,
    Verbose,
    app,
    why,
)
from crmclean.messages import entries, language, say

Layout = StrEnum("Layout", ["table", "one_table", "side_by_side", "form"])
Hidden = StrEnum("Hidden", ["include", "skip"])
Order = StrEnum("Order", ["ymd", "dmy", "mdy"])
Epoch = StrEnum("Epoch", {"windows": "1900", "mac": "1904"})
Files = Annotated[list[Path], typer.Argument(help=say("help.files"), show_default=False)]


@app.command(help=say("help.init"))
def init(
    files: Files, config: Config = CONFIG, lang: Lang = None,
    target: str = typer.Option("wukong-11", "--target", help=say("help.target")),
    force: bool = typer.Option(False, "--force", help=say("help.force")),
    password_env: str = typer.Option(None, "--password-env", help=say("help.password_env")),
    verbose: Verbose = False,
) -> None:  # fmt: skip
    import pyarrow.compute as pc

    from crmclean import mapping, scan
    from crmclean.cli import descriptions, results
    from crmclean.errors import UsageError
    from crmclean.model import build
    from crmclean.plan import Plan

    if config.exists() and not force:
        raise UsageError("PROJECT_EXISTS", file=config)
    reading = {"password_env": password_env} if password_env else {}
    plan, issues = scan.scan_files(files, config.parent, **reading)
    model = build()
    guessed = [(source, mapping.guess(source, model)) for source in plan.sources]
    kept = [(s, mine) for s, mine in guessed if not s.hidden or mapping.is_recognised(mine)]
    plan, guesses = Plan(tuple(s for s, _ in kept)), [mine for _, mine in kept]
    text = mapping.project_text(plan, guesses, model, lang or language(), target)
    config.write_text(text, encoding="utf-8", newline="\n")
    descriptions.mapping(plan, guesses, model)
    results.issues(issues)
    for issue in issues.filter(pc.equal(issues["code"], "FILE_LEFT_OUT")).to_pylist():
        show.line(say(issue["code"], value=issue["value"]))
    show.line(say("init.done", file=config))


@app.command(help=say("help.inspect"))
def inspect(
    file: Annotated[Path, typer.Argument(help=say("help.file"))],
    lang: Lang = None, as_json: Json = False,
    encoding: str = typer.Option(None, "--encoding", help=say("help.encoding")),
    delimiter: str = typer.Option(None, "--delimiter", help=say("help.delimiter")),
    sheet: str = typer.Option(None, "--sheet", help=say("help.sheet")),
    header_row: list[int] = typer.Option(None, "--header-row", help=say("help.header_row")),
    layout: Layout = typer.Option(None, "--layout", help=say("help.layout")),
    hidden_rows: Hidden = typer.Option(None, "--hidden-rows", help=say("help.hidden_rows")),
    date_order: Order = typer.Option(None, "--date-order", help=say("help.date_order")),
    epoch: Epoch = typer.Option(None, "--epoch", help=say("help.epoch")),
    password_env: str = typer.Option(None, "--password-env", help=say("help.password_env")),
    verbose: Verbose = False,
) -> None:  # fmt: skip
    from crmclean import scan
    from crmclean.cli import descriptions

    reading = {
        "encoding": encoding,
        "delimiter": delimiter,
        "sheet": sheet,
        "header_rows": tuple(filter(None, header_row)) if header_row else None,
        "layout": layout and layout.value,
        "hidden_rows": hidden_rows and hidden_rows.value,
        "date_order": date_order and date_order.value,
        "epoch": epoch and int(epoch),
        "password_env": password_env,
    }
    found = scan.inspect(
        file, **{key: value for key, value in reading.items() if value is not None}
    )
    show.as_json(found) if as_json else descriptions.inspection(found)


@app.command(help=say("help.rules"))
def rules(
    name: Annotated[str | None, typer.Argument(help=say("help.name"))] = None,
    lang: Lang = None, as_json: Json = False, verbose: Verbose = False,
) -> None:  # fmt: skip
    from crmclean import rules as package
    from crmclean.errors import UsageError

    if name is None:
        every = package.catalogue()
        if as_json:
            show.as_json([entry._asdict() for entry in every])
            return
        listed = [(entry.name, _title(entry)) for entry in every]
        show.table(say("help.rules"), (say("label.name"), say("label.title")), listed)
        return
    if name not in package.names():
        raise UsageError("RULE_UNKNOWN", name=name, known=" ".join(package.names()))
    (entry,) = package.catalogue(name)
    if as_json:
        show.as_json(entry._asdict())
        return
    page = entries()[f"rule.{entry.name}"]["page_zh"] if language() == "zh" else entry.text
    show.line(f"{entry.name}: {_title(entry)}\n\n{page}\n\n{entry.examples}")


def _title(entry: Any) -> str:
    """What a rule does: its own words are English, the catalogue has the Chinese (as for pages)."""
    return say(f"rule.{entry.name}") if language() == "zh" else entry.title


@app.command(help=say("help.templates"))
def templates(
    name: Annotated[str | None, typer.Argument(help=say("help.name"))] = None,
    blank: Path = typer.Option(None, "--blank", help=say("help.blank")),
    lang: Lang = None, as_json: Json = False, verbose: Verbose = False,
) -> None:  # fmt: skip
    from crmclean import templates as package
    from crmclean.cli import descriptions
    from crmclean.model import build

    if name is None:
        loaded = [package.load(each) for each in package.names()]
        descriptions.templates(loaded, build(), as_json)
        return
    template = package.load(name)
    if blank is not None:
        from crmclean import export

        export.blank(template, blank, language())
        show.line(say("templates.blank_done", file=blank))
        return
    descriptions.template(template, build(), as_json)


@app.command(help=say("help.explain"))
def explain(
    subject: Annotated[list[str], typer.Argument(help=say("help.subject"))],
    config: Config = CONFIG,
    out: Out = OUT,
    lang: Lang = None,
    unmask: Unmask = False,
    reason: Reason = "",
    verbose: Verbose = False,
) -> None:
    from crmclean.messages import advice, entries, severity

    code = subject[0]
    if len(subject) == 1 and code in entries():
        show.line(f"{code} ({severity(code)}): {say(code)}")
        show.line(advice(code))
        return
    from crmclean import pipeline
    from crmclean.cli.stages import opened_job

    with opened_job(config, out, lang, unmask=why(unmask, reason)) as job:
        for text in pipeline.explain(job, subject):
            show.line(text)


@app.command(help=say("help.doctor"))
def doctor(lang: Lang = None, as_json: Json = False, verbose: Verbose = False) -> None:
    import locale
    import platform
    import sys
    from importlib import metadata

    facts = {
        "crmclean": metadata.version("crmclean"),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "stdout": sys.stdout.encoding,
        "locale": locale.getpreferredencoding(False),
    }
    for requirement in metadata.requires("crmclean") or []:
        if "extra ==" not in requirement:
            package = requirement.split(">=")[0].split("[")[0].strip()
            facts[package] = metadata.version(package)
    show.as_json(facts) if as_json else show.table(
        say("help.doctor"), (say("label.name"), say("label.value")), list(facts.items())
    )
