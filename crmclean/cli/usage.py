"""Help pages and a wrong command line in our own words: the parser's are English, whatever the
language.

The parser's errors are told apart by the names of their classes, because typer brings its own copy
of the parser.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from difflib import get_close_matches
from typing import Any

from typer.core import TyperGroup

from crmclean import errors
from crmclean.messages import say

#: The order in which a migration meets the commands.
ORDER = (
    "init", "inspect", "profile", "clean", "dedupe", "export", "run", "apply", "verify", "audit",
    "sample", "score", "check", "explain", "unmerge", "rules", "templates", "doctor",
)  # fmt: skip
CODES = {
    "MissingParameter": "USAGE_MISSING",
    "BadParameter": "USAGE_BAD_VALUE",
    "BadOptionUsage": "USAGE_NO_VALUE",
}


#: What the parser says by itself on a help page, and our words for it.
PHRASES = {
    "Show this message and exit.": "help.shown",
    "Install completion for the current shell.": "help.install_completion",
    "Show completion for the current shell, to copy it or customize the installation.": (
        "help.show_completion"
    ),
    "[default: ": "help.default",
    "[required]": "help.required",
}


class Page(TyperGroup.context_class.formatter_class):
    """A help page whose headings and standing phrases are in our language too."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or say("help.usage"))

    def write_heading(self, heading: str) -> None:
        self.write(f"{' ' * self.current_indent}{heading}{say('help.colon')}\n")

    def section(self, name: str) -> AbstractContextManager[None]:
        return super().section(say(f"help.{name.lower()}"))

    def write_dl(self, rows: Any, *sizes: int, **named: int) -> None:
        super().write_dl([(name, _ours(text)) for name, text in rows], *sizes, **named)


def _ours(text: str) -> str:
    for phrase, code in PHRASES.items():
        text = text.replace(phrase, say(code))
    return text


TyperGroup.context_class.formatter_class = Page


class Commands(TyperGroup):
    """Commands as `--help` lists them, and a word for the one that does not exist."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(super().list_commands(ctx), key=ORDER.index)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name = args[0]
        if name not in self.commands and not name.startswith("-"):
            raise _unknown("USAGE_NO_COMMAND", name, self.commands, command=_command(ctx))
        return super().resolve_command(ctx, args)


def refusal(error: Any) -> errors.UsageError | None:
    """What is wrong with the command line; None for help that was asked for by giving nothing."""
    kind, command = type(error).__name__, _command(error.ctx)
    if kind == "NoArgsIsHelpError":
        return None
    if kind == "NoSuchOption":
        known = [name for each in error.ctx.command.params for name in each.opts]
        return _unknown("USAGE_NO_OPTION", error.option_name, known, command=command)
    facts = {"command": command, "name": _parameter(error), "text": error.format_message()}
    return errors.UsageError(CODES.get(kind, "USAGE_WRONG"), **facts)


def _unknown(code: str, name: str, known: Iterable[str], **facts: str) -> errors.UsageError:
    near = get_close_matches(name, list(known), 1)
    return errors.UsageError(
        f"{code}_NEAR" if near else code, name=name, near="".join(near), **facts
    )


def _command(ctx: Any) -> str:
    return ctx.command_path.replace("python -m ", "") if ctx else "crmclean"


def _parameter(error: Any) -> str:
    """The option or argument that it is about, as it is written."""
    parameter = getattr(error, "param", None)
    written = [name for name in getattr(parameter, "opts", ()) if name.startswith("--")]
    names = [*written, getattr(parameter, "name", None), getattr(error, "option_name", None)]
    return next((name for name in names if name), "")
