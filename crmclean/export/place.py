"""Filled fields for which the target has no column (law 2: conservation of columns).

Each is counted and placed by the person's decision, `unplaced:` in crmclean.yaml: remark (written
there as `label：value`), custom_field (a column of its own, which the CRM must have), drop. Without
a decision it is not migrated and stands in not_migrated.csv.
"""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import tables
from crmclean.messages import severity
from crmclean.model import Object
from crmclean.project import Project
from crmclean.templates import Column

UNPLACED = pa.schema(
    [
        ("object", tables.TEXT),
        ("field", tables.TEXT),
        ("label", tables.TEXT),
        ("filled", pa.int64()),
        ("decision", tables.TEXT),
    ]
)
#: Fields that the program fills of itself: see derive/nameless.py and dedupe/branches.py.
FOUND = ("customer.parent", "customer.mobile", "customer.phone", "customer.email")


def decide(
    loaded: pa.Table, placed: set[str], owner: Object, project: Project
) -> tuple[list[tuple[str, pa.Array]], list[Column], pa.Table]:
    """(label, values) for the remark, columns of custom fields, and all unplaced fields."""
    to_remark: list[tuple[str, pa.Array]] = []
    custom: list[Column] = []
    rows: list[dict[str, object]] = []
    for name, known in owner.fields.items():
        if name in placed or name not in loaded.column_names or _is_key(name, owner):
            continue
        values = loaded[name].combine_chunks()
        filled = len(values) - values.null_count
        if not filled:
            continue
        label = known.label.get(project.language) or name
        decision = project.unplaced.get(known.path) or _listed(known.path, project)
        if decision == "remark" and "remark" in placed:
            to_remark.append((label, values))
        elif decision == "custom_field":
            custom.append(Column(label, name))
        rows.append(
            dict(zip(UNPLACED.names, (owner.name, name, label, filled, decision), strict=True))
        )
    return to_remark, custom, pa.Table.from_pylist(rows, UNPLACED)


def unused(loaded: pa.Table, columns: Sequence[Column]) -> pa.Table:
    """The records without the values that stand in for another field, which is blank there."""
    for column in columns:
        if column.field in loaded.column_names and column.fallback in loaded.column_names:
            place = loaded.column_names.index(column.fallback)
            kept = pc.if_else(pc.is_null(loaded[column.field]), None, loaded[column.fallback])
            loaded = loaded.set_column(place, column.fallback, kept)
    return loaded


def issues(unplaced: pa.Table) -> pa.Table:
    """One issue for every field that nobody has decided on."""
    open_ones = unplaced.filter(pc.is_null(unplaced["decision"]))
    columns = {
        "object": open_ones["object"],
        "field": open_ones["field"],
        "column": open_ones["label"],
        "value": pc.cast(open_ones["filled"], pa.string()),
        "code": "UNPLACED_FIELD",
        "severity": severity("UNPLACED_FIELD"),
    }
    return tables.table(tables.ISSUES, columns, open_ones.num_rows)


def _listed(path: str, project: Project) -> str | None:
    """What needs no decision: a branch's head office, or the number of a contact without a name,
    that no source column named. The issues and the quarantine list every one."""
    mapped = any(path in source.fields for source in project.sources)
    return "issues" if path in FOUND and not mapped else None


def _is_key(name: str, owner: Object) -> bool:
    """A code that only finds the parent: the reference itself carries what it says."""
    return any(name == f"{reference}_code" for reference in owner.refers)
