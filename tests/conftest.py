"""What several test files share: the real command line, and one run over the samples."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
Run = Callable[..., subprocess.CompletedProcess[str]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", action="store_true", help="write tests/runs/*/expected anew")


def crmclean(*arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python -m crmclean ARGUMENTS` in a process of its own."""
    import os

    return subprocess.run(
        [sys.executable, "-m", "crmclean", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture(scope="session", name="cli")
def command_line() -> Run:
    return crmclean


def copied_samples(folder: Path) -> Path:
    """The samples without their truth, as a user has them."""
    unwanted = shutil.ignore_patterns("truth", "*.py", "__pycache__", "crmclean.state", "out")
    shutil.copytree(ROOT / "samples", folder, ignore=unwanted)
    return folder


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project folder of one whole run over the samples; its result stands in `out`."""
    folder = copied_samples(tmp_path_factory.mktemp("samples") / "项目")
    done = crmclean("run", "-o", "out", "--no-input", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder
