"""A customer is reached by the number of a contact that has no name."""

import pyarrow as pa

from crmclean import derive
from crmclean.model import build

MODEL = build()
CUSTOMERS = {
    "golden": ["C1", "C2", "C3"],
    "record": [1, 2, 3],
    "mobile": [None, None, None],
    "phone": [None, "0512-62881234", None],
    "email": [None, None, None],
}
CONTACTS = {
    "customer_golden": ["C1", "C1", "C2", "C3", "C3", None],
    "name": [None, None, None, "王建国", None, None],
    "mobile": ["13812340001", "13812340002", None, "13812340003", "1.39E+10", "13812340009"],
    "phone": [None, "0510-85123456", "0512-85123456", None, "85123456", None],
    "email": ["a@b.example", None, None, None, "sales@b,example", None],
}


def reached() -> tuple[dict[str, pa.Table], pa.Table]:
    text = {name: pa.string() for name in (*CUSTOMERS, *CONTACTS)} | {"record": pa.int64()}
    made = {
        name: pa.table({key: pa.array(values, text[key]) for key, values in columns.items()})
        for name, columns in {"customer": CUSTOMERS, "contact": CONTACTS}.items()
    }
    return derive.lent(made, MODEL)


def test_blank_fields_of_a_customer_are_filled_from_its_first_nameless_contact() -> None:
    customers = reached()[0]["customer"].to_pydict()
    assert customers["mobile"] == ["13812340001", None, None]
    assert customers["phone"] == ["0510-85123456", "0512-62881234", None]
    assert customers["email"] == ["a@b.example", None, None]


def test_each_filled_cell_is_a_change() -> None:
    rows = reached()[1].select(["object", "record", "field", "step", "rule", "after"]).to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        ("customer", 1, "mobile", "derive", "nameless_contact", "13812340001"),
        ("customer", 1, "phone", "derive", "nameless_contact", "0510-85123456"),
        ("customer", 1, "email", "derive", "nameless_contact", "a@b.example"),
    ]


def test_without_contacts_nothing_changes() -> None:
    golden = {"customer": pa.table(CUSTOMERS)}
    assert derive.lent(golden, MODEL)[0] is golden
