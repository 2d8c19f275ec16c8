"""Gates, waivers and drift: each judged on a summary that a person can read."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from check_summaries import COLUMNS, column, issue, source, summary
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from ruamel.yaml import YAML

from crmclean import model, tables
from crmclean.check import content, customers, drift, frozen, gates, issues_then, refuse_unknown
from crmclean.check.baseline import Records
from crmclean.check.findings import Finding, fails, found, settled
from crmclean.errors import InputRefused, UsageError
from crmclean.gates import Drift, Freshness, Gates, StatusChanges
from crmclean.plan import Plan, Source

TODAY = date(2026, 11, 21)
MAPPED = {field: heading for heading, field, _ in COLUMNS if field}


def judged(told: dict[str, Any], known: dict | None = None, **section: Any) -> dict[str, str]:
    findings = gates.judge(told, Gates.model_validate(section), known)
    return {finding.code: finding.severity for finding in findings}


def drifted(now: dict[str, Any], then: dict[str, Any]) -> dict[str, Finding]:
    return {finding.code: finding for finding in drift.compare(now, then, Drift())}


def test_an_issue_says_how_many_there_were_last_time() -> None:
    (finding,) = gates.judge(
        summary(issues=[issue(count=15)]), Gates(), {gates.key(issue(), {}): 12}
    )
    assert finding.grown and finding.counted("zh").startswith("15 处（上次 12） · ")
    (finding,) = gates.judge(summary(issues=[issue()]), Gates(), {gates.key(issue(), {}): 12})
    assert not finding.grown and finding.counted("en").startswith("12 found · ")


# ── names ─────────────────────────────────────────────────────────────────────────────────

WAIVED = {"owner": "李雷", "reason": "下月补", "until": "2027-01-31"}


@pytest.mark.parametrize(
    ("section", "named"),
    [
        ({"issues": {"PHONE_LOST_DIGIT": {"fail": 3}}}, "PHONE_LOST_DIGITS"),
        ({"issues": {"customer.adress": {"fail": 3}}}, "customer.address"),
        ({"issues": {"contact.mobile PHONE_LOST_DIGIT": {"fail": 3}}}, "PHONE_LOST_DIGITS"),
        ({"severity": {"DRIFT_COLUMN_NW": "error"}}, "DRIFT_COLUMN_NEW"),
        ({"completeness": {"fields": {"customer.usc": {"fail": 1}}}}, "customer.uscc"),
        ({"freshness": {"fields": ["customer.update_at"]}}, "customer.updated_at"),
        ({"status": {"field": "customer.statuss"}}, "customer.status"),
        ({"waivers": [{"code": "REGION_UNKOWN", **WAIVED}]}, "REGION_UNKNOWN"),
        ({"waivers": [{"code": "*", "field": "contact.mobil", **WAIVED}]}, "contact.mobile"),
    ],
)
def test_a_gate_on_what_does_not_exist_is_refused(section: dict, named: str) -> None:
    with pytest.raises(UsageError) as refused:
        refuse_unknown(Gates.model_validate(section), model.build())
    assert refused.value.code == "GATES_UNKNOWN_NAME_NEAR" and refused.value.facts["near"] == named


def test_the_gates_of_the_example_exist() -> None:
    text = (Path(__file__).parent.parent / "crmclean.example.yaml").read_text(encoding="utf-8")
    section = YAML(typ="safe", pure=True).load(text)["gates"]
    refuse_unknown(Gates.model_validate(section), model.build())


# ── thresholds ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("count", "limits", "severity"),
    [
        (12, {"fail": 12}, "info"),  # at the limit is within it
        (13, {"fail": 12}, "error"),
        (1, {"fail": 0}, "error"),  # 0: none at all
        (10, {"fail": 0.01}, "info"),  # a share of the 1,000 data rows
        (11, {"fail": "1%"}, "error"),
        (11, {"warn": 5, "fail": 20}, "warn"),
        (11, {"fail": "100%"}, "info"),  # a share, not one
        (1200, {"fail": "100%"}, "error"),
        (1200, {"fail": "150%"}, "info"),
    ],
)
def test_a_rule_may_have_a_count_or_a_share(count: int, limits: dict, severity: str) -> None:
    told = summary(issues=[issue(count=count)])
    assert judged(told, issues={"PHONE_LOST_DIGITS": limits})["PHONE_LOST_DIGITS"] == severity


def test_the_narrowest_rule_holds() -> None:
    told = summary(issues=[issue()])
    section = {"*": {"fail": 0}, "contact.mobile": {"fail": 0}, "PHONE_LOST_DIGITS": {"fail": 0}}
    narrow = {**section, "contact.mobile PHONE_LOST_DIGITS": {"fail": 100}}
    assert judged(told, issues=section) == {"PHONE_LOST_DIGITS": "error"}
    assert judged(told, issues=narrow) == {"PHONE_LOST_DIGITS": "info"}


def test_a_rule_counts_over_all_files() -> None:
    told = summary(issues=[issue(count=6), issue(count=6, path="b.csv")])
    assert judged(told, issues={"PHONE_LOST_DIGITS": {"fail": 10}})["PHONE_LOST_DIGITS"] == "error"


def test_an_issue_without_a_limit_keeps_its_severity() -> None:
    assert judged(summary(issues=[issue(severity="warn")])) == {"PHONE_LOST_DIGITS": "warn"}


def test_only_what_is_new_counts_when_the_project_says_so() -> None:
    told = summary(issues=[issue(count=12)])
    known = {gates.key(issue(), {}): 12}
    assert judged(told, known, new_only=True) == {"ISSUES_KNOWN": "info"}
    more = summary(issues=[issue(count=15)])
    findings = gates.judge(more, Gates(new_only=True), known)
    assert [f.count for f in findings if f.code == "PHONE_LOST_DIGITS"] == [3]


def test_what_was_known_of_a_renamed_column_is_not_new() -> None:
    then = summary(issues=[issue(count=12)])
    at = [name for name, *_ in COLUMNS].index(issue()["column"])
    other = column("联系方式", *COLUMNS[at][1:])
    now = replaced(at, other) | {"issues": [issue(count=12, column="联系方式")]}
    assert judged(now, issues_then(now, then), new_only=True) == {"ISSUES_KNOWN": "info"}


@pytest.mark.parametrize(
    ("section", "code", "severity"),
    [
        ({"completeness": {"fail": 0.95}}, "GATE_COMPLETENESS", "error"),
        ({"completeness": {"warn": 0.95, "fail": 0.9}}, "GATE_COMPLETENESS", "warn"),
        (
            {"completeness": {"fields": {"customer.uscc": {"fail": "80%"}}}},
            "GATE_FIELD_COMPLETENESS",
            "error",
        ),
        ({"duplicates": {"fail": 0.01}}, "GATE_DUPLICATES", "error"),
        ({"score": {"warn": 95}}, "GATE_SCORE", "warn"),
        ({"accuracy": {"fail": 0.9}}, "GATE_NOT_MEASURED", "warn"),
    ],
)
def test_gates_on_dimensions(section: dict, code: str, severity: str) -> None:
    assert judged(summary(), **section) == {code: severity}


def test_completeness_names_what_is_most_often_empty() -> None:
    counts = {"customer.name": 0, "customer.uscc": 40, "contact.mobile": 9, "customer.stage": 20}
    fields = {
        path: {"filled": 100 - empty, "of": 100, "required": "standard"}
        for path, empty in counts.items()
    }
    fields["customer.remark"] = {"filled": 0, "of": 100, "required": "no"}
    (finding,) = gates.judge(
        summary(completeness=fields), Gates.model_validate({"completeness": {"fail": 0.95}}), None
    )
    named = "customer.uscc 40 % (40)、customer.stage 20 % (20)、contact.mobile 9 % (9)"
    assert finding.facts["fields"] == named and named in finding.words("zh")


def test_gates_that_hold_say_nothing() -> None:
    section = {"completeness": {"fail": 0.93}, "duplicates": {"fail": 0.02}, "score": {"fail": 91}}
    assert judged(summary(), **section) == {}


def test_accuracy_comes_from_the_audit() -> None:
    told = summary()
    told["score"]["dimensions"]["accuracy"] = {"met": 88, "of": 100}
    assert judged(told, accuracy={"fail": 0.9}) == {"GATE_ACCURACY": "error"}


@pytest.mark.parametrize(
    "section",
    [
        {"completness": {"fail": 1}},
        {"completeness": {"fail": 95}},
        {"issues": {"phone": {"fail": 1}}},
        {"waivers": [{"code": "X_Y", "owner": "", "reason": "r", "until": "2026-01-01"}]},
        {"waivers": [{"code": "X_Y", "owner": "o", "reason": "r"}]},
        {"drift": {"volume": {"fail": -1}}},
        {"duplicates": {"fail": "150%"}},
        {"drift": {"growth": {"warn": "x%"}}},
    ],
)
def test_a_section_that_makes_no_sense_is_refused(section: dict) -> None:
    with pytest.raises(ValidationError):
        Gates.model_validate(section)


# ── severities and waivers ────────────────────────────────────────────────────────────────


def waived(until: str, **more: str) -> Gates:
    waiver = {"code": "PHONE_LOST_DIGITS", "owner": "李雷", "reason": "旧系统", "until": until}
    return Gates.model_validate({"waivers": [{**waiver, **more}]})


PHONE = Finding("PHONE_LOST_DIGITS", "error", "销售部/a.xlsx", "客户", "手机", "contact.mobile", 3)


def test_a_waived_finding_does_not_fail() -> None:
    findings = settled([PHONE], waived("2026-11-21"), TODAY)
    assert not fails(findings, "warn")
    assert findings[0].waived == "旧系统 (李雷, 2026-11-21)"


def test_an_expired_waiver_is_a_finding_of_its_own() -> None:
    findings = settled([PHONE], waived("2026-11-20"), TODAY)
    assert {f.code: f.severity for f in findings} == {
        "PHONE_LOST_DIGITS": "error",
        "WAIVER_EXPIRED": "error",
    }


@pytest.mark.parametrize(
    ("more", "covered"),
    [
        ({"source": "销售部/*.xlsx"}, True),
        ({"source": "a.xlsx#客户"}, True),
        ({"source": "*.csv"}, False),
        ({"field": "contact.mobile"}, True),
        ({"column": "电话"}, False),
    ],
)
def test_a_waiver_covers_what_it_names(more: dict, covered: bool) -> None:
    findings = settled([PHONE], waived("2027-01-01", **more), TODAY)
    assert fails(findings, "error") != covered
    assert ("WAIVER_UNUSED" in {f.code for f in findings}) != covered


def test_the_month_comes_before_its_cells_and_what_grew_before_the_rest() -> None:
    def cell(code: str, **known: Any) -> Finding:
        return Finding(code, "error", path="a.csv", issue=True, **known)

    findings = [
        cell("A", count=90, before=90),
        cell("B", count=2, before=0),
        cell("C", count=5, before=9),
        Finding("DRIFT_CUSTOMERS", "info"),
        Finding("DRIFT_ENCODING", "warn", path="a.csv"),
    ]
    told = [finding.code for finding in settled(findings, Gates(), TODAY)]
    assert told == ["DRIFT_ENCODING", "DRIFT_CUSTOMERS", "B", "A", "C"]


def test_the_project_may_change_a_severity() -> None:
    gate = Gates.model_validate({"severity": {"DRIFT_COLUMN_NEW": "error"}})
    assert settled([found("DRIFT_COLUMN_NEW")], gate, TODAY)[0].severity == "error"


# ── drift ─────────────────────────────────────────────────────────────────────────────────


def test_the_same_run_does_not_drift() -> None:
    assert drift.compare(summary(), summary(), Drift()) == []


def test_next_months_file_is_the_same_source() -> None:
    now = summary(sources=[source("客户_202611.csv")])
    then = summary(sources=[source("客户_202610.csv")])
    assert list(drifted(now, then)) == ["DRIFT_SOURCE_RENAMED"]


@pytest.mark.parametrize(
    ("change", "code", "old", "new"),
    [
        ({"encoding": "utf-8"}, "DRIFT_ENCODING", "gb18030", "utf-8"),
        ({"container": "xls"}, "DRIFT_CONTAINER", "csv", "xls"),
        ({"header_rows": [3]}, "DRIFT_HEADER_ROWS", "1", "3"),
        ({"rows": {"data": 500}}, "DRIFT_VOLUME", "1,000", "500"),
        ({"rows": {"data": 1600}}, "DRIFT_GROWTH", "1,000", "1,600"),
        ({"mapping": {**MAPPED, "customer.name": "公司"}}, "DRIFT_MAPPING", "公司名称", "公司"),
    ],
)
def test_a_changed_source_says_from_what_to_what(
    change: dict, code: str, old: str, new: str
) -> None:
    finding = drifted(summary(sources=[source(**change)]), summary())[code]
    assert finding.path == "老系统/customers.csv"
    assert (finding.facts["old"], finding.facts["new"]) == (old, new)


def replaced(at: int, *others: dict[str, Any]) -> dict[str, Any]:
    """A run whose column number `at` is replaced by others."""
    columns = [column(*each) for each in COLUMNS]
    return summary(sources=[source(columns=[*columns[:at], *others, *columns[at + 1 :]])])


def test_a_renamed_column_is_recognised_by_its_content() -> None:
    now = replaced(2, column("联系方式", None, {"phone": 0.99, "text": 0.01}))
    assert {f: x.facts.get("new") for f, x in drifted(now, summary()).items()} == {
        "DRIFT_COLUMN_RENAMED": "联系方式"
    }


def test_a_column_with_other_content_is_new_and_the_old_one_missing() -> None:
    now = replaced(2, column("邮箱", None, {"email": 1.0}))
    findings = drifted(now, summary())
    assert set(findings) == {"DRIFT_COLUMN_MISSING", "DRIFT_COLUMN_NEW"}
    assert findings["DRIFT_COLUMN_MISSING"].severity == "error"


def test_a_missing_column_that_nobody_mapped_only_warns() -> None:
    assert drifted(replaced(4), summary())["DRIFT_COLUMN_MISSING"].severity == "warn"


def test_a_column_of_the_same_field_is_the_same_column() -> None:
    now, then = summary(), summary()
    old, new = then["sources"][0]["columns"][3], now["sources"][0]["columns"][3]
    new |= {"heading": "建档时间", "shapes": {"text": 1.0}, "distinct": 3}
    codes = [f.code for f in drift.compare(now, then, Drift())]
    assert old["field"] == new["field"] and "DRIFT_COLUMN_RENAMED" in codes
    assert not {"DRIFT_COLUMN_MISSING", "DRIFT_COLUMN_NEW"} & set(codes)


@pytest.mark.parametrize(
    ("before", "after", "told"), [(2.2, 6.2, True), (2.2, 2.9, False), (None, 4.0, False)]
)
def test_numbers_of_another_size_are_told(before, after, told) -> None:
    now, then = summary(), summary()
    then["sources"][0]["columns"][4]["size"] = before
    now["sources"][0]["columns"][4]["size"] = after
    found = [f for f in drift.compare(now, then, Drift()) if f.code == "DRIFT_COLUMN_SIZE"]
    assert bool(found) == told
    assert not told or (found[0].facts["old"] == "200" and found[0].facts["new"] == "2,000,000")


def test_a_file_without_a_row_never_passes() -> None:
    now = summary()
    now["sources"][0]["rows"] = {"header": 1}
    found = {f.code: f.severity for f in gates.judge(now, Gates(), None)}
    assert found["SOURCE_EMPTY"] == "error"
    now["sources"][0]["role"] = "target"  # a new CRM is empty
    assert "SOURCE_EMPTY" not in [f.code for f in gates.judge(now, Gates(), None)]


def test_a_run_that_stopped_calls_no_waiver_useless() -> None:
    waiver = {
        "code": "REGION_UNKNOWN",
        "owner": "李雷",
        "reason": "下月更新",
        "until": "2027-01-31",
    }
    known = Gates(waivers=(waiver,))
    day = date(2026, 12, 1)
    assert [f.code for f in settled([], known, day)] == ["WAIVER_UNUSED"]
    assert settled([], known, day, whole=False) == []


def test_a_retyped_column_is_an_error() -> None:
    now = replaced(3, column("建档日期", "customer.created_at", {"number": 1.0}))
    finding = drifted(now, summary())["DRIFT_COLUMN_TYPE"]
    assert finding.column == "建档日期" and finding.severity == "error"


def test_a_run_that_stopped_calls_no_column_retyped() -> None:
    retyped = [*COLUMNS[:3], ("建档日期", "customer.created_at", {"number": 1.0}), COLUMNS[4]]
    now = {"sources": summary(sources=[source(columns=[column(*c) for c in retyped])])["sources"]}
    assert "DRIFT_COLUMN_TYPE" not in drifted(now, summary())


def test_a_column_that_is_filled_less() -> None:
    poor = {**column(*COLUMNS[2]), "filled": 600}
    finding = drifted(replaced(2, poor), summary())["DRIFT_FILLED"]
    assert (finding.facts["old"], finding.facts["new"]) == ("95 %", "60 %")


def test_a_missing_and_a_new_source() -> None:
    other = source("线索.csv", object="lead", system="官网")
    assert set(drifted(summary(sources=[source(), other]), summary())) == {"DRIFT_SOURCE_NEW"}
    gone = drifted(summary(), summary(sources=[source(), other]))
    assert gone["DRIFT_SOURCE_MISSING"].path == "线索.csv"


def test_duplicates_that_doubled() -> None:
    now = summary(duplicates={"customer": {"merged": 80, "of": 1000, "share": 0.08, "review": 0}})
    assert drifted(now, summary())["DRIFT_DUPLICATES"].severity == "error"


def test_a_new_value_of_a_picklist_is_named() -> None:
    now = summary(
        picklists={"customer.status": {"成交": 600, "意向": 290, "流失": 100, "冻结": 10}}
    )
    assert drifted(now, summary())["DRIFT_PICKLIST_NEW"].facts == {"values": "冻结 (10)"}


def test_values_that_moved_name_the_one_that_moved_most() -> None:
    now = summary(picklists={"customer.status": {"成交": 300, "意向": 350, "流失": 350}})
    facts = drifted(now, summary())["DRIFT_DISTRIBUTION"].facts
    assert (facts["value"], facts["old"], facts["new"], facts["moved"]) == (
        "成交", "60 %", "30 %", "30 %",
    )  # fmt: skip


def test_frozen_refuses_the_file_before_the_mapping() -> None:
    both = drift.compare(
        summary(sources=[source(encoding="utf-8", mapping={})]), summary(), Drift()
    )
    mapping = [f for f in both if f.code == "DRIFT_MAPPING"]
    volume = drift.compare(summary(sources=[source(rows={"data": 1})]), summary(), Drift())
    assert isinstance(frozen.refusal(both, "zh"), InputRefused)
    assert isinstance(frozen.refusal(mapping, "zh"), UsageError)
    assert "gb18030" in str(frozen.refusal(both, "zh").facts["changes"])
    assert frozen.refusal(volume, "zh") is None


# ── content without values ────────────────────────────────────────────────────────────────


def phones(start: int, count: int) -> pa.Array:
    return pa.array([f"138{(n * 7919) % 10**8:08d}" for n in range(start, start + count)])


@pytest.mark.parametrize(
    ("shared", "least", "most"), [(1.0, 1.0, 1.0), (0.8, 0.5, 0.9), (0.0, 0.0, 0.3)]
)
def test_a_sketch_tells_how_much_is_shared(shared: float, least: float, most: float) -> None:
    size = 3000
    other = phones(round(size * (1 - shared)), size)
    told = content.overlap(content.sketch(phones(0, size)), content.sketch(other))
    assert least <= told <= most


def test_few_values_are_never_sketched() -> None:
    assert content.sketch(phones(0, content.FEWEST - 1)) is None
    assert len(content.sketch(phones(0, content.FEWEST))) == 64


@given(st.lists(st.one_of(st.none(), st.text(max_size=12)), max_size=30))
def test_shapes_are_shares_of_any_text(values: list[str | None]) -> None:
    shares = content.shapes(pa.array(values, pa.string()))
    assert not shares or abs(sum(shares.values()) - 1) < 0.01


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("2024-01-02", "date_ymd"), ("20240102", "date_ymd"), ("02/01/2024", "date_other"),
        ("13812345678", "phone"), ("021-65432109", "phone"), ("1.38E+10", "scientific"),
        ("45291", "number"), ("1,234.50", "number"), ("C0001", "code"), ("a@b.cn", "email"),
        ("华远贸易", "text"),
    ],
)  # fmt: skip
def test_shapes_of_cells(value: str, shape: str) -> None:
    assert content.shapes(pa.array([value])) == {shape: 1.0}


# ── customers ─────────────────────────────────────────────────────────────────────────────


PLAN = Plan((Source(1, 0, "a.csv", "", "ERP", "legacy", "customer", "", 0),))


def golden(*rows: tuple[str, str, str, str]) -> pa.Table:
    """golden id, status, owner, last follow-up; records in row order."""
    names = ("golden", "status", "owner", "last_follow_up_at")
    columns = {
        name: pa.array([row[at] or None for row in rows], pa.string())
        for at, name in enumerate(names)
    }
    records = tables.record_ids(1, pa.array(range(2, len(rows) + 2)))
    return pa.table({"golden": columns.pop("golden"), "record": records, **columns})


def test_customers_that_came_went_and_changed() -> None:
    then = golden(("g1", "成交", "张三", ""), ("g2", "意向", "张三", ""), ("g3", "意向", "", ""))
    now = golden(("g2", "成交", "张三", ""), ("g1", "成交", "张三", ""), ("g4", "意向", "", ""))
    (finding,) = customers.compare(now, then)
    assert [finding.facts[name] for name in ("added", "gone", "changed", "fields")] == [
        "1", "1", "1", "status 1",
    ]  # fmt: skip


def test_customers_that_stayed_as_they_were_say_nothing() -> None:
    same = golden(("g1", "成交", "张三", ""))
    assert customers.compare(same, same) == []


def records(goldens: list[str | None], names: list[str]) -> Records:
    """Customer records in file order, with the golden record that each belongs to."""
    ids = tables.record_ids(1, pa.array(range(2, len(names) + 2)))
    columns = {"object": "customer", "record": ids, "golden": goldens, "end": "loaded"}
    crosswalk = tables.table(tables.CROSSWALK, columns)
    return Records(pa.table({"record": ids, "name": names}), crosswalk, PLAN)


def test_a_customer_that_joined_another_is_not_lost() -> None:
    then = golden(("g1", "", "", ""), ("g2", "", "", ""), ("g3", "", "", ""))
    now = golden(("g1", "", "", ""))
    last = records(["g1", "g2", "g3"], ["华远", "华远贸易", "鼎盛"])
    this = records(["g1", "g1"], ["华远贸易", "华远"])  # other rows, one of them gone
    assert customers.merged_away(now, then, this, last) == 1


def test_lost_customers_are_listed_for_sign_off() -> None:
    then = golden(("g1", "成交", "", ""), ("g2", "成交", "", ""), ("g3", "意向", "", ""))
    now = golden(("g1", "流失", "", ""), ("g2", "成交", "", ""), ("g3", "流失", "", ""))
    (finding,) = customers.status_changes(now, then, StatusChanges(), PLAN)
    assert (finding.customers, finding.rows, finding.path) == (("g1",), (2,), "a.csv")


def test_stale_customers_are_counted_by_owner() -> None:
    table = golden(
        ("g1", "", "张三", "2026-11-20"), ("g2", "", "张三", "2026-10-21"),
        ("g3", "", "李四", "2026-10-22 09:00:00"), ("g4", "", "王五", ""),
    )  # fmt: skip
    columns = {"object": "customer", "record": table["record"], "end": "loaded"}
    crosswalk = tables.table(tables.CROSSWALK, columns)
    findings = customers.stale(table, crosswalk, Freshness(fail=0.6), TODAY)
    assert {f.facts["owner"]: (f.severity, f.count) for f in findings} == {
        "王五": ("error", 1),
        "张三": ("warn", 1),
    }
