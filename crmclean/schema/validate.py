"""A check, and what pandera makes of it: the rows that fail become issues.

pandera traps that are met here, each with a test: `ignore_na=False`, else "phone or e-mail" passes
on a row that has neither; the index is the unique record; no coercion; checks stand on the column
that the issue is about, because a check of the whole frame makes one case per column and takes a
minute for 250,000 failing rows (0.1 s on a column); pandera is imported only when needed.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import messages, tables
from crmclean.run import second

if TYPE_CHECKING:
    import pandera.pandas as pandera

Holds = Callable[[pa.Table], pa.Array]


class Check(NamedTuple):
    """The code of an issue, the field it is about, and which rows of a table hold."""

    code: str
    field: str
    holds: Holds


def load() -> None:
    """Load pandera, which takes a while, before it is needed."""
    _failing([("any", False)])


def by_check(
    name: str, table: pa.Table, checks: list[Check], each: Callable = map
) -> list[tuple[Check, pa.Table]]:
    """The issues of each check, of those that nothing fails too. `each`: how checks are worked out,
    one after the other or abreast."""
    checks = [check for check in checks if check.field in table.column_names]
    some = checks if table.num_rows else []
    held = zip(some, each(partial(_held, table), some), strict=True)
    failures = _failures(table, {check: mask for check, mask in held if not mask.all()})
    none = tables.ISSUES.empty_table()
    return [
        (check, _of_check(name, table, check, failures[check]) if check in failures else none)
        for check in checks
    ]


def _held(table: pa.Table, check: Check) -> np.ndarray:
    """Which rows hold."""
    return np.asarray(pc.fill_null(check.holds(table), True))


def _failures(table: pa.Table, held: dict[Check, np.ndarray]) -> dict[Check, pa.Array]:
    """The places of the rows that fail each check."""
    if not held:
        return {}
    failed = second.share(
        _failing, [(check.field, bool(mask.all())) for check, mask in held.items()]
    )
    by_number = list(held.items())
    return {by_number[n][0]: pa.array(np.flatnonzero(~by_number[n][1])) for n in failed}


def _failing(told: list[tuple[str, bool]]) -> list[int]:
    """Which checks fail, by number, of (field, whether it holds). pandera is told of a check as a whole:
    it writes out every value that fails, which takes longer than all the checks."""
    import pandas
    import pandera.errors
    import pandera.pandas as pandera

    columns: dict[str, list[pandera.Check]] = {}
    for number, (field, holds) in enumerate(told):
        columns.setdefault(field, []).append(_pandera(holds, number))
    schema = pandera.DataFrameSchema(
        {name: pandera.Column(nullable=True, checks=found) for name, found in columns.items()}
    )
    try:
        schema.validate(pandas.DataFrame(columns=list(columns), index=[0]), lazy=True)
    except pandera.errors.SchemaErrors as failures:
        return sorted({int(number) for number in failures.failure_cases["check"]})
    return []


def _pandera(holds: bool, number: int) -> "pandera.Check":
    """A check of pandera, worked out over whole Arrow columns; its number stands for its code."""
    import pandera.pandas as pandera

    return pandera.Check(lambda column: holds, error=str(number), ignore_na=False)


def _of_check(name: str, table: pa.Table, check: Check, rows: pa.Array) -> pa.Table:
    ids = table["record"].take(rows).combine_chunks()
    columns = {
        "source": tables.sources_of(ids),
        "row": tables.rows_of(ids),
        "object": name,
        "record": ids,
        "field": check.field,
        "code": check.code,
        "severity": messages.severity(check.code),
        "value": table[check.field].take(rows),
    }
    return tables.table(tables.ISSUES, columns, len(ids))
