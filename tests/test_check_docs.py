"""The ready-made examples of docs/ci/ work: their shell is run on a small project, as far as it
can be without Jenkins, GitLab, GitHub or Windows; every option they use exists."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from ruamel.yaml import YAML

from crmclean.cli.app import app

ROOT = Path(__file__).parent.parent
CI = ROOT / "docs" / "ci"
BASE = Path(__file__).parent / "runs" / "check_base"
CHECK = typer.main.get_command(app).commands["check"]
OPTIONS = {option for parameter in CHECK.params for option in parameter.opts}
PAGES = [CI.parent / "ci.md", CI.parent / "ci.zh-CN.md", ROOT / ".pre-commit-hooks.yaml"]
LINE = re.compile(r"^.*\bcrmclean check\b.*$|^.*--(?:report|summary|baseline)\b.*$", re.MULTILINE)

posix = pytest.mark.skipif(os.name != "posix", reason="shell scripts")


def yaml(path: Path):
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def jenkins() -> str:
    return re.search(r"sh '''(.+?)'''", (CI / "Jenkinsfile").read_text(encoding="utf-8"), re.S)[1]


def gitlab() -> str:
    lines = yaml(CI / "gitlab-ci.yml")["crm-check"]["script"]
    return "\n".join(line for line in lines if line != "cd /srv/crm")


def github() -> str:
    return yaml(CI / "github.yml")["jobs"]["check"]["steps"][0]["run"]


SCRIPTS = {"jenkins": jenkins, "gitlab": gitlab, "github": github}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A project of last month, and `crmclean` and `mail` on the path."""
    shutil.copytree(BASE, tmp_path / "crm")
    project = tmp_path / "crm" / "crmclean.yaml"
    settings = project.read_text(encoding="utf-8").replace("  freshness:", "  # freshness:")
    project.write_text(settings, encoding="utf-8")  # the examples judge by today's date
    commands = tmp_path / "bin"
    commands.mkdir()
    for name, text in (
        ("crmclean", f'exec "{sys.executable}" -m crmclean "$@"'),
        ("mail", f'cat > "{tmp_path}/mailed.txt"'),
    ):
        (commands / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        (commands / name).chmod(0o755)
    return tmp_path


def run(place: Path, *command: str) -> subprocess.CompletedProcess:
    path = f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}"
    known = {"PATH": path, "CI_PROJECT_DIR": str(place), "RUNNER_TEMP": str(place)}
    known |= {"CRMCLEAN_LANG": "zh", "PYTHONPATH": str(ROOT)}
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith("GITHUB_")} | known
    return subprocess.run(command, cwd=place / "crm", env=surroundings, capture_output=True)


@posix
@pytest.mark.parametrize("name", SCRIPTS)
def test_the_job_passes_and_keeps_its_baseline(name: str, place: Path) -> None:
    done = run(place, "sh", "-e", "-c", SCRIPTS[name]())
    assert done.returncode == 0, done.stderr.decode()
    assert (place / "crm" / "last.json").is_file()


@posix
def test_cron_mails_only_what_did_not_pass(place: Path) -> None:
    script = shutil.copy(CI / "check.sh", place / "crm" / "check.sh")
    passed = run(place, "sh", script, "a@example.com")
    assert (passed.returncode, passed.stdout, passed.stderr) == (0, b"", b"")
    assert (place / "crm" / "last.json").is_file() and not (place / "mailed.txt").exists()
    lines = (place / "crm" / "客户.csv").read_text(encoding="utf-8").splitlines()
    (place / "crm" / "客户.csv").write_text("\n".join(lines[:30]) + "\n", encoding="utf-8")
    assert run(place, "sh", script, "a@example.com").returncode == 1
    assert "DRIFT_VOLUME" in (place / "mailed.txt").read_text(encoding="utf-8")
    assert "DRIFT_VOLUME" in run(place, "sh", script).stdout.decode()


@posix
def test_cron_says_that_the_program_is_missing(place: Path) -> None:
    script = shutil.copy(CI / "check.sh", place / "crm" / "check.sh")
    surroundings = {"PATH": "/usr/bin:/bin", "CRMCLEAN": "/nowhere/crmclean"}  # as cron starts it
    done = subprocess.run(["sh", script], env=surroundings, capture_output=True)
    assert done.returncode == 127 and b"/nowhere/crmclean" in done.stdout


@pytest.mark.parametrize("path", [*sorted(CI.iterdir()), *PAGES], ids=lambda p: p.name)
def test_every_option_exists(path: Path) -> None:
    text = "\n".join(LINE.findall(path.read_text(encoding="utf-8")))
    assert set(re.findall(r"(?<![\w-])--[a-z-]+", text)) - {"--", "--junit"} <= OPTIONS


@pytest.mark.parametrize("page", PAGES[:2], ids=lambda p: p.name)
def test_the_gates_of_the_page_are_valid(page: Path) -> None:
    from crmclean.gates import Gates

    block = re.search(r"```yaml\n(gates:.+?)```", page.read_text(encoding="utf-8"), re.S)[1]
    Gates.model_validate(YAML(typ="safe", pure=True).load(block)["gates"])


def test_the_windows_script_is_as_cmd_wants_it() -> None:
    content = (CI / "check.cmd").read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n")
    assert content.isascii()  # cmd reads the file before chcp


def test_the_pre_commit_hook_names_a_command() -> None:
    (hook,) = yaml(ROOT / ".pre-commit-hooks.yaml")
    assert hook["entry"].startswith("crmclean check") and hook["language"] == "python"
