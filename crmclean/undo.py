"""Undoing a merge, before or after import: what the next run does, and what the CRM must be told.

Nothing was ever overwritten: sources, crosswalk and golden cells say which record each value came
from. So the merge is undone by a decision ("these are different") for the next run, and by a list
for the person at the CRM: values of the surviving customer that came from the others go back to
its own, and the others are entered as customers of their own.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import workbooks
from crmclean.errors import UsageError
from crmclean.messages import language, say
from crmclean.model import Object
from crmclean.plan import Plan
from crmclean.run import Work
from crmclean.workbooks import Col, Sheet

COLUMNS = ("what", "where", "field", "now", "then")


def members(work: Work, golden: str) -> pa.Table:
    """The crosswalk rows of a golden record. Raises UsageError where nothing was merged into it."""
    name = "crosswalk_final" if work.has("crosswalk_final") else "crosswalk"
    crosswalk = work.get(name)
    found = crosswalk.filter(pc.equal(crosswalk["golden"], golden))
    if found.num_rows < 2:
        raise UsageError("NOTHING_MERGED", golden=golden)
    return found


def write(work: Work, plan: Plan, model: dict[str, Object], golden: str, path: Path) -> int:
    """Write the list for the person at the CRM as a workbook; returns its number of rows."""
    found = members(work, golden)
    owner = model[found["object"][0].as_py()]
    records = work.get(f"records/{owner.name}")
    own = records.filter(pc.is_in(records["record"], found["record"].combine_chunks()))
    table = work.get(f"golden/{owner.name}")
    (master,) = table.filter(pc.equal(table["golden"], golden)).to_pylist()
    rows = _back(own, master, owner, plan) + _anew(own, master, owner, plan)
    columns = {n: pa.array([row[n] for row in rows], pa.string()) for n in COLUMNS}
    headings = tuple(Col(say(f"undo.{name}"), width=24) for name in COLUMNS)
    sheet = Sheet(golden, headings, pa.table(columns), title=(say("undo.title", golden=golden),))
    workbooks.write(path, [sheet])
    return len(rows)


def _back(own: pa.Table, master: dict, owner: Object, plan: Plan) -> list[dict]:
    """Fields of the survivor whose value came from another record: back to its own value."""
    (before,) = own.filter(pc.equal(own["record"], master["record"])).to_pylist()
    where = plan.where(master["record"])
    return [
        _row("back", where, field, owner, master[field], before[field])
        for field in owner.fields
        if master.get(field) != before.get(field)
    ]


def _anew(own: pa.Table, master: dict, owner: Object, plan: Plan) -> list[dict]:
    """The other records, value by value: each becomes a customer of its own."""
    others = own.filter(pc.not_equal(own["record"], master["record"])).to_pylist()
    return [
        _row("new", plan.where(record["record"]), field, owner, None, record[field])
        for record in others
        for field in owner.fields
        if record.get(field)
    ]


def _row(
    what: str, where: str, field: str, owner: Object, now: str | None, then: str | None
) -> dict:
    label = owner.fields[field].label[language()]
    return dict(zip(COLUMNS, (say(f"undo.{what}"), where, label, now, then), strict=True))
