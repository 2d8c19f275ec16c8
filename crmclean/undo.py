"""Undoing a merge, before or after import: what the next run does, and what the CRM must be told.

Nothing was ever overwritten: sources, crosswalk and golden cells say which record each value came
from. So the merge is undone by a decision ("these are different") for the next run, and by a list
for the person at the CRM: values of the surviving customer that came from the others go back to
its own, the others are entered as customers of their own, and what came with them (contacts,
follow-ups) is moved to them.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import locate, workbooks
from crmclean.errors import UsageError
from crmclean.messages import say
from crmclean.model import Object
from crmclean.plan import Plan
from crmclean.run import Work
from crmclean.tables import PART_BITS
from crmclean.workbooks import Col, Sheet

COLUMNS = ("what", "where", "field", "now", "then")
#: A line of the list: what to do, where the record stands, the label of the field or child, what the
#: CRM holds now, and what it shall hold.
Row = tuple[str, str, dict[str, str], str | None, str | None]


def golden_of(work: Work, plan: Plan, model: dict[str, Object], named: str) -> str:
    """The id of the golden record that a person names: by its id, or by the place or the code of a
    customer that was merged into it (`locate.py`). Raises UsageError where there is none."""
    crosswalk = work.get("crosswalk")
    if pc.any(pc.equal(crosswalk["golden"], named)).as_py():
        return named
    found = locate.rows(work, plan, model, named)
    mine = locate.comes_from(crosswalk["record"].combine_chunks(), found)
    golden = crosswalk.filter(pc.and_(mine, pc.equal(crosswalk["object"], "customer")))["golden"]
    return golden[0].as_py() if len(golden) else named


def members(work: Work, golden: str) -> pa.Table:
    """The crosswalk rows of a golden record. Raises UsageError where nothing was merged into it."""
    name = "crosswalk_final" if work.has("crosswalk_final") else "crosswalk"
    crosswalk = work.get(name)
    found = crosswalk.filter(pc.equal(crosswalk["golden"], golden))
    if found.num_rows < 2:
        raise UsageError("NOTHING_MERGED", golden=golden)
    return found


def write(
    work: Work, plan: Plan, model: dict[str, Object], golden: str, path: Path, language: str
) -> int:
    """Write the list for the person at the CRM as a workbook in the language of the project; returns
    its number of rows."""
    found = members(work, golden)
    owner = model[found["object"][0].as_py()]
    records = work.get(f"records/{owner.name}")
    own = records.filter(pc.is_in(records["record"], found["record"].combine_chunks()))
    table = work.get(f"golden/{owner.name}")
    (master,) = table.filter(pc.equal(table["golden"], golden)).to_pylist()
    rows = _back(own, master, owner, plan) + _anew(own, master, owner, plan)
    if owner.name == "customer":
        rows += _moved(work, own, master, model, plan)
    told = [
        (say(f"undo.{what}", language), at, label[language], *v) for what, at, label, *v in rows
    ]
    cells = zip(COLUMNS, zip(*told, strict=True) if told else [()] * len(COLUMNS), strict=True)
    columns = {name: pa.array(column, pa.string()) for name, column in cells}
    headings = tuple(Col(say(f"undo.{name}", language), width=24) for name in COLUMNS)
    title = (say("undo.title", language, golden=golden),)
    sheet = Sheet(golden, headings, pa.table(columns), title=title, printed=True)
    workbooks.write(path, [sheet])
    return len(rows)


def _back(own: pa.Table, master: dict, owner: Object, plan: Plan) -> list[Row]:
    """Fields of the survivor whose value came from another record: back to its own value."""
    (before,) = own.filter(pc.equal(own["record"], master["record"])).to_pylist()
    where = plan.where(master["record"])
    return [
        _row("back", where, field, owner, master[field], before[field])
        for field in owner.fields
        if master.get(field) != before.get(field)
    ]


def _anew(own: pa.Table, master: dict, owner: Object, plan: Plan) -> list[Row]:
    """The other records, value by value: each becomes a customer of its own."""
    others = own.filter(pc.not_equal(own["record"], master["record"])).to_pylist()
    return [
        _row("new", plan.where(record["record"]), field, owner, None, record[field])
        for record in others
        for field in owner.fields
        if record.get(field)
    ]


def _moved(
    work: Work, own: pa.Table, master: dict, model: dict[str, Object], plan: Plan
) -> list[Row]:
    """Contacts, follow-ups and so on that came with one of the other records: from its source row,
    or naming it by its code or its name, and not the survivor by the same."""
    (kept,) = own.filter(pc.equal(own["record"], master["record"])).to_pylist()
    found = []
    for name, child in model.items():
        if name == "customer" or not work.has(f"records/{name}"):
            continue
        records = work.get(f"records/{name}")
        for other in own.to_pylist():
            if other["record"] != kept["record"]:
                mine = records.filter(_names(records, other, kept))
                found += [
                    ("move", plan.where(one), child.label, master["name"], other["name"])
                    for one in mine["record"].to_pylist()
                ]
    return found


def _names(records: pa.Table, other: dict, kept: dict) -> pa.Array:
    """Which children belong to a customer record and not to the one that survived."""
    row = pc.shift_right(records["record"].combine_chunks(), PART_BITS)
    mine = pc.equal(row, other["record"] >> PART_BITS)
    for field, key in (("customer_code", "code"), ("customer", "name")):
        if field in records.column_names and other[key] and other[key] != kept[key]:
            same = pc.equal(records[field].combine_chunks(), other[key])
            mine = pc.or_(mine, pc.fill_null(same, False))
    return mine


def _row(
    what: str, where: str, field: str, owner: Object, now: str | None, then: str | None
) -> Row:
    return what, where, owner.fields[field].label, now, then
