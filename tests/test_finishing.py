"""A refresh finishes only the golden records that a change reaches, and writes what a whole run writes.

Codes and telephones that stand on several customers, contacts that lend their number, levels,
dates that move the day of today, filled gaps, owners: whatever a month brings.
"""

import csv
import json
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crmclean import job, pipeline
from crmclean.decisions import State
from crmclean.gaps.fills import seen as seen_by_owner
from crmclean.project import load
from crmclean.run import Work

PROJECT = """version: 1
target: generic
sources:
  - path: a.csv
    system: ERP
    fields: {customer.code: 客户编号, customer.name: 客户名称, customer.phone: 公司电话,
      contact.name: 联系人, contact.mobile: 手机, customer.owner: 负责人,
      customer.annual_purchase: 采购额, customer.created_at: 创建时间,
      customer.last_follow_up_at: 最近跟进, customer.remark: 备注}
levels: {customer.value_level: {from: customer.annual_purchase, scale: {VIP: 500, 普通: 0}}}
select: customer.remark is blank or customer.owner == 张三
unplaced: {}
"""
HEADINGS = (
    "客户编号",
    "客户名称",
    "公司电话",
    "联系人",
    "手机",
    "负责人",
    "采购额",
    "创建时间",
    "最近跟进",
    "备注",
)
ROWS = 1_200
Row = list[str]


def row(rng: random.Random, number: int) -> Row:
    name = "".join(rng.choices("恒宏瑞达佳创盛和润诚信华鼎博远嘉星海天龙", k=3))
    return [
        f"C{number:05}" if rng.random() < 0.8 else "",
        f"{rng.choice(('上海', '杭州', '青岛'))}{name}{rng.choice(('电子', '贸易'))}有限公司",
        f"021-5{rng.randrange(10**7):07}" if rng.random() < 0.5 else "",
        rng.choice(("王建国", "李芳", "", "")),
        f"139{rng.randrange(10**8):08}" if rng.random() < 0.7 else "",
        rng.choice(("张三", "李四", "")),
        str(rng.randrange(1000)) if rng.random() < 0.6 else "",
        f"2024-0{rng.randrange(1, 9)}-1{rng.randrange(9)}",
        rng.choice(("", "2024-12-01", "2026-01-01")),
        rng.choice(("", "", "老客户")),
    ]


def first_month(rng: random.Random) -> list[Row]:
    rows: list[Row] = []
    for number in range(ROWS):
        rows.append(row(rng, number))
        if rng.random() < 0.15:
            again = list(rows[-1])
            again[1] = again[1].replace("有限公司", "公司")
            rows.append(again)
    return rows


def changed(rng: random.Random, rows: list[Row]) -> list[Row]:
    """Cells that other rows have, rows that are new, gone, there twice, or in another place."""
    rows = [list(one) for one in rows]
    for _ in range(12):
        column = rng.randrange(len(HEADINGS))
        rng.choice(rows)[column] = rng.choice(rows)[column]
    for number in range(4):
        rows.insert(rng.randrange(len(rows)), row(rng, 9_000 + number))
        del rows[rng.randrange(len(rows))]
    rows.append(rows.pop(rng.randrange(len(rows))))
    rows.insert(3, list(rng.choice(rows)))
    return rows


def write(folder: Path, rows: list[Row], text: str = PROJECT) -> None:
    (folder / "crmclean.yaml").write_text(text, encoding="utf-8")
    with (folder / "a.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *rows])


def run(folder: Path, out: str, fresh: bool = False) -> Work:
    project = load(folder / "crmclean.yaml")
    how = {"no_input": True, "fresh": fresh}
    with job.opened(project, folder, folder / out, lambda *_: None, **how) as one:
        pipeline.run(one, "dedupe")
        return one.work


def publish(folder: Path, work: Work) -> None:
    """What an export would write down in the state."""
    for kind, lines in json.loads(work.get_text("memory.json") or "{}").items():
        State(folder / "crmclean.state").write(kind, lines)


def tables(work: Work) -> dict[str, bytes]:
    found = {"memory": (work.get_text("memory.json") or "").encode()}
    for path in work.root.rglob("*.arrow"):
        name = path.relative_to(work.root).with_suffix("").as_posix()
        if not name.startswith("last/"):
            pq.write_table(work.get(name).combine_chunks(), buffer := pa.BufferOutputStream())
            found[name] = buffer.getvalue().to_pybytes()
    return found


def was_taken_over(work: Work) -> bool:
    return work.different("golden/customer") is not None


def assert_same(one: Work, two: Work) -> None:
    left, right = tables(one), tables(two)
    assert left.keys() == right.keys()
    assert [name for name in left if left[name] != right[name]] == []


@pytest.mark.parametrize("seed", range(2))
def test_a_refresh_writes_what_a_whole_run_writes(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    rows = first_month(rng)
    write(tmp_path, rows)
    publish(tmp_path, run(tmp_path, "out"))
    for month in range(3):
        rows = changed(rng, rows)
        if month == 1:  # enough new dates to move the day of today
            for one in rng.sample(rows, 30):
                one[8] = "2026-02-01"
        if month == 2:
            gaps = Work(tmp_path / "out/.work").get("gaps").to_pylist()
            gap = next(g for g in gaps if (g["object"], g["field"]) == ("customer", "industry"))
            golden = Work(tmp_path / "out/.work").get("golden/customer").to_pylist()
            name = next(g["name"] for g in golden if g["golden"] == gap["golden"])
            seen = seen_by_owner(pa.table({"name": [name]}), "customer")
            entry = {"object": "customer", "golden": gap["golden"], "field": "industry"}
            entry |= {"value": "制造业", "seen": seen[0].as_py()}
            State(tmp_path / "crmclean.state").append("values", [entry])
        write(tmp_path, rows)
        again = run(tmp_path, "out")
        assert was_taken_over(again)
        assert_same(again, run(tmp_path, "anew", fresh=True))


@pytest.mark.parametrize(
    "text",
    [
        PROJECT.replace("system: ERP", "system: CRM"),
        PROJECT.replace("VIP: 500", "VIP: 300"),
        PROJECT.replace(
            "customer.code: 客户编号", 'customer.code: {column: 客户编号, sequence: "C{n:07}"}'
        ),
    ],
)
def test_another_project_is_done_anew(tmp_path: Path, text: str) -> None:
    rng = random.Random(7)
    rows = first_month(rng)
    write(tmp_path, rows)
    publish(tmp_path, run(tmp_path, "out"))
    write(tmp_path, changed(rng, rows), text)
    again = run(tmp_path, "out")
    assert not was_taken_over(again)
    assert_same(again, run(tmp_path, "anew", fresh=True))


def test_codes_in_sequence_are_given_to_all(tmp_path: Path) -> None:
    """Who gets which number depends on all: matching is taken over, what follows is done for all."""
    text = PROJECT.replace(
        "customer.code: 客户编号", 'customer.code: {column: 客户编号, sequence: "C{n:07}"}'
    )
    rng = random.Random(8)
    rows = first_month(rng)
    write(tmp_path, rows, text)
    publish(tmp_path, run(tmp_path, "out"))
    before = (tmp_path / "out/.work/last/deduped/base.json").stat().st_mtime_ns
    write(tmp_path, changed(rng, rows), text)
    again = run(tmp_path, "out")
    assert (tmp_path / "out/.work/last/deduped/base.json").stat().st_mtime_ns == before
    assert_same(again, run(tmp_path, "anew", fresh=True))
