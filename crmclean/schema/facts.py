"""What fields say about each other: the cross-field checks of golden records (for checks.py).

Each check says which rows hold; a blank field never fails a check that is not about being blank.
Some facts need other records: whether a customer can be reached through its contacts, whether a
code or a number stands on several customers. They are worked out with joins over whole columns.

"Past" and "future" are told from a day that is given, or from the newest date in the data: the
clock has no place in data files. One mistyped year must not move that day: it is the date that
one in a thousand exceeds.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.errors import UsageError
from crmclean.model import Object
from crmclean.rules._phone_number import whole

Golden = dict[str, pa.Table]
Holds = Callable[[pa.Table], pa.Array]


class Check(NamedTuple):
    """The code of an issue, the field it is about, and which rows of a table hold."""

    code: str
    field: str
    holds: Holds


#: Dates of one object in the order that they must have.
IN_ORDER = {
    "customer": [("first_contact_at", "last_follow_up_at"), ("created_at", "updated_at")],
    "lead": [("obtained_at", "expected_close")],
    "follow_up": [("at", "due_at")],
}
#: The checks that are made against the day of today.
DATED = frozenset(["DATE_IN_FUTURE", "NEXT_FOLLOW_UP_PAST"])
REACHED_BY = ("phone", "other_phones", "email", "mobile", "wechat")
SHARED = {"customer": ("phone",), "contact": ("mobile", "phone")}
_DAY = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}"


def shared(model: dict[str, Object]) -> dict[str, list[str]]:
    """The fields, by object, whose value in one golden record is judged by those of others."""
    return {
        name: [*(f.name for f in owner.fields.values() if f.unique), *SHARED.get(name, ())]
        for name, owner in model.items()
    }


def past(model: dict[str, Object]) -> dict[str, list[str]]:
    """The fields, by object, that lie in the past."""
    return {
        name: [field.name for field in owner.fields.values() if field.options.get("past")]
        for name, owner in model.items()
    }


def newest(golden: Golden, model: dict[str, Object]) -> str | None:
    """The newest day of the fields that lie in the past, without the last one in a thousand."""
    found = []
    for name, fields in past(model).items():
        for field in fields if name in golden else ():
            if field in golden[name].column_names:
                texts, counts = pc.value_counts(golden[name][field].drop_null()).flatten()
                found.append(pa.table({"day": _days(texts), "count": counts}))
    if not found:
        return None
    days = pa.concat_tables(found).drop_null().group_by("day").aggregate([("count", "sum")])
    days = days.sort_by([("day", "descending")])
    above = np.cumsum(days["count_sum"].to_numpy())
    return (
        days["day"][int(np.searchsorted(above, above[-1] // 1000, "right"))].as_py()
        if len(days)
        else None
    )


def checks(
    name: str, table: pa.Table, golden: Golden, model: dict[str, Object], today: str | None
) -> Iterator[Check]:
    """All cross-field checks of one object; `table` holds the golden records to be judged."""
    yield from _order(name)
    if today:
        yield from _past(model[name], today)
    for field in model[name].fields.values():
        if field.unique and field.name in table.column_names:
            yield Check("CODE_NOT_UNIQUE", field.name, _alone(field.name))
    for field_name in SHARED.get(name, ()):
        yield Check("PHONE_SHARED", field_name, _one_customer(field_name))
    if name == "customer":
        yield from _customer(golden)
    yield from _needs(model[name])
    yield from _regions(table)


def _order(name: str) -> Iterator[Check]:
    for first, last in IN_ORDER.get(name, ()):
        yield Check(
            "DATES_OUT_OF_ORDER",
            last,
            lambda table, f=first, s=last: pc.less_equal(_days(table[f]), _days(table[s])),
        )


def _past(owner: Object, today: str) -> Iterator[Check]:
    for field in owner.fields.values():
        if field.kind in ("date", "datetime") and field.options.get("past"):
            name = field.name
            yield Check(
                "DATE_IN_FUTURE", name, lambda table, n=name: pc.less_equal(_days(table[n]), today)
            )
    if "next_follow_up" in owner.fields:
        yield Check(
            "NEXT_FOLLOW_UP_PAST",
            "next_follow_up",
            lambda table: pc.greater_equal(_days(table["next_follow_up"]), today),
        )


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


def _days(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whole days in ISO; anything else is null."""
    dated = pc.fill_null(pc.match_substring_regex(values, _DAY), False)
    return pc.if_else(dated, pc.utf8_slice_codeunits(values, 0, 10), pa.scalar(None, pa.string()))
