"""Rows that the last run cleaned are reused: every table has the same bytes as if all were cleaned.

A month brings edits, insertions, deletions, moved rows, 同上, another date order; whatever it is,
a run that reuses and a run that does not must write the same files.
"""

import csv
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmclean import cleaning, scan
from crmclean.model import build
from crmclean.plan import Source
from crmclean.project import load
from crmclean.run import Work, cache

HEADINGS = ("客户名称", "联系人", "手机", "邮箱", "年采购额", "创建时间", "地址", "备注")
ROWS = [
    ("璟桥电子有限公司", "张伟经理", "139-1234-5678", "A@EXAMPLE.COM", "12万", "2024/3/4", "广东省广州市天河路1号", ""),
    ("璟桥电子有限公司", "王芳、李强 13900000001", "无", "", "", "2024-03-05", "", "老客户"),
    ("宏远商贸", "赵总", "13912345678/010-88886666", "b@example", "-5", "4/5/2024", "上海市", "同上"),
    ("", "", "138 0013 8000", "", "待定", "", "", ""),
    ("瑞达科技（北京）", "刘洋", "１３７１２３４５６７８", "", "3,000.50", "2024年3月", "北京市海淀区", "张三 13612345678"),
    ("合计", "", "", "", "100", "", "", ""),
]  # fmt: skip
PROJECT = """version: 1
target: generic
sources:
  - path: "{path}"
    fields: {{customer.name: 客户名称, contact.name: 联系人, contact.mobile: 手机, contact.email: 邮箱,
      customer.annual_purchase: 年采购额, customer.created_at: 创建时间, customer.address: 地址,
      customer.remark: 备注}}
    contacts: [{{contact.name: 备注, contact.email: 邮箱}}]
unplaced: {{}}
"""
CELLS = [cell for row in ROWS for cell in row] + [
    "25/12/2024",
    "13/1/2024",
    "同上",
    "a\x1fb",
    "a,b",
]
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["edit", "insert", "delete", "move", "twice"]),
        st.integers(0, 30),
        st.integers(0, 7),
        st.sampled_from(CELLS),
    ),
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(months=st.lists(EDITS, min_size=1, max_size=3))
def test_same_bytes_whatever_is_reused(
    months: list, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("months")
    rows = [list(row) for row in ROWS for _ in range(3)]
    _write(folder / "a.csv", rows)
    reused, anew = Work(folder / "reused"), Work(folder / "anew")
    _clean(folder, "*.csv", reused, fresh=False)
    for edits in months:
        for edit in edits:
            _edit(rows, *edit)
        _write(folder / "a.csv", rows)
        _clean(folder, "*.csv", reused, fresh=False)
        _clean(folder, "*.csv", anew, fresh=True)
        assert _bytes(reused) == _bytes(anew)


def test_another_file_in_front_gives_rows_new_numbers(tmp_path: Path) -> None:
    _write(tmp_path / "b.csv", ROWS)
    reused, anew = Work(tmp_path / "reused"), Work(tmp_path / "anew")
    _clean(tmp_path, "*.csv", reused, fresh=False)
    _write(tmp_path / "a.csv", ROWS[2:])
    _clean(tmp_path, "*.csv", reused, fresh=False)
    _clean(tmp_path, "*.csv", anew, fresh=True)
    assert _bytes(reused) == _bytes(anew)


class Noting(cleaning.Cleaning):
    """Notes which data rows are cleaned."""

    noted: ClassVar[list[int]] = []

    def batch(self, source: Source, rows: pa.Table) -> dict[str, pa.Table]:
        self.noted.extend(rows.filter(pc.equal(rows["kind"], "data"))["row"].to_pylist())
        return super().batch(source, rows)


def test_only_new_rows_are_cleaned(tmp_path: Path) -> None:
    work = Work(tmp_path / "work")
    rows = [[f"客户{n}有限公司", "", "", "", "", "", "", f"备注{n}"] for n in range(20)]
    _write(tmp_path / "a.csv", rows)
    assert _noted(tmp_path, work, fresh=False) == list(range(2, 22))
    rows[4][7] = "改过"
    _write(tmp_path / "a.csv", rows)
    assert _noted(tmp_path, work, fresh=False) == [6]
    assert _noted(tmp_path, work, fresh=True) == list(range(2, 22))


def test_a_run_that_took_over_most_can_become_the_last_one(tmp_path: Path) -> None:
    work, anew = Work(tmp_path / "work"), Work(tmp_path / "anew")
    rows = [[f"客户{n}有限公司", "张三", "", "", "", "", "", f"备注{n}"] for n in range(40)]
    _write(tmp_path / "a.csv", rows)
    _clean(tmp_path, "*.csv", work, fresh=False)
    assert cache.kept(work) is None
    rows.insert(7, rows.pop(3))
    del rows[20]
    _write(tmp_path / "a.csv", rows)
    _clean(tmp_path, "*.csv", work, fresh=False)
    assert cache.kept(work)
    cache.rebase(work)
    assert cache.kept(work) is None
    rows[4][7] = "改过"
    _write(tmp_path / "a.csv", rows)
    assert _noted(tmp_path, work, fresh=False) == [6]
    _clean(tmp_path, "*.csv", anew, fresh=True)
    assert _bytes(work) == _bytes(anew)


def _noted(folder: Path, work: Work, fresh: bool) -> list[int]:
    Noting.noted.clear()
    _clean(folder, "*.csv", work, fresh, Noting)
    return list(Noting.noted)


def test_a_run_that_was_cut_off_leaves_nothing_to_reuse(tmp_path: Path) -> None:
    _write(tmp_path / "a.csv", ROWS)
    work = Work(tmp_path / "work")
    _clean(tmp_path, "*.csv", work, fresh=False)
    assert cache.known_keys(work)
    (work.root / cache.KEYS).unlink()
    assert cache.known_keys(work) == {}
    _clean(tmp_path, "*.csv", work, fresh=False)
    assert cache.known_keys(work)


def _clean(
    folder: Path, path: str, work: Work, fresh: bool, kind: type = cleaning.Cleaning
) -> None:
    (folder / "crmclean.yaml").write_text(PROJECT.format(path=path), encoding="utf-8")
    project, model = load(folder / "crmclean.yaml"), build({})
    plan, _ = scan.scan(project, folder)
    task = kind(project, model, folder)
    cleaning.clean(task, plan, work, lambda *_: None, fresh=fresh)


def _edit(rows: list[list[str]], how: str, at: int, column: int, cell: str) -> None:
    at %= len(rows)
    if how == "edit":
        rows[at][column] = cell
    elif how == "insert":
        rows.insert(at, [*ROWS[column % len(ROWS)][:7], cell])
    elif how == "twice":
        rows.insert(0, list(rows[at]))
    elif how == "move":
        rows.append(rows.pop(at))
    elif len(rows) > 5:
        del rows[at]


def _write(path: Path, rows: list) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *rows])


def _bytes(work: Work) -> dict[str, bytes]:
    """Every table of the stage but those that are kept for the next run, as Parquet: Arrow's own
    files hold what lies under a null, too."""
    found = {}
    for path in work.root.rglob("*.arrow"):
        name = path.relative_to(work.root).with_suffix("").as_posix()
        if not name.startswith("last/"):
            pq.write_table(work.get(name).combine_chunks(), buffer := pa.BufferOutputStream())
            found[name] = buffer.getvalue().to_pybytes()
    return found
