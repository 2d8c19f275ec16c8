"""Normalise: columns in, clean columns out, every change and issue written down, nothing lost."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean import messages, normalise, plan, project, tables
from crmclean.model import build

MODEL = build()
HEADINGS = {
    "customer.name": "公司名称",
    "customer.phone": "座机",
    "customer.uscc": "税号",
    "customer.industry": "行业",
    "customer.source": "来源",
    "customer.annual_purchase": "年采购额",
    "customer.province": "省",
    "customer.city": "市",
    "customer.address": "地址",
    "customer.created_at": "建档日期",
    "customer.next_follow_up": "下次跟进",
    "customer.remark": "备注",
    "customer.owner": "业务员",
    "contact.name": "联系人",
    "contact.mobile": "手机",
    "contact.phone": "电话",
    "contact.email": "邮箱",
    "contact.title": "职位",
    "contact.owner": "业务员2",
}
PIECES = [
"13812345678", "13987654321", "010-87654321", "张三", "李四", "王总", "某某", "有限公司", "（已注销）", "2024",
"年", "6", "月", "15", "/", ".", "、", "；", "无", "同上", "广东省", "深圳市", "南山区", "软件", "展会", "12",
"万", "a@example.com", "b@example.com", "D2143569-X", "???", "(", ")", "\u200b", "经理",
]  # fmt: skip
CELLS = st.lists(st.sampled_from(PIECES), max_size=4).map("".join)


def made(settings_: dict | None = None, options: dict[str, dict] | None = None):
    """A project with one source that has every heading, and that source in the plan."""
    entry = {"path": "a.csv", "fields": dict(HEADINGS)}
    found = project.Project.model_validate({"sources": [entry], **(settings_ or {})})
    columns = tuple(
        plan.Column(number, heading, options=(options or {}).get(heading, {}))
        for number, heading in enumerate(HEADINGS.values(), 1)
    )
    return found, plan.Source(1, 0, "a.csv", "", "", "legacy", "customer", "", 0, columns=columns)


def records(*rows: dict[str, str | None]) -> dict[str, pa.Table]:
    """One customer per row, and one contact per row that fills a field of it."""
    found = {}
    for name in ("customer", "contact"):
        of = [
            (number, {k.split(".")[1]: v for k, v in row.items() if k.startswith(f"{name}.")})
            for number, row in enumerate(rows, 2)
        ]
        of = [(number, cells) for number, cells in of if cells or name == "customer"]
        ids = tables.record_ids(1, pa.array([number for number, _ in of], pa.int64()))
        columns = {
            field: pa.array([cells.get(field) for _, cells in of], pa.string())
            for field in MODEL[name].fields
        }
        found[name] = pa.table({"record": ids, **columns})
    return found


def run(*rows: dict[str, str | None], settings_: dict | None = None, options: dict | None = None):
    found, source = made(settings_, options)
    return normalise.normalise(records(*rows), source, found, MODEL)


def filled(result: normalise.Normalised, name: str) -> list[dict[str, str]]:
    rows = result.tables[name].drop_columns(["record"]).to_pylist()
    return [{field: value for field, value in row.items() if value is not None} for row in rows]


def codes(result: normalise.Normalised) -> list[tuple[str, str]]:
    return [(row["field"], row["code"]) for row in result.issues.to_pylist()]


def replayed(before: dict[str, pa.Table], changes: pa.Table) -> dict[tuple, str | None]:
    """Every cell of the records after the changes, each change on the value that it expects."""
    cells: dict[tuple, str | None] = {}
    for name, table in before.items():
        for row in table.to_pylist():
            record = row.pop("record")
            cells |= {(name, record, field): value for field, value in row.items()}
    for change in changes.to_pylist():
        key = (change["object"], change["record"], change["field"])
        assert cells.get(key) == change["before"], change
        cells[key] = change["after"]
    return {key: value for key, value in cells.items() if value is not None}


def test_clean_values_pass_untouched() -> None:
    result = run({"customer.name": "某某有限公司", "contact.mobile": "13812345678"})
    assert result.changes.num_rows == 0 and result.issues.num_rows == 0


def test_a_change_names_its_rule_and_column() -> None:
    result = run({"customer.name": "某某(中国)有限公司"})
    (change,) = result.changes.to_pylist()
    assert (change["step"], change["rule"], change["column"]) == (
        "clean",
        "company_name",
        "公司名称",
    )
    assert (change["before"], change["after"]) == ("某某(中国)有限公司", "某某（中国）有限公司")


def test_a_refused_value_stays_and_is_told_with_its_row() -> None:
    result = run({}, {"customer.annual_purchase": "10-20万"})
    assert filled(result, "customer")[1]["annual_purchase"] == "10-20万"
    (issue,) = result.issues.to_pylist()
    assert (issue["row"], issue["column"], issue["code"]) == (3, "年采购额", "AMOUNT_RANGE")
    assert (issue["value"], issue["severity"]) == ("10-20万", messages.severity("AMOUNT_RANGE"))


def test_a_suggestion_is_shown_and_not_applied() -> None:
    result = run({"contact.email": "zs@163.con"})
    assert filled(result, "contact")[0]["email"] == "zs@163.con"
    assert result.issues["suggestion"].to_pylist() == ["zs@163.com"]


@pytest.mark.parametrize("word", ["无", "N/A", "--", "（暂无）", "待定"])
def test_words_for_nothing_become_missing(word: str) -> None:
    result = run(
        {"customer.remark": word, "customer.name": word}, settings_={"placeholders": ["待定"]}
    )
    assert filled(result, "customer") == [{}]
    assert set(result.changes["rule"].to_pylist()) == {"placeholder"}


def test_two_numbers_and_a_name_find_their_fields() -> None:
    result = run({"contact.mobile": "13812345678/010-87654321 张三"})
    assert filled(result, "contact") == [
        {"name": "张三", "mobile": "13812345678", "phone": "010-87654321"}
    ]
    assert {(c["field"], c["step"]) for c in result.changes.to_pylist()} == {
        ("mobile", "clean"), ("name", "split"), ("phone", "split"),
    }  # fmt: skip


def test_a_filled_field_keeps_its_value_and_nothing_is_lost() -> None:
    result = run(
        {"contact.name": "李四", "contact.mobile": "13812345678、13987654321 张三", "contact.phone": "010-87654321"},
        {"contact.mobile": "021-65432100", "contact.phone": "010-87654321"},
    )  # fmt: skip
    assert filled(result, "contact") == [
        {"name": "李四", "mobile": "13812345678", "phone": "010-87654321",
         "other_phones": "13987654321", "remark": "张三"},
        {"mobile": "021-65432100", "phone": "010-87654321"},
    ]  # fmt: skip


def test_a_company_mobile_goes_to_the_contact_of_the_row_or_stays() -> None:
    result = run(
        {"customer.phone": "13812345678", "contact.name": "张三"},
        {"customer.phone": "13812345678"},
        {"customer.phone": "13812345678", "contact.mobile": "13987654321"},
        {"customer.phone": "138-1234-5678 张三"},
    )
    assert filled(result, "customer") == [
        {},
        {"phone": "13812345678"},
        {"phone": "13812345678"},
        {},
    ]
    assert filled(result, "contact") == [
        {"name": "张三", "mobile": "13812345678"},
        {"mobile": "13987654321"},
        {"name": "张三", "mobile": "13812345678"},
    ]
    untouched = {tables.unpack(r)[1] for r in result.changes["record"].to_pylist()}
    assert untouched == {2, 5}


def test_several_people_become_several_contacts() -> None:
    result = run(
        {
            "contact.name": "张三（经理）、李四13987654321",
            "contact.mobile": "13812345678",
            "contact.owner": "王五",
        }
    )
    assert filled(result, "contact") == [
        {"name": "张三", "title": "经理", "mobile": "13812345678", "owner": "王五"},
        {"name": "李四", "mobile": "13987654321", "owner": "王五"},
    ]
    parts = [tables.unpack(record)[2] for record in result.tables["contact"]["record"].to_pylist()]
    assert parts == [0, 1]


def test_several_owners_stay_together() -> None:
    result = run({"customer.owner": "张三/李四"})
    assert filled(result, "customer")[0]["owner"] == "张三、李四"
    assert codes(result) == [("owner", "PERSON_SEVERAL")]


def test_an_organisation_code_leaves_the_credit_code_field() -> None:
    assert filled(run({"customer.uscc": "D2143569X"}), "customer") == [{"org_code": "D2143569-X"}]


def test_an_address_fills_blank_regions_only_where_nothing_disagrees() -> None:
    address = "广东省深圳市南山区科技园1号"
    result = run(
        {"customer.address": address},
        {"customer.address": address, "customer.province": "广东"},
        {"customer.address": address, "customer.province": "浙江"},
    )
    region = {"province": "广东省", "city": "深圳市", "district": "南山区"}
    assert filled(result, "customer") == [
        {**region, "address": address},
        {**region, "address": address},
        {"province": "浙江省", "address": address},
    ]
    assert codes(result) == [("address", "REGION_CONTRADICTION")]


def test_options_come_from_plan_model_and_project() -> None:
    result = run(
        {
            "customer.annual_purchase": "12",
            "customer.created_at": "03/04/2024",
            "customer.source": "朋友",
        },
        settings_={"picklists": {"customer.source": {"朋友": "客户转介绍"}}},
        options={"年采购额": {"unit": "万"}, "建档日期": {"date_order": "dmy"}},
    )
    assert filled(result, "customer") == [
        {"annual_purchase": "120000", "created_at": "2024-04-03", "source": "客户转介绍"}
    ]


def test_a_value_map_of_the_project_serves_every_kind() -> None:
    mapped = {"picklists": {"customer.industry": {"机械": "通用设备制造业"}}}
    assert filled(run({"customer.industry": "机械"}, settings_=mapped), "customer") == [
        {"industry": "通用设备制造业"}
    ]


def test_a_custom_field_uses_any_kind() -> None:
    custom = {"label": "保修到期", "kind": "date"}
    model = build({"customer.warranty": custom})
    entry = {"path": "a.csv", "fields": {"customer.warranty": "保修"}}
    found = project.Project.model_validate(
        {"sources": [entry], "fields": {"customer.warranty": custom}}
    )
    columns = (plan.Column(1, "保修"),)
    source = plan.Source(1, 0, "a.csv", "", "", "legacy", "customer", "", 0, columns=columns)
    table = pa.table({"record": tables.record_ids(1, pa.array([2])), "warranty": ["2024.6.15"]})
    result = normalise.normalise({"customer": table}, source, found, model)
    assert result.tables["customer"]["warranty"].to_pylist() == ["2024-06-15"]


def test_a_column_that_repeats_itself_is_cleaned_like_any_other() -> None:
    """Of many rows each different value is looked at once; every row is told of it."""
    different = [
        {"customer.owner": "张 三", "customer.industry": "某某", "contact.mobile": "无"},
        {"customer.owner": "李四", "contact.name": "王五、赵六", "contact.mobile": "138 1234 5678"},
        {"customer.industry": "软件", "contact.name": "王总"},
    ]
    alone, many = run(*different), run(*different * 4000)
    for name in alone.tables:
        people = [filled(result, name) for result in (alone, many)]
        assert people[1] == people[0] * 4000, name
    for kind in ("changes", "issues"):
        counts = [
            getattr(r, kind).group_by(["field", "rule" if kind == "changes" else "code"])
            for r in (alone, many)
        ]
        few, more = (c.aggregate([([], "count_all")]).sort_by("field").to_pylist() for c in counts)
        assert [{**c, "count_all": c["count_all"] * 4000} for c in few] == more


def test_no_records_at_all() -> None:
    result = run()
    assert result.tables["customer"].num_rows == 0 and result.changes.num_rows == 0


ROWS = st.lists(
    st.fixed_dictionaries({}, optional=dict.fromkeys(HEADINGS, CELLS.filter(bool))), max_size=4
)


@given(rows=ROWS)
@settings(max_examples=120, deadline=None)
def test_replay(rows: list[dict[str, str]]) -> None:
    """Records + changes = result, cell by cell (law 3)."""
    found, source = made()
    before = records(*rows)
    result = normalise.normalise(before, source, found, MODEL)
    cells = replayed(before, result.changes)
    assert cells == replayed(result.tables, tables.CHANGES.empty_table())
    for name, table in result.tables.items():
        assert table["record"].to_pylist() == sorted(set(table["record"].to_pylist())), name
        assert not any("" in table[field].to_pylist() for field in table.column_names[1:])


@given(rows=ROWS)
@settings(max_examples=120, deadline=None)
def test_twice_is_once(rows: list[dict[str, str]]) -> None:
    """Cleaning what is clean changes nothing (law 4)."""
    found, source = made()
    once = normalise.normalise(records(*rows), source, found, MODEL)
    twice = normalise.normalise(once.tables, source, found, MODEL)
    assert twice.changes.to_pylist() == []
    assert twice.tables == once.tables


@given(rows=ROWS)
@settings(max_examples=120, deadline=None)
def test_every_digit_is_somewhere(rows: list[dict[str, str]]) -> None:
    """No number of a cell disappears: what leaves a field stands in another one."""
    rows = [
        {k: v for k, v in row.items() if k.split(".")[1] in ("mobile", "phone", "name")}
        for row in rows
    ]
    result = run(*rows)
    cells = [v for t in result.tables.values() for row in t.to_pylist() for v in row.values()]
    after = "".join(str(cell).replace("-", "") for cell in cells)
    for row in rows:
        for number in ("13812345678", "13987654321"):
            if any(number in value for value in row.values()):
                assert number in after
