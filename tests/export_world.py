"""A small invented migration as tables, for the tests of export, verify and audit."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from crmclean import tables
from crmclean.model import build
from crmclean.plan import Column, Plan, Source
from crmclean.project import Project
from crmclean.run import Work

MODEL = build()


def project(**settings: object) -> Project:
    """A project file with one source and the given sections."""
    return Project.model_validate({"sources": [{"path": "a.xlsx"}], **settings})


def records(rows: Sequence[int], source: int = 1, part: int = 0) -> pa.Array:
    return tables.record_ids(source, pa.array(list(rows), pa.int64()), part)


def golden(name: str, rows: Sequence[Mapping[str, str | None]], part: int = 0) -> pa.Table:
    """A golden table; row n of the list comes from row n + 2 of the source; `of` names the
    place of the customer in its list."""
    fields = MODEL[name].fields
    ids = records(range(2, len(rows) + 2), part=part)
    columns: dict[str, object] = {
        "golden": [f"{name[:2]}{n}" for n in range(len(rows))],
        "record": ids,
    }
    for field in fields:
        columns[field] = pa.array([row.get(field) for row in rows], pa.string())
    if "customer" in MODEL[name].refers:
        parents = [None if row.get("of") is None else f"cu{row['of']}" for row in rows]
        columns["customer_golden"] = pa.array(parents, pa.string())
    return pa.table(columns)


def crosswalk(golden_tables: Mapping[str, pa.Table]) -> pa.Table:
    """Every record loaded."""
    parts = [
        tables.table(
            tables.CROSSWALK,
            {"object": name, "record": t["record"], "golden": t["golden"], "end": "loaded"},
            t.num_rows,
        )
        for name, t in golden_tables.items()
    ]
    return tables.concat(tables.CROSSWALK, parts)


def plan(width: int = 3) -> Plan:
    columns = tuple(Column(n, f"列{n}") for n in range(1, width + 1))
    return Plan(
        (Source(1, 0, "a.xlsx", "客户", "旧", "legacy", "customer", "0" * 64, 1, columns=columns),)
    )


def work(folder: Path, rows: int, golden_tables: Mapping[str, pa.Table] = {}) -> Work:
    """A work folder with the source's rows and nothing changed."""
    made = Work(folder)
    numbers = pa.array(range(1, rows + 2), pa.int64())
    cells = {f"c{n}": pa.array([f"值{n}-{r}" for r in range(rows + 1)]) for n in (1, 2, 3)}
    made.put("rows/1", pa.table({"row": numbers, "kind": pa.array(["data"] * (rows + 1)), **cells}))
    for name, table in golden_tables.items():
        made.put(f"golden/{name}", table)
    return made
