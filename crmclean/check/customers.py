"""Customers one by one: who is new, gone or changed since the baseline, and whose are stale.

Golden ids stay from month to month (`decisions.py`), so two tables of golden customers are
compared by id. Findings hold ids, owners (accounts of the user's own company) and places: no name
of a customer.
"""

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import identity, tables
from crmclean.check.baseline import Records
from crmclean.check.findings import Finding, found
from crmclean.check.gates import over, percent, shown
from crmclean.gates import Freshness, StatusChanges
from crmclean.plan import Plan

FIRST = 5
#: Not values of a customer but of the run that made it.
NO_FIELDS = ("golden", "record")


def compare(now: pa.Table, then: pa.Table, merged: int = 0) -> list[Finding]:
    """New, gone and changed golden customers, with the fields that changed most; `merged` of those
    that are gone belong to another customer now."""
    is_, was = (table["golden"].combine_chunks() for table in (now, then))
    at = pc.index_in(is_, value_set=was)
    stayed = pc.is_valid(at)
    both, before = now.filter(stayed), then.take(pc.drop_null(at))
    changed = {name: _differs(both, before, name) for name in both.column_names}
    any_ = np.zeros(both.num_rows, bool)
    for mask in changed.values():
        any_ |= mask
    if both.num_rows == len(is_) == len(was) and not any_.any():
        return []
    counts = {name: int(mask.sum()) for name, mask in changed.items()}
    most = sorted((name for name in counts if counts[name]), key=lambda name: (-counts[name], name))
    facts = {
        "old": f"{len(was):,}",
        "new": f"{len(is_):,}",
        "added": f"{len(is_) - both.num_rows:,}",
        "gone": f"{len(was) - both.num_rows:,}",
        "merged": f"{merged:,}",
        "changed": f"{int(any_.sum()):,}",
        "fields": "、".join(f"{name} {counts[name]:,}" for name in most[:FIRST]) or "-",
    }
    return [found("DRIFT_CUSTOMERS", facts=facts)]


def merged_away(now: pa.Table, then: pa.Table, records: Records, last: Records) -> int:
    """How many golden customers of `then` are gone because their records joined another one.

    Records are recognised by their fingerprints (`decisions.py`): rows are others every month."""
    gone = then["golden"].filter(pc.invert(pc.is_in(then["golden"], _one(now["golden"]))))
    ended = _ends(last)
    lost = ended.filter(pc.is_in(ended["golden"], _one(gone)))
    kept = _ends(records)
    here = kept.filter(pc.is_valid(kept["golden"]))
    joined = lost.filter(pc.is_in(lost["name"], _one(here["name"])))
    return pc.count_distinct(joined["golden"]).as_py()


def _ends(records: Records) -> pa.Table:
    """Fingerprint and golden id of each customer record."""
    mine = records.crosswalk.filter(pc.equal(records.crosswalk["object"], "customer"))
    at = pc.index_in(_one(records.table["record"]), _one(mine["record"]))
    names = identity.fingerprints(records.table, "customer", records.plan)
    return pa.table({"name": names, "golden": _one(mine["golden"]).take(at)})


def _one(values: pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks()


def _differs(now: pa.Table, then: pa.Table, name: str) -> np.ndarray:
    if name in NO_FIELDS or name not in then.column_names:
        return np.zeros(now.num_rows, bool)
    left, right = (pc.fill_null(table[name], "") for table in (now, then))
    return pc.not_equal(left, right).to_numpy().astype(bool)


def status_changes(
    now: pa.Table, then: pa.Table, gate: StatusChanges, plan: Plan
) -> Iterable[Finding]:
    """Customers whose status went from one watched value to another: one finding per source."""
    name = gate.field.split(".", 1)[1]
    if name not in now.column_names or name not in then.column_names:
        return
    at = pc.index_in(now["golden"].combine_chunks(), value_set=then["golden"].combine_chunks())
    was = then[name].combine_chunks().take(at)
    for old, new in gate.changes:
        mask = pc.and_(pc.equal(was, old), pc.equal(now[name].combine_chunks(), new))
        part = now.filter(pc.fill_null(mask, False))
        records = part["record"].combine_chunks()
        numbers = tables.sources_of(records)
        for number in sorted(pc.unique(numbers).to_pylist()):
            mine = pc.equal(numbers, number)
            source = plan.source(number)
            yield found(
                "STATUS_CHANGED",
                severity=gate.severity,
                path=source.path,
                sheet=source.sheet,
                field=gate.field,
                count=pc.sum(mine).as_py(),
                rows=tuple(tables.rows_of(records.filter(mine)).to_pylist()[:FIRST]),
                facts={"old": old, "new": new},
                customers=tuple(part["golden"].combine_chunks().filter(mine).to_pylist()),
            )


def stale(golden: pa.Table, crosswalk: pa.Table, gate: Freshness, today: date) -> Iterable[Finding]:
    """Per owner: customers to be loaded whose key dates are all older than `days`, or missing."""
    mine = pc.and_(pc.equal(crosswalk["object"], "customer"), pc.equal(crosswalk["end"], "loaded"))
    loaded = golden.filter(
        pc.is_in(golden["record"], crosswalk.filter(mine)["record"].combine_chunks())
    )
    names = [path.split(".", 1)[1] for path in gate.fields]
    dates = [loaded[name] for name in names if name in loaded.column_names]
    if not dates or not loaded.num_rows:
        return
    day = pc.utf8_slice_codeunits(pc.max_element_wise(*dates), 0, 10)
    least = (today - timedelta(days=gate.days)).isoformat()
    old = pc.fill_null(pc.less(day, least), True)
    owners = loaded["owner"] if "owner" in loaded.column_names else pa.nulls(len(day), pa.string())
    each = pa.table({"owner": pc.fill_null(owners, ""), "old": pc.cast(old, pa.int64())})
    counted = each.group_by("owner").aggregate([("old", "sum"), ("old", "count")])
    for row in counted.sort_by([("old_sum", "descending"), ("owner", "ascending")]).to_pylist():
        yield from _stale(row["owner"], row["old_sum"], row["old_count"], gate)


def _stale(owner: str, count: int, of: int, gate: Freshness) -> Iterable[Finding]:
    for severity, limit in (("error", gate.fail), ("warn", gate.warn)):
        if limit is not None and over(count, count / of, limit):
            facts = {"owner": owner or "-", "of": f"{of:,}", "days": gate.days}
            facts |= {"share": percent(round(count / of, 3)), "limit": shown(limit)}
            yield found("GATE_FRESHNESS", severity=severity, count=count, facts=facts)
            return
