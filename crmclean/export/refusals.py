"""What the target would refuse: columns that it does not know, empty required cells, what is twice."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.errors import UsageError
from crmclean.export import cells
from crmclean.export.findings import Findings
from crmclean.model import Object
from crmclean.templates import Column, ObjectTemplate

NOBODY = "nobody"


def possible(columns: list[Column], custom: list[Column], spec: ObjectTemplate) -> None:
    """Raises UsageError where every row would be refused: a column that the CRM does not know
    (TEMPLATE_NO_COLUMN), or a required one that nothing fills (TEMPLATE_NOT_FILLED)."""
    named = lambda some: " · ".join(column.heading for column in some)
    if spec.closed and custom:
        raise UsageError("TEMPLATE_NO_COLUMN", file=spec.name, columns=named(custom))
    empty = [c for c in columns if c.required and c.field is None and c.form == "text"]
    if empty and spec.rejects("required", empty[0]):
        raise UsageError("TEMPLATE_NOT_FILLED", file=spec.name, columns=named(empty))


def require(
    columns: list[Column],
    made: dict[str, pa.Array],
    values: dict[str, pa.Array],
    owner: Object,
    spec: ObjectTemplate,
    in_pool: pa.Array,
    found: Findings,
) -> None:
    """Required by the target: the cell must be filled. Required by the model: the value must be
    there, even where this target cannot take it in that form."""
    for column in columns:
        known = owner.fields.get(column.field or "")
        wanted = known is not None and known.required == "target" and column.form != "parent_id"
        if wanted:
            cells.require(column, values[column.heading], True, found, listed=True)
        elif column.required:
            filled = made[column.heading]
            if column.field == "owner":  # a record of the pool needs none
                filled = pc.if_else(in_pool, pa.scalar(NOBODY), filled)
            cells.require(column, filled, spec.rejects("required", column), found)


def unique(
    columns: list[Column], made: dict[str, pa.Array], spec: ObjectTemplate, found: Findings
) -> None:
    """The target's own rule of what is twice in a file: all but the first are out."""
    for column in (c for c in columns if c.field in spec.unique):
        keys = pc.utf8_lower(made[column.heading])
        keys = pc.if_else(pa.array(found.rejected), cells.NOTHING, keys)
        codes = np.asarray(pc.fill_null(pc.dictionary_encode(keys).indices, -1))
        again = codes >= 0
        again[np.unique(codes, return_index=True)[1]] = False
        sure, values = spec.rejects("unique", column), made[column.heading]
        found.note("TARGET_DUPLICATE", pa.array(again), column.field, column.heading, values, sure)
