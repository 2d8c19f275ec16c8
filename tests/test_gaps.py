"""What is missing after duplicates were joined, whose it is, and the workbook that asks for it."""

from pathlib import Path

import pytest
from golden_records import MODEL, PLAN, PROJECT, crosswalk, gaps_of, records

from crmclean import gaps, tables, templates
from crmclean.gaps import lists
from crmclean.project import Project
from crmclean.workbooks import reread

FULL = {"industry": "制造业", "stage": "成交", "next_follow_up": "2027-01-01 09:00"}
GOLDEN = {
    "customer": records(
        "customer",
        {"golden": "a", "name": "甲公司", "code": "C1", "owner": "张三", **FULL, "industry": None},
        {"golden": "b", "name": "乙公司", **FULL, "stage": None},
        {"golden": "c", "name": "丙公司", "owner": "张三"},
    ),
    "contact": records(
        "contact",
        {"golden": "k", "name": "李四", "title": "经理", "customer_golden": "a"},
    ),
}
CROSSWALK = crosswalk(GOLDEN, c="held")


def found(project: Project = PROJECT) -> list[tuple]:
    table = gaps_of(GOLDEN, CROSSWALK, PLAN, project, MODEL)
    keys = ["object", "golden", "field", "required", "owner", "row"]
    return [tuple(line.values()) for line in table.select(keys).to_pylist()]


def test_a_gap_is_a_required_field_without_a_value() -> None:
    assert found() == [
        ("customer", "a", "industry", "standard", "张三", 2),
        ("customer", "b", "stage", "standard", None, 3),
        ("contact", "k", "mobile", "standard", "张三", 2),
    ]


def test_what_only_the_target_requires_is_asked_too() -> None:
    wanted = gaps.asked(MODEL, templates.load("salesforce"))
    sales = {"opportunity": records("opportunity", {"golden": "o", "name": "甲公司采购"})}
    table = gaps_of(sales, crosswalk(sales), PLAN, PROJECT, wanted).to_pylist()
    missing = {row["field"] for row in table if row["required"] == "target"}
    assert {"stage", "expected_close"} <= missing
    assert wanted["customer"].fields["owner"] == MODEL["customer"].fields["owner"]


def test_who_was_reassigned_is_asked_under_the_new_name() -> None:
    project = PROJECT.model_copy(update={"owners": {"张三": "王五", "": "公海"}})
    assert [line[4] for line in found(project)] == ["王五", "公海", "王五"]


def test_a_reference_that_was_resolved_is_no_gap() -> None:
    assert not any(field == "customer" for _, _, field, *_ in found())


def test_completeness_counts_per_field_source_and_owner() -> None:
    table = gaps.completeness(GOLDEN, CROSSWALK, PLAN, PROJECT, MODEL)
    counts = {
        (line["dimension"], line["name"], line["field"]): (line["filled"], line["total"])
        for line in table.to_pylist()
        if line["object"] == "customer"
    }
    assert counts["all", "", "industry"] == (1, 2)
    assert counts["source", "ERP", "industry"] == (1, 2)
    assert counts["owner", "张三", "industry"] == (0, 1)
    assert counts["owner", "", "industry"] == (1, 1)
    assert ("all", "", "fax") not in counts


def workbooks(folder: Path) -> list[Path]:
    table = gaps_of(GOLDEN, CROSSWALK, PLAN, PROJECT, MODEL)
    return gaps.write(table, GOLDEN, PLAN, PROJECT, MODEL, folder, "zh")


def test_each_owner_gets_a_workbook_with_the_cells_to_fill(tmp_path: Path) -> None:
    paths = workbooks(tmp_path)
    assert [path.name for path in paths] == ["未分配.xlsx", "张三.xlsx"]
    assert reread.names(paths[1])[:2] == ["客户", "联系人"]
    sheet = reread.columns(paths[1], header_row=3)
    assert sheet.column_names[5:] == ["客户名称", "客户编号", "所属行业", "来源行"]
    assert sheet["来源行"].to_pylist() == ["客户.xlsx#客户!2"]
    assert sheet["所属行业"].to_pylist() == [None]
    assert sheet["asked"].to_pylist() == ["industry"]


def test_a_contact_is_recognised_by_its_customer(tmp_path: Path) -> None:
    sheet = reread.columns(workbooks(tmp_path)[1], header_row=3, sheet="联系人")
    assert sheet["客户名称"].to_pylist() == ["甲公司"]


def test_what_a_record_is_recognised_by_stands_there_where_others_lack_it(tmp_path: Path) -> None:
    """A nameless contact in the list takes the names of the others off nobody's screen."""
    two = records(
        "contact",
        {"golden": "k", "mobile": "13812340001", "customer_golden": "a"},
        {"golden": "m", "name": "李四", "customer_golden": "a"},
    )
    golden = {**GOLDEN, "contact": two}
    table = gaps_of(golden, crosswalk(golden), PLAN, PROJECT, MODEL)
    paths = gaps.write(table, golden, PLAN, PROJECT, MODEL, tmp_path, "zh")
    sheet = reread.columns(paths[-1], header_row=3, sheet="联系人")
    assert sheet["姓名"].to_pylist() == [None, "李四"]
    assert sheet["手机"].to_pylist() == ["13812340001", None]


def test_the_same_gaps_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = workbooks(tmp_path / "1"), workbooks(tmp_path / "2")
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


@pytest.mark.parametrize("owner", ["a/b", "CON", "..", "张三\n", "x" * 200, "=cmd", ""])
def test_any_owner_makes_a_file_name(tmp_path: Path, owner: str) -> None:
    golden = {"customer": records("customer", {"golden": "a", "name": "甲", "owner": owner})}
    table = gaps_of(golden, crosswalk(golden), PLAN, PROJECT, MODEL)
    (path,) = gaps.write(table, golden, PLAN, PROJECT, MODEL, tmp_path, "en")
    assert path.parent == tmp_path and path.is_file()


def test_owners_that_differ_in_forbidden_characters_get_files_of_their_own(tmp_path: Path) -> None:
    lines = [{"golden": g, "name": g, "owner": o} for g, o in (("a", "x/y"), ("b", "X:Y"))]
    golden = {"customer": records("customer", *lines)}
    table = gaps_of(golden, crosswalk(golden), PLAN, PROJECT, MODEL)
    paths = gaps.write(table, golden, PLAN, PROJECT, MODEL, tmp_path, "zh")
    assert len({path.name.lower() for path in paths}) == 2


def test_no_gaps_no_workbooks(tmp_path: Path) -> None:
    golden = {"customer": records("customer", {"golden": "a", "name": "甲", **FULL})}
    table = gaps_of(golden, crosswalk(golden), PLAN, PROJECT, MODEL)
    assert table.num_rows == 0
    assert gaps.write(table, golden, PLAN, PROJECT, MODEL, tmp_path, "zh") == []


def test_a_list_is_as_long_as_a_person_can_work_through_and_says_what_comes_later() -> None:
    count = lists.MOST + 3
    columns = {"object": "customer", "golden": "g", "field": "industry", "owner": "张三"}
    required = ["standard"] * (count - 1) + ["target"]
    columns |= {"record": list(range(count)), "required": required}
    table = tables.table(gaps.GAPS, columns)
    (line,) = gaps.files(table, "zh").to_pylist()
    assert line == {"owner": "张三", "path": "张三.xlsx", "records": lists.MOST,
                    "cells": lists.MOST, "later": 3}  # fmt: skip
    (_, _, listed, _) = next(lists.lists(table, "zh"))
    assert "target" in listed["required"].to_pylist()
