"""What fields say about each other: the cross-field checks of golden records (for checks.py).

Each check says which rows hold; a blank field never fails a check that is not about being blank.
Some facts need other records: whether a customer can be reached through its contacts, whether a
code or a number stands on several customers. They are worked out with joins over whole columns.
"""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.errors import UsageError
from crmclean.model import Object
from crmclean.rules._phone_number import whole
from crmclean.schema import dates
from crmclean.schema.validate import Check, Holds

Golden = dict[str, pa.Table]
REACHED_BY = ("phone", "other_phones", "email", "mobile", "wechat")
SHARED = {"customer": ("phone",), "contact": ("mobile", "phone")}


def shared(model: dict[str, Object]) -> dict[str, list[str]]:
    """The fields, by object, whose value in one golden record is judged by those of others."""
    return {
        name: [*(f.name for f in owner.fields.values() if f.unique), *SHARED.get(name, ())]
        for name, owner in model.items()
    }


def checks(
    name: str, table: pa.Table, golden: Golden, model: dict[str, Object], today: str | None
) -> Iterator[Check]:
    """All cross-field checks of one object; `table` holds the golden records to be judged."""
    yield from dates.in_order(name)
    if today:
        yield from dates.dated(model[name], today)
    for field in model[name].fields.values():
        if field.unique and field.name in table.column_names:
            yield Check("CODE_NOT_UNIQUE", field.name, _alone(field.name))
    for field_name in SHARED.get(name, ()):
        yield Check("PHONE_SHARED", field_name, _one_customer(field_name))
    if name == "customer":
        yield from _customer(golden)
    yield from _needs(model[name])
    yield from _regions(table)


def _customer(golden: Golden) -> Iterator[Check]:
    reached = _reached_through_contacts(golden)
    yield Check("PHONE_OR_EMAIL_MISSING", "phone", lambda table: _is_reachable(table, reached))
    yield Check("LOST_WITHOUT_REASON", "lost_reason", _lost_has_reason)


def _lost_has_reason(table: pa.Table) -> pa.Array:
    lost = pc.fill_null(pc.equal(table["status"], "流失"), False)
    return pc.or_(pc.invert(lost), pc.is_valid(table["lost_reason"]))


def _needs(owner: Object) -> Iterator[Check]:
    """What the value of one field allows another to be, as the model or the project says it
    (`options: {needs: {成交: {status: [成交, 流失]}}}`): a customer whose stage is won is not a
    prospective one. Raises UsageError NEEDS_BAD for a field that does not exist."""
    for field in owner.fields.values():
        for value, wanted in (field.options.get("needs") or {}).items():
            for other, allowed in wanted.items():
                if other not in owner.fields:
                    raise UsageError("NEEDS_BAD", field=field.path, other=other)
                yield Check("VALUES_DISAGREE", other, _goes_with(field.name, value, other, allowed))


def _goes_with(field: str, value: str, other: str, allowed: list[str]) -> Holds:
    """Where a field has the value, the other one is blank or one of those allowed."""

    def holds(table: pa.Table) -> pa.Array:
        if field not in table.column_names:
            return pa.repeat(True, len(table))
        has = pc.fill_null(pc.equal(table[field], value), False)
        fits = pc.or_(
            pc.is_in(table[other], pa.array(allowed, pa.string())), pc.is_null(table[other])
        )
        return pc.or_(pc.invert(has), fits)

    return holds


def _reached_through_contacts(golden: Golden) -> pa.Array:
    """The golden customers that have a contact with a number or an address."""
    contacts = golden.get("contact")
    if contacts is None or "customer_golden" not in contacts.column_names:
        return pa.array([], pa.string())
    return pc.unique(contacts["customer_golden"].filter(_has_any(contacts)).drop_null())


def _is_reachable(table: pa.Table, reached: pa.Array) -> pa.Array:
    return pc.or_(_has_any(table), pc.is_in(table["golden"], value_set=reached))


def _has_any(table: pa.Table) -> pa.Array:
    filled = pc.is_valid(pa.nulls(len(table)))
    for column in REACHED_BY:
        if column in table.column_names:
            filled = pc.or_(filled, pc.is_valid(table[column].combine_chunks()))
    return filled


def _alone(field: str) -> Holds:
    """No other row of the table has the same value."""

    def holds(table: pa.Table) -> pa.Array:
        return pc.invert(_on_several(table[field], table["golden"]))

    return holds


def _one_customer(field: str) -> Holds:
    """No row of another customer has the same number, as far as it is one that lost no digits.
    Without a customer a row is on its own."""

    def holds(table: pa.Table) -> pa.Array:
        whose = table["golden"]
        if "customer_golden" in table.column_names:
            whose = pc.coalesce(table["customer_golden"], whose)
        numbers = pc.if_else(whole(table[field]), table[field], None)
        return pc.invert(_on_several(numbers, whose))

    return holds


def _on_several(values: pa.ChunkedArray, whose: pa.ChunkedArray) -> pa.Array:
    """Does the value of a row belong to more than one `whose`?"""
    pairs = pa.table({"value": values, "whose": whose}).filter(pc.is_valid(values))
    counted = pairs.group_by("value").aggregate([("whose", "count_distinct")])
    several = counted.filter(pc.greater(counted["whose_count_distinct"], 1))["value"]
    return pc.is_in(values, value_set=several.combine_chunks())


def _regions(table: pa.Table) -> Iterator[Check]:
    """The city is one of the province, the district one of the city. Pairs are few: each is
    looked up once. Names that are unknown were reported by their rule."""
    for upper, lower, code in (
        ("province", "city", "CITY_NOT_IN_PROVINCE"),
        ("city", "district", "DISTRICT_NOT_IN_CITY"),
    ):
        if upper in table.column_names and lower in table.column_names:
            yield Check(code, lower, lambda t, u=upper, low=lower: _within(t, u, low))


def _within(table: pa.Table, upper: str, lower: str) -> pa.Array:
    from crmclean.rules import _divisions

    both = pc.and_(pc.is_valid(table[upper]), pc.is_valid(table[lower]))
    joined = pc.binary_join_element_wise(table[upper], table[lower], "\n")
    wrong = [
        pair
        for pair in pc.unique(joined.filter(both)).to_pylist()
        if not _divisions.within(*pair.split("\n"), lower)
    ]
    return pc.invert(pc.is_in(joined, value_set=pa.array(wrong, pa.string())))
