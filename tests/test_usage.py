"""A wrong command line, in the language of the person who typed it; help in the order of the work."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from crmclean.cli import usage
from crmclean.cli.app import app
from crmclean.cli.main import _lookalike
from crmclean.run import second
from tests.conftest import copied_samples

BASE = Path(__file__).parent / "runs" / "check_base"
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


def test_the_help_pages_speak_one_language(cli: Callable[..., object], tmp_path: Path) -> None:
    for command in ([], ["check"], ["apply"], ["audit", "score"]):
        page = cli("--lang", "zh", *command, "--help", cwd=tmp_path).stdout
        words = ("Usage", "Options", "Commands", "Arguments", "[required", "[default", "Show this")
        assert not [word for word in words if word in page] and page.startswith("用法：")
        assert cli("--lang", "en", *command, "--help", cwd=tmp_path).stdout.startswith("Usage: ")


def test_the_language_may_stand_before_the_command(
    cli: Callable[..., object], tmp_path: Path
) -> None:
    shutil.copytree(BASE, tmp_path / "base")  # its language is Chinese
    for language, words in (("en", "passed"), ("zh", "通过")):
        options = ("check", "--today", "2026-11-21")
        done = cli("--lang", language, *options, cwd=tmp_path / "base", CRMCLEAN_LANG="zh")
        assert done.stdout.startswith(words)


def test_a_console_without_our_signs_shows_others() -> None:
    error = UnicodeEncodeError("gbk", "甲 › 乙𠮷", 2, 3, "")
    assert _lookalike(error) == (">", 3)
    assert _lookalike(UnicodeEncodeError("gbk", "𠮷", 0, 1, "")) == ("?", 1)


@pytest.mark.parametrize("command", ["run", "dedupe"])
def test_a_reader_that_has_seen_enough_changes_no_exit_code(command: str, tmp_path: Path) -> None:
    shutil.copytree(BASE.parent / "merge", tmp_path / "merge")
    arguments = [sys.executable, "-m", "crmclean", command, "-o", "out", "--no-input"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    environment = second.environment()
    with subprocess.Popen(arguments, cwd=tmp_path / "merge", env=environment, **pipes) as done:
        done.stdout.close()
        assert done.stderr.read() == b""
    assert done.returncode == 0


INTERRUPTED = """
import signal, sys, threading, time
from crmclean.cli.main import main
def interrupt():
    while "crmclean.pipeline" not in sys.modules:
        time.sleep(0.01)
    signal.raise_signal(signal.SIGINT)
threading.Thread(target=interrupt, daemon=True).start()
sys.argv = ["crmclean", "run", "-o", "out", "--no-input", "--lang", sys.argv[1]]
main()
"""


@pytest.mark.parametrize(("lang", "words"), [("zh", "已中断"), ("en", "interrupted")])
def test_ctrl_c_is_told(lang: str, words: str, tmp_path: Path) -> None:
    folder = copied_samples(tmp_path / "项目")
    command = [sys.executable, "-c", INTERRUPTED, lang]
    environment = {**second.environment(), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 130
    assert words in done.stderr
    assert not (folder / "out/MANIFEST.json").exists()
