"""What a person should look at, as tables.ISSUES: the issues of cleaned cells, one row per cell and
issue, and of what clean values say aside."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import messages, rules, tables
from crmclean.model import Field
from crmclean.normalise.cells import Column
from crmclean.normalise.desk import Desk
from crmclean.plan import Source


def of_column(column: Column, desk: Desk, source: Source) -> Iterator[pa.Table]:
    """The issues of a column's cells."""
    where = (source.number, column.field, column.heading, desk.held[column.field.object].records)
    which = pa.array(column.which)
    for n in range(max((len(answer.issues) for answer in column.answers), default=0)):
        said = [a.issues[n] if len(a.issues) > n else (None, None) for a in column.answers]
        codes = pa.array([code for code, _ in said], pa.string()).take(which)
        suggestions = pa.array([s for _, s in said], pa.string()).take(which)
        here = pc.indices_nonzero(pc.is_valid(codes))
        places = pa.array(column.hard).take(here)
        rows, values = pa.array(column.rows).take(places), column.before.take(places)
        yield _table(where, rows, codes.take(here), values, suggestions.take(here))


def of_aside(desk: Desk, field: Field, heading: str | None, source: Source) -> Iterator[pa.Table]:
    """What clean values say aside goes to blank fields; the issues of that."""
    values = desk.held[field.object].columns[field.name]
    said = rules.rule(field.kind).aside(values)
    clashing = desk.put_aside(field, heading, said)
    here = np.flatnonzero(said.codes.is_valid().to_numpy(zero_copy_only=False))
    for rows, codes, suggestions in (
        (here, said.codes.take(pa.array(here)), said.suggestions.take(pa.array(here))),
        (clashing, pa.repeat(said.clash, len(clashing)), pa.nulls(len(clashing), pa.string())),
    ):
        where = (source.number, field, heading, desk.held[field.object].records)
        yield _table(where, pa.array(rows), codes, values.take(pa.array(rows)), suggestions)


def _table(
    where: tuple[int, Field, str | None, pa.Array],
    rows: pa.Array,
    codes: pa.Array,
    values: pa.Array,
    suggestions: pa.Array,
) -> pa.Table:
    number, field, heading, records = where
    ids, kinds = records.take(rows), codes.dictionary_encode()
    known = [messages.severity(code) for code in kinds.dictionary.to_pylist()]
    columns = {
        "source": number,
        "row": tables.rows_of(ids),
        "column": heading,
        "object": field.object,
        "record": ids,
        "field": field.name,
        "code": codes,
        "severity": pa.array(known, pa.string()).take(kinds.indices),
        "value": values,
        "suggestion": suggestions,
    }
    return tables.table(tables.ISSUES, columns, len(ids))
