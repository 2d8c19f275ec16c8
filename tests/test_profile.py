"""The profile of the raw sources: counts per column, shapes, frequent values, masked in the page."""

from pathlib import Path

import pyarrow as pa
import pytest
import report_work

from crmclean import profile, report, shapes, tables
from crmclean.messages import say
from crmclean.plan import Column, Plan, Source

ROWS = [
    ("header", "公司", "电话"),
    ("data", "甲公司", "13812345678"),
    ("data", "乙公司", "138-1234-5678"),
    ("data", "丙公司", ""),
    ("data", "丙公司", None),
    ("footer", "合计", "4"),
]


@pytest.fixture
def plan() -> Plan:
    columns = (Column(1, "公司", 4, 3), Column(2, "电话", 2, 2))
    counts = {"header": 1, "data": 4, "footer": 1}
    source = Source(
        1,
        0,
        "a.csv",
        "",
        "ERP",
        "legacy",
        "customer",
        "0" * 64,
        99,
        {},
        (1,),
        columns,
        {},
        (),
        counts,
    )
    return Plan((source,))


def batches(source: Source) -> list[pa.Table]:
    whole = tables.table(
        tables.rows_schema(2),
        {
            "row": list(range(1, 7)),
            "kind": [row[0] for row in ROWS],
            "c1": [row[1] for row in ROWS],
            "c2": [row[2] for row in ROWS],
        },
    )
    return [whole.slice(0, 2), whole.slice(2)]


def test_only_data_rows_count_and_an_empty_cell_is_not_filled(plan: Plan) -> None:
    name, phone = profile.profile(plan, batches).to_pylist()
    assert (name["rows"], name["filled"], phone["filled"]) == (4, 4, 2)
    assert (phone["shortest"], phone["longest"]) == (11, 13)


def test_shapes_and_values_are_counted_most_frequent_first(plan: Plan) -> None:
    name, phone = profile.profile(plan, batches).to_pylist()
    assert name["values"][0] == {"text": "丙公司", "count": 2}
    assert [entry["text"] for entry in phone["shapes"]] == ["###########", "###-####-####"]


def test_how_rows_are_cut_into_batches_does_not_matter(plan: Plan) -> None:
    whole = [pa.concat_tables(batches(plan.source(1)))]
    assert profile.profile(plan, lambda source: whole) == profile.profile(plan, batches)


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("138 1234 5678", "### #### ####"),
        ("1.38E+10", "#.##A+##"),
        ("李经理", "字"),
        ("zhang.San@qq.com", "a.Aa@a.a"),
        ("x" * 99, "a"),
        ("1" * 99, "#" * 40),
    ],
)
def test_the_shape_of_a_value(value: str, shape: str) -> None:
    assert shapes.shapes(pa.array([value])).to_pylist() == [shape]


def test_the_page_hides_what_no_field_has_claimed(plan: Plan, tmp_path: Path) -> None:
    _, project, model, _ = report_work.make(tmp_path / "w", customers=20, issues=5, clusters=2)
    table = profile.profile(plan, batches)
    report.write_profile(
        table, tables.ISSUES.empty_table(), project, model, plan, tmp_path / "p.html"
    )
    html = (tmp_path / "p.html").read_text(encoding="utf-8")
    assert "13812345678" not in html and "138-1234-5678" not in html
    assert "###-####-####" in html and say("report.unmapped", "en") in html
