"""Small golden records for tests of what comes after duplicates were joined."""

import pyarrow as pa

from crmclean import gaps, plan, tables
from crmclean.model import build
from crmclean.project import Project

MODEL = build()
PLAN = plan.Plan(
    (plan.Source(1, 0, "旧/客户.xlsx", "客户", "ERP", "legacy", "customer", sha256="", size=0),)
)
PROJECT = Project.model_validate({"sources": [{"path": "旧/客户.xlsx"}]})


def records(owner: str, *lines: dict[str, str | None]) -> pa.Table:
    """Golden records of an object, one per line: golden, and the fields that are filled. Rows are
    numbered from 2, as under a heading."""
    schema = tables.golden_schema(MODEL[owner].fields)
    ids = tables.record_ids(1, pa.array(range(2, len(lines) + 2), pa.int64()))
    columns = [
        ids if name == "record" else pa.array([line.get(name) for line in lines], pa.string())
        for name in schema.names
    ]
    made = pa.Table.from_arrays(columns, schema=schema)
    parents = [line.get("customer_golden") for line in lines]
    if any(parents):
        made = made.append_column("customer_golden", pa.array(parents, pa.string()))
    return made


def crosswalk(golden: dict[str, pa.Table], **ends: str) -> pa.Table:
    """Everything loaded, except the golden records named in `ends`."""
    parts = [
        tables.table(
            tables.CROSSWALK,
            {
                "object": name,
                "record": made["record"],
                "golden": made["golden"],
                "end": [ends.get(one, "loaded") for one in made["golden"].to_pylist()],
            },
        )
        for name, made in golden.items()
    ]
    return tables.concat(tables.CROSSWALK, parts)


def gaps_of(golden: dict[str, pa.Table], *given: object) -> pa.Table:
    """All gaps of golden records in one table: see `gaps.missing`."""
    return tables.concat(gaps.GAPS, [part for _, _, part in gaps.missing(golden, *given)])
