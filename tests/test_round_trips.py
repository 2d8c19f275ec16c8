"""What stewards hand back, through the command line: the next run honours it and its report says so."""

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

ROWS = [
    "C1,江海设备制造有限公司,张三,普通,900000",
    "C2,北辰科技有限公司,李四,VIP,100",
    "C3,仙桃五金厂,张三,普通,100",
]
PROJECT = """version: 1
target: generic
sources:
  - path: 客户.csv
    system: 旧
    fields: {customer.code: 编号, customer.name: 客户名称, customer.owner: 负责人,
      customer.value_level: 等级, customer.annual_purchase: 年采购额}
levels: {customer.value_level: {from: customer.annual_purchase, scale: {VIP: 500000, 普通: 0}}}
audit: {rows: 3}
"""
Cli = Callable[..., object]


@pytest.fixture
def folder(tmp_path: Path, cli: Cli) -> Path:
    """A project after its first run."""
    folder = tmp_path / "项目"
    folder.mkdir()
    (folder / "crmclean.yaml").write_text(PROJECT, encoding="utf-8")
    lines = ["编号,客户名称,负责人,等级,年采购额", *ROWS, ""]
    (folder / "客户.csv").write_text("\n".join(lines), encoding="utf-8")
    run(cli, folder)
    return folder


def run(cli: Cli, folder: Path, *arguments: object) -> str:
    done = cli(*(arguments or ("run",)), cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def fill(path: Path, heading: str, words: dict[str, str]) -> None:
    """Write into the column `heading`: the word for the row in which a cell holds the key."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    top = next(row for row in sheet.iter_rows() if heading in [cell.value for cell in row])
    column = next(cell.column for cell in top if cell.value == heading)
    for row in sheet.iter_rows(min_row=top[0].row + 1):
        texts = " ".join(str(cell.value or "") for cell in row)
        for key, word in words.items():
            if key in texts:
                sheet.cell(row[0].row, column).value = word
    book.save(path)


def levels(folder: Path) -> dict[str, str]:
    golden = pq.read_table(folder / "out/tables/golden_customer.parquet")
    return dict(zip(golden["code"].to_pylist(), golden["value_level"].to_pylist(), strict=True))


def summary_score(folder: Path) -> float:
    return json.loads((folder / "out/summary.json").read_text(encoding="utf-8"))["score"]


def test_suggestions_are_accepted_and_rejected(folder: Path, cli: Cli) -> None:
    book = folder / "out/review/suggestions.xlsx"
    assert levels(folder) == {"C1": "普通", "C2": "VIP", "C3": "普通"}
    fill(book, "是否采用", {"江海": "采用", "北辰": "不采用"})
    told = run(cli, folder, "apply", book)
    assert "收回 2 项" in told and "crmclean run" in told
    run(cli, folder)
    assert levels(folder) == {"C1": "VIP", "C2": "VIP", "C3": "普通"}
    assert not book.exists(), "what was decided is not asked again"


def test_a_rejected_value_of_the_page_is_not_asked_again(folder: Path, cli: Cli) -> None:
    key = openpyxl.load_workbook(folder / "out/review/suggestions.xlsx").worksheets[0]
    heading = next(row for row in key.iter_rows(values_only=True) if "golden" in row)
    rows = [dict(zip(heading, row, strict=True)) for row in key.iter_rows(4, values_only=True)]
    entries = [
        {"kind": "values", "object": "customer", "field": "value_level", "value": None}
        | {name: row[name] for name in ("golden", "seen", "instead_of")}
        for row in rows
    ]
    file = {"version": 1, "batch": "0" * 16, "decisions": entries}
    (folder / "decisions.json").write_text(json.dumps(file), encoding="utf-8")
    told = run(cli, folder, "apply", "decisions.json")
    assert "收回 2 项" in told and "另一批数据" in told
    run(cli, folder)
    assert levels(folder) == {"C1": "普通", "C2": "VIP", "C3": "普通"}
    assert not (folder / "out/review/suggestions.xlsx").exists()


def test_the_report_shows_the_scored_audit(folder: Path, cli: Cli) -> None:
    form, before = folder / "out/audit/form.xlsx", summary_score(folder)
    step = "<code>audit/form.xlsx</code>"
    assert step in (folder / "out/report.html").read_text(encoding="utf-8")
    fill(form, "判定", {"江海": "对", "北辰": "对", "仙桃": "错"})
    assert cli("audit", "score", form, cwd=folder).returncode == 1  # 2 of 3 keep no contract
    run(cli, folder)
    report = (folder / "out/report.html").read_text(encoding="utf-8")
    assert "已核对 3 条，其中 2 条正确" in report and "3 records checked, 2 right" in report
    assert step not in report
    assert "2 / 3" in report and summary_score(folder) != before


def test_the_form_of_another_project_is_not_noted(folder: Path, cli: Cli, tmp_path: Path) -> None:
    other = tmp_path / "别的项目"
    other.mkdir()
    (other / "crmclean.yaml").write_text(
        PROJECT.replace("客户.csv", "别的客户.csv"), encoding="utf-8"
    )
    form = folder / "out/audit/form.xlsx"
    fill(form, "判定", {"江海": "对", "北辰": "对", "仙桃": "对"})
    told = run(cli, other, "audit", "score", form)
    assert "不是 crmclean.yaml 这个项目的" in told
    assert not (other / "crmclean.state").exists()
