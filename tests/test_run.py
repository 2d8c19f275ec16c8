"""Publishing is all or nothing, one run at a time, and never loses what a person did."""

import contextlib
from pathlib import Path

import pyarrow as pa
import pytest

from crmclean.errors import Broken, Locked, OutputRefused
from crmclean.run import Work, lock, publish, recover, verify_manifest


def staged(out: Path, files: dict[str, str]) -> Path:
    stage = out / ".work" / "stage"
    for name, text in files.items():
        path = stage / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return stage


def contents(out: Path) -> dict[str, str]:
    files = (p for p in sorted(out.rglob("*")) if p.is_file() and ".work" not in p.parts)
    return {
        p.relative_to(out).as_posix(): p.read_text(encoding="utf-8")
        for p in files
        if p.name not in ("MANIFEST.json", ".lock")
    }


def test_a_result_replaces_the_one_before(tmp_path: Path) -> None:
    publish(tmp_path, staged(tmp_path, {"report.html": "1", "gaps/a.xlsx": "1"}))
    publish(tmp_path, staged(tmp_path, {"report.html": "2"}))
    assert contents(tmp_path) == {"report.html": "2"}
    assert set(verify_manifest(tmp_path)) == {"report.html"}


def test_a_workbook_that_a_person_filled_is_kept(tmp_path: Path) -> None:
    publish(tmp_path, staged(tmp_path, {"gaps/张三.xlsx": "empty"}))
    (tmp_path / "gaps" / "张三.xlsx").write_text("filled", encoding="utf-8")
    (tmp_path / "gaps" / "my notes.txt").write_text("mine", encoding="utf-8")
    kept = publish(tmp_path, staged(tmp_path, {"gaps/张三.xlsx": "new"}))
    assert kept == ["kept/gaps/my notes.txt", "kept/gaps/张三.xlsx"]
    assert contents(tmp_path)["kept/gaps/张三.xlsx"] == "filled"
    assert contents(tmp_path)["gaps/张三.xlsx"] == "new"


def test_a_file_that_no_run_published_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputRefused) as refused:
        publish(tmp_path, staged(tmp_path, {"report.html": "2"}))
    assert refused.value.code == "OUTPUT_NOT_OURS"
    assert contents(tmp_path) == {"report.html": "mine"}


def test_a_folder_that_was_empty_last_time_is_no_stranger(tmp_path: Path) -> None:
    stage = staged(tmp_path, {"report.html": "1"})
    (stage / "review").mkdir()
    publish(tmp_path, stage)
    assert not (tmp_path / "review").exists()
    (tmp_path / "review").mkdir()
    publish(tmp_path, staged(tmp_path, {"report.html": "2", "review/a.xlsx": "2"}))
    assert contents(tmp_path) == {"report.html": "2", "review/a.xlsx": "2"}


def test_a_file_in_use_leaves_the_result_before_as_it_was(tmp_path: Path, monkeypatch) -> None:
    first = {"a.xlsx": "1", "b.xlsx": "1"}
    publish(tmp_path, staged(tmp_path, first))
    replace = Path.replace

    def in_use(path: Path, target: Path) -> Path:
        if path == tmp_path / "b.xlsx":
            raise PermissionError(13, "open in Excel")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", in_use)
    with pytest.raises(OutputRefused):
        publish(tmp_path, staged(tmp_path, {"a.xlsx": "2", "b.xlsx": "2"}))
    monkeypatch.undo()
    assert contents(tmp_path) == first
    verify_manifest(tmp_path)


@pytest.mark.parametrize("moves", range(12))
def test_a_run_killed_at_any_move_is_finished_or_undone(
    tmp_path: Path, monkeypatch, moves: int
) -> None:
    old, new = {"a": "1", "b/c": "1"}, {"a": "2", "b/c": "2", "d": "2"}
    publish(tmp_path, staged(tmp_path, old))
    stage = staged(tmp_path, new)
    replace, left = Path.replace, [moves]

    def killed(path: Path, target: Path) -> Path:
        if left[0] == 0:
            raise KeyboardInterrupt
        left[0] -= 1
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", killed)
    with contextlib.suppress(KeyboardInterrupt):
        publish(tmp_path, stage)
    monkeypatch.undo()
    recover(tmp_path)
    verify_manifest(tmp_path)
    assert contents(tmp_path) in (old, new)
    assert (tmp_path / "MANIFEST.json").is_file()


def test_a_changed_published_file_is_found(tmp_path: Path) -> None:
    publish(tmp_path, staged(tmp_path, {"a": "1"}))
    (tmp_path / "a").write_text("x", encoding="utf-8")
    with pytest.raises(Broken):
        verify_manifest(tmp_path)


def test_two_runs_cannot_hold_one_output_directory(tmp_path: Path) -> None:
    with lock(tmp_path), pytest.raises(Locked), lock(tmp_path):
        pass
    with lock(tmp_path):
        pass


def test_a_stage_that_begins_again_forgets_what_follows(tmp_path: Path) -> None:
    work = Work(tmp_path)
    for stage in ("scan", "clean", "dedupe"):
        work.begin(stage)
        work.mark_done(stage, f"key of {stage}")
    work.begin("clean")
    assert work.is_done("scan", "key of scan")
    assert not work.is_done("clean", "key of clean")
    assert not work.is_done("dedupe", "key of dedupe")


def test_a_table_is_whole_or_not_there(tmp_path: Path) -> None:
    work = Work(tmp_path)
    schema = pa.schema([("a", pa.string())])
    with pytest.raises(RuntimeError), work.writer("t", schema) as write:
        write(pa.table({"a": ["1"]}))
        raise RuntimeError
    assert not work.has("t")
