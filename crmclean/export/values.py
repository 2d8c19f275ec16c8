"""The values of each column before they are fitted: fields, references, owners, areas."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.export import area, owners
from crmclean.export.cells import by_distinct
from crmclean.export.findings import Findings
from crmclean.project import Project
from crmclean.templates import Column, ObjectTemplate

AREA = {"province", "city", "district", "address"}
SEPARATOR = "\x1f"
#: What has been fitted so far: object → field (and `golden`) → values.
Known = Mapping[str, Mapping[str, pa.Array]]


def gathered(
    loaded: pa.Table,
    columns: list[Column],
    spec: ObjectTemplate,
    project: Project,
    known: Known,
    found: Findings,
) -> tuple[dict[str, pa.Array], pa.Array]:
    """heading → values, and the group of each record (its owner where files go by owner)."""
    nothing = pa.nulls(loaded.num_rows, pa.string())
    fields = {c.field: own(loaded, c.field) for c in columns if c.field}
    for column in columns:
        if column.form == "reference":
            parent = _of_parent(loaded, f"{column.field}.name", known)
            is_text = not column.required or column.fallback
            fields[column.field] = pc.coalesce(parent, fields[column.field]) if is_text else parent
        elif column.form == "parent_id":
            fields[column.field] = _of_parent(loaded, f"{column.field}.golden", known)
        if column.fallback:
            fields[column.field] = pc.coalesce(
                fields[column.field], _fallback(loaded, column.fallback, known)
            )
        if column.form in ("owner", "owner_id"):
            in_pool = spec.pool is not None
            fields[column.field] = owners.assigned(fields[column.field], project.owners, in_pool)
    if spec.area and fields.keys() >= AREA:
        fields = area.fit(fields, found)
    for column in columns:
        for name in column.before:
            fields[column.field] = _in_front(own(loaded, name), fields[column.field])
    values = {c.heading: fields.get(c.field, nothing) for c in columns}
    values |= {c.heading: own(loaded, "golden") for c in columns if c.form == "id"}
    return values, _groups(loaded, spec, project, known, nothing)


def own(loaded: pa.Table, name: str) -> pa.Array:
    """A field of the records, null where the object does not have it."""
    if name not in loaded.column_names:
        return pa.nulls(loaded.num_rows, pa.string())
    return loaded[name].combine_chunks()


def _groups(
    loaded: pa.Table, spec: ObjectTemplate, project: Project, known: Known, nothing: pa.Array
) -> pa.Array:
    if not spec.per_owner:
        return nothing
    owner = pc.coalesce(own(loaded, "owner"), _of_parent(loaded, "customer.owner", known))
    return pc.fill_null(owners.assigned(owner, project.owners, True), owners.POOL)


def _fallback(loaded: pa.Table, path: str, known: Known) -> pa.Array:
    return _of_parent(loaded, path, known) if "." in path else own(loaded, path)


def _of_parent(loaded: pa.Table, path: str, known: Known) -> pa.Array:
    """A fitted field of the parent, `customer.owner`, for each record."""
    parent, _, name = path.partition(".")
    link = f"{parent}_golden"
    if link not in loaded.column_names or name not in known.get(parent, {}):
        return pa.nulls(loaded.num_rows, pa.string())
    at = pc.index_in(loaded[link].combine_chunks(), known[parent]["golden"])
    return known[parent][name].take(at)


def _in_front(first: pa.Array, second: pa.Array) -> pa.Array:
    """Both in one cell, unless the second already holds the first."""
    both = pc.binary_join_element_wise(pc.fill_null(first, ""), pc.fill_null(second, ""), SEPARATOR)
    return by_distinct(both, _joined)


def _joined(both: str) -> str | None:
    first, _, second = both.partition(SEPARATOR)
    return (second if first in second else first + second) or None
