"""What the standard or the target would refuse, as pandera schemas: failures become issues.

Schemas are built from the model, the project and the template; nothing is written by hand twice.
Two moments:

* `check_values`, on records before dedupe: ranges and lengths of single values. The form of a
  value was judged by its rule already; it is not reported twice.
* `check_golden`, on golden records: required fields, and what fields say about each other
  (`facts.py` works out the facts that need other records). After dedupe, so that nobody is asked
  for what a duplicate holds.

pandera traps that are met here, each with a test: `ignore_na=False`, else "phone or e-mail" passes
on a row that has neither; the index is the unique record; no coercion; checks stand on the column
that the issue is about, because a check of the whole frame makes one case per column and takes a
minute for 250,000 failing rows (0.1 s on a column); pandera is imported only when needed.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import messages, tables
from crmclean.model import Field, Object
from crmclean.project import Project
from crmclean.run import second
from crmclean.run.abreast import abreast
from crmclean.schema import facts
from crmclean.schema.facts import Check

if TYPE_CHECKING:
    import pandera.pandas as pandera


def load() -> None:
    """Load pandera, which takes a while, before it is needed."""
    _failing([("any", False)])


def check_values(
    name: str, records: pa.Table, project: Project, model: dict[str, Object], template: Any = None
) -> pa.Table:
    """Issues of single values of one object's records."""
    checks = [c for f in model[name].fields.values() for c in _value_checks(f, template)]
    return _issues(name, records, checks)


def check_golden(
    golden: dict[str, pa.Table],
    crosswalk: pa.Table,
    project: Project,
    model: dict[str, Object],
    template: Any = None,
    today: str | None = None,
) -> pa.Table:
    """Issues of golden records that are to be loaded or held. `today` (YYYY-MM-DD) is the day that
    "past" and "future" are told from; without it, the newest date of the data (`facts.newest`)."""
    today = today or facts.newest(golden, model)
    found = golden_issues(golden, crosswalk, project, model, today, template)
    return tables.concat(tables.ISSUES, [issues for _, _, issues in found])


def golden_issues(
    golden: dict[str, pa.Table],
    crosswalk: pa.Table,
    project: Project,
    model: dict[str, Object],
    today: str | None,
    template: Any = None,
    only: frozenset[str] | None = None,
) -> list[tuple[str, str, pa.Table]]:
    """The same check by check: its name, the object, the issues in the order of golden records.
    `only`: the codes of the checks that are made."""
    found = []
    for name, table in golden.items():
        kept = _kept(name, table, crosswalk)
        if name in model and kept.num_rows:
            checks = [*_required(model[name]), *facts.checks(name, kept, golden, model, today)]
            checks += [c for f in model[name].fields.values() for c in _length(f, template)]
            labels = {
                check: f"{name} {n} {check.field} {check.code}" for n, check in enumerate(checks)
            }
            wanted = [check for check in checks if only is None or check.code in only]
            found += [
                (labels[check], name, one) for check, one in _by_check(name, kept, wanted, abreast)
            ]
    return found


def _value_checks(field: Field, template: Any) -> list[Check]:
    name, checks = field.name, _length(field, template)
    least, most = field.options.get("from"), field.options.get("to")
    if field.kind in ("amount", "integer") and (least, most) != (None, None):
        checks.append(Check("NUMBER_OUT_OF_RANGE", name, _between(name, least, most)))
    elif field.kind in ("amount", "integer") and not field.options.get("negative"):
        checks.append(Check("NUMBER_NEGATIVE", name, _lacks(name, r"\A-")))
    if field.kind == "amount":
        checks.append(Check("AMOUNT_IMPLAUSIBLE", name, _lacks(name, r"\A-?[0-9]{12}")))
    if field.kind in ("date", "datetime"):
        first, last = least or 1930, most or 2069
        checks.append(Check("DATE_IMPLAUSIBLE", name, _days(name, str(first), str(last))))
    return checks


def _lacks(name: str, pattern: str) -> facts.Holds:
    return lambda table: pc.invert(pc.match_substring_regex(table[name], pattern))


def _between(name: str, least: float | None, most: float | None) -> facts.Holds:
    """Numbers between two limits; what is not a number was refused by its rule."""

    def holds(table: pa.Table) -> pa.Array:
        number = pc.match_substring_regex(table[name], r"\A-?[0-9]+(?:\.[0-9]+)?\z")
        known = pc.cast(pc.if_else(number, table[name], None), pa.float64())
        low = pc.greater_equal(known, -np.inf if least is None else float(least))
        return pc.and_(low, pc.less_equal(known, np.inf if most is None else float(most)))

    return holds


def _days(name: str, first: str, last: str) -> facts.Holds:
    """Dates between two years or days; what is not a date was refused by its rule."""

    def holds(table: pa.Table) -> pa.Array:
        early = pc.utf8_slice_codeunits(table[name], 0, len(first))
        late = pc.utf8_slice_codeunits(table[name], 0, len(last))
        dated = pc.match_substring_regex(table[name], r"\A[0-9]{4}(?:-|\z)")
        within = pc.and_(pc.greater_equal(early, first), pc.less_equal(late, last))
        return pc.or_(within, pc.invert(dated))

    return holds


def _length(field: Field, template: Any) -> list[Check]:
    """A limit of the template, or of the model's options, on the number of characters."""
    target = template.objects.get(field.object) if template else None
    limits = [c.max_length for c in target.columns if c.field == field.name] if target else []
    limits = [limit for limit in (*limits, field.options.get("max_length")) if limit]
    if not limits:
        return []
    longest = min(limits)
    holds = lambda table: pc.less_equal(pc.utf8_length(table[field.name]), longest)
    return [Check("VALUE_TOO_LONG", field.name, holds)]


def _required(owner: Object) -> list[Check]:
    """One check per required field: the target's, and the standard's."""
    codes = {"target": "REQUIRED_BY_TARGET", "standard": "REQUIRED_BY_STANDARD"}
    required = [field for field in owner.fields.values() if field.required in codes]
    return [Check(codes[field.required], field.name, _filled(field.name)) for field in required]


def _filled(name: str) -> facts.Holds:
    """A reference is filled where it found its parent, too: on the same row it needs no name."""

    def holds(table: pa.Table) -> pa.Array:
        filled = pc.is_valid(table[name])
        found = f"{name}_golden"
        return pc.or_(filled, pc.is_valid(table[found])) if found in table.column_names else filled

    return holds


def _kept(name: str, table: pa.Table, crosswalk: pa.Table) -> pa.Table:
    """Golden records whose own record will be loaded, or is held for a decision."""
    mine = pc.and_(
        pc.equal(crosswalk["object"], name),
        pc.is_in(crosswalk["end"], pa.array(["loaded", "held"])),
    )
    kept = pc.is_in(table["record"], crosswalk["record"].filter(mine).combine_chunks())
    return table if pc.all(kept).as_py() else table.filter(kept)


def _issues(name: str, table: pa.Table, checks: list[Check]) -> pa.Table:
    """Validate a table; each failing (record, check) is an issue."""
    return tables.concat(tables.ISSUES, [found for _, found in _by_check(name, table, checks)])


def _by_check(
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
