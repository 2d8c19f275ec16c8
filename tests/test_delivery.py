"""What is sent when: the delta since an export, a batch alone, the gate of the pilot."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from crmclean.workbooks import reread

CUSTOMERS = "客户编号,客户名称,联系人,手机,负责人,省\n"
FIRST = [
    "C1,江海设备制造有限公司,李明,13800010001,张三,江苏省",
    "C2,北辰科技有限公司,王芳,13800010002,李四,浙江省",
    "C3,仙桃五金厂,赵强,13800010003,张三,湖北省",
]
PROJECT = """version: 1
target: generic
sources:
  - path: 客户.csv
    system: 旧
    fields: {customer.code: 客户编号, customer.name: 客户名称, contact.name: 联系人,
      contact.mobile: 手机, customer.owner: 负责人, customer.province: 省}
"""
Cli = Callable[..., object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "crmclean.yaml").write_text(PROJECT, encoding="utf-8")
    _source(tmp_path, FIRST)
    return tmp_path


def _source(folder: Path, rows: list[str]) -> None:
    (folder / "客户.csv").write_text(CUSTOMERS + "\n".join(rows) + "\n", encoding="utf-8")


def _rows(out: Path) -> dict[str, list[str]]:
    """File of import/ → the first text column of its rows, sorted."""
    files = sorted((out / "import").glob("*.xlsx"))
    return {path.name: sorted(_names(path)) for path in files}


def _names(path: Path) -> list[str]:
    table = reread.columns(path)
    name = "姓名" if "姓名" in table.column_names else "客户名称"
    return table[name].to_pylist()


def test_an_export_made_again_adds_nothing_to_the_state(folder: Path, cli: Cli) -> None:
    states = []
    for command in ("run", "export"):
        assert cli(command, cwd=folder).returncode == 0
        files = sorted((folder / "crmclean.state").iterdir())
        states.append({path.name: path.read_text(encoding="utf-8") for path in files})
    assert states[0] == states[1]
    assert "golden.jsonl" in states[0]


def test_the_delta_holds_what_is_new_or_changed_and_names_what_is_gone(
    folder: Path, cli: Cli
) -> None:
    assert cli("run", "-o", "一月", cwd=folder).returncode == 0
    _source(
        folder,
        [
            FIRST[0],
            FIRST[1].replace("浙江省", "广东省"),
            "C4,东篱商贸有限公司,孙丽,13800010004,张三,江苏省",
        ],
    )
    done = cli("export", "-o", "二月", "--since", "一月", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert _rows(folder / "二月") == {
        "01_客户_新增.xlsx": ["东篱商贸有限公司"],
        "01_客户_更新.xlsx": ["北辰科技有限公司"],
        "02_联系人_新增.xlsx": ["孙丽"],
    }
    gone = (folder / "二月" / "gone.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in gone[1:]] == ["客户", "联系人"]
    again = cli("export", "-o", "三月", "--since", "二月", cwd=folder)
    assert again.returncode == 0 and _rows(folder / "三月") == {}


def test_since_something_that_is_no_result_is_refused(folder: Path, cli: Cli) -> None:
    done = cli("export", "-o", "out", "--since", ".", cwd=folder)
    assert done.returncode == 2 and "SINCE_NOT_A_RUN" in done.stderr
    assert not (folder / "out" / "import").exists()


def test_a_batch_is_exported_verified_and_rolled_back_alone(folder: Path, cli: Cli) -> None:
    for value in ("张三", "李四"):
        done = cli("export", "-o", "out", "--batch", f"customer.owner={value}", cwd=folder)
        assert done.returncode == 0, done.stderr
    zhang, li = folder / "out" / "batch_张三", folder / "out" / "batch_李四"
    assert _rows(zhang) == {
        "01_客户.xlsx": ["仙桃五金厂", "江海设备制造有限公司"],
        "02_联系人.xlsx": ["李明", "赵强"],
    }
    listed = (li / "rollback" / "01_客户.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(listed) == 2
    held = zhang / "import" / "01_客户.xlsx"
    shutil.copyfile(held, folder / "crm.xlsx")
    asked = ("verify", "crm.xlsx", "-o", "out")
    assert cli(*asked, "--batch", "customer.owner=张三", cwd=folder).returncode == 0
    assert cli(*asked, "--batch", "customer.owner=李四", cwd=folder).returncode == 1
    assert cli(*asked, cwd=folder).returncode == 2  # nothing but batches was exported


@pytest.mark.parametrize(
    ("batch", "code"),
    [
        ("customer.owner=王五", "BATCH_EMPTY"),
        ("contact.name=李明", "BATCH_UNKNOWN_FIELD"),
        ("customer.颜色=红", "BATCH_UNKNOWN_FIELD"),
    ],
)
def test_a_batch_of_nothing_is_refused(folder: Path, cli: Cli, batch: str, code: str) -> None:
    done = cli("export", "-o", "out", "--batch", batch, cwd=folder)
    assert done.returncode == 2 and code in done.stderr


def test_the_full_export_waits_for_the_verified_pilot(folder: Path, cli: Cli) -> None:
    first = cli("run", "-o", "out", cwd=folder)
    assert first.returncode == 0 and "试导入尚未核对" in first.stdout
    refused = cli("export", "-o", "out", "--require-verified", cwd=folder)
    assert refused.returncode == 5 and "PILOT_NOT_VERIFIED" in refused.stderr
    assert (folder / "out" / "MANIFEST.json").is_file()
    for path in sorted((folder / "out" / "pilot").glob("*.xlsx")):
        copy = folder / f"crm_{path.name}"
        shutil.copyfile(path, copy)
        assert cli("verify", copy.name, "-o", "out", "--pilot", cwd=folder).returncode == 0
    done = cli("export", "-o", "out", "--require-verified", cwd=folder)
    assert done.returncode == 0 and "试导入尚未核对" not in done.stdout
    _source(folder, [*FIRST, "C5,新客户有限公司,周杰,13800010005,张三,江苏省"])
    changed = cli("export", "-o", "out", "--require-verified", cwd=folder)
    assert changed.returncode == 5


def test_what_was_sent_is_published(sample_run: Path) -> None:
    sent = pq.read_table(sample_run / "out" / "tables" / "sent.parquet")
    files = pq.read_table(sample_run / "out" / "tables" / "files.parquet").to_pylist()
    assert sent.num_rows == sum(row["rows"] for row in files if row["kind"] == "import")


def test_what_the_crm_holds_is_audited_through_the_command_line(folder: Path, cli: Cli) -> None:
    """One customer changed in the CRM, one is not there: the form shows both beside the source."""
    assert cli("run", "-o", "out", cwd=folder).returncode == 0
    sent = reread.columns(folder / "out/import/01_客户.xlsx")
    kept = sent.filter(pc.not_equal(sent["客户名称"], "仙桃五金厂"))
    province = pc.replace_substring(kept["省"], "浙江省", "安徽省")
    _workbook(folder / "crm.xlsx", kept.set_column(kept.column_names.index("省"), "省", province))
    done = cli("audit", "sample", "--crm", "crm.xlsx", "--seed", "7", "-o", "out", cwd=folder)
    assert done.returncode == 0, done.stderr
    form = folder / "out" / "audit-7-crm" / "form.xlsx"
    judged = reread.columns(form, 2).to_pylist()
    results = {row["来源"].split("客户名称：")[1].split("\n")[0]: row["迁移结果"] for row in judged}
    assert "安徽省" in results["北辰科技有限公司"] and "江苏省" in results["江海设备制造有限公司"]
    assert "没有" in results["仙桃五金厂"]
    book = openpyxl.load_workbook(form)
    for row in book.worksheets[0].iter_rows(min_row=3):
        row[3].value = "对" if "江苏省" in (row[2].value or "") else "错"
    book.save(folder / "back.xlsx")
    scored = cli("audit", "score", "back.xlsx", "--json", cwd=folder)
    assert scored.returncode == 1 and json.loads(scored.stdout)["right"] == 1
    assert "CRM" in (folder / "back_certificate.txt").read_text(encoding="utf-8")


def test_from_the_export_to_the_last_row_in_the_crm(folder: Path, cli: Cli) -> None:
    """The CRM takes two rows, changes one and refuses the third; its error file becomes a retry
    file; with that row in and the change mended, what it holds is right."""
    assert cli("run", "-o", "out", cwd=folder).returncode == 0
    sent = reread.columns(folder / "out/import/01_客户.xlsx")
    taken, refused = sent.slice(0, 2), sent.slice(2)
    reason = pa.array(["负责人不存在"] * refused.num_rows)
    _workbook(folder / "错误.xlsx", refused.add_column(0, "错误原因", reason))
    failed = cli("verify", "错误.xlsx", "-o", "out", cwd=folder)
    assert failed.returncode == 1 and "负责人不存在" in failed.stdout
    retry = reread.columns(folder / "错误_retry.xlsx")
    assert retry.to_pylist() == refused.to_pylist()
    at = taken.column_names.index("省")
    harmed = taken.set_column(at, "省", pa.array([None, taken["省"][1].as_py()]))
    _workbook(folder / "crm.xlsx", harmed)
    found = cli("verify", "crm.xlsx", "-o", "out", "--json", cwd=folder)
    counts = json.loads(found.stdout)
    assert found.returncode == 1 and (counts["lost"], counts["blanked"]) == (1, 1)
    _workbook(folder / "crm.xlsx", pa.concat_tables([taken, retry]))
    assert cli("verify", "crm.xlsx", "-o", "out", cwd=folder).returncode == 0


def _workbook(path: Path, rows: pa.Table) -> None:
    """What a CRM writes: no form of ours."""
    book = openpyxl.Workbook()
    for row in [rows.column_names, *(list(r.values()) for r in rows.to_pylist())]:
        book.active.append(row)
    book.save(path)
