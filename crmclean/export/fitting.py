"""Golden records fitted to the target: every cell in its form, every record with its last end.

Parents before children: a contact shows its customer's name exactly as the customer's own file
has it, and shares its end when the customer is rejected (ends.py). The crosswalk that leaves here
is final: what it calls loaded is what the import files hold, no more and no less.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import ends, tables
from crmclean.export import area, cells, owners, place
from crmclean.export.findings import Findings
from crmclean.model import Object
from crmclean.project import Project
from crmclean.templates import POOL, Column, ObjectTemplate, Template, with_columns

NOBODY = "nobody"


@dataclass(frozen=True)
class Part:
    """What goes into one kind of file: the records of one object in the target's columns.

    `golden` and `record` name the records, `parent` the golden customer of each (null: none), all
    in the order of `rows`."""

    object: str
    spec: ObjectTemplate
    columns: tuple[Column, ...]
    golden: pa.Array
    record: pa.Array
    parent: pa.Array
    rows: pa.Table

    def only(self, mask: pa.Array) -> "Part":
        """The records where the mask holds."""
        keys = (self.golden, self.record, self.parent)
        kept = [key.filter(mask) for key in keys]
        return Part(self.object, self.spec, self.columns, *kept, self.rows.filter(mask))

    def slice(self, start: int, count: int) -> "Part":
        """`count` records from `start` on."""
        keys = (self.golden, self.record, self.parent)
        cut = [key.slice(start, count) for key in keys]
        return Part(self.object, self.spec, self.columns, *cut, self.rows.slice(start, count))


@dataclass
class Fitted:
    """`parts` in import order · `crosswalk` with the final ends · `unplaced`: filled fields
    without a column (object, field, label, filled, decision: null where nobody decided)."""

    parts: list[Part]
    crosswalk: pa.Table
    issues: pa.Table
    unplaced: pa.Table

    @property
    def undecided(self) -> list[str]:
        """Fields that a person must place first (law 2): with --no-input that is exit 5."""
        open_ones = self.unplaced.filter(pc.is_null(self.unplaced["decision"])).to_pylist()
        return [f"{row['object']}.{row['field']}" for row in open_ones]


def fit(
    golden: dict[str, pa.Table],
    crosswalk: pa.Table,
    project: Project,
    model: dict[str, Object],
    template: Template,
) -> Fitted:
    """Loaded golden records in the columns of the target; what it would refuse is rejected."""
    parts: list[Part] = []
    issues: list[pa.Table] = []
    unplaced: list[pa.Table] = []
    known: dict[str, dict[str, pa.Array]] = {}
    crosswalk = ends.follow_parents(crosswalk, golden)
    for name in tables.OBJECTS:
        loaded = _loaded(golden.get(name), crosswalk, name)
        if loaded is None or not loaded.num_rows:
            continue
        found = Findings(name, _flat(loaded["record"]))
        if name not in template.objects:
            everything = pa.repeat(pa.scalar(True), loaded.num_rows)
            found.note("NO_IMPORT", everything, "", "", rejects=True)
        else:
            spec = template.objects[name]
            made, left = _object(loaded, spec, model[name], project, known, found)
            parts += made
            unplaced.append(left)
        issues += found.tables
        crosswalk = _reject(crosswalk, name, loaded["golden"], found)
        crosswalk = ends.follow_parents(crosswalk, golden)
    parts = [_still_loaded(part, crosswalk) for part in parts]
    left_over = tables.concat(place.UNPLACED, unplaced)
    every_issue = tables.concat(tables.ISSUES, [*issues, place.issues(left_over)])
    return Fitted(parts, crosswalk, every_issue, left_over)


def _object(
    loaded: pa.Table,
    spec: ObjectTemplate,
    owner: Object,
    project: Project,
    known: dict[str, dict[str, pa.Array]],
    found: Findings,
) -> tuple[list[Part], pa.Table]:
    columns = [c for c in with_columns(spec, owner, project.language) if _used(c, loaded, spec)]
    placed = {column.field for column in columns if column.field}
    to_remark, custom, unplaced = place.decide(loaded, placed, owner, project)
    columns += [c for c in custom if c.field not in placed]
    values = _values(loaded, columns, spec, project, known, found)
    made: dict[str, pa.Array] = {}
    for column in columns:
        mapping = project.picklists.get(f"{owner.name}.{column.field}", {})
        cell, moved = cells.fitted(column, values[column.heading], spec, mapping, found)
        made[column.heading] = cell
        if moved is not None:
            to_remark.append((column.heading, moved))
    _remark(columns, made, to_remark, spec, found)
    in_pool = _pool(columns, made, spec)
    _require(columns, made, owner, spec, in_pool, found)
    _unique(columns, made, spec, found)
    by_field = {c.field: made[c.heading] for c in columns if c.field}
    known[owner.name] = {"golden": _flat(loaded["golden"]), **by_field}
    return _parts(loaded, tuple(columns), made, spec, in_pool), unplaced


def _used(column: Column, loaded: pa.Table, spec: ObjectTemplate) -> bool:
    """Every column of a real template; of the generic one those that hold something."""
    if spec.columns or column.required:
        return True
    return column.field in loaded.column_names and loaded[column.field].null_count < len(loaded)


def _values(
    loaded: pa.Table,
    columns: list[Column],
    spec: ObjectTemplate,
    project: Project,
    known: dict[str, dict[str, pa.Array]],
    found: Findings,
) -> dict[str, pa.Array]:
    """The values of each column before fitting: fields, references, owners, areas."""
    nothing = pa.nulls(loaded.num_rows, pa.string())
    by_field = {
        c.field: _flat(loaded[c.field]) if c.field in loaded.column_names else nothing
        for c in columns
        if c.field
    }
    for column in columns:
        if column.form == "reference":
            by_field[column.field] = _reference(loaded, column, known, by_field[column.field])
    for column in columns:
        if column.form == "owner":
            own = by_field[column.field]
            if column.fallback:
                own = pc.coalesce(own, _of_parent(loaded, column.fallback, known, nothing))
            by_field[column.field] = owners.assigned(own, project.owners, spec.pool is not None)
    if spec.area and {"province", "city", "district", "address"} <= by_field.keys():
        by_field = area.fit(by_field, found)
    return {c.heading: by_field.get(c.field, nothing) for c in columns}


def _reference(
    loaded: pa.Table, column: Column, known: dict[str, dict[str, pa.Array]], own: pa.Array
) -> pa.Array:
    """The parent's name as its own file shows it; a raw name only where the column is optional."""
    parent = _of_parent(loaded, f"{column.field}.name", known, pa.nulls(len(own), pa.string()))
    return parent if column.required else pc.coalesce(parent, own)


def _of_parent(
    loaded: pa.Table, path: str, known: dict[str, dict[str, pa.Array]], nothing: pa.Array
) -> pa.Array:
    """A fitted field of the parent, `customer.owner`, for each record."""
    parent, _, name = path.partition(".")
    link = f"{parent}_golden"
    if link not in loaded.column_names or name not in known.get(parent, {}):
        return nothing
    at = pc.index_in(_flat(loaded[link]), known[parent]["golden"])
    return known[parent][name].take(at)


def _remark(
    columns: list[Column],
    made: dict[str, pa.Array],
    to_remark: list[tuple[str, pa.Array]],
    spec: ObjectTemplate,
    found: Findings,
) -> None:
    """What was placed in the remark stands there as `label：value`, after its own text."""
    column = next((c for c in columns if c.field == "remark"), None)
    if column is None or not to_remark:
        return
    whole = made[column.heading]
    for label, values in to_remark:
        piece = pc.binary_join_element_wise(label, "：", values, "")
        whole = pc.coalesce(pc.binary_join_element_wise(whole, piece, "；"), whole, piece)
    made[column.heading], _ = cells.fitted(column, whole, spec, {}, found)


def _pool(columns: list[Column], made: dict[str, pa.Array], spec: ObjectTemplate) -> pa.Array:
    """Which records belong into the pool's file; its owner cell is empty."""
    owner = next((c for c in columns if c.field == "owner"), None)
    if spec.pool is None or owner is None:
        return pa.repeat(pa.scalar(False), len(next(iter(made.values()))))
    in_pool = pc.fill_null(pc.equal(made[owner.heading], POOL), False)
    made[owner.heading] = pc.if_else(in_pool, cells.NOTHING, made[owner.heading])
    return in_pool


def _require(
    columns: list[Column],
    made: dict[str, pa.Array],
    owner: Object,
    spec: ObjectTemplate,
    in_pool: pa.Array,
    found: Findings,
) -> None:
    for column in columns:
        wanted = column.field in owner.fields and owner.fields[column.field].required == "target"
        if not (column.required or wanted):
            continue
        sure = wanted or spec.rejects("required", column)
        values = made[column.heading]
        if column.field == "owner":  # a record of the pool needs none
            values = pc.if_else(in_pool, pa.scalar(NOBODY), values)
        cells.require(column, values, sure, found)


def _unique(
    columns: list[Column], made: dict[str, pa.Array], spec: ObjectTemplate, found: Findings
) -> None:
    """The target's own rule of what is twice in a file: all but the first are out."""
    for column in columns:
        if column.field not in spec.unique:
            continue
        keys = pc.utf8_lower(made[column.heading])
        keys = pc.if_else(pa.array(found.rejected), cells.NOTHING, keys)
        coded = pc.dictionary_encode(keys).indices
        codes = np.asarray(pc.fill_null(coded, -1))
        first = np.unique(codes, return_index=True)[1]
        again = np.ones(len(codes), bool)
        again[first] = False
        again &= codes >= 0
        sure = spec.rejects("unique", column)
        where = pa.array(again)
        found.note(
            "TARGET_DUPLICATE", where, column.field, column.heading, made[column.heading], sure
        )


def _parts(
    loaded: pa.Table,
    columns: tuple[Column, ...],
    made: dict[str, pa.Array],
    spec: ObjectTemplate,
    in_pool: pa.Array,
) -> list[Part]:
    golden, record = _flat(loaded["golden"]), _flat(loaded["record"])
    rows = pa.table({c.heading: made[c.heading] for c in columns})
    nobody = pa.nulls(loaded.num_rows, pa.string())
    linked = "customer_golden" in loaded.column_names
    parent = _flat(loaded["customer_golden"]) if linked else nobody
    whole = Part(spec.object, spec, columns, golden, record, parent, rows)
    if spec.pool is None:
        return [whole]
    ours = whole.only(in_pool)
    of_pool = _as_pool(ours, spec.pool)
    return [whole.only(pc.invert(in_pool)), *([of_pool] if ours.rows.num_rows else [])]


def _as_pool(part: Part, spec: ObjectTemplate) -> Part:
    """The same records under the headings of the pool's template."""
    position = {c.field: n for n, c in enumerate(part.columns) if c.field}
    nothing = pa.nulls(part.rows.num_rows, pa.string())
    extra = [c for c in part.columns if c.field and spec.column_of(c.field) is None]
    columns = (*spec.columns, *extra)
    arrays = [
        part.rows.column(position[c.field]) if c.field in position else nothing for c in columns
    ]
    rows = pa.table(arrays, names=[c.heading for c in columns])
    return Part(part.object, spec, columns, part.golden, part.record, part.parent, rows)


def _loaded(golden: pa.Table | None, crosswalk: pa.Table, name: str) -> pa.Table | None:
    """The golden records that are loaded as far as is known: their master's end says so."""
    if golden is None:
        return None
    mine = pc.and_(pc.equal(crosswalk["object"], name), pc.equal(crosswalk["end"], "loaded"))
    return golden.filter(pc.is_in(golden["record"], crosswalk["record"].filter(mine)))


def _reject(crosswalk: pa.Table, name: str, golden: pa.ChunkedArray, found: Findings) -> pa.Table:
    """The crosswalk with every record of a rejected golden record rejected, and why."""
    out = pa.array(found.rejected)
    if not pc.any(out).as_py():
        return crosswalk
    ids, reasons = _flat(golden).filter(out), pa.array(found.reason[found.rejected], pa.string())
    at = pc.index_in(_flat(crosswalk["golden"]), ids)
    live = pc.is_in(crosswalk["end"], pa.array(["loaded", "merged"]))
    mine = pc.and_(pc.equal(crosswalk["object"], name), live)
    hit = pc.and_(_flat(mine), pc.is_valid(at))
    columns = {column: crosswalk[column] for column in crosswalk.column_names}
    columns["end"] = pc.if_else(hit, "rejected", _flat(crosswalk["end"]))
    columns["reason"] = pc.if_else(hit, reasons.take(at), _flat(crosswalk["reason"]))
    return tables.table(tables.CROSSWALK, columns)


def _still_loaded(part: Part, crosswalk: pa.Table) -> Part:
    mine = pc.and_(pc.equal(crosswalk["object"], part.object), pc.equal(crosswalk["end"], "loaded"))
    return part.only(pc.is_in(part.record, _flat(crosswalk["record"].filter(mine))))


def _flat(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
