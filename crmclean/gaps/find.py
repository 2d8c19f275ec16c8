"""Missing required values of golden records, and completeness per field, source and owner.

Required has two meanings (design.md 4): `target`, the import refuses the record; `standard`, the
business wants the value and the record loads all the same. Both are gaps.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import tables
from crmclean.model import Field, Object
from crmclean.plan import Plan
from crmclean.project import Project

TEXT = tables.TEXT
GAPS = pa.schema(
    [
        ("object", TEXT),
        ("golden", TEXT),
        ("field", TEXT),
        ("record", pa.int64()),
        ("required", TEXT),
        ("owner", TEXT),
        ("source", pa.int32()),
        ("row", pa.int64()),
    ]
)
COMPLETENESS = pa.schema(
    [
        ("dimension", TEXT),  # all | source | owner
        ("name", TEXT),
        ("object", TEXT),
        ("field", TEXT),
        ("required", TEXT),
        ("filled", pa.int64()),
        ("total", pa.int64()),
    ]
)
#: Ends of records that are, or would be, in the target: nobody fills what waits for a decision.
ASKED = pa.array(["loaded", "rejected"])


def missing(
    golden: dict[str, pa.Table],
    crosswalk: pa.Table,
    plan: Plan,
    project: Project,
    model: dict[str, Object],
) -> list[tuple[str, str, pa.Table]]:
    """One row per golden record and required field that has no value, field by field: its path, the
    object, GAPS in the order of golden records."""
    parts = []
    for name, records in golden.items():
        asked, owner = _asked(records, name, crosswalk), owners(golden, records, name, project)
        for field in required(model[name]):
            mask = pc.and_not(asked, filled(records, field))
            ids = pc.filter(records["record"], mask)
            columns = {
                "object": name,
                "golden": pc.filter(records["golden"], mask),
                "record": ids,
                "field": field.name,
                "required": field.required,
                "owner": pc.filter(owner, mask),
                "source": tables.sources_of(ids),
                "row": tables.rows_of(ids),
            }
            parts.append((field.path, name, tables.table(GAPS, columns)))
    return parts


def completeness(
    golden: dict[str, pa.Table],
    crosswalk: pa.Table,
    plan: Plan,
    project: Project,
    model: dict[str, Object],
    every: bool = False,
) -> pa.Table:
    """COMPLETENESS: over all records, per source system and per owner; every field that is
    required, or that some record fills, or really `every` one."""
    systems = pa.array([None, *(s.system or s.name for s in plan.sources)], TEXT)
    parts = []
    for name, records in golden.items():
        asked = _asked(records, name, crosswalk)
        everybody = _Names(pa.repeat("", pc.sum(asked).as_py() or 0))
        system = _Names(systems.take(tables.sources_of(pc.filter(_flat(records["record"]), asked))))
        owner = _Names(pc.filter(owners(golden, records, name, project), asked))
        for field in model[name].fields.values():
            has = pc.filter(filled(records, field), asked).to_numpy(zero_copy_only=False)
            if field.required == "no" and not every and not has.any():
                continue
            parts.append(everybody.counted("all", has, field))
            parts.append(system.counted("source", has, field))
            if field.required != "no":
                parts.append(owner.counted("owner", has, field))
    return tables.concat(COMPLETENESS, parts)


def recounted(
    before: pa.Table, gone: pa.Table, new: pa.Table, model: dict[str, Object]
) -> pa.Table:
    """COMPLETENESS where some golden records are gone and some are new, both counted in every field."""
    signed = [_signed(_every(before, model), 1), _signed(gone, -1), _signed(new, 1)]
    summed = pa.concat_tables(signed).group_by(COMPLETENESS.names[:5])
    summed = summed.aggregate([("filled", "sum"), ("total", "sum")])
    summed = summed.filter(pc.greater(summed["total_sum"], 0)).rename_columns(COMPLETENESS.names)
    every = pc.and_(pc.equal(summed["dimension"], "all"), pc.greater(summed["filled"], 0))
    told = pc.or_(
        pc.not_equal(summed["required"], "no"),
        pc.is_in(_paths(summed), value_set=pc.unique(_paths(summed.filter(every)))),
    )
    summed = summed.filter(told)
    return summed.take(_as_told(summed, model)).cast(COMPLETENESS).combine_chunks()


def _every(counted: pa.Table, model: dict[str, Object]) -> pa.Table:
    """The counts of every field: of those that nobody fills, nothing is told."""
    parts, known = [counted], set(_paths(counted).to_pylist())
    for owner in model.values():
        mine = counted.filter(pc.equal(counted["object"], owner.name))
        whose = mine.filter(pc.not_equal(mine["dimension"], "owner"))
        names = (
            whose.select(["dimension", "name", "object", "total"])
            .group_by(["dimension", "name", "object", "total"])
            .aggregate([])
        )
        for field in owner.fields.values():
            if field.path not in known:
                columns = {**dict(zip(names.column_names, names.columns, strict=True))}
                columns |= {"field": field.name, "required": field.required, "filled": 0}
                parts.append(tables.table(COMPLETENESS, columns, names.num_rows))
    return pa.concat_tables(parts)


def _as_told(counted: pa.Table, model: dict[str, Object]) -> pa.Array:
    """The order in which fields are counted."""
    fields = [field.path for owner in model.values() for field in owner.fields.values()]
    order = {
        "path": pc.index_in(_paths(counted), pa.array(fields)),
        "dimension": pc.index_in(counted["dimension"], pa.array(["all", "source", "owner"])),
        "name": counted["name"],
    }
    return pc.sort_indices(pa.table(order), [(name, "ascending") for name in order])


def _paths(counted: pa.Table) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(counted["object"], counted["field"], ".")


def _signed(counted: pa.Table, sign: int) -> pa.Table:
    for name in ("filled", "total"):
        at = counted.column_names.index(name)
        counted = counted.set_column(at, name, pc.multiply(counted[name], sign))
    return counted


class _Names:
    """Who or what each record belongs to, as numbers: they are counted once per field."""

    def __init__(self, names: pa.Array) -> None:
        encoded = pc.fill_null(names, "").dictionary_encode()
        self.names, self.codes = encoded.dictionary, encoded.indices.to_numpy()
        self.totals = np.bincount(self.codes, minlength=len(self.names))

    def counted(self, dimension: str, has: np.ndarray, field: Field) -> pa.Table:
        """COMPLETENESS of one field: how many of each name's records have a value."""
        columns = {
            "dimension": dimension,
            "name": self.names,
            "object": field.object,
            "field": field.name,
            "required": field.required,
            "filled": pa.array(np.bincount(self.codes[has], minlength=len(self.names))),
            "total": pa.array(self.totals),
        }
        return tables.table(COMPLETENESS, columns).sort_by("name")


def required(owner: Object) -> list[Field]:
    """The fields of an object that must have a value, for the target or by the standard."""
    return [field for field in owner.fields.values() if field.required != "no"]


def filled(records: pa.Table, field: Field) -> pa.Array:
    """Which golden records have a value; a reference that was resolved counts as one."""
    names = [name for name in (field.name, f"{field.name}_golden") if name in records.column_names]
    has = pa.repeat(False, records.num_rows)
    for name in names:
        has = pc.or_(has, pc.is_valid(_flat(records[name])))
    return has


def owners(golden: dict[str, pa.Table], records: pa.Table, name: str, project: Project) -> pa.Array:
    """Whose each record is: its own owner, else that of its customer; reassigned by the project."""
    own = next((field for field in ("owner", "by") if field in records.column_names), None)
    owner = _flat(records[own]) if own else pa.nulls(records.num_rows, TEXT)
    customers = golden.get("customer")
    if name != "customer" and customers is not None and "customer_golden" in records.column_names:
        place = pc.index_in(_flat(records["customer_golden"]), value_set=_flat(customers["golden"]))
        owner = pc.coalesce(owner, _flat(customers["owner"]).take(place))
    if project.owners:
        place = pc.index_in(pc.fill_null(owner, ""), value_set=pa.array(list(project.owners), TEXT))
        owner = pc.coalesce(pa.array(list(project.owners.values()), TEXT).take(place), owner)
    return owner


def _asked(records: pa.Table, name: str, crosswalk: pa.Table) -> pa.Array:
    """Which golden records go to the target, judged by the end of their master record."""
    mine = pc.and_(pc.equal(crosswalk["object"], name), pc.is_in(crosswalk["end"], ASKED))
    ids = crosswalk["record"].filter(mine)
    return pc.is_in(_flat(records["record"]), value_set=_flat(ids))


def _flat(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
