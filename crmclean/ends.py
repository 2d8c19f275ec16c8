"""Children share the end of their parent (design.md 3).

A contact cannot be imported when its customer is not: children of a held, rejected or excluded
customer get the customer's end with the reason `parent`. Dedupe, export and every stage that takes
a customer away call the same function, so that the rule stands once.
"""

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.tables import CROSSWALK, OBJECTS, table

STOPPED = ("held", "rejected", "excluded")
PARENT = "parent"


def follow_parents(crosswalk: pa.Table, golden: dict[str, pa.Table]) -> pa.Table:
    """The crosswalk with the ends of parents passed on; a golden record's end is its master's.

    `golden` holds for each object its golden table; a column `<field>_golden` names the parent.
    Records that ended held, rejected or excluded for a reason of their own keep it.
    """
    stopped = _stopped(crosswalk, golden.get("customer"))
    parts = []
    for name in [*OBJECTS, *sorted(set(pc.unique(crosswalk["object"]).to_pylist()) - set(OBJECTS))]:
        part = crosswalk.filter(pc.equal(crosswalk["object"], name))
        if part.num_rows:
            parts.append(_followed(part, golden.get(name), stopped))
    return pa.concat_tables(parts) if parts else CROSSWALK.empty_table()


def _stopped(crosswalk: pa.Table, customers: pa.Table | None) -> pa.Table | None:
    """golden, end: the customers that will not be loaded."""
    if customers is None:
        return None
    part = crosswalk.filter(pc.equal(crosswalk["object"], "customer"))
    ends = part.filter(pc.is_in(part["end"], pa.array(STOPPED)))
    at = pc.index_in(customers["record"], ends["record"].combine_chunks())
    end = ends["end"].combine_chunks().take(_one(at))
    kept = pc.is_valid(end)
    return pa.table({"golden": customers["golden"], "end": end}).filter(kept)


def _followed(part: pa.Table, golden: pa.Table | None, stopped: pa.Table | None) -> pa.Table:
    if golden is None or stopped is None or "customer_golden" not in golden.column_names:
        return part
    parents = golden["customer_golden"].combine_chunks()
    at = pc.index_in(parents, stopped["golden"].combine_chunks())
    end_of_parent = stopped["end"].combine_chunks().take(at)
    mine = pc.index_in(part["golden"], golden["golden"].combine_chunks())
    inherited = end_of_parent.take(_one(mine))
    own = _one(pc.is_in(part["end"], pa.array(STOPPED)))
    takes = pc.and_(pc.is_valid(inherited), pc.invert(own))
    columns = {name: part[name] for name in part.column_names}
    columns["end"] = pc.if_else(takes, inherited, _one(part["end"]))
    columns["reason"] = pc.if_else(takes, pa.scalar(PARENT), _one(part["reason"]))
    return table(CROSSWALK, columns)


def _one(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
