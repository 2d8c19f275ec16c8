"""Work beside other work: it is done at the end, and its errors arrive whole."""

from pathlib import Path
from threading import Barrier

import pytest

from crmclean.run.beside import beside


def test_both_parts_run_at_the_same_time_and_are_done_at_the_end() -> None:
    met, done = Barrier(2, timeout=30), []

    def task(word: str) -> None:
        met.wait()  # raises where the body does not come here meanwhile
        done.append(word)

    with beside(task, "beside"):
        met.wait()
    assert done == ["beside"]


def test_what_the_task_raises_is_raised_here(tmp_path: Path) -> None:
    missing = tmp_path / "no folder" / "a"
    with pytest.raises(FileNotFoundError), beside(missing.read_bytes):
        pass


def test_the_task_is_done_though_the_body_fails(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="body"), beside(Path.touch, tmp_path / "a"):
        raise ValueError("body")
    assert (tmp_path / "a").exists()
