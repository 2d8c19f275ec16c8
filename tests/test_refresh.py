"""The scan of a refresh counts only what changed, and writes the same plan as if it counted all.

Whatever a month brings (edits, insertions, deletions, moved and repeated rows, notes at the end,
another encoding or line end, another delimiter), plan, issues of reading and tables of cleaning are
the same as those of a run that reuses nothing.
"""

import csv
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmclean import cleaning, scan
from crmclean.model import build
from crmclean.project import load
from crmclean.run import Work
from crmclean.scan import search

HEADINGS = ("客户编号", "客户名称", "联系人", "手机", "创建时间", "采购额", "备注")
PROJECT = """version: 1
target: generic
sources:
  - path: "*.csv"
    system: ERP
    fields: {customer.code: 客户编号, customer.name: 客户名称, contact.name: 联系人,
      contact.mobile: 手机, customer.created_at: 创建时间, customer.annual_purchase: 采购额,
      customer.remark: 备注}
unplaced: {}
"""
TWO_COLUMNS = """version: 1
target: generic
sources: [{path: 客户.csv, fields: {customer.code: 客户编号, customer.name: 客户名称}}]
unplaced: {}
"""
ODD = (
    "", "1.38E+10", "25/12/2024", "3/4/2024", "45321", "同上", "璟桥电子有限公司", "13800138000",
    "锟斤拷", "合计", "a\x1fb", '含"引号', "两\n行", "老客户", "=\"0138\"",
)  # fmt: skip
EDIT = st.tuples(
    st.sampled_from(["edit", "edit", "insert", "delete", "twice", "move", "note", "bare"]),
    st.integers(0, 10_000),
    st.integers(0, len(HEADINGS) - 1),
    st.sampled_from(ODD),
)
FORMAT = st.tuples(
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    st.sampled_from(["\r\n", "\n"]),
    st.sampled_from([",", ";", "\t"]),
)
MONTH = st.tuples(st.lists(EDIT, max_size=5), FORMAT)


def _row(number: int) -> list[str]:
    return [
        f"C{number:05}", f"第{number}商贸有限公司", f"王{'芳强伟娜'[number % 4]}",
        f"139{number:08}", f"2024-0{1 + number % 9}-1{number % 10}", str(100 * (number % 7)), "",
    ]  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.integers(3, 150), months=st.lists(MONTH, min_size=1, max_size=4))
def test_a_refresh_sees_what_a_whole_scan_sees(
    rows: int, months: list, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("months")
    table = [_row(number) for number in range(rows)]
    _write(folder, table, ("utf-8", "\r\n", ","))
    again, anew = Work(folder / "again"), Work(folder / "anew")
    _run(folder, again, fresh=False)
    for edits, form in months:
        for edit in edits:
            _edit(table, *edit)
        _write(folder, table, form)
        _run(folder, again, fresh=False)
        _run(folder, anew, fresh=True)
        assert json.loads(again.get_text("plan.json")) == json.loads(anew.get_text("plan.json"))
        assert _tables(again) == _tables(anew)


@pytest.fixture
def brought_up_to_date(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """For each sheet that the last run knew, how its rows were known again; "" for not at all."""
    noted: list[str] = []

    def noting(*given: object) -> object:
        found = real(*given)
        noted.append(("texts" if found.texts is not None else "cells") if found else "")
        return found

    real = search.refreshed
    monkeypatch.setattr(search, "refreshed", noting)
    return noted


@pytest.mark.parametrize(
    ("edits", "worked"),
    [
        ([], True),
        ([("edit", 70, 6, "老客户"), ("delete", 120, 0, ""), ("insert", 9, 3, "1.38E+10")], True),
        ([("edit", 120, 4, "25/12/2024")], True),
        ([("edit", 2, 1, "")], True),
        ([("delete", 20, 0, "")], False),  # where its date stands first now, nobody knows
        ([("move", 5, 0, "")], False),  # rows in another order
        ([("edit", 60, 6, "同上")], False),  # depends on the row above
        ([("note", 0, 0, "")], False),  # no row of data
        ([("insert", 60, 0, "合计")], True),  # a company may be named so
    ],
)
def test_plain_tables_are_brought_up_to_date(
    edits: list, worked: bool, tmp_path: Path, brought_up_to_date: list[str]
) -> None:
    table = [_row(number) for number in range(150)]
    _write(tmp_path, table, ("utf-8", "\n", ","))
    again, anew = Work(tmp_path / "again"), Work(tmp_path / "anew")
    _run(tmp_path, again, fresh=False)
    for edit in edits:
        _edit(table, *edit)
    _write(tmp_path, table, ("gb18030", "\r\n", "\t"))
    _run(tmp_path, again, fresh=False)
    assert brought_up_to_date == ["cells" if worked else ""]
    _run(tmp_path, anew, fresh=True)
    assert again.get_text("plan.json") == anew.get_text("plan.json")


@pytest.mark.parametrize(
    ("then", "now", "how"),
    [
        ("", "C9,新客户\r\n", "texts"),
        ('C8,"两\n行"\r\n', 'C9,"含""引号"\r\n', "texts"),
        ("", 'C9,"含"引号"\r\n', "cells"),  # quotes that are no edges of cells
        ('C8,5"管\r\n', "C9,新客户\r\n", "cells"),
        ("", "C9,新\r客户\r\n", ""),  # two rows, by its lone carriage return
        ("", "C9,新客户", "texts"),  # no line end
        ("", "C9,新客户\r\nC10", ""),  # a short row is told of
    ],
)
def test_rows_are_known_by_their_texts_where_those_say_what_they_are(
    then: str, now: str, how: str, tmp_path: Path, brought_up_to_date: list[str]
) -> None:
    head = "客户编号,客户名称\r\n" + "".join(f"C{n:05},第{n}公司\r\n" for n in range(150))
    again, anew = Work(tmp_path / "again"), Work(tmp_path / "anew")
    for text in (head + then, head + then + now):
        (tmp_path / "客户.csv").write_bytes(text.encode("gb18030"))
        _run(tmp_path, again, fresh=False, project=TWO_COLUMNS)
    assert brought_up_to_date == [how]
    _run(tmp_path, anew, fresh=True, project=TWO_COLUMNS)
    assert again.get_text("plan.json") == anew.get_text("plan.json")
    assert _tables(again) == _tables(anew)


def test_a_file_of_another_month_is_known_by_its_entry(
    tmp_path: Path, brought_up_to_date: list[str]
) -> None:
    work, table = Work(tmp_path / "work"), [_row(number) for number in range(150)]
    _write(tmp_path, table, ("utf-8", "\n", ","))
    _run(tmp_path, work, fresh=False)
    (tmp_path / "客户.csv").rename(tmp_path / "客户_202612.csv")
    _run(tmp_path, work, fresh=False)
    assert brought_up_to_date == ["texts"]


def _run(folder: Path, work: Work, fresh: bool, project: str = PROJECT) -> None:
    """Scan and clean, as a run does."""
    (folder / "crmclean.yaml").write_text(project, encoding="utf-8")
    settings_, model = load(folder / "crmclean.yaml"), build({})
    spool = work.fresh_folder("spool")
    plan, issues = scan.scan(settings_, folder, spool, scan.Remembered(work, fresh))
    work.put_text("plan.json", plan.to_json())
    work.put("issues/scan", issues)
    task = cleaning.Cleaning(settings_, model, folder)
    cleaning.clean(task, plan, work, lambda *_: None, spool, fresh)


def _edit(rows: list[list[str]], how: str, at: int, column: int, cell: str) -> None:
    at %= len(rows)
    if how == "edit":
        rows[at][column] = cell
    elif how == "insert":
        rows.insert(at, [*_row(9_000 + at)[:column], cell, *_row(at)[column + 1 :]])
    elif how == "twice":
        rows.insert(0, list(rows[at]))
    elif how == "move":
        rows.append(rows.pop(at))
    elif how == "note":
        rows.append(["制表：张三", *[""] * (len(HEADINGS) - 1)])
    elif how == "bare":
        rows.insert(at, [cell, *[""] * (len(HEADINGS) - 1)])
    elif len(rows) > 3:
        del rows[at]


def _write(folder: Path, rows: list[list[str]], form: tuple[str, str, str]) -> None:
    encoding, end, delimiter = form
    table = io.StringIO(newline="")
    csv.writer(table, delimiter=delimiter, lineterminator=end).writerows([HEADINGS, *rows])
    (folder / "客户.csv").write_bytes(table.getvalue().encode(encoding))


def _tables(work: Work) -> dict[str, bytes]:
    """Every table but those that are kept for the next run, as Parquet."""
    found = {}
    for path in work.root.rglob("*.arrow"):
        name = path.relative_to(work.root).with_suffix("").as_posix()
        if not name.startswith(("last/", "spool/")):
            pq.write_table(work.get(name).combine_chunks(), buffer := pa.BufferOutputStream())
            found[name] = buffer.getvalue().to_pybytes()
    return found
