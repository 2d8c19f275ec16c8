"""The application object and the options that commands share.

Help texts come from the catalogue in the language of --lang, which `main` has set before this
module is imported.
"""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from crmclean.messages import say

#: The order in which a migration meets them.
ORDER = (
    "init", "inspect", "profile", "clean", "dedupe", "export", "run", "apply", "verify", "audit",
    "check", "explain", "unmerge", "rules", "templates", "doctor",
)  # fmt: skip


class InOrder(TyperGroup):
    """The commands as `--help` lists them."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(super().list_commands(ctx), key=ORDER.index)


app = typer.Typer(
    cls=InOrder,
    help=say("help.crmclean"),
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Config = Annotated[Path, typer.Option("-c", "--config", help=say("help.config"))]
Out = Annotated[Path, typer.Option("-o", "--out", help=say("help.out"))]
Lang = Annotated[str | None, typer.Option("--lang", help=say("help.lang"))]
NoInput = Annotated[bool, typer.Option("--no-input", help=say("help.no_input"))]
Frozen = Annotated[bool, typer.Option("--frozen", help=say("help.frozen"))]
NoCache = Annotated[bool, typer.Option("--no-cache", help=say("help.no_cache"))]
Unmask = Annotated[bool, typer.Option("--unmask", help=say("help.unmask"))]
Reason = Annotated[str, typer.Option("--reason", help=say("help.reason"))]
Json = Annotated[bool, typer.Option("--json", help=say("help.json"))]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help=say("help.verbose"))]
FailOn = Annotated[str, typer.Option("--fail-on", help=say("help.fail_on"))]


@app.callback()
def root(lang: Lang = None) -> None:
    """Options before the command; `main` has read --lang already."""


def why(unmask: bool, reason: str) -> str:
    """Why personal data is to be shown, "" where it stays masked. Raises UsageError where it is to
    be shown and nobody says why."""
    from crmclean.errors import UsageError

    if unmask and not reason.strip():
        raise UsageError("UNMASK_NEEDS_REASON")
    return reason.strip() if unmask else ""


CONFIG = Path("crmclean.yaml")
OUT = Path("out")
