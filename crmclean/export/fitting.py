"""Golden records fitted to the target: every cell in its form, every record with its last end.

Parents before children: a contact shows its customer's name exactly as the customer's own file
has it, and shares its end when the customer is rejected (ends.py). The crosswalk that leaves here
is final: what it calls loaded is what the import files hold, no more and no less.
"""

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import ends, tables
from crmclean.errors import Broken
from crmclean.export import cells, place, refusals
from crmclean.export.findings import Findings
from crmclean.export.parts import KEYS, Fitted, Part, of_pool
from crmclean.export.values import gathered, own
from crmclean.model import Object
from crmclean.project import Project
from crmclean.templates import POOL, Column, ObjectTemplate, Template, with_columns

#: Fields that take what has no cell of its own.
REMARKS = ("remark", "content")


def fit(
    golden: dict[str, pa.Table],
    crosswalk: pa.Table,
    project: Project,
    model: dict[str, Object],
    template: Template,
) -> Fitted:
    """Loaded golden records in the columns of the target; what it would refuse is rejected.
    Raises Broken (EXPORT_ROWS) if the parts do not hold exactly the loaded records, UsageError if
    the target would refuse every row."""
    parts: list[Part] = []
    issues: list[pa.Table] = []
    unplaced: list[pa.Table] = []
    known: dict[str, dict[str, pa.Array]] = {}
    crosswalk = ends.follow_parents(crosswalk, golden)
    for name in tables.OBJECTS:
        loaded = _loaded(golden.get(name), crosswalk, name)
        if loaded is None or not loaded.num_rows:
            continue
        found = Findings(name, own(loaded, "record"))
        if name not in template.objects:
            everything = pa.repeat(pa.scalar(True), loaded.num_rows)
            found.note("NO_IMPORT", everything, "", "", rejects=True)
        else:
            spec = template.objects[name]
            made, left = _object(loaded, spec, model[name], project, known, found)
            parts += made
            unplaced.append(left)
        issues += found.tables
        rejected = _reject(crosswalk, name, own(loaded, "golden"), found)
        if rejected is not crosswalk:
            crosswalk = ends.follow_parents(rejected, golden)
    parts = [_still_loaded(part, crosswalk) for part in parts]
    _reconcile(parts, crosswalk)
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
    """The parts of one object, and its fields without a column."""
    columns = [c for c in with_columns(spec, owner, project.language) if _used(c, loaded, spec)]
    placed = {name for c in columns for name in (c.field, *c.before) if name}
    placed |= {"owner"} if spec.per_owner else set()
    left = place.unused(loaded, columns)
    to_remark, custom, unplaced = place.decide(left, placed, owner, project)
    refusals.possible(columns, custom, spec)
    columns += custom
    values, group = gathered(loaded, columns, spec, project, known, found)
    made: dict[str, pa.Array] = {}
    for column in columns:
        mapping = project.picklists.get(f"{owner.name}.{column.field}", {})
        made[column.heading], moved = cells.fitted(
            column, values[column.heading], spec, mapping, found
        )
        if moved is not None:
            to_remark.append((column.heading, moved))
    _remark(columns, made, to_remark, spec, found)
    in_pool = _pool(columns, made, spec)
    refusals.require(columns, made, values, owner, spec, in_pool, found)
    refusals.unique(columns, made, spec, found)
    by_field = {c.field: made[c.heading] for c in columns if c.field}
    ids = own(loaded, "golden")
    known[owner.name] = {"owner": group, **by_field, "golden": ids}
    return _parts(loaded, tuple(columns), made, spec, group, in_pool), unplaced


def _used(column: Column, loaded: pa.Table, spec: ObjectTemplate) -> bool:
    """Every column of a real template; of the generic one those that hold something."""
    if spec.columns or column.required:
        return True
    return column.field in loaded.column_names and loaded[column.field].null_count < len(loaded)


def _remark(
    columns: list[Column],
    made: dict[str, pa.Array],
    to_remark: list[tuple[str, pa.Array]],
    spec: ObjectTemplate,
    found: Findings,
) -> None:
    """What was placed in the remark stands there as `label：value`, after its own text."""
    column = next((c for name in REMARKS for c in columns if c.field == name), None)
    if column is None or not to_remark:
        return
    whole = made[column.heading]
    for label, values in to_remark:
        piece = pc.binary_join_element_wise(label.lstrip("*"), "：", values, "")
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


def _parts(
    loaded: pa.Table,
    columns: tuple[Column, ...],
    made: dict[str, pa.Array],
    spec: ObjectTemplate,
    group: pa.Array,
    in_pool: pa.Array,
) -> list[Part]:
    parent = own(loaded, "customer_golden")
    ids = {"golden": own(loaded, "golden"), "record": own(loaded, "record")}
    keys = tables.table(KEYS, {**ids, "parent": parent, "group": group})
    rows = pa.table({c.heading: made[c.heading] for c in columns})
    whole = Part(spec.object, spec, columns, keys, rows)
    if spec.pool is None:
        return [whole]
    ours = whole.only(in_pool)
    return [whole.only(pc.invert(in_pool)), *([of_pool(ours, spec.pool)] if len(ours.rows) else [])]


def _loaded(golden: pa.Table | None, crosswalk: pa.Table, name: str) -> pa.Table | None:
    """The golden records that are loaded as far as is known: their master's end says so."""
    return None if golden is None else golden.filter(_in(golden["record"], crosswalk, name))


def _still_loaded(part: Part, crosswalk: pa.Table) -> Part:
    return part.only(_in(part.record, crosswalk, part.object))


def _in(records: pa.Array | pa.ChunkedArray, crosswalk: pa.Table, name: str) -> pa.Array:
    mine = pc.and_(pc.equal(crosswalk["object"], name), pc.equal(crosswalk["end"], "loaded"))
    return pc.is_in(records, crosswalk["record"].filter(mine).combine_chunks())


def _reject(crosswalk: pa.Table, name: str, golden: pa.Array, found: Findings) -> pa.Table:
    """The crosswalk with every record of a rejected golden record rejected, and why."""
    out = pa.array(found.rejected)
    if not pc.any(out).as_py():
        return crosswalk
    reasons = pa.array(found.reason[found.rejected], pa.string())
    at = pc.index_in(crosswalk["golden"].combine_chunks(), golden.filter(out))
    live = pc.is_in(crosswalk["end"], pa.array(["loaded", "merged"]))
    mine = pc.and_(pc.equal(crosswalk["object"], name), live).combine_chunks()
    hit = pc.and_(mine, pc.is_valid(at))
    columns = {column: crosswalk[column].combine_chunks() for column in crosswalk.column_names}
    columns["end"] = pc.if_else(hit, "rejected", columns["end"])
    columns["reason"] = pc.if_else(hit, reasons.take(at), columns["reason"])
    return tables.table(tables.CROSSWALK, columns)


def _reconcile(parts: list[Part], crosswalk: pa.Table) -> None:
    """As many rows in the parts as records that the crosswalk calls loaded. Raises Broken."""
    loaded = crosswalk.filter(pc.equal(crosswalk["end"], "loaded"))["object"]
    counts = {row["values"]: row["counts"] for row in pc.value_counts(loaded).to_pylist()}
    for name in tables.OBJECTS:
        found = sum(part.rows.num_rows for part in parts if part.object == name)
        if found != counts.get(name, 0):
            raise Broken("EXPORT_ROWS", object=name, rows=counts.get(name, 0), found=found)
