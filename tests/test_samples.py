"""The samples through the real command line reach the bars that are published for them."""

import filecmp
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"


@pytest.fixture(scope="module")
def figures(sample_run: Path) -> dict[str, float]:
    """The last line of samples/score.py."""
    command = [sys.executable, str(SAMPLES / "score.py"), str(sample_run / "out")]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    ("figure", "bar"),
    [("phone", 0.99), ("date", 0.99), ("pair_precision", 0.98), ("pair_recall", 0.90)],
)
def test_at_least(figures: dict[str, float], figure: str, bar: float) -> None:
    assert figures[figure] >= bar


@pytest.mark.parametrize("figure", ["wrong_values", "unaccounted_rows", "lost_children"])
def test_none(figures: dict[str, float], figure: str) -> None:
    assert figures[figure] == 0


def test_most_follow_ups_find_their_customer(sample_run: Path) -> None:
    """Listing all of them would lose none and help nobody."""
    children = pd.read_parquet(sample_run / "out/tables/golden_follow_up.parquet")
    assert children["customer_golden"].notna().mean() > 0.9


def test_the_files_that_people_open_are_there(sample_run: Path) -> None:
    out = sample_run / "out"
    names = ["report.html", "IMPORT.md", "quarantine.xlsx", "not_migrated.csv", "MANIFEST.json"]
    names += ["review/duplicates.xlsx", "review/owner_conflicts.xlsx", "audit/form.xlsx"]
    assert [name for name in names if not (out / name).is_file()] == []
    assert all(any((out / folder).iterdir()) for folder in ("import", "pilot", "gaps", "rollback"))


def test_the_generator_gives_the_same_bytes(tmp_path: Path) -> None:
    command = [sys.executable, str(SAMPLES / "make_samples.py"), str(tmp_path)]
    subprocess.run(command, check=True)
    for folder in ("legacy", "truth"):
        names = sorted(path.name for path in (SAMPLES / folder).iterdir())
        assert names == sorted(path.name for path in (tmp_path / folder).iterdir())
        _, differing, missing = filecmp.cmpfiles(
            SAMPLES / folder, tmp_path / folder, names, shallow=False
        )
        assert (differing, missing) == ([], [])


def test_nobody_is_sent_to_a_report_that_is_not_there(
    sample_run: Path, tmp_path: Path, cli: Callable
) -> None:
    told = cli("clean", "-o", tmp_path / "out", "--lang", "en", cwd=sample_run).stdout
    assert told.endswith("more kinds of issues: crmclean run puts them into the report\n")
