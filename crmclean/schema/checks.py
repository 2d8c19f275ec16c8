"""What the standard or the target would refuse, as pandera schemas: failures become issues.

Schemas are built from the model, the project and the template; nothing is written by hand twice.
Two moments:

* `check_values`, on records before dedupe: ranges and lengths of single values (`values.py`).
* `check_golden`, on golden records: required fields, and what fields say about each other
  (`facts.py` works out the facts that need other records). After dedupe, so that nobody is asked
  for what a duplicate holds.
"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import tables
from crmclean.model import Object
from crmclean.project import Project
from crmclean.run.abreast import abreast
from crmclean.schema import dates, facts
from crmclean.schema.validate import Check, by_check
from crmclean.schema.values import length, of_value, required


def check_values(
    name: str, records: pa.Table, project: Project, model: dict[str, Object], template: Any = None
) -> pa.Table:
    """Issues of single values of one object's records."""
    checks = [c for f in model[name].fields.values() for c in of_value(f, template)]
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
    "past" and "future" are told from; without it, the newest date of the data (`dates.newest`)."""
    today = today or dates.newest(golden, model)
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
            checks = [*required(model[name]), *facts.checks(name, kept, golden, model, today)]
            checks += [c for f in model[name].fields.values() for c in length(f, template)]
            labels = {
                check: f"{name} {n} {check.field} {check.code}" for n, check in enumerate(checks)
            }
            wanted = [check for check in checks if only is None or check.code in only]
            found += [
                (labels[check], name, one) for check, one in by_check(name, kept, wanted, abreast)
            ]
    return found


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
    return tables.concat(tables.ISSUES, [found for _, found in by_check(name, table, checks)])
