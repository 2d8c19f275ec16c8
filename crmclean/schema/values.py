"""Checks of single values: that a required one is there, its range, its length. The form of a value
was judged by its rule already; it is not reported twice.
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.model import Field, Object
from crmclean.schema.validate import Check, Holds


def of_value(field: Field, template: Any) -> list[Check]:
    name, checks = field.name, length(field, template)
    least, most = field.options.get("from"), field.options.get("to")
    if field.kind in ("amount", "integer") and (least, most) != (None, None):
        checks.append(Check("NUMBER_OUT_OF_RANGE", name, _between(name, least, most)))
    elif field.kind in ("amount", "integer") and not field.options.get("negative"):
        checks.append(Check("NUMBER_NEGATIVE", name, _lacks(name, r"\A-")))
    if field.kind == "amount":
        checks.append(Check("AMOUNT_IMPLAUSIBLE", name, _lacks(name, r"\A-?[0-9]{12}")))
    if field.kind in ("date", "datetime"):
        first, last = least or 1930, most or 2069
        checks.append(Check("DATE_IMPLAUSIBLE", name, _days(name, str(first), str(last))))
    return checks


def _lacks(name: str, pattern: str) -> Holds:
    return lambda table: pc.invert(pc.match_substring_regex(table[name], pattern))


def _between(name: str, least: float | None, most: float | None) -> Holds:
    """Numbers between two limits; what is not a number was refused by its rule."""

    def holds(table: pa.Table) -> pa.Array:
        number = pc.match_substring_regex(table[name], r"\A-?[0-9]+(?:\.[0-9]+)?\z")
        known = pc.cast(pc.if_else(number, table[name], None), pa.float64())
        low = pc.greater_equal(known, -np.inf if least is None else float(least))
        return pc.and_(low, pc.less_equal(known, np.inf if most is None else float(most)))

    return holds


def _days(name: str, first: str, last: str) -> Holds:
    """Dates between two years or days; what is not a date was refused by its rule."""

    def holds(table: pa.Table) -> pa.Array:
        early = pc.utf8_slice_codeunits(table[name], 0, len(first))
        late = pc.utf8_slice_codeunits(table[name], 0, len(last))
        dated = pc.match_substring_regex(table[name], r"\A[0-9]{4}(?:-|\z)")
        within = pc.and_(pc.greater_equal(early, first), pc.less_equal(late, last))
        return pc.or_(within, pc.invert(dated))

    return holds


def length(field: Field, template: Any) -> list[Check]:
    """A limit of the template, or of the model's options, on the number of characters."""
    target = template.objects.get(field.object) if template else None
    limits = [c.max_length for c in target.columns if c.field == field.name] if target else []
    limits = [limit for limit in (*limits, field.options.get("max_length")) if limit]
    if not limits:
        return []
    longest = min(limits)
    holds = lambda table: pc.less_equal(pc.utf8_length(table[field.name]), longest)
    return [Check("VALUE_TOO_LONG", field.name, holds)]


def required(owner: Object) -> list[Check]:
    """One check per required field: the target's, and the standard's."""
    codes = {"target": "REQUIRED_BY_TARGET", "standard": "REQUIRED_BY_STANDARD"}
    required = [field for field in owner.fields.values() if field.required in codes]
    return [Check(codes[field.required], field.name, _filled(field.name)) for field in required]


def _filled(name: str) -> Holds:
    """A reference is filled where it found its parent, too: on the same row it needs no name."""

    def holds(table: pa.Table) -> pa.Array:
        filled = pc.is_valid(table[name])
        found = f"{name}_golden"
        return pc.or_(filled, pc.is_valid(table[found])) if found in table.column_names else filled

    return holds
