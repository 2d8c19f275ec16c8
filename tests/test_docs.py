"""What is not documented fails: every command has help in both languages and a line in both READMEs."""

from pathlib import Path

import pytest
import typer

from crmclean.cli.app import app
from crmclean.messages import entries

ROOT = Path(__file__).parent.parent
COMMANDS = sorted(typer.main.get_command(app).commands)
READMES = ["README.md", "README.zh-CN.md"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_in_both_languages(command: str) -> None:
    entry = entries()[f"help.{command}"]
    assert entry["zh"] != entry["en"]


@pytest.mark.parametrize("readme", READMES)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_stands_in_the_readme(command: str, readme: str) -> None:
    assert f"`crmclean {command}" in (ROOT / readme).read_text(encoding="utf-8")


@pytest.mark.parametrize("readme", READMES)
def test_every_picture_of_the_readme_is_there(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    pictures = [part.split(")")[0] for part in text.split("](")[1:] if ".png)" in part]
    assert pictures and all((ROOT / picture).is_file() for picture in pictures)
