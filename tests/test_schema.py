"""The schema: required fields and what fields say about each other, through pandera.

Each check is shown a record that holds and one that fails; a blank field fails nothing but the
checks that are about being blank.
"""

import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import pyarrow as pa
import pytest

from crmclean import messages, project, schema, tables
from crmclean.errors import UsageError
from crmclean.model import build
from crmclean.schema import dates, facts, values

MODEL = build()
PROJECT = project.Project.model_validate({"sources": [{"path": "a.csv"}]})
#: A customer and a contact that fail nothing.
WHOLE = {
    "customer": {
        "name": "某某有限公司", "industry": "制造业", "stage": "需求分析", "next_follow_up": "2024-07-01 09:00",
        "phone": "010-87654321", "status": "意向",
    },
    "contact": {"name": "张三", "title": "经理", "mobile": "13812345678", "customer_golden": "c1"},
}  # fmt: skip
TODAY = "2024-06-30"


def golden(name: str, rows: list[dict[str, str | None]]) -> pa.Table:
    fields = [*MODEL[name].fields, *(f"{link}_golden" for link in MODEL[name].refers)]
    ids = tables.record_ids(1, pa.array(range(2, len(rows) + 2), pa.int64()))
    columns = {f: pa.array([row.get(f) for row in rows], pa.string()) for f in fields}
    names = pa.array([f"{name[0]}{n}" for n in range(1, len(rows) + 1)], pa.string())
    return pa.table({"golden": names, "record": ids, **columns})


def loaded(made: dict[str, pa.Table], end: str = "loaded") -> pa.Table:
    rows = [
        tables.table(
            tables.CROSSWALK,
            {"object": name, "record": table["record"], "golden": table["golden"], "end": end},
        )
        for name, table in made.items()
    ]
    return tables.concat(tables.CROSSWALK, rows)


def found(made: dict[str, list[dict]], **told: object) -> list[tuple[str, int, str]]:
    """(field, row, code) of every issue; rows count from 2."""
    records = {name: golden(name, rows) for name, rows in made.items()}
    issues = schema.check_golden(records, loaded(records), PROJECT, MODEL, today=TODAY, **told)
    return [(i["field"], i["row"], i["code"]) for i in issues.to_pylist()]


def customer(**changed: str | None) -> dict[str, str | None]:
    return {**WHOLE["customer"], **changed}


def contact(**changed: str | None) -> dict[str, str | None]:
    return {**WHOLE["contact"], **changed}


def test_a_whole_customer_fails_nothing() -> None:
    assert found({"customer": [customer()], "contact": [contact()]}) == []


@pytest.mark.parametrize(
    "field, code",
    [("name", "REQUIRED_BY_TARGET"), ("industry", "REQUIRED_BY_STANDARD"), ("stage", "REQUIRED_BY_STANDARD"),
     ("next_follow_up", "REQUIRED_BY_STANDARD")],
)  # fmt: skip
def test_required(field: str, code: str) -> None:
    rows = [customer(), customer(**{field: None, "phone": "021-65432100"})]
    assert found({"customer": rows}) == [(field, 3, code)]


def test_required_follows_the_project() -> None:
    model = build(
        {"customer.industry": {"required": "no"}, "customer.uscc": {"required": "target"}}
    )
    made = {"customer": golden("customer", [customer(industry=None)])}
    issues = schema.check_golden(made, loaded(made), PROJECT, model, today=TODAY)
    assert issues["code"].to_pylist() == ["REQUIRED_BY_TARGET"]
    assert issues["field"].to_pylist() == ["uscc"]


def test_a_reference_is_filled_by_the_customer_of_its_row() -> None:
    assert found({"contact": [contact()]}) == []
    assert ("customer", 2, "REQUIRED_BY_TARGET") in found(
        {"contact": [contact(customer_golden=None)]}
    )


class TestPhoneOrEmail:
    """The check that passes on an empty row when `ignore_na` is left as pandera has it."""

    def test_neither(self) -> None:
        assert found({"customer": [customer(phone=None)]}) == [
            ("phone", 2, "PHONE_OR_EMAIL_MISSING")
        ]

    @pytest.mark.parametrize("field", ["phone", "email", "other_phones"])
    def test_one_is_enough(self, field: str) -> None:
        assert found({"customer": [customer(**{"phone": None, field: "x"})]}) == []

    @pytest.mark.parametrize("field", ["mobile", "phone", "email", "wechat"])
    def test_a_contact_is_enough(self, field: str) -> None:
        someone = contact(**{"mobile": None, field: "x"})
        codes = [c for _, _, c in found({"customer": [customer(phone=None)], "contact": [someone]})]
        assert "PHONE_OR_EMAIL_MISSING" not in codes

    def test_the_contact_of_another_is_not(self) -> None:
        made = {"customer": [customer(phone=None)], "contact": [contact(customer_golden="c2")]}
        assert ("phone", 2, "PHONE_OR_EMAIL_MISSING") in found(made)


@pytest.mark.parametrize(
    "first, last, fails",
    [("2024-01-01", "2024-01-02", False), ("2024-01-02", "2024-01-02 09:00", False),
     ("2024-01-02", "2024-01-01", True), (None, "2024-01-01", False), ("2024-01-01", None, False),
     ("2024-02", "2024-01-01", False), ("去年", "2024-01-01", False)],
)  # fmt: skip
def test_dates_in_order(first: str | None, last: str | None, fails: bool) -> None:
    one = customer(first_contact_at=first, last_follow_up_at=last)
    assert found({"customer": [one]}) == [("last_follow_up_at", 2, "DATES_OUT_OF_ORDER")] * fails


@pytest.mark.parametrize(
    "field, value, code",
    [
        ("next_follow_up", "2024-06-29 18:00", "NEXT_FOLLOW_UP_PAST"),
        ("next_follow_up", "2024-06-30", None),
        ("created_at", "2024-07-01", "DATE_IN_FUTURE"),
        ("created_at", "2024-06-30", None),
    ],
)
def test_past_and_future(field: str, value: str, code: str | None) -> None:
    expected = [(field, 2, code)] if code else []
    assert found({"customer": [customer(**{field: value})]}) == expected


def test_today_is_the_newest_date_of_the_data_without_outliers() -> None:
    rows = [{"created_at": f"2024-{n % 6 + 1:02}-{n % 28 + 1:02}"} for n in range(1500)]
    made = {
        "customer": golden(
            "customer", [*rows, {"created_at": "2204-01-01"}, {"created_at": "2025"}]
        )
    }
    assert dates.newest(made, MODEL) == "2024-06-28"
    assert dates.newest({"customer": golden("customer", [{}])}, MODEL) is None


def test_lost_customers_carry_a_reason() -> None:
    assert found({"customer": [customer(status="流失")]}) == [
        ("lost_reason", 2, "LOST_WITHOUT_REASON")
    ]
    assert found({"customer": [customer(status="流失", lost_reason="价格")]}) == []


@pytest.mark.parametrize(
    "stage, status, told",
    [
        ("成交", "潜在", True),
        ("成交", "成交", False),
        ("成交", None, False),
        ("合同签订", "潜在", True),
        ("合同签订", "意向", False),
        ("初步接洽", "潜在", False),
    ],
)
def test_stage_and_status_go_together(stage: str, status: str | None, told: bool) -> None:
    issues = found({"customer": [customer(stage=stage, status=status)]})
    assert issues == ([("status", 2, "VALUES_DISAGREE")] if told else [])


def test_a_project_says_what_goes_together() -> None:
    needs = {"VIP": {"type": ["战略客户"]}}
    model = build({"customer.value_level": {"options": {"needs": needs}}})
    made = {"customer": golden("customer", [customer(value_level="VIP", type="普通客户"),
                                            customer(value_level="VIP", type="战略客户")])}  # fmt: skip
    issues = schema.check_golden(made, loaded(made), PROJECT, model, today=TODAY)
    told = [(i["field"], i["row"]) for i in issues.to_pylist() if i["code"] == "VALUES_DISAGREE"]
    assert told == [("type", 2)]
    model = build({"customer.value_level": {"options": {"needs": {"VIP": {"kind": ["A"]}}}}})
    with pytest.raises(UsageError, match="kind"):
        schema.check_golden(made, loaded(made), PROJECT, model, today=TODAY)


@pytest.mark.parametrize(
    "region, issue",
    [
        ({"province": "广东省", "city": "深圳市", "district": "南山区"}, None),
        ({"province": "浙江省", "city": "深圳市"}, ("city", 2, "CITY_NOT_IN_PROVINCE")),
        ({"city": "深圳市", "district": "西湖区"}, ("district", 2, "DISTRICT_NOT_IN_CITY")),
        ({"province": "北京市", "city": "北京市", "district": "朝阳区"}, None),
        ({"province": "河南省", "city": "济源市"}, None),
        ({"province": "火星省", "city": "深圳市"}, None),
        ({"city": "深圳市"}, None),
    ],
)
def test_regions(region: dict[str, str], issue: tuple | None) -> None:
    assert found({"customer": [customer(**region)]}) == ([issue] if issue else [])


def test_a_code_stands_on_one_record() -> None:
    rows = [
        customer(code="C1", phone=None, email="a@x.cn"),
        customer(code="C1"),
        customer(code="C2", phone="x"),
    ]
    assert found({"customer": rows}) == [
        ("code", 2, "CODE_NOT_UNIQUE"),
        ("code", 3, "CODE_NOT_UNIQUE"),
    ]


def test_a_number_of_two_customers_is_told_and_of_one_is_not() -> None:
    people = [contact(), contact(name="李四"), contact(name="王五", mobile="13987654321")]
    assert found({"contact": people}) == []
    people[1]["customer_golden"] = "c2"
    assert found({"contact": people}) == [
        ("mobile", 2, "PHONE_SHARED"),
        ("mobile", 3, "PHONE_SHARED"),
    ]


def test_only_records_that_are_loaded_or_held_are_judged() -> None:
    made = {"customer": golden("customer", [customer(name=None)])}
    for end, count in (("loaded", 1), ("held", 1), ("excluded", 0), ("rejected", 0)):
        issues = schema.check_golden(made, loaded(made, end), PROJECT, MODEL, today=TODAY)
        assert issues.num_rows == count, end


class TestValues:
    @pytest.mark.parametrize(
        "field, value, code",
        [
            ("annual_purchase", "-1", "NUMBER_NEGATIVE"),
            ("annual_purchase", "1", None),
            ("annual_purchase", "约50万", None),
            ("annual_purchase", "999999999999", "AMOUNT_IMPLAUSIBLE"),
            ("created_at", "1812-01-01", "DATE_IMPLAUSIBLE"),
            ("created_at", "2024-01-01", None),
            ("created_at", "2100", "DATE_IMPLAUSIBLE"),
            ("created_at", "老客户", None),
        ],
    )
    def test_ranges(self, field: str, value: str, code: str | None) -> None:
        records = golden("customer", [{field: value}, {}]).drop_columns(["golden"])
        issues = schema.check_values("customer", records, PROJECT, MODEL)
        assert issues["code"].to_pylist() == ([code] if code else [])
        assert issues["value"].to_pylist() == ([value] if code else [])

    @pytest.mark.parametrize(
        "kind, options, value, code",
        [
            ("amount", {"from": 0, "to": 500000}, "500000.5", "NUMBER_OUT_OF_RANGE"),
            ("amount", {"from": 0, "to": 500000}, "500000", None),
            ("amount", {"from": 10}, "9", "NUMBER_OUT_OF_RANGE"),
            ("amount", {"from": -5}, "-3", None),
            ("integer", {"to": 9}, "10", "NUMBER_OUT_OF_RANGE"),
            ("integer", {"to": 9}, "几次", None),
            ("date", {"from": 2015}, "2014-12-31", "DATE_IMPLAUSIBLE"),
            ("date", {"from": "2015-07-01"}, "2015-06-30", "DATE_IMPLAUSIBLE"),
            ("date", {"from": "2015-07-01"}, "2015-07-01", None),
        ],
    )
    def test_ranges_of_a_project(
        self, kind: str, options: dict, value: str, code: str | None
    ) -> None:
        model = build({"customer.own": {"kind": kind, "options": options}})
        records = golden("customer", [{}, {}]).drop_columns(["golden"])
        records = records.append_column("own", pa.array([value, None], pa.string()))
        issues = schema.check_values("customer", records, PROJECT, model)
        assert issues["code"].to_pylist() == ([code] if code else [])

    def test_the_length_that_the_template_takes(self) -> None:
        column = SimpleNamespace(field="name", max_length=4)
        template = SimpleNamespace(objects={"customer": SimpleNamespace(columns=(column,))})
        records = golden("customer", [{"name": "某某公司"}, {"name": "某某某公司"}, {}])
        issues = schema.check_values("customer", records, PROJECT, MODEL, template)
        assert [(i["row"], i["code"]) for i in issues.to_pylist()] == [(3, "VALUE_TOO_LONG")]

    def test_a_repeated_value_is_told_every_time(self) -> None:
        records = golden("customer", [{"annual_purchase": "-1"}] * 3)
        issues = schema.check_values("customer", records, PROJECT, MODEL)
        assert issues["row"].to_pylist() == [2, 3, 4]

    def test_no_records(self) -> None:
        assert schema.check_values("customer", golden("customer", []), PROJECT, MODEL).num_rows == 0


def test_every_code_has_words_and_a_severity() -> None:
    made = {name: golden(name, [{}]) for name in MODEL}
    found = [c for name in made for c in facts.checks(name, made[name], made, MODEL, TODAY)]
    fields = [replace(f, options={"max_length": 1}) for f in MODEL["customer"].fields.values()]
    found += [c for field in fields for c in values.of_value(field, None)]
    for code in {check.code for check in found}:
        assert messages.entries()[code]["severity"] in messages.SEVERITIES


def test_pandera_is_imported_only_when_something_is_checked() -> None:
    code = "import sys; from crmclean import schema; sys.exit('pandera' in sys.modules or 'pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
