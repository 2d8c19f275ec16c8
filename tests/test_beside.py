"""A second process: its work is done at the end, and its errors arrive whole."""

from pathlib import Path

import pytest

from crmclean.errors import OutputRefused
from crmclean.run.beside import beside


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("worthwhile", [True, False])
def test_both_parts_are_done_at_the_end(tmp_path: Path, worthwhile: bool) -> None:
    with beside(Path.write_text, tmp_path / "a", "1", "utf-8", worthwhile=worthwhile):
        write(tmp_path / "b", "2")
    assert [p.read_text(encoding="utf-8") for p in sorted(tmp_path.iterdir())] == ["1", "2"]


def test_an_error_keeps_its_facts_between_processes() -> None:
    import pickle

    error = pickle.loads(pickle.dumps(OutputRefused("OUTPUT_IN_USE", file="a.xlsx")))
    assert (type(error), error.code, error.facts) == (
        OutputRefused,
        "OUTPUT_IN_USE",
        {"file": "a.xlsx"},
    )


def test_what_the_other_process_raises_is_raised_here(tmp_path: Path) -> None:
    missing = tmp_path / "no folder" / "a"
    with pytest.raises(FileNotFoundError), beside(missing.read_bytes, worthwhile=True):
        pass
