"""Checks of dates: their order, and what lies in the past or in the future.

"Past" and "future" are told from a day that is given, or from the newest date in the data: the
clock has no place in data files. One mistyped year must not move that day: it is the date that
one in a thousand exceeds.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.model import Object
from crmclean.schema.validate import Check

#: Dates of one object in the order that they must have.
IN_ORDER = {
    "customer": [("first_contact_at", "last_follow_up_at"), ("created_at", "updated_at")],
    "lead": [("obtained_at", "expected_close")],
    "follow_up": [("at", "due_at")],
}
#: The checks that are made against the day of today.
DATED = frozenset(["DATE_IN_FUTURE", "NEXT_FOLLOW_UP_PAST"])
_DAY = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}"


def past(model: dict[str, Object]) -> dict[str, list[str]]:
    """The fields, by object, that lie in the past."""
    return {
        name: [field.name for field in owner.fields.values() if field.options.get("past")]
        for name, owner in model.items()
    }


def newest(golden: dict[str, pa.Table], model: dict[str, Object]) -> str | None:
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


def in_order(name: str) -> Iterator[Check]:
    """What must not be before what."""
    for first, last in IN_ORDER.get(name, ()):
        yield Check(
            "DATES_OUT_OF_ORDER",
            last,
            lambda table, f=first, s=last: pc.less_equal(_days(table[f]), _days(table[s])),
        )


def dated(owner: Object, today: str) -> Iterator[Check]:
    """What lies in the past and what in the future of `today`."""
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


def _days(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whole days in ISO; anything else is null."""
    dated = pc.fill_null(pc.match_substring_regex(values, _DAY), False)
    return pc.if_else(dated, pc.utf8_slice_codeunits(values, 0, 10), pa.scalar(None, pa.string()))
