"""Rows of a source → records of the objects of the model. Pure: a batch and the plan, nothing else.

A row of a customer sheet is one customer and, where a field of the contact is filled, one contact
on the same row (part 0 of each object). The object of the source always gets its record, so that
every data row yields one (design.md 3, law 1). Further contacts of a row (联系人2, 手机2) stand in
columns of their own: `contacts` of the source says which, and each is read as one more contact.
"""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import messages, tables
from crmclean.mapping.cells import Cells, fill, is_filled, of_field
from crmclean.model import Object
from crmclean.plan import Source
from crmclean.project import FieldSource, Project
from crmclean.rules import placeholder

#: What no fill has resolved stood for something: that is no empty row.
DITTO = pa.array(["同上", "同前", "同左", "〃"])


@dataclass(frozen=True)
class Mapped:
    """Records by object, the changes that made their cells, and what a person should look at."""

    tables: dict[str, pa.Table]
    changes: pa.Table
    issues: pa.Table


def records(
    rows: pa.Table,
    source: Source,
    project: Project,
    model: dict[str, Object],
    base: Path,
    further: int = 0,
) -> Mapped:
    """The records of one batch of `rows` (row, kind, c1..cn). `base` is the project's folder;
    `further`: instead, the contacts that this one of `contacts` tells of."""
    batch = fill(rows, source)
    part = further * tables.FURTHER
    ids = tables.record_ids(source.number, batch.read["row"].combine_chunks(), part)
    entry = project.sources[source.entry]
    given = entry.of(further)
    cells = {path: of_field(batch, source, how, base) for path, how in given.items()}
    found, changes, issues = {}, [], []
    for name in model:
        mine = {path: cell for path, cell in cells.items() if path.startswith(f"{name}.")}
        if not mine and (further or name != source.object):
            continue
        keep = _exists(model[name], mine, source, project, len(ids), further)
        found[name] = _records(model[name], mine, ids, keep)
        changes += [_changes(path, cell, ids, keep) for path, cell in mine.items()]
        issues += [
            _unknown_codes(path, cell, ids, keep, source, given) for path, cell in mine.items()
        ]
    return Mapped(
        found, tables.concat(tables.CHANGES, changes), tables.concat(tables.ISSUES, issues)
    )


def _exists(
    owner: Object,
    cells: dict[str, Cells],
    source: Source,
    project: Project,
    size: int,
    further: int,
) -> pa.Array:
    """Which rows hold a record of this object: all of the source's own, else (and of a further
    contact) those where a cell of its own says something. A column that the source's object takes
    too (负责人) is not its own."""
    if owner.name == source.object and not further:
        return pa.repeat(True, size)
    entry = project.sources[source.entry]
    shared = {how.column for p, how in entry.fields.items() if p.startswith(f"{source.object}.")}
    keep = pa.repeat(False, size)
    for path, how in (entry.contacts[further - 1] if further else entry.fields).items():
        if path in cells and (how.column or how.concat) and how.column not in shared:
            field, values = owner.fields[path.partition(".")[2]], cells[path].values
            nothing = placeholder.spellings(field.kind, project.placeholders)
            words = pc.utf8_trim_whitespace(values)
            said = pc.or_(pc.invert(pc.is_in(words, value_set=nothing)), pc.is_in(words, DITTO))
            keep = pc.or_(keep, pc.and_(is_filled(values), said))
    return keep


def _records(owner: Object, cells: dict[str, Cells], ids: pa.Array, keep: pa.Array) -> pa.Table:
    size = len(ids)
    columns = [ids]
    for name in owner.fields:
        cell = cells.get(f"{owner.name}.{name}")
        columns.append(cell.values if cell else pa.nulls(size, pa.string()))
    whole = pa.Table.from_arrays(columns, schema=tables.records_schema(owner.fields))
    return whole if keep.true_count == size else whole.filter(keep)


def _changes(path: str, cell: Cells, ids: pa.Array, keep: pa.Array) -> pa.Table:
    owner, field = path.split(".", 1)
    parts = []
    for step in cell.steps:
        mask = pc.and_(step.mask, keep)
        columns = {
            "object": owner,
            "record": ids.filter(mask),
            "field": field,
            "step": step.step,
            "rule": step.rule,
            "column": step.column,
            "before": step.before.filter(mask),
            "after": step.after.filter(mask),
        }
        parts.append(tables.table(tables.CHANGES, columns))
    return tables.concat(tables.CHANGES, parts)


def _unknown_codes(
    path: str,
    cell: Cells,
    ids: pa.Array,
    keep: pa.Array,
    source: Source,
    given: dict[str, FieldSource],
) -> pa.Table:
    if cell.unknown is None:
        return tables.ISSUES.empty_table()
    owner, field = path.split(".", 1)
    mask = pc.and_(pc.fill_null(cell.unknown, False), keep)
    records = ids.filter(mask)
    columns = {
        "source": source.number,
        "row": tables.rows_of(records),
        "column": given[path].column,
        "object": owner,
        "record": records,
        "field": field,
        "code": "MAPPING_UNKNOWN_CODE",
        "severity": messages.severity("MAPPING_UNKNOWN_CODE"),
        "value": cell.values.filter(mask),
    }
    return tables.table(tables.ISSUES, columns)
