"""Bad input ends with one clear message, the right exit code, and nothing half-written."""

import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

FIELDS = "fields: {customer.name: 客户名称, contact.mobile: 手机}"
GOOD = "客户名称,手机\n杭州青栎机械有限公司,13800012345\n宁波朔川食品有限公司,13900012346\n"
Case = Callable[[Path], str]


def missing_file(folder: Path) -> str:
    return f"sources: [{{path: 没有.csv, {FIELDS}}}]"


def empty_file(folder: Path) -> str:
    (folder / "a.csv").write_bytes(b"")
    return f"sources: [{{path: a.csv, {FIELDS}}}]"


def encrypted_workbook(folder: Path) -> str:
    from msoffcrypto.format.ooxml import OOXMLFile

    plain = folder / "plain.xlsx"
    with xlsxwriter.Workbook(str(plain)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["客户名称", "手机"])
        sheet.write_row(1, 0, ["青禾璟机械有限公司", "13800012345"])
    with plain.open("rb") as source, (folder / "a.xlsx").open("wb") as target:
        OOXMLFile(source).encrypt("secret", target)
    plain.unlink()
    return f"sources: [{{path: a.xlsx, {FIELDS}}}]"


def sheet_without_header(folder: Path) -> str:
    (folder / "a.csv").write_text("13800012345,12\n13900012346,15\n", encoding="utf-8")
    return f"sources: [{{path: a.csv, {FIELDS}}}]"


def unknown_key(folder: Path) -> str:
    (folder / "a.csv").write_text(GOOD, encoding="utf-8")
    return f"sources:\n  - path: a.csv\n    feilds: {{}}\n    {FIELDS}"


def unknown_column(folder: Path) -> str:
    (folder / "a.csv").write_text(GOOD, encoding="utf-8")
    return "sources: [{path: a.csv, fields: {customer.name: 客户名, contact.mobile: 手机}}]"


def one_file_twice(folder: Path) -> str:
    (folder / "a.csv").write_text(GOOD, encoding="utf-8")
    entry = f"{{path: a.csv, {FIELDS}}}"
    return f"sources: [{entry}, {entry}]"


def column_for_nobody(folder: Path) -> str:
    (folder / "a.csv").write_text(GOOD, encoding="utf-8")
    return "sources: [{path: a.csv, fields: {customer.name: 客户名称}}]"


#: what is wrong, exit code, words that the message must hold
CASES: list = [
    (missing_file, 3, ("没有.csv",)),
    (empty_file, 3, ("a.csv", "空")),
    (encrypted_workbook, 3, ("a.xlsx", "加密")),
    (sheet_without_header, 3, ("a.csv", "表头")),
    (unknown_key, 2, ("feilds", "fields", "4")),
    (unknown_column, 2, ("客户名", "客户名称")),
    (one_file_twice, 2, ("a.csv",)),
    (column_for_nobody, 5, ("手机",)),
]


def _name(value: object) -> str:
    return getattr(value, "__name__", "")


@pytest.mark.parametrize(("case", "code", "words"), CASES, ids=_name)
def test_refused(
    case: Case, code: int, words: tuple[str, ...], tmp_path: Path, cli: Callable
) -> None:
    sources = case(tmp_path)
    (tmp_path / "crmclean.yaml").write_text(f"version: 1\n{sources}\n", encoding="utf-8")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    done = cli("run", "-o", "out", "--no-input", cwd=tmp_path)
    assert done.returncode == code, done.stdout + done.stderr
    assert all(word in done.stderr for word in words), done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert len(done.stderr.strip().splitlines()) <= 6
    assert published(tmp_path / "out") == []
    assert {path: path.read_bytes() for path in before} == before


def published(out: Path) -> list[Path]:
    """Files of a result, apart from the machine's own."""
    own = {".work", ".lock"}
    return [p for p in out.rglob("*") if p.is_file() and not own & set(p.relative_to(out).parts)]


def good_project(folder: Path) -> None:
    (folder / "a.csv").write_text(GOOD, encoding="utf-8")
    project = f"version: 1\nsources: [{{path: a.csv, {FIELDS}}}]\n"
    (folder / "crmclean.yaml").write_text(project, encoding="utf-8")


def test_a_workbook_with_a_password_is_migrated_as_its_refusal_says(
    tmp_path: Path, cli: Callable
) -> None:
    encrypted_workbook(tmp_path)
    refused = cli("init", "a.xlsx", cwd=tmp_path)
    assert (refused.returncode, "--password-env" in refused.stderr) == (3, True)
    said = {"LIST_PASSWORD": "secret"}
    done = cli("init", "a.xlsx", "--password-env", "LIST_PASSWORD", cwd=tmp_path, **said)
    assert done.returncode == 0, done.stderr
    written = (tmp_path / "crmclean.yaml").read_text(encoding="utf-8")
    assert "password_env: LIST_PASSWORD" in written and "secret" not in written
    assert cli("profile", cwd=tmp_path, **said).returncode == 0
    unset = cli("profile", "-o", "other", cwd=tmp_path)
    assert (unset.returncode, "LIST_PASSWORD" in unset.stderr) == (3, True)


def test_no_project_file(tmp_path: Path, cli: Callable) -> None:
    done = cli("run", cwd=tmp_path)
    assert (done.returncode, "crmclean init" in done.stderr) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_a_source_without_a_row_is_told_and_stops_no_other(tmp_path: Path, cli: Callable) -> None:
    good_project(tmp_path)
    (tmp_path / "b.csv").write_text("客户名称,手机\n", encoding="utf-8")
    project = (tmp_path / "crmclean.yaml").read_text(encoding="utf-8")
    (tmp_path / "crmclean.yaml").write_text(
        project.replace("]\n", f", {{path: b.csv, {FIELDS}}}]\n"), encoding="utf-8"
    )
    done = cli("run", "-o", "out", "--no-input", cwd=tmp_path)
    assert (done.returncode, "SOURCE_EMPTY" in done.stdout) == (0, True)
    issues = pd.read_parquet(tmp_path / "out/tables/issues.parquet")
    assert issues.loc[issues["code"] == "SOURCE_EMPTY", "value"].tolist() == ["b.csv"]
    assert list((tmp_path / "out/import").iterdir())


@pytest.mark.parametrize("command", [("verify",), ("audit", "score"), ("apply",), ("inspect",)])
def test_a_file_that_is_not_there_is_said_to_be_missing(
    command: tuple[str, ...], tmp_path: Path, cli: Callable
) -> None:
    good_project(tmp_path)
    assert cli("run", "-o", "out", "--no-input", cwd=tmp_path).returncode == 0
    done = cli(*command, "没有.xlsx", cwd=tmp_path)
    assert (done.returncode, "_MISSING" in done.stderr, "没有.xlsx" in done.stderr) == (
        3,
        True,
        True,
    )


def test_output_below_a_file(tmp_path: Path, cli: Callable) -> None:
    good_project(tmp_path)
    done = cli("run", "-o", "a.csv/out", "--no-input", cwd=tmp_path)
    assert done.returncode == 7, done.stderr
    assert "a.csv" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_output_without_rights(tmp_path: Path, cli: Callable) -> None:
    good_project(tmp_path)
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    done = cli("run", "-o", locked / "out", "--no-input", cwd=tmp_path)
    locked.chmod(0o700)
    assert done.returncode == 7, done.stderr
    assert "Traceback" not in done.stderr


def test_a_failed_run_leaves_the_last_result(tmp_path: Path, cli: Callable) -> None:
    good_project(tmp_path)
    assert cli("run", "-o", "out", "--no-input", cwd=tmp_path).returncode == 0
    before = {p: p.read_bytes() for p in published(tmp_path / "out")}
    assert before
    (tmp_path / "a.csv").write_bytes(b"")
    assert cli("run", "-o", "out", "--no-input", cwd=tmp_path).returncode == 3
    assert {p: p.read_bytes() for p in published(tmp_path / "out")} == before


def test_a_source_is_never_written(tmp_path: Path, cli: Callable) -> None:
    good_project(tmp_path)
    before = (tmp_path / "a.csv").read_bytes(), (tmp_path / "a.csv").stat().st_mtime_ns
    cli("run", "-o", "out", "--no-input", cwd=tmp_path)
    after = (tmp_path / "a.csv").read_bytes(), (tmp_path / "a.csv").stat().st_mtime_ns
    assert after == before
