"""Fields that are worked out: from children, then levels from amounts.

`derive: {customer.last_follow_up_at: max(follow_up.at)}` takes max, min, sum or count over the
children of each golden record (`<field>_golden` says whose they are), or a sum over the last
months of a ledger: `sum(opportunity.amount, 12 months by expected_close)`, counted back from the
newest date of the ledger, never from the clock. A later last contact that the customer's own file
knows is kept; a sum replaces what stood there, with an issue where it differs.

Levels come after it, by the project's scale: the highest threshold reached. A blank amount is a
gap, never the lowest level; a differing level that is already there is kept, with an issue.
"""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import messages, tables
from crmclean.derive import conditions
from crmclean.errors import UsageError
from crmclean.model import Object
from crmclean.project import Level, Project

Golden = dict[str, pa.Table]
_CALL = re.compile(
    r"(max|min|sum|count)\(\s*(\w+)\.(\w+)\s*(?:,\s*([0-9]{1,3})\s*months\s+by\s+(\w+)\s*)?\)"
)


def derive(
    golden: Golden, project: Project, model: dict[str, Object]
) -> tuple[Golden, pa.Table, pa.Table]:
    """(golden records with derived fields and levels, changes, issues).

    Raises UsageError DERIVE_BAD for an expression, a field or a level that does not exist."""
    golden, changes, issues = dict(golden), [], []
    for path, expression in project.derive.items():
        call = _call(path, expression, model)
        _derived(golden, path, call, changes, issues)
    for path, level in project.levels.items():
        _levelled(golden, path, level, model, changes, issues)
    return golden, tables.concat(tables.CHANGES, changes), tables.concat(tables.ISSUES, issues)


class _Call:
    """One expression, checked: function, child object and field, its link, window and target."""

    def __init__(self, parts: tuple[str | None, ...], link: str, kind: str) -> None:
        self.function, self.child, self.field, self.months, self.by = parts
        self.link, self.kind = f"{link}_golden", kind


def _call(path: str, expression: str, model: dict[str, Object]) -> _Call:
    hit = _CALL.fullmatch(expression.strip())
    owner, _, field = path.partition(".")
    wrong = UsageError("DERIVE_BAD", field=path, expression=expression)
    if hit is None or owner not in model or field not in model[owner].fields:
        raise wrong
    child = model.get(hit[2])
    names = (hit[3], *([hit[5]] if hit[5] else []))
    if child is None or any(name not in child.fields for name in names):
        raise wrong
    links = [link for link, parent in child.refers.items() if parent == owner]
    if not links or (hit[4] and hit[1] != "sum"):
        raise wrong
    return _Call(hit.groups(), links[0], child.fields[hit[3]].kind)


def _derived(
    golden: Golden, path: str, call: _Call, changes: list[pa.Table], issues: list[pa.Table]
) -> None:
    owner, _, field = path.partition(".")
    children = golden.get(call.child)
    if children is None or call.link not in children.column_names or not children.num_rows:
        return
    found = _over_children(children, call)
    table = golden[owner]
    at = pc.index_in(table["golden"].combine_chunks(), found["golden"].combine_chunks())
    new = found["value"].combine_chunks().take(at)
    old = table[field].combine_chunks()
    if call.function in ("max", "min"):
        new = _further(old, new, call)
    rule = f"{call.function}({call.child}.{call.field})"
    differs = pc.fill_null(pc.not_equal(old, new), pc.is_valid(new))
    overruled = pc.and_(differs, pc.is_valid(old))
    if call.function in ("sum", "count"):
        issues.append(issues_of(table, owner, field, "DERIVED_DIFFERS", overruled, old, new))
    write(golden, owner, field, differs, new, ("derive", rule), changes)


def _over_children(children: pa.Table, call: _Call) -> pa.Table:
    """golden, value: one row per parent that has a child with a readable value."""
    counts = call.function == "count"
    values = (
        children[call.field] if counts else conditions.readable(children[call.field], call.kind)
    )
    kept = pa.table({"golden": children[call.link], "value": values})
    keep = pc.and_(pc.is_valid(kept["golden"]), pc.is_valid(kept["value"]))
    if call.months:
        keep = pc.and_(keep, _in_window(children[call.by], int(call.months)))
    kept = kept.filter(keep)
    grouped = kept.group_by("golden", use_threads=False).aggregate([("value", call.function)])
    grouped = grouped.rename_columns(["golden", "value"]).combine_chunks()
    return grouped.set_column(1, "value", _as_text(grouped["value"]))


def _in_window(dates: pa.ChunkedArray, months: int) -> pa.Array:
    """Dates within the months up to the newest one."""
    known = conditions.readable(dates, "date")
    days = pc.utf8_slice_codeunits(known, 0, 10)
    newest = pc.max(days).as_py()
    if newest is None:
        return pa.repeat(False, len(dates))
    year, month = divmod(int(newest[:4]) * 12 + int(newest[5:7]) - 1 - months, 12)
    return pc.fill_null(pc.greater(days, f"{year:04}-{month + 1:02}{newest[7:]}"), False)


def _further(old: pa.Array, new: pa.Array, call: _Call) -> pa.Array:
    """The later (for min: the earlier) of what the record says itself and what its children say."""
    known = conditions.readable(pa.chunked_array([old]), call.kind)
    other = conditions.readable(pa.chunked_array([new]), call.kind)
    beats = pc.greater(known, other) if call.function == "max" else pc.less(known, other)
    return pc.if_else(pc.fill_null(beats, False), old, new)


def _as_text(values: pa.ChunkedArray) -> pa.Array:
    """Numbers as amounts are written: at most two decimals, no needless zeros."""
    whole = values.combine_chunks()
    if pa.types.is_string(whole.type):
        return whole
    if pa.types.is_integer(whole.type):
        return pc.cast(whole, pa.string())
    exact = pc.cast(pc.round(whole, 2), pa.decimal128(38, 2))
    return pc.replace_substring_regex(pc.cast(exact, pa.string()), r"\.?0+$", "")


def _levelled(
    golden: Golden,
    path: str,
    level: Level,
    model: dict[str, Object],
    changes: list[pa.Table],
    issues: list[pa.Table],
) -> None:
    owner, _, field = path.partition(".")
    source, _, amount = level.source.partition(".")
    if owner != source or not {field, amount} <= set(model[owner].fields):
        raise UsageError("DERIVE_BAD", field=path, expression=level.source)
    table = golden.get(owner)
    if table is None or amount not in table.column_names or field not in table.column_names:
        return
    old = table[field].combine_chunks()
    new = _reached(conditions.readable(table[amount], "amount"), level.scale)
    differs = pc.fill_null(pc.not_equal(old, new), False)
    issues.append(issues_of(table, owner, field, "LEVEL_DIFFERS", differs, old, new))
    blank = pc.and_(pc.is_null(old), pc.is_valid(new))
    write(golden, owner, field, blank, new, ("level", level.source), changes)


def _reached(amounts: pa.Array, scale: dict[str, float]) -> pa.Array:
    """The level of the highest threshold that each amount reaches; null below all of them."""
    steps = sorted(scale.items(), key=lambda step: step[1])
    limits = np.array([limit for _, limit in steps])
    names = pa.array([None, *(name for name, _ in steps)], pa.string())
    known = amounts.to_numpy(zero_copy_only=False)
    reached = np.searchsorted(limits, np.nan_to_num(known, nan=-np.inf), side="right")
    return names.take(pa.array(reached))


def write(
    golden: Golden, owner: str, field: str, mask: pa.Array, new: pa.Array, how: tuple[str, str],
    changes: list[pa.Table],
) -> None:  # fmt: skip
    """Set the cells of `mask` to `new`, with a change for each: `how` is its step and rule."""
    table = golden[owner]
    old = table[field].combine_chunks()
    columns = {
        "object": owner, "record": table["record"].filter(mask), "field": field,
        "step": how[0], "rule": how[1], "before": old.filter(mask), "after": new.filter(mask),
    }  # fmt: skip
    changes.append(tables.table(tables.CHANGES, columns, pc.sum(mask).as_py() or 0))
    place = table.column_names.index(field)
    golden[owner] = table.set_column(place, field, pc.if_else(mask, new, old))


def issues_of(
    table: pa.Table,
    owner: str,
    field: str,
    code: str,
    mask: pa.Array,
    value: pa.Array,
    new: pa.Array,
) -> pa.Table:
    """Issues of the golden records of `mask`: their value, and `new` as the suggestion."""
    ids = table["record"].filter(mask).combine_chunks()
    columns = {
        "source": tables.sources_of(ids), "row": tables.rows_of(ids), "object": owner, "record": ids,
        "field": field, "code": code, "severity": messages.severity(code),
        "value": value.filter(mask), "suggestion": new.filter(mask),
    }  # fmt: skip
    return tables.table(tables.ISSUES, columns, len(ids))
