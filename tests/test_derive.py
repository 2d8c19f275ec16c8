"""Derived fields, levels, and the language of `select:`."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmclean import derive, project, tables
from crmclean.derive import conditions
from crmclean.errors import UsageError
from crmclean.model import build

MODEL = build()


def golden(name: str, rows: list[dict[str, str]]) -> pa.Table:
    """Golden records: `golden` c1, c2…; every field of the model; links as given."""
    fields = [*MODEL[name].fields, *(f"{link}_golden" for link in MODEL[name].refers)]
    ids = tables.record_ids(1, pa.array(range(2, len(rows) + 2), pa.int64()))
    columns = {f: pa.array([row.get(f) for row in rows], pa.string()) for f in fields}
    names = [f"{name[0]}{n}" for n in range(1, len(rows) + 1)]
    return pa.table({"golden": pa.array(names, pa.string()), "record": ids, **columns})


def given_project(**told: object) -> project.Project:
    return project.Project.model_validate({"sources": [{"path": "a.csv"}], **told})


def column(result: tuple, name: str, field: str) -> list[str | None]:
    return result[0][name][field].to_pylist()


class TestDerive:
    visits = golden(
        "follow_up",
        [
            {"customer_golden": "c1", "at": "2024-03-01 09:00"},
            {"customer_golden": "c1", "at": "2024-02-01"},
            {"customer_golden": "c2", "at": "昨天"},
            {"at": "2024-05-05"},
        ],
    )

    def test_the_last_follow_up(self) -> None:
        people = golden("customer", [{}, {}, {"last_follow_up_at": "2020-01-01"}])
        rule = given_project(derive={"customer.last_follow_up_at": "max(follow_up.at)"})
        result = derive.derive({"customer": people, "follow_up": self.visits}, rule, MODEL)
        assert column(result, "customer", "last_follow_up_at") == [
            "2024-03-01 09:00",
            None,
            "2020-01-01",
        ]
        (change,) = result[1].to_pylist()
        assert (change["step"], change["rule"]) == ("derive", "max(follow_up.at)")

    def test_a_later_date_of_the_customer_itself_is_kept(self) -> None:
        people = golden("customer", [{"last_follow_up_at": "2024-04-01"}])
        rule = given_project(derive={"customer.last_follow_up_at": "max(follow_up.at)"})
        result = derive.derive({"customer": people, "follow_up": self.visits}, rule, MODEL)
        assert column(result, "customer", "last_follow_up_at") == ["2024-04-01"]
        assert result[1].num_rows == 0

    def test_twelve_months_of_a_ledger(self) -> None:
        ledger = golden(
            "opportunity",
            [
                {"customer_golden": "c1", "amount": "100.5", "expected_close": "2024-06-01"},
                {"customer_golden": "c1", "amount": "200", "expected_close": "2023-06-02"},
                {"customer_golden": "c1", "amount": "400", "expected_close": "2023-06-01"},
                {"customer_golden": "c2", "amount": "约50万", "expected_close": "2024-05-01"},
            ],
        )
        people = golden("customer", [{"annual_purchase": "7"}, {}])
        rule = {"customer.annual_purchase": "sum(opportunity.amount, 12 months by expected_close)"}
        made = {"customer": people, "opportunity": ledger}
        result = derive.derive(made, given_project(derive=rule), MODEL)
        assert column(result, "customer", "annual_purchase") == ["300.5", None]
        assert result[2]["code"].to_pylist() == ["DERIVED_DIFFERS"]

    def test_count(self) -> None:
        people = golden("customer", [{}, {}])
        rule = given_project(derive={"customer.remark": "count(follow_up.at)"})
        result = derive.derive({"customer": people, "follow_up": self.visits}, rule, MODEL)
        assert column(result, "customer", "remark") == ["2", "1"]

    @pytest.mark.parametrize(
        "path, expression",
        [
            ("customer.name", "max(follow_up.nothing)"),
            ("customer.nothing", "max(follow_up.at)"),
            ("customer.name", "avg(follow_up.at)"),
            ("contact.name", "max(follow_up.at)"),
            ("customer.name", "__import__('os')"),
        ],
    )
    def test_a_wrong_expression_is_told(self, path: str, expression: str) -> None:
        with pytest.raises(UsageError) as told:
            derive.derive(
                {"customer": golden("customer", [{}])},
                given_project(derive={path: expression}),
                MODEL,
            )
        assert told.value.code == "DERIVE_BAD"


class TestLevels:
    @pytest.mark.parametrize(
        "amount, level",
        [("500000", "VIP"), ("499999.99", "重点"), ("100000", "重点"), ("99999", "普通"), ("0", "普通"),
         ("-1", None), (None, None), ("约50万", None)],
    )  # fmt: skip
    def test_scale(self, amount: str | None, level: str | None) -> None:
        people = golden("customer", [{"annual_purchase": amount}])
        result = derive.derive({"customer": people}, given_project(), MODEL)
        assert column(result, "customer", "value_level") == [level]

    def test_a_differing_level_is_kept_and_told(self) -> None:
        people = golden(
            "customer", [{"annual_purchase": "1", "value_level": "VIP"}, {"value_level": "VIP"}]
        )
        result = derive.derive({"customer": people}, given_project(), MODEL)
        assert column(result, "customer", "value_level") == ["VIP", "VIP"]
        (issue,) = result[2].to_pylist()
        assert (issue["code"], issue["value"], issue["suggestion"]) == (
            "LEVEL_DIFFERS",
            "VIP",
            "普通",
        )
        assert result[1].num_rows == 0

    def test_derived_amounts_come_first(self) -> None:
        ledger = golden("opportunity", [{"customer_golden": "c1", "amount": "600000"}])
        made = {"customer": golden("customer", [{}]), "opportunity": ledger}
        rule = given_project(derive={"customer.annual_purchase": "sum(opportunity.amount)"})
        result = derive.derive(made, rule, MODEL)
        assert column(result, "customer", "value_level") == ["VIP"]


PEOPLE = golden(
    "customer",
    [
        {
            "name": "甲",
            "status": "成交",
            "last_follow_up_at": "2023-05-01",
            "annual_purchase": "900",
        },
        {
            "name": "乙",
            "status": "意向",
            "last_follow_up_at": "2024-02-01 09:00",
            "annual_purchase": "1000",
        },
        {"name": "丙", "last_follow_up_at": "去年", "annual_purchase": "面议"},
    ],
)


class TestSelect:
    @pytest.mark.parametrize(
        "condition, chosen",
        [
            ("customer.status == 成交", "甲"),
            ("customer.status != 成交", "乙丙"),
            ("status == 成交", "甲"),
            ('customer.status == "成交"', "甲"),
            ("customer.last_follow_up_at >= 2024-01-01", "乙"),
            ("customer.last_follow_up_at >= 2024-01-01 or customer.status == 成交", "甲乙"),
            ("customer.last_follow_up_at < 2024-02-01", "甲"),
            ("customer.annual_purchase > 950", "乙"),
            ("customer.annual_purchase <= 1000.0", "甲乙"),
            ("customer.annual_purchase == 1000", "乙"),
            ("customer.status in (成交, 意向)", "甲乙"),
            ("customer.status is blank", "丙"),
            ("customer.status is not blank", "甲乙"),
            ("not customer.status is blank", "甲乙"),
            ("not (status == 成交 or status == 意向)", "丙"),
            ("status == 成交 or status == 意向 and annual_purchase > 5000", "甲"),
            ("(status == 成交 or status == 意向) and annual_purchase > 950", "乙"),
        ],
    )
    def test_conditions(self, condition: str, chosen: str) -> None:
        mask, reasons = derive.select({"customer": PEOPLE}, given_project(select=condition))
        assert "".join(PEOPLE["name"].filter(mask).to_pylist()) == chosen
        assert [r is None for r in reasons.to_pylist()] == mask.to_pylist()

    @pytest.mark.parametrize(
        "condition, code, place",
        [
            ("customer.status = 成交", "CONDITION_BAD", 17),
            ("customer.nothing == 1", "CONDITION_FIELD", 1),
            ("follow_up.at > 2024-01-01", "CONDITION_FIELD", 1),
            ("customer.status < 成交", "CONDITION_VALUE", 19),
            ("customer.annual_purchase > 很多", "CONDITION_VALUE", 28),
            ("customer.created_at > 昨天", "CONDITION_VALUE", 23),
            ("customer.status ==", "CONDITION_BAD", 19),
            ("(customer.status == 成交", "CONDITION_BAD", 23),
            ("customer.status == 成交 意向", "CONDITION_BAD", 23),
            ("customer.status == 成交 and", "CONDITION_BAD", 26),
            ("", "CONDITION_BAD", 1),
            ('customer.status == "成交', "CONDITION_BAD", 20),
        ],
    )
    def test_a_wrong_condition_is_told_with_its_place(
        self, condition: str, code: str, place: int
    ) -> None:
        with pytest.raises(UsageError) as told:
            conditions.parse(condition, MODEL["customer"])
        assert (told.value.code, told.value.facts["place"]) == (code, place)

    @given(st.text(max_size=40))
    def test_any_text_is_read_or_refused(self, text: str) -> None:
        try:
            condition = conditions.parse(text, MODEL["customer"])
        except UsageError:
            return
        assert len(condition(PEOPLE)) == PEOPLE.num_rows

    def test_what_is_left_out_and_its_children_are_excluded(self) -> None:
        people = PEOPLE
        visits = golden("follow_up", [{"customer_golden": "c1"}, {"customer_golden": "c2"}])
        made = {"customer": people, "follow_up": visits}
        rows = [
            {"object": name, "record": record, "golden": key, "end": "loaded"}
            for name, table in made.items()
            for record, key in zip(
                table["record"].to_pylist(), table["golden"].to_pylist(), strict=True
            )
        ]
        crosswalk = pa.Table.from_pylist(rows, tables.CROSSWALK)
        crosswalk = crosswalk.set_column(
            3, "end", pa.array(["loaded", "loaded", "held", "loaded", "loaded"])
        )
        found = derive.exclude(crosswalk, made, given_project(select="customer.status == 成交"))
        assert found["end"].to_pylist() == ["loaded", "excluded", "held", "loaded", "excluded"]
        assert found["reason"].to_pylist() == [None, "NOT_SELECTED", None, None, "parent"]
