"""Customers that several people claim: who they are, where the records are, and who is to keep them."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import identity, workbooks
from crmclean.messages import say
from crmclean.model import Object
from crmclean.plan import Plan
from crmclean.review.sheet import MOST, asked, grey, one, places, sheet, title
from crmclean.workbooks.shown import HEADING as SHOWN
from crmclean.workbooks.shown import shown


def sheets(work: Any, plan: Plan, model: dict[str, Object], language: str) -> list[workbooks.Sheet]:
    """One row per customer that is held because its records have different owners."""
    crosswalk = work.get("crosswalk")
    held = pc.and_(
        pc.equal(crosswalk["end"], "held"),
        pc.match_substring(crosswalk["reason"], "owner", ignore_case=True),
    )
    conflicts = crosswalk.filter(pc.and_(held, pc.equal(crosswalk["object"], "customer")))
    if not conflicts.num_rows:
        return []
    records = work.get("records/customer")
    return [_conflicts(conflicts, records, plan, model["customer"], language)]


def _conflicts(
    conflicts: pa.Table, records: pa.Table, plan: Plan, owner: Object, language: str
) -> workbooks.Sheet:
    at = pc.index_in(one(conflicts["record"]), one(records["record"]))
    prints, rows = identity.fingerprints(records, "customer", plan), records.take(at)
    rows = rows.append_column("golden", one(conflicts["golden"]))
    rows = rows.append_column("place", places(one(rows["record"]), plan))
    rows = rows.append_column("fingerprint", prints.take(at))
    clusters = rows.group_by("golden", use_threads=False).aggregate(
        [
            ("fingerprint", "first"),
            ("name", "first"),
            ("owner", "list"),
            ("place", "list"),
            ("record", "count"),
        ]
    )
    people = sorted(person for person in pc.unique(rows["owner"]).to_pylist() if person)
    columns = [
        workbooks.Col("object", hidden=True, locked=True),
        workbooks.Col("record", hidden=True, locked=True),
        workbooks.Col(SHOWN, hidden=True, locked=True),
        asked("owner", people, language),
        grey(owner.fields["name"].label[language], 34),
        grey(say("review.claimed_by", language), 30),
        grey(say("review.records", language), 8),
        grey(say("review.place", language), 60),
    ]
    cells = [
        pa.repeat("customer", clusters.num_rows),
        one(clusters["fingerprint_first"]),
        shown({owner.fields["name"].label[language]: one(clusters["name_first"])}),
        pa.nulls(clusters.num_rows, pa.string()),
        one(clusters["name_first"]),
        _listed(clusters["owner_list"]),
        pc.cast(one(clusters["record_count"]), pa.string()),
        _listed(clusters["place_list"]),
    ]
    told = title("review.conflicts_title", clusters.num_rows, language)
    return sheet(owner.label[language], columns, [cell.slice(0, MOST) for cell in cells], told, [])


def _listed(lists: pa.ChunkedArray) -> pa.Array:
    """The distinct texts of each list, joined; lists here are the few members of a cluster."""
    joined = [
        "；".join(dict.fromkeys(text for text in texts if text)) for texts in lists.to_pylist()
    ]
    return pa.array(joined, pa.string())
