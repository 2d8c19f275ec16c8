"""What is not documented fails: every command has help in both languages and a line in both READMEs."""

from pathlib import Path

import pytest
import typer

from crmclean import rules
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


def test_the_table_of_rules_is_what_the_rules_say() -> None:
    lines = (ROOT / "docs/rules.md").read_text(encoding="utf-8").splitlines()
    titles = {entry.name: entry.title for entry in rules.catalogue()}
    said = [
        f"| `{name}` | {title} | {entries()[f'rule.{name}']['zh']} |"
        for name, title in titles.items()
    ]
    assert [line for line in lines if line.startswith("| `")] == said


@pytest.mark.parametrize("readme", READMES)
def test_every_picture_of_the_readme_is_there(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    pictures = [part.split(")")[0] for part in text.split("](")[1:] if ".png)" in part]
    assert pictures and all((ROOT / picture).is_file() for picture in pictures)
