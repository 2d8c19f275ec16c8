"""Where the parts of a cell go: another field, another record, and nothing is lost.

A cell with a number and a name, with two numbers or three persons holds more than its field. The
model says which field takes which part (`parts: {mobile: contact.mobile}`). A field that is
filled keeps its own value; the part then stays in the field it came from if that is free and the
part is a number, else it joins `other_phones` or `remark`. A further record is made only for a
part that names it: each person beyond the first in a cell is one record (part 1, 2… of the row).
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.normalise.cells import (
    NUMBERS,
    Column,
    Moved,
    Records,
    nulls,
    parts_of,
    scattered,
    target,
)
from crmclean.normalise.desk import Desk

#: A part that names a record comes first: the others may belong to the record it makes.
ORDER = ("", "name", *NUMBERS)
JOINED = ("other_phones", "remark")
JOINT = "；"


def place_parts(desk: Desk) -> None:
    """Give every part of every cell its place."""
    moved = [part for column in desk.columns for part in parts_of(column)]
    moved.sort(key=lambda m: (m.person, ORDER.index(m.part) if m.part in ORDER else len(ORDER)))
    for part in moved:
        _further(desk, part) if part.person else _place(desk, part)


def _place(desk: Desk, moved: Moved) -> None:
    """A part goes to its field; where that is filled, on to the next place that takes it."""
    field = moved.column.field
    rows, texts, cells = moved.column.rows[moved.cells], moved.texts, moved.cells
    for path in _places(desk, moved):
        name, _, column = path.partition(".")
        if path == field.path:
            done = _stay(desk, moved.column, cells, texts)
        else:
            there = _found(desk, field.object, name, column, rows)
            done = _put(desk, moved, name, column, there, texts)
        rest = np.flatnonzero(~done)
        rows, texts, cells = rows[rest], texts.take(pa.array(rest)), cells[rest]
        if not len(rows):
            return


def _places(desk: Desk, moved: Moved) -> list[str]:
    """Where a part may go, best first; the last takes everything."""
    field = moved.column.field
    fields = desk.model[field.object].fields
    wanted = target(moved.part, field)
    chain = [wanted] if wanted else []
    if moved.part in NUMBERS:
        chain += [field.path] if moved.part != "other" else []
        chain += [f"{field.object}.other_phones"] if "other_phones" in fields else []
    return list(dict.fromkeys([*chain, f"{field.object}.remark"]))


def _stay(desk: Desk, column: Column, cells: np.ndarray, texts: pa.Array) -> np.ndarray:
    """A number stays in the field it came from where that is free. The change is told once,
    as the change of the cell."""
    held = desk.held[column.field.object].columns[column.field.name]
    rows = column.rows[cells]
    free = held.take(pa.array(rows)).is_null().to_numpy(zero_copy_only=False)
    here = pa.array(np.flatnonzero(free))
    desk.write(column.field.object, column.field.name, rows[free], texts.take(here))
    column.after = scattered(column.after, cells[free], texts.take(here))
    return free


def _found(desk: Desk, origin: str, name: str, column: str, rows: np.ndarray) -> np.ndarray:
    """The places of the same rows in the table of another object, -1 where there is none;
    a part that names the object makes the missing records."""
    if name == origin:
        return rows
    if name not in desk.held:
        fields = desk.model[name].fields
        desk.held[name] = Records(pa.array([], pa.int64()), dict.fromkeys(fields, nulls(0)))
    ids = desk.held[origin].records.take(pa.array(rows))
    if column == desk.model[name].name_field:
        known = pc.is_in(ids, value_set=desk.held[name].records)
        desk.make(name, ids.filter(pc.invert(known)))
    there = pc.index_in(ids, value_set=desk.held[name].records)
    return pc.fill_null(there, -1).to_numpy()


def _put(
    desk: Desk, moved: Moved, name: str, column: str, there: np.ndarray, texts: pa.Array
) -> np.ndarray:
    """Write texts into free cells (or join them on); which of them found a place."""
    held = desk.held[name]
    exists = there >= 0
    current = held.column(column).take(pa.array(there, mask=~exists))
    joins = column in JOINED
    same = pc.fill_null(pc.equal(current, texts), False).to_numpy(zero_copy_only=False) & exists
    takes = exists & ~same
    if not joins:
        takes &= current.is_null().to_numpy(zero_copy_only=False)
    here = pa.array(np.flatnonzero(takes))
    before, told = current.take(here), texts.take(here)
    after = pc.binary_join_element_wise(before, told, JOINT, null_handling="skip")
    desk.write(name, column, there[takes], after)
    desk.tell(moved.column.field, moved.column.heading, name, column, there[takes], before, after)
    return takes | same


def _further(desk: Desk, moved: Moved) -> None:
    """A further person of a cell: a record of its own, that refers where the first one does."""
    field = moved.column.field
    owner = desk.model[field.object]
    held = desk.held[field.object]
    rows = moved.column.rows[moved.cells]
    ids = pc.add(held.records.take(pa.array(rows)), moved.person)
    new = ids.filter(pc.invert(pc.is_in(ids, value_set=held.records)))
    desk.make(field.object, new)
    there = pc.index_in(ids, value_set=held.records).to_numpy()
    if moved.part == "":
        for shared in (*owner.refers, *(f"{name}_code" for name in owner.refers), "owner"):
            if shared in held.columns:
                _copy(desk, moved, shared, rows, there)
    wanted = target(moved.part, field) or f"{field.object}.{moved.part or field.name}"
    _put(desk, moved, field.object, wanted.partition(".")[2], there, moved.texts)


def _copy(desk: Desk, moved: Moved, column: str, rows: np.ndarray, there: np.ndarray) -> None:
    texts = desk.held[moved.column.field.object].columns[column].take(pa.array(rows))
    filled = texts.is_valid().to_numpy(zero_copy_only=False)
    _put(desk, moved, moved.column.field.object, column, there[filled], texts.drop_null())
