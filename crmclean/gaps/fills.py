"""Values that owners filled in, put into golden records: this month and every month.

A filled value applies only while the sources leave the field empty (or still hold the very value
that it was accepted for, `instead_of`), and only to the record that the owner saw: an entry holds a hash of its name (`seen`). If the name has changed since, the gap is
open again and is asked again (design.md 4, identity over time).
"""

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import identity, tables
from crmclean.decisions import State
from crmclean.plan import Plan

#: What a person recognises a record by.
NAMED_BY = {
    "customer": ("name",),
    "contact": ("name",),
    "lead": ("name",),
    "follow_up": ("content",),
    "opportunity": ("name",),
}


def apply_fills(
    golden: dict[str, pa.Table],
    state: State,
    records: dict[str, pa.Table] | None = None,
    plan: Plan | None = None,
) -> tuple[dict[str, pa.Table], pa.Table]:
    """Golden records with the filled values of the state in their empty fields, and the changes."""
    changes, result = [], dict(golden)
    entries = [entry for entry in state.entries("values") if "golden" in entry]
    for name, before in golden.items():
        mine = [entry for entry in entries if entry["object"] == name]
        first = NAMED_BY[name]
        fields = sorted({entry["field"] for entry in mine}, key=lambda f: (f not in first, f))
        for field in fields:
            if field in before.column_names:
                of_field = [entry for entry in mine if entry["field"] == field]
                result[name], change = _filled(result[name], before, name, field, of_field)
                changes.append(change)
    return result, tables.concat(tables.CHANGES, changes)


def seen(records: pa.Table, name: str) -> pa.Array:
    """A hash of what a person recognises each record by."""
    return identity.hashes(records, NAMED_BY[name])


def _filled(
    now: pa.Table, before: pa.Table, name: str, field: str, entries: list[dict]
) -> tuple[pa.Table, pa.Table]:
    """One field filled. The record may be known by its name as it was, or with the filled name."""
    latest = {entry["golden"]: entry for entry in entries}
    ids = pa.array(list(latest), tables.TEXT)
    at = pc.index_in(now["golden"].combine_chunks(), value_set=ids)
    value = pa.array([e["value"] for e in latest.values()], tables.TEXT).take(at)
    known = pa.array([e["seen"] for e in latest.values()], tables.TEXT).take(at)
    same = pc.or_(pc.equal(known, seen(now, name)), pc.equal(known, seen(before, name)))
    current = now[field].combine_chunks()
    instead = pa.array([e.get("instead_of") for e in latest.values()], tables.TEXT).take(at)
    open_ = pc.or_(pc.is_null(current), pc.fill_null(pc.equal(current, instead), False))
    mask = pc.and_(pc.fill_null(same, False), pc.and_(open_, pc.is_valid(value)))
    place = now.column_names.index(field)
    result = now.set_column(place, now.schema.field(place), pc.if_else(mask, value, current))
    columns = {
        "object": name,
        "record": pc.filter(now["record"], mask),
        "field": field,
        "step": "decision",
        "rule": "gap",
        "before": current.filter(mask),
        "after": value.filter(mask),
    }
    return result, tables.table(tables.CHANGES, columns)
