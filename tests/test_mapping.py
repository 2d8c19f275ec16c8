"""Rows become records: fills, constants, concats, lookups; every made cell is a change."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean import mapping, plan, tables
from crmclean.errors import DecisionNeeded, UsageError
from crmclean.headings import fingerprint
from crmclean.model import build
from crmclean.project import Project

MODEL = build()
HEADINGS = ["公司\n名称", "联系方式/手机", "大区", "备注", "来源", "业务员", "传真"]


def project(fields: dict | None = None, **entry: object) -> Project:
    entry = {"path": "客户.xlsx", "fields": fields or {}, **entry}
    return Project.model_validate({"sources": [entry]})


def source(headings: list[str] = HEADINGS, **facts: object) -> plan.Source:
    columns = tuple(plan.Column(n, text, filled=3) for n, text in enumerate(headings, 1))
    known = {"object": "customer", "columns": columns, "fills": (), **facts}
    return plan.Source(1, 0, "客户.xlsx", "客户", "", "legacy", sha256="", size=0, **known)


def rows(*lines: list[str], kind: str = "data", first: int = 2) -> pa.Table:
    width = max(len(line) for line in lines)
    cells = [[*line, *[""] * (width - len(line))] for line in lines]
    columns = [list(column) for column in zip(*cells, strict=True)]
    numbers = list(range(first, first + len(lines)))
    return pa.Table.from_arrays(
        [pa.array(a) for a in (numbers, [kind] * len(lines), *columns)],
        schema=tables.rows_schema(width),
    )


def mapped(fields: dict, *lines: list[str], base: Path = Path(), **facts: object) -> mapping.Mapped:
    return mapping.records(rows(*lines), source(**facts), project(fields), MODEL, base)


def values(result: mapping.Mapped, path: str) -> list[str | None]:
    owner, field = path.split(".")
    return result.tables[owner][field].to_pylist()


def test_a_column_is_copied_and_empty_is_null() -> None:
    result = mapped({"customer.name": "公司名称"}, ["甲公司"], [""], [" 乙 "])
    assert values(result, "customer.name") == ["甲公司", None, " 乙 "]
    assert result.changes.num_rows == 0


def test_only_data_rows_become_records() -> None:
    table = pa.concat_tables([rows(["公司名称"], kind="header", first=1), rows(["甲公司"])])
    result = mapping.records(table, source(), project({"customer.name": "公司名称"}), MODEL, Path())
    assert [tables.unpack(r) for r in result.tables["customer"]["record"].to_pylist()] == [
        (1, 2, 0)
    ]


def test_every_data_row_of_a_customer_sheet_is_a_customer() -> None:
    result = mapped({"contact.mobile": "手机"}, ["", "138"], ["", ""])
    assert result.tables["customer"].num_rows == 2
    assert result.tables["contact"].num_rows == 1


@pytest.mark.parametrize("nothing", ["", " ", "无", "-", "N/A", "待补充", "（暂无）", "000"])
def test_a_contact_exists_only_where_one_of_its_fields_says_something(nothing: str) -> None:
    result = mapped({"contact.mobile": "手机"}, ["甲", nothing])
    assert result.tables["contact"].num_rows == 0


def test_a_column_of_the_customer_makes_no_contact_by_itself() -> None:
    fields = {"customer.owner": "业务员", "contact.owner": "业务员", "contact.mobile": "手机"}
    line = ["甲", "", "", "", "", "张三"]
    assert mapped(fields, line).tables["contact"].num_rows == 0


def test_fills_of_the_plan_are_changes() -> None:
    fills = (plan.Fill(3, 1, "甲公司", "ditto"), plan.Fill(4, 1, "甲公司", "merged"))
    result = mapped({"customer.name": "公司名称"}, ["甲公司"], ["同上"], [""], fills=fills)
    assert values(result, "customer.name") == ["甲公司"] * 3
    told = result.changes.select(["step", "rule", "before", "after"]).to_pylist()
    assert [tuple(change.values()) for change in told] == [
        ("fill", "merged", None, "甲公司"),
        ("fill", "ditto", "同上", "甲公司"),
    ]


def test_concat_joins_what_is_there() -> None:
    fields = {"customer.remark": {"concat": ["备注", "来源"], "with": "；"}}
    lines = [["甲", "", "", "a", "b"], ["乙", "", "", "", "b"], ["丙", "", "", " ", ""]]
    result = mapped(fields, *lines)
    assert values(result, "customer.remark") == ["a；b", "b", None]
    assert result.changes["column"].to_pylist() == ["备注+来源"] * 2


def test_a_constant_fills_every_record_and_is_a_change() -> None:
    result = mapped({"customer.org": {"constant": "总部"}}, ["甲"], ["乙"])
    assert values(result, "customer.org") == ["总部", "总部"]
    assert result.changes["rule"].to_pylist() == ["constant"] * 2


def test_a_lookup_translates_codes_and_lists_unknown_ones(tmp_path: Path) -> None:
    (tmp_path / "大区.csv").write_text("旧,新\nHD,01\nHB,02\n", encoding="utf-8-sig")
    fields = {"customer.region_code": {"column": "大区", "lookup": "大区.csv"}}
    lines = [["甲", "", code] for code in ("HD", " HB ", "XX", "", "02")]
    result = mapped(fields, *lines, base=tmp_path)
    assert values(result, "customer.region_code") == ["01", "02", "XX", None, "02"]
    issues = result.issues.to_pylist()
    assert [(i["code"], i["row"], i["value"]) for i in issues] == [
        ("MAPPING_UNKNOWN_CODE", 4, "XX")
    ]


def test_a_lookup_in_gb18030_is_read(tmp_path: Path) -> None:
    (tmp_path / "大区.csv").write_bytes("华东,01\n".encode("gb18030"))
    fields = {"customer.region_code": {"column": "大区", "lookup": "大区.csv"}}
    assert values(mapped(fields, ["甲", "", "华东"], base=tmp_path), "customer.region_code") == [
        "01"
    ]


@pytest.mark.parametrize(
    ("content", "code"), [(None, "MAPPING_LOOKUP_MISSING"), ("a,1\na,2\n", "MAPPING_LOOKUP_TWICE")]
)
def test_a_lookup_table_must_be_there_and_be_clear(
    tmp_path: Path, content: str | None, code: str
) -> None:
    if content:
        (tmp_path / "x.csv").write_text(content, encoding="utf-8")
    fields = {"customer.region_code": {"column": "大区", "lookup": "x.csv"}}
    with pytest.raises(UsageError) as caught:
        mapped(fields, ["甲", "", "a"], base=tmp_path)
    assert caught.value.code == code


cells = st.sampled_from(["", " ", "甲", "同上", "HD", "XX", "13812340001", "a；b"])


@settings(deadline=None)
@given(
    lines=st.lists(st.lists(cells, min_size=7, max_size=7), min_size=1, max_size=8),
    fills=st.lists(
        st.tuples(
            st.integers(2, 9), st.integers(1, 7), cells, st.sampled_from(["merged", "ditto"])
        ),
        max_size=6,
        unique_by=lambda fill: fill[:2],
    ),
)
def test_rows_and_changes_give_the_records(lines: list[list[str]], fills: list[tuple]) -> None:
    """Replay (law 3): start from the mapped cell, put in each change, arrive at the record; and
    conservation (law 1): each row has its customer."""
    fields = {
        "customer.name": "公司名称",
        "customer.remark": {"concat": ["备注", "来源"]},
        "customer.org": {"constant": "总部"},
        "contact.mobile": "手机",
    }
    planned = tuple(plan.Fill(*fill) for fill in fills if fill[0] < len(lines) + 2 and fill[2])
    result = mapped(fields, *lines, fills=planned)
    assert result.tables["customer"].num_rows == len(lines)
    column = {"customer.name": 0, "contact.mobile": 1}
    for owner, records in result.tables.items():
        for record in records.to_pylist():
            row = tables.unpack(record.pop("record"))[1]
            for field, value in record.items():
                place = column.get(f"{owner}.{field}")
                now = None if place is None else lines[row - 2][place] or None
                for change in result.changes.to_pylist():
                    same_row = tables.unpack(change["record"])[1] == row
                    if same_row and (change["object"], change["field"]) == (owner, field):
                        assert change["before"] == now
                        now = change["after"]
                assert now == value


@settings(deadline=None)
@given(lines=st.lists(st.lists(cells, min_size=7, max_size=7), min_size=2, max_size=8))
def test_batches_give_what_the_whole_gives(lines: list[list[str]]) -> None:
    fields = {
        "customer.name": "公司名称",
        "contact.mobile": "手机",
        "customer.org": {"constant": "x"},
    }
    how = (source(), project(fields), MODEL, Path())
    table = rows(*lines)
    whole = mapping.records(table, *how)
    parts = [mapping.records(table.slice(at, 1), *how) for at in range(len(lines))]
    for name in whole.tables:
        assert pa.concat_tables(part.tables[name] for part in parts).equals(whole.tables[name])


# ── the project file against the files ──


def codes(table: pa.Table) -> list[str]:
    return table["code"].to_pylist()


def test_an_unknown_column_names_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        mapping.check(project({"customer.name": "公司名字"}), plan.Plan((source(),)), MODEL)
    assert caught.value.code == "MAPPING_UNKNOWN_COLUMN_NEAR"
    assert caught.value.facts["near"] == "公司\n名称"


@pytest.mark.parametrize("entry", [{"object": "follow_up"}, {"role": "authority"}])
def test_further_contacts_stand_on_lists_of_customers_or_contacts(entry: dict) -> None:
    given = {"path": "客户.xlsx", "contacts": [{"contact.name": "业务员"}], **entry}
    told = Project.model_validate({"version": 1, "target": "generic", "sources": [given]})
    with pytest.raises(UsageError) as raised:
        mapping.check(told, plan.Plan((source(),)), MODEL)
    assert raised.value.code == "MAPPING_NO_CONTACTS"


@pytest.mark.parametrize("name", ["固定电话", "联系人手机"])
def test_a_column_that_has_a_field_is_not_the_one_that_was_meant(name: str) -> None:
    """Nor is one that is hardly like it."""
    given = project({"customer.name": "公司名称", "contact.mobile": "手机", "customer.phone": name})
    with pytest.raises(UsageError) as caught:
        mapping.check(given, plan.Plan((source(),)), MODEL)
    assert caught.value.code == "MAPPING_UNKNOWN_COLUMN"


def test_a_further_contact_has_fields_of_a_contact() -> None:
    entry = {"path": "客户.xlsx", "fields": {"customer.name": "公司名称"}}
    entry["contacts"] = [{"customer.phone": "电话"}]
    told = Project.model_validate({"version": 1, "target": "generic", "sources": [entry]})
    with pytest.raises(UsageError) as raised:
        mapping.check(told, plan.Plan((source(),)), MODEL)
    assert raised.value.code == "MAPPING_UNKNOWN_FIELD_NEAR"
    assert raised.value.facts["near"].startswith("contact.")


def test_an_unknown_field_names_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        mapping.check(project({"customer.nmae": "公司名称"}), plan.Plan((source(),)), MODEL)
    assert caught.value.facts["near"] == "customer.name"


@pytest.mark.parametrize(
    ("dedupe", "near"),
    [
        ({"survivorship": {"customer.phon": "most_recent"}}, "customer.phone"),
        ({"priority": ["ERPP"]}, "ERP"),
    ],
)
def test_what_dedupe_names_exists(dedupe: dict, near: str) -> None:
    stated = Project(sources=[{"path": "客户.xlsx"}], dedupe=dedupe)
    with pytest.raises(UsageError) as caught:
        mapping.check(stated, plan.Plan((replace(source(), system="ERP"),)), MODEL)
    assert caught.value.facts["near"] == near


def test_a_heading_that_may_be_two_columns_is_refused() -> None:
    twice = source(["联系人一/手机", "联系人二/手机"])
    with pytest.raises(UsageError) as caught:
        mapping.check(project({"contact.mobile": "手机"}), plan.Plan((twice,)), MODEL)
    assert caught.value.code == "MAPPING_AMBIGUOUS_COLUMN"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "MAPPING_EMPTY"),
        ({"column": "备注", "concat": ["备注"]}, "MAPPING_BOTH"),
        ({"constant": "x", "lookup": "a.csv"}, "MAPPING_LOOKUP_ALONE"),
        ({"sequence": "C{yyyy}"}, "MAPPING_SEQUENCE"),
    ],
)
def test_a_field_says_clearly_where_it_comes_from(given: dict, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        mapping.check(project({"customer.remark": given}), plan.Plan((source(),)), MODEL)
    assert caught.value.code == code


def test_filled_columns_without_a_decision_are_listed_with_counts() -> None:
    fields = {"customer.name": "公司名称", "contact.mobile": "手机"}
    found = mapping.check(project(fields, drop=["传真"]), plan.Plan((source(),)), MODEL)
    assert set(codes(found)) == {"MAPPING_UNDECIDED"}
    assert found["column"].to_pylist() == ["大区", "备注", "来源", "业务员"]
    assert found["value"].to_pylist() == ["3"] * 4


def test_a_strict_run_asks_about_undecided_columns() -> None:
    with pytest.raises(DecisionNeeded) as caught:
        settings = project({"customer.name": "公司名称"})
        mapping.check(settings, plan.Plan((source(),)), MODEL, strict=True)
    assert caught.value.facts["count"] == 6


def test_without_a_person_an_unsure_required_field_stops_the_run() -> None:
    settings = project({"customer.name": "公司名称"}, review=["customer.name"])
    mapping.check(settings, plan.Plan((source(),)), MODEL)
    with pytest.raises(DecisionNeeded):
        mapping.check(settings, plan.Plan((source(),)), MODEL, no_input=True)


def test_a_column_that_one_of_several_files_lacks_is_an_issue() -> None:
    other = plan.Source(2, 0, "客户2.xlsx", "客户", "", "legacy", "customer", "", 0,
                        columns=(plan.Column(1, "手机"),))  # fmt: skip
    fields = {"customer.name": "公司名称"}
    found = mapping.check(project(fields), plan.Plan((source(), other)), MODEL)
    absent = [i for i in found.to_pylist() if i["code"] == "MAPPING_COLUMN_ABSENT"]
    assert [(i["source"], i["column"]) for i in absent] == [(2, "公司名称")]


def test_drift_names_old_and_new() -> None:
    settings = project(
        {"customer.name": "公司名称", "customer.remark": "备注"}, fingerprint=fingerprint(HEADINGS)
    )
    renamed = source(["公司\n名称", "联系方式/手机", "大区", "备注说明", "来源", "业务员", "传真"])
    other = plan.Source(2, 0, "b", "", "", "legacy", "customer", "", 0, columns=source().columns)
    both = plan.Plan((renamed, other))
    found = [
        i for i in mapping.check(settings, both, MODEL).to_pylist() if i["code"] == "MAPPING_DRIFT"
    ]
    assert [i["source"] for i in found] == [1]
    assert "备注 → 备注说明" in found[0]["value"]
    with pytest.raises(UsageError) as caught:
        mapping.check(settings, both, MODEL, frozen=True)
    assert "备注 → 备注说明" in caught.value.facts["changes"]


def test_unchanged_headings_are_no_drift() -> None:
    settings = project({"customer.name": "公司名称"}, fingerprint=fingerprint(HEADINGS))
    found = mapping.check(settings, plan.Plan((source(),)), MODEL, frozen=True)
    assert "MAPPING_DRIFT" not in codes(found)
