"""Who is migrated: the customers that `select:` takes, and the children that follow them.

The last thing that is asked of golden records: a condition may speak of what was derived.
"""

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import ends
from crmclean.derive import conditions
from crmclean.model import build
from crmclean.project import Project

Golden = dict[str, pa.Table]


def select(golden: Golden, project: Project) -> tuple[pa.Array, pa.Array]:
    """(which golden customers are migrated, the reason code of those that are not).

    Raises UsageError as `conditions.parse` does."""
    customers = golden["customer"]
    if not project.select:
        return pa.repeat(True, len(customers)), pa.nulls(len(customers), pa.string())
    overrides = {path: f.model_dump(exclude_none=True) for path, f in project.fields.items()}
    mask = conditions.parse(project.select, build(overrides)["customer"])(customers)
    return mask, pc.if_else(mask, pa.scalar(None, pa.string()), "NOT_SELECTED")


def exclude(crosswalk: pa.Table, golden: Golden, project: Project) -> pa.Table:
    """The crosswalk with the customers that `select:` leaves out, and their children, excluded.
    Held records stay held: a person decides about them first."""
    if not project.select:
        return crosswalk
    mask, _ = select(golden, project)
    out = golden["customer"]["golden"].filter(pc.invert(mask)).combine_chunks()
    hit = pc.and_(pc.equal(crosswalk["object"], "customer"), pc.is_in(crosswalk["golden"], out))
    hit = pc.and_(hit, pc.is_in(crosswalk["end"], pa.array(["loaded", "merged"])))
    end = pc.if_else(hit, "excluded", crosswalk["end"])
    reason = pc.if_else(hit, "NOT_SELECTED", crosswalk["reason"])
    crosswalk = crosswalk.set_column(3, "end", end).set_column(4, "reason", reason)
    return ends.follow_parents(crosswalk, golden)
