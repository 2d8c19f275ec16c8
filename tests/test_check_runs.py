"""`check` through the real command line: last month's files, what happened to them, what it says.

`tests/runs/check_base/` is last month. Each case changes it and is compared with
`tests/runs/check_<case>/expected.txt`: the exit code, then stdout. After a deliberate change of the
words, `CRMCLEAN_GOLDEN=write` writes them anew, to be read before they are committed.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from crmclean.audit.populations import LOADED
from crmclean.cli import main
from crmclean.decisions import State
from crmclean.run import Work

RUNS = Path(__file__).parent / "runs"
FILE = "客户.csv"


def rows(folder: Path, change: Callable[[list[str]], list[str]]) -> None:
    """Change the lines of the file; the first one is the header."""
    path = folder / FILE
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(change(lines)) + "\n", encoding="utf-8", newline="\n")


def replaced(old: str, new: str, first: int = 0, last: int | None = None) -> Callable:
    def change(lines: list[str]) -> list[str]:
        part = [line.replace(old, new) for line in lines[first:last]]
        return [*lines[:first], *part, *(lines[last:] if last is not None else [])]

    return lambda folder: rows(folder, change)


def settings(text: str) -> Callable:
    """More lines under `gates`, which stands last in the file."""

    def change(folder: Path) -> None:
        with (folder / "crmclean.yaml").open("a", encoding="utf-8") as file:
            file.write(text)

    return change


def again(lines: list[str]) -> list[str]:
    """Eight customers a second time, with codes of their own."""
    return [*lines, *(f"D{n:03d}" + lines[n][4:] for n in range(20, 28))]


WAIVER = "  waivers: [{{code: LOST_WITHOUT_REASON, owner: 李雷, reason: 下月补, until: {until}}}]\n"
LOST = replaced(",成交,", ",流失,", 1, 12)


def both(*changes: Callable) -> Callable:
    return lambda folder: [change(folder) for change in changes]


def in_gb18030(folder: Path) -> None:
    text = (folder / FILE).read_text(encoding="utf-8")
    (folder / FILE).write_bytes(text.encode("gb18030"))


def cut_off(folder: Path) -> None:
    text = (folder / FILE).read_text(encoding="utf-8")
    (folder / FILE).write_text(text[: len(text) * 6 // 10], encoding="utf-8", newline="\n")


CASES: dict[str, Callable[[Path], object]] = {
    "clean_pass": lambda folder: None,
    "warn": LOST,
    "fail": both(LOST, settings("  issues: {LOST_WITHOUT_REASON: {warn: 0, fail: 3}}\n")),
    "waived": both(LOST, settings(WAIVER.format(until="2026-11-21"))),
    "waiver_expired": both(LOST, settings(WAIVER.format(until="2026-11-20"))),
    "column_renamed": replaced("公司电话", "电话号码", 0, 1),
    "column_new": lambda folder: rows(folder, lambda lines: [f"{line},x" for line in lines]),
    "encoding_changed": in_gb18030,
    "file_replaced": lambda folder: (folder / FILE).rename(folder / "客户.xlsx"),
    "file_missing": lambda folder: (folder / FILE).unlink(),
    "truncated_export": cut_off,
    "half_rows_gone": lambda folder: rows(folder, lambda lines: lines[:41]),
    "picklist_new": replaced(",搜索引擎,", ",视频号,"),
    "duplicates_doubled": lambda folder: rows(folder, again),
}


def command(folder: Path, *options: str) -> list[str]:
    fixed = ["-c", str(folder / "crmclean.yaml"), "-o", str(folder / "out"), "--lang", "zh"]
    return ["crmclean", "check", *fixed, "--today", "2026-11-21", *options]


@pytest.fixture
def check(monkeypatch, capsys) -> Callable[..., tuple[int, str]]:
    """The command as a function: exit code and stdout."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)

    def run(folder: Path, *options: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", command(folder, *options))
        capsys.readouterr()
        with pytest.raises(SystemExit) as exited:
            main()
        return exited.value.code or 0, capsys.readouterr().out

    return run


@pytest.fixture(scope="module")
def last_month(tmp_path_factory) -> Path:
    """The summary of last month's run."""
    folder = shutil.copytree(RUNS / "check_base", tmp_path_factory.mktemp("last") / "base")
    saved = folder / "last.json"
    options = command(folder, "--summary", str(saved))[1:]
    done = subprocess.run([sys.executable, "-m", "crmclean", *options], capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return saved


def this_month(tmp_path: Path, case: str = "clean_pass") -> Path:
    folder = shutil.copytree(RUNS / "check_base", tmp_path / "base")
    CASES[case](folder)
    return folder


@pytest.mark.parametrize("case", CASES)
def test_golden_runs(case: str, tmp_path: Path, last_month: Path, check) -> None:
    code, text = check(this_month(tmp_path, case), "--baseline", str(last_month))
    text = text.replace(str(last_month), "LAST").replace(str(tmp_path), "HERE")
    told = f"exit {code}\n{text}"
    expected = RUNS / f"check_{case}" / "expected.txt"
    if os.environ.get("CRMCLEAN_GOLDEN") == "write":
        expected.parent.mkdir(exist_ok=True)
        expected.write_text(told, encoding="utf-8", newline="\n")
    assert told == expected.read_text(encoding="utf-8")


def test_customers_are_compared_with_an_output_directory(tmp_path: Path, check) -> None:
    folder, last = this_month(tmp_path), tmp_path / "last"
    check(folder, "--summary", str(tmp_path / "last.json"))
    (last / "tables").mkdir(parents=True)
    shutil.move(tmp_path / "last.json", last / "summary.json")
    golden = Work(folder / "out" / ".work").get("golden/customer")
    pq.write_table(golden, last / "tables" / "golden_customer.parquet")
    replaced(",成交,", ",流失,", 1, 8)(folder)
    told = json.loads(check(folder, "--baseline", str(last), "--format", "json")[1])
    findings = {finding["code"]: finding for finding in told["findings"]}
    lost = findings["STATUS_CHANGED"]
    assert (lost["count"], lost["first_rows"], len(lost["customers"])) == (3, [2, 5, 7], 3)
    changes = findings["DRIFT_CUSTOMERS"]["facts"]
    assert (changes["added"], changes["gone"], changes["changed"]) == ("0", "0", "3")


def test_every_row_twice_makes_no_new_customers(tmp_path: Path, check) -> None:
    folder, last = this_month(tmp_path), tmp_path / "last"
    run = [sys.executable, "-m", "crmclean", "run", *command(folder)[2:-2]]
    assert subprocess.run(run, capture_output=True).returncode == 0
    shutil.copytree(folder / "out", last)
    rows(folder, lambda lines: [*lines, *lines[1:]])
    replaced(",成交,", ",流失,", 1, 8)(folder)
    told = json.loads(check(folder, "--baseline", str(last), "--format", "json")[1])
    findings = {finding["code"]: finding for finding in told["findings"]}
    changes = findings["DRIFT_CUSTOMERS"]["facts"]
    assert (changes["added"], changes["gone"]) == ("0", "0")


def test_the_summary_names_nobody(last_month: Path) -> None:
    told = last_month.read_text(encoding="utf-8")
    lines = (RUNS / "check_base" / FILE).read_text(encoding="utf-8").splitlines()[1:]
    cells = {line.split(",")[at] for line in lines for at in (0, 1, 2, 5)}
    assert [cell for cell in cells if cell in told] == []


def test_the_same_run_has_the_same_summary(tmp_path: Path, last_month: Path, check) -> None:
    saved = tmp_path / "this.json"
    check(this_month(tmp_path), "--summary", str(saved))
    assert saved.read_bytes() == last_month.read_bytes()


@pytest.mark.parametrize(
    ("case", "code"),
    [("clean_pass", 0), ("encoding_changed", 3), ("column_new", 3), ("column_renamed", 3)],
)
def test_frozen_refuses_another_layout(
    case: str, code: int, tmp_path: Path, last_month: Path, check
) -> None:
    folder = this_month(tmp_path, case)
    assert check(folder, "--baseline", str(last_month), "--frozen")[0] == code


def test_frozen_refuses_another_mapping(tmp_path: Path, last_month: Path, check) -> None:
    folder = this_month(tmp_path)
    path = folder / "crmclean.yaml"
    text = path.read_text(encoding="utf-8").replace("customer.phone:", "customer.fax:")
    path.write_text(text, encoding="utf-8")
    code, text = check(folder, "--baseline", str(last_month), "--frozen")
    assert code == 2 and "公司电话 → -" in text


def test_stdout_is_the_format_and_nothing_else(tmp_path: Path, last_month: Path) -> None:
    folder = this_month(tmp_path, "column_renamed")
    options = command(folder, "--baseline", str(last_month), "--format", "json")[1:]
    done = subprocess.run([sys.executable, "-m", "crmclean", *options], capture_output=True)
    told = json.loads(done.stdout)
    assert (done.returncode, told["exit_code"], told["verdict"]) == (2, 2, "stopped")
    assert told["findings"][0]["code"] == "RUN_STOPPED"


def test_a_score_below_the_least_fails(tmp_path: Path, check) -> None:
    code, text = check(this_month(tmp_path, "warn"), "--min-score", "99.9")
    assert code == 1 and "GATE_SCORE" in text


def test_warnings_fail_when_asked(tmp_path: Path, check) -> None:
    assert check(this_month(tmp_path, "warn"), "--fail-on", "warn")[0] == 1


def test_github_is_chosen_by_itself(tmp_path: Path, check, monkeypatch) -> None:
    steps = tmp_path / "steps.md"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(steps))
    _, text = check(this_month(tmp_path, "warn"))
    assert text.startswith("::warning file=")
    assert steps.read_text(encoding="utf-8").startswith("## ")


def test_other_formats_go_to_files(tmp_path: Path, check) -> None:
    junit = tmp_path / "junit.xml"
    check(this_month(tmp_path), "--report", f"junit={junit}")
    assert junit.read_text(encoding="utf-8").startswith("<?xml")


def test_an_old_report_does_not_outlive_a_fault(tmp_path: Path, check, monkeypatch) -> None:
    from crmclean import pipeline

    def broken(*_) -> None:
        raise ZeroDivisionError

    junit = tmp_path / "junit.xml"
    junit.write_text("last month", encoding="utf-8")
    monkeypatch.setattr(pipeline, "run", broken)
    assert check(this_month(tmp_path), "--report", f"junit={junit}") == (4, "")
    assert not junit.exists()


def test_a_check_after_a_run_says_the_same_as_one_without(tmp_path: Path, check) -> None:
    """What only an export finds (here: no area code that the target takes) is not judged."""
    folder = this_month(tmp_path)
    settings = (folder / "crmclean.yaml").read_text(encoding="utf-8")
    (folder / "crmclean.yaml").write_text(
        settings.replace("generic", "wukong-11"), encoding="utf-8"
    )
    run = ["crmclean", "run", *command(folder)[2:-2]]
    done = subprocess.run([sys.executable, "-m", *run], capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    issues = Work(folder / "out" / ".work").issues()["code"].to_pylist()
    assert any(code.startswith("TARGET_") for code in issues)
    saved = [folder / "out" / "summary.json", tmp_path / "after.json", tmp_path / "anew.json"]
    check(folder, "--summary", str(saved[1]))
    check(folder, "--summary", str(saved[2]), "--no-cache")
    assert len({path.read_bytes() for path in saved}) == 1


def test_a_report_gets_its_folder(tmp_path: Path, check) -> None:
    report = tmp_path / "reports" / "check.json"
    check(this_month(tmp_path), "--report", f"json={report}")
    assert json.loads(report.read_text(encoding="utf-8"))["verdict"] == "pass"


def test_a_report_that_cannot_be_written_is_told_before_the_run(tmp_path: Path, check) -> None:
    assert check(this_month(tmp_path), "--report", f"json={tmp_path}") == (7, "")


def test_a_slip_of_the_pen_in_a_gate_is_refused(tmp_path: Path, check) -> None:
    folder = this_month(tmp_path)
    settings("  issues: {LOST_WITHOUT_REASONS: {fail: 3}}\n")(folder)
    code, text = check(folder)
    assert code == 2 and "LOST_WITHOUT_REASON？" in text


def test_a_file_that_is_missing_hides_no_change_of_another(
    tmp_path: Path, last_month: Path, check
) -> None:
    folder = this_month(tmp_path, "column_new")
    project = (folder / "crmclean.yaml").read_text(encoding="utf-8")
    entry = "sources:\n  - {path: 没有.csv, fields: {customer.name: 客户名称}}\n"
    (folder / "crmclean.yaml").write_text(project.replace("sources:\n", entry), encoding="utf-8")
    code, text = check(folder, "--baseline", str(last_month))
    assert code == 3
    assert "RUN_STOPPED" in text and "DRIFT_COLUMN_NEW" in text
    assert "DRIFT_SOURCE_MISSING" not in text


def test_history_has_a_line_per_run(tmp_path: Path, check) -> None:
    folder = this_month(tmp_path)
    check(folder)
    check(folder)  # the same day with the same result: no second line
    LOST(folder)
    check(folder)
    lines = json.loads(check(folder, "--history", "--format", "json")[1])
    assert [line["verdict"] for line in lines] == ["pass", "warn"]
    table = check(folder, "--history")[1]
    assert table.count("2026-11-21") == 2  # whole, at 80 columns


def test_the_gate_of_accuracy_knows_the_last_audit_without_a_run(tmp_path: Path, check) -> None:
    folder = this_month(tmp_path)
    settings("  accuracy: {fail: 0.98}\n")(folder)
    assert "GATE_NOT_MEASURED" in check(folder)[1]
    audit = {"date": "2026-11-20", "of": LOADED, "checked": 100, "correct": 90, "population": 80}
    State(folder / "crmclean.state").append("audits", [audit])
    code, text = check(folder)
    assert code == 1 and "GATE_ACCURACY" in text and "90 %" in text


@pytest.mark.parametrize(
    "options",
    [
        ("--baseline", "nowhere.json"),
        ("--baseline", "crmclean.yaml"),
        ("--frozen",),
        ("--format", "xml"),
        ("--fail-on", "info"),
        ("--today", "21.11.2026"),
        ("--min-score", "nan"),
        ("--min-score", "101"),
        ("--min-score", "-5"),
    ],
)
def test_a_wrong_command_line_is_refused(options: tuple[str, ...], tmp_path: Path, check) -> None:
    folder = this_month(tmp_path)
    known = [str(folder / o) if o == "crmclean.yaml" else o for o in options]
    assert check(folder, *known) == (2, "")


@pytest.mark.parametrize(("case", "code"), [("warn", 0), ("waiver_expired", 1)])
def test_a_reader_that_has_seen_enough_changes_no_verdict(
    case: str, code: int, tmp_path: Path
) -> None:
    options = command(this_month(tmp_path, case))[1:]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-m", "crmclean", *options], **pipes) as done:
        done.stdout.close()
        assert done.stderr.read() == b""
    assert done.returncode == code
