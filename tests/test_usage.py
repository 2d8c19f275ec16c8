"""A wrong command line, in the language of the person who typed it; help in the order of the work."""

from collections.abc import Callable
from pathlib import Path

import pytest

from crmclean.cli import usage
from crmclean.cli.app import app
from crmclean.cli.main import _lookalike

WRONG = [
    (["frobnicate"], "USAGE_NO_COMMAND", "frobnicate"),
    (["runn"], "USAGE_NO_COMMAND_NEAR", "run"),
    (["audit", "scor"], "USAGE_NO_COMMAND_NEAR", "score"),
    (["run", "--no-cash"], "USAGE_NO_OPTION_NEAR", "--no-cache"),
    (["inspect"], "USAGE_MISSING", "file"),
    (["check", "--min-score", "much"], "USAGE_BAD_VALUE", "--min-score"),
    (["inspect", "--lang", "fr", "x.csv"], "USAGE_BAD_VALUE", "--lang"),
    (["run", "--out"], "USAGE_NO_VALUE", "--out"),
    (["run", "more"], "USAGE_WRONG", "more"),
    (["rules", "nope"], "RULE_UNKNOWN", "nope"),
]


@pytest.mark.parametrize(("arguments", "code", "named"), WRONG)
def test_a_wrong_command_line_is_told_in_the_language(
    cli: Callable[..., object], tmp_path: Path, arguments: list[str], code: str, named: str
) -> None:
    for language, error in (("zh", "错误"), ("en", "error")):
        done = cli(*arguments, cwd=tmp_path, CRMCLEAN_LANG=language)
        assert done.returncode == 2 and not done.stdout
        assert done.stderr.startswith(f"{error} [{code}]") and named in done.stderr


def test_every_command_has_its_place_in_the_help() -> None:
    names = {command.name or command.callback.__name__ for command in app.registered_commands}
    groups = {group.name: group.typer_instance for group in app.registered_groups}
    inner = {each.name for group in groups.values() for each in group.registered_commands}
    assert names | set(groups) | inner == set(usage.ORDER)


def test_a_console_without_our_signs_shows_others() -> None:
    error = UnicodeEncodeError("gbk", "甲 › 乙𠮷", 2, 3, "")
    assert _lookalike(error) == (">", 3)
    assert _lookalike(UnicodeEncodeError("gbk", "𠮷", 0, 1, "")) == ("?", 1)
