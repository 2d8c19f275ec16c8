"""The wheel, not the checkout, is what people get: build it, install it elsewhere, run the sample."""

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run(*command: str | Path, cwd: Path) -> str:
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=clean, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.slow
def test_the_installed_wheel_runs_the_sample(tmp_path: Path) -> None:
    run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path / "dist", ROOT, cwd=tmp_path)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    venv.create(tmp_path / "环境", with_pip=True)
    python = tmp_path / "环境" / ("Scripts" if os.name == "nt" else "bin") / "python"
    run(
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        wheel,
        cwd=tmp_path,
    )
    shutil.copytree(ROOT / "samples", tmp_path / "样例", ignore=shutil.ignore_patterns("out"))
    out = tmp_path / "输出 目录"
    said = run(
        python, "-m", "crmclean", "run", "-c", tmp_path / "样例" / "crmclean.yaml", "-o", out,
        "--json", cwd=tmp_path,
    )  # fmt: skip
    assert json.loads(said)["ends"]["customer"]["loaded"] > 0
    assert (out / "report.html").is_file() and any((out / "import").iterdir())
    listed = run(python, "-m", "crmclean", "templates", "--json", cwd=tmp_path)
    assert "wukong-11" in listed
