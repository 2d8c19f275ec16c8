"""The sources in a summary: their columns, what stands in them and where each goes, as counts."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import headings, privacy
from crmclean.check import content
from crmclean.plan import Column, Plan, Source
from crmclean.project import FieldSource, Project
from crmclean.project import Source as Entry

#: Of the summary as a whole, which this begins.
SCHEMA = "crmclean-summary/1"
HEAD_ROWS = 50_000
OPTIONS = ("date_order", "epoch", "unit")


def layout(plan: Plan, project: Project, work: Any = None) -> dict[str, Any]:
    """The sources alone: what is known when a run stopped after its first look."""
    return {"schema": SCHEMA, "sources": [_source(s, project, work) for s in plan.sources]}


def _source(source: Source, project: Project, work: Any) -> dict[str, Any]:
    entry = project.sources[source.entry]
    fields = {
        column.number: path
        for path, given in entry.given
        if given.column is not None and (column := headings.find(source, given.column))
    }
    head, heads = _head(source, work), privacy.headings([c.heading for c in source.columns])
    return {
        "path": source.path,
        "sheet": source.sheet,
        "system": source.system,
        "role": source.role,
        "object": source.object,
        "entry": source.entry,
        "sha256": source.sha256,
        "container": source.reading.get("container"),
        "encoding": source.reading.get("encoding"),
        "header_rows": list(source.header_rows),
        "rows": dict(sorted(source.counts.items())),
        "columns": [
            _column(c, shown, fields.get(c.number), head)
            for c, shown in zip(source.columns, heads, strict=True)
        ],
        "mapping": _mapping(entry),
        "drop": list(entry.drop),
    }


def _mapping(entry: Entry) -> dict[str, str]:
    """Where each field comes from; those of the further contacts of a row by their number too."""
    found = {path: _origin(given) for path, given in sorted(entry.fields.items())}
    for number, contact in enumerate(entry.contacts, 2):
        found |= {f"{path} {number}": _origin(given) for path, given in sorted(contact.items())}
    return found


def _head(source: Source, work: Any) -> pa.Table | None:
    """The first data rows of a source, as read."""
    if work is None or not work.has(f"rows/{source.number}"):
        return None
    rows = work.head(f"rows/{source.number}", HEAD_ROWS)
    return rows.filter(pc.equal(rows["kind"], "data"))


def _column(
    column: Column, heading: str, field: str | None, head: pa.Table | None
) -> dict[str, Any]:
    entry = {
        "heading": heading,
        "field": field,
        "filled": column.filled,
        "distinct": column.distinct,
        "options": {name: column.options[name] for name in OPTIONS if name in column.options},
    }
    name = f"c{column.number}"
    if head is not None and name in head.column_names:
        cells = head[name].combine_chunks()
        sketch = content.sketch(cells)
    else:
        cells, sketch = pa.array(column.samples, pa.string()), None
    shapes, size = content.shapes(cells), content.size(cells)
    return {**entry, "shapes": shapes, "size": size, "sketch": sketch}


def _origin(given: FieldSource) -> str:
    """Where a field comes from, as one line; a constant is not told, it may name somebody."""
    if given.column is not None:
        extra = [f"unit {given.unit}"] if given.unit else []
        extra += [f"lookup {given.lookup}"] if given.lookup else []
        return " · ".join([given.column, *extra])
    if given.concat:
        return " + ".join(given.concat)
    return "sequence" if given.sequence else "constant"
