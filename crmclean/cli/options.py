"""The application object and the options that commands share.

Help texts come from the catalogue in the language of --lang, which `main` has set before this
module is imported.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from crmclean.cli.usage import Commands
from crmclean.messages import LANGUAGES, say

app = typer.Typer(
    cls=Commands,
    help=say("help.crmclean"),
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Language = StrEnum("Language", [(lang, lang) for lang in LANGUAGES])
Config = Annotated[Path, typer.Option("-c", "--config", help=say("help.config"))]
Out = Annotated[Path, typer.Option("-o", "--out", help=say("help.out"))]
Lang = Annotated[Language | None, typer.Option("--lang", help=say("help.lang"))]
NoInput = Annotated[bool, typer.Option("--no-input", help=say("help.no_input"))]
Frozen = Annotated[bool, typer.Option("--frozen", help=say("help.frozen"))]
NoCache = Annotated[bool, typer.Option("--no-cache", help=say("help.no_cache"))]
Unmask = Annotated[bool, typer.Option("--unmask", help=say("help.unmask"))]
Reason = Annotated[str, typer.Option("--reason", help=say("help.reason"))]
Json = Annotated[bool, typer.Option("--json", help=say("help.json"))]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help=say("help.verbose"))]
FailOn = Annotated[str, typer.Option("--fail-on", help=say("help.fail_on"))]


@app.callback()
def root(ctx: typer.Context, lang: Lang = None) -> None:
    """Options before the command hold for it; `main` has read --lang already."""
    if lang:
        ctx.default_map = _everywhere(ctx.command, {"lang": str(lang)})


def _everywhere(command: Any, options: dict[str, str]) -> dict[str, Any]:
    """Options as defaults of a command and of all below it."""
    below = getattr(command, "commands", {})
    return options | {name: _everywhere(sub, options) for name, sub in below.items()}


def why(unmask: bool, reason: str) -> str:
    """Why personal data is to be shown, "" where it stays masked. Raises UsageError where it is to
    be shown and nobody says why."""
    from crmclean.errors import UsageError

    if unmask and not reason.strip():
        raise UsageError("UNMASK_NEEDS_REASON")
    return reason.strip() if unmask else ""


CONFIG = Path("crmclean.yaml")
OUT = Path("out")
