"""Golden runs: whole small migrations through the real command line, word for word.

Each folder of `runs/` holds a `crmclean.yaml`, its source files, `cmd` (the arguments) and
`expected/`: the exit code, what was printed, and the tables and import files as text. After a
change that is meant, `pytest tests/test_runs.py --record` writes `expected/` anew; review its diff.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

RUNS = Path(__file__).parent / "runs"
SHOWN = ("crosswalk", "changes", "issues", "golden_cells")


@pytest.mark.parametrize("name", sorted(p.parent.name for p in RUNS.glob("*/cmd")))
def test_run(name: str, tmp_path: Path, cli: Callable, request: pytest.FixtureRequest) -> None:
    folder = tmp_path / name
    shutil.copytree(RUNS / name, folder, ignore=shutil.ignore_patterns("expected"))
    arguments = (folder / "cmd").read_text(encoding="utf-8").split()
    done = cli(*arguments, cwd=folder)
    found = {"exit.txt": f"{done.returncode}\n", "stdout.txt": _lines(done.stdout, folder)}
    if done.returncode > 1:
        found["stderr.txt"] = _lines(done.stderr, folder)
    found |= _result(folder / "out")
    expected = RUNS / name / "expected"
    if request.config.getoption("--record"):
        shutil.rmtree(expected, ignore_errors=True)
        for path, text in found.items():
            (expected / path).parent.mkdir(parents=True, exist_ok=True)
            (expected / path).write_text(text, encoding="utf-8", newline="\n")
    assert found == _texts(expected)


def test_the_language_of_the_terminal_is_in_no_file(tmp_path: Path, cli: Callable) -> None:
    name = "owner_conflict"  # a label stands in a remark
    folder = tmp_path / name
    shutil.copytree(RUNS / name, folder, ignore=shutil.ignore_patterns("expected"))
    arguments = (folder / "cmd").read_text(encoding="utf-8").split()
    done = cli("--lang", "en", *arguments, cwd=folder, CRMCLEAN_LANG="en")
    assert done.returncode == 0
    expected = _texts(RUNS / name / "expected")
    assert _result(folder / "out") == {p: t for p, t in expected.items() if p.startswith("out/")}


def _lines(text: str, folder: Path) -> str:
    return text.replace(str(folder), "FOLDER").replace("\\", "/")


def _texts(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes().decode("utf-8-sig") for p in files}


def _result(out: Path) -> dict[str, str]:
    """The text files of a result, and its tables as text."""
    if not (out / "tables").is_dir():
        return {}
    found = {f"out/{n}.csv": _table(out / "tables" / f"{n}.parquet") for n in SHOWN}
    for path in sorted(out.rglob("*.csv")):
        if ".work" not in path.parts:
            found[f"out/{path.relative_to(out).as_posix()}"] = path.read_bytes().decode("utf-8-sig")
    return found


def _table(path: Path) -> str:
    return pd.read_parquet(path).to_csv(index=False, lineterminator="\n")
