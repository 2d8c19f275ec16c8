"""A run as counts: `summary.json`, what next month is compared with, without personal data.

It holds counts, shares, headings, row numbers and values of picklists; never a cell of a customer.
A value outside the standard stands in it only when at least `COMMON` records share it, so that a
name that strayed into a picklist is not told. The schema is versioned: a summary of another
version is refused, never misread. A pure function of the tables of the run: no clock.
"""

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import measure, privacy, score, tables
from crmclean.check.issues import groups
from crmclean.check.sources import layout
from crmclean.model import Object
from crmclean.plan import Plan
from crmclean.project import Project
from crmclean.run.counts import counted
from crmclean.run.grouped import Grouped, grouped

COMMON = 5
MOST_VALUES = 100
#: Stands for all rare values outside the standard.
REST = "…"
COUNTED_KINDS = ("picklist", "yes_no")


def summary(work: Any, plan: Plan, project: Project, model: dict[str, Object]) -> dict[str, Any]:
    """The whole summary of a run that got as far as `dedupe`; what `export` adds is not in it, so
    that a check after a run says the same as one without."""
    ends, issues = _ends(work), grouped(work, last="dedupe", keep=True)
    return {
        **layout(plan, project, work),
        "objects": _objects(ends, model),
        "completeness": _completeness(work),
        "picklists": _picklists(work, model),
        "duplicates": _duplicates(work, ends, model),
        "issues": _issues(issues, plan),
        "score": _score(work, model, issues),
    }


def as_text(summary: dict[str, Any]) -> str:
    """`summary.json` as it is written: the same bytes for the same run."""
    return json.dumps(summary, ensure_ascii=False, indent=1) + "\n"


def _ends(work: Any) -> list[dict[str, Any]]:
    """How many records of each object have each end, and how many of those a golden record."""
    return counted(work, "crosswalk", ["object", "end"], ["golden"]).to_pylist()


def _objects(ended: list[dict[str, Any]], model: dict[str, Object]) -> dict[str, Any]:
    found = {}
    for name in model:
        ends = {row["end"]: row["count"] for row in ended if row["object"] == name}
        if ends:
            ordered = {end: ends.get(end, 0) for end in tables.ENDS}
            found[name] = {"records": sum(ends.values()), "ends": ordered}
    return found


def _completeness(work: Any) -> dict[str, Any]:
    if not work.has("completeness"):
        return {}
    table = work.get("completeness")
    rows = table.filter(pc.equal(table["dimension"], "all")).to_pylist()
    return {
        f"{row['object']}.{row['field']}": {
            "filled": row["filled"],
            "of": row["total"],
            "required": row["required"],
        }
        for row in rows
    }


def _picklists(work: Any, model: dict[str, Object]) -> dict[str, dict[str, int]]:
    """How often each value of a picklist stands in the golden records."""
    found = {}
    for name, owner in model.items():
        columns = work.filled(f"golden/{name}")[1]
        fields = [
            f for f in owner.fields.values() if f.kind in COUNTED_KINDS and columns.get(f.name)
        ]
        for field in fields:
            values = counted(work, f"golden/{name}", [field.name])
            found[field.path] = _distribution(values, field.values)
    return found


def _distribution(values: pa.Table, known: tuple[str, ...]) -> dict[str, int]:
    """Counts by value, most frequent first; rare values outside the standard together as "…"."""
    counts = zip(*(column.to_pylist() for column in values.columns), strict=True)
    each = sorted((-count, value) for value, count in counts if value is not None)
    told, rest = {}, 0
    for less, value in each:
        count = -less
        if (value in known or count >= COMMON) and len(told) < MOST_VALUES:
            shown = value if value in known else privacy.mask_text("picklist", value)[:30]
            told[shown] = told.get(shown, 0) + count
        else:
            rest += count
    return {**told, REST: rest} if rest else told


def _duplicates(work: Any, ended: list[dict[str, Any]], model: dict[str, Object]) -> dict[str, Any]:
    """Per object: records of one thing beyond the first, and pairs that a person must decide. Every
    golden record is where some record ended."""
    pairs = work.get("pairs", ["object", "verdict"]) if work.has("pairs") else None
    found = {}
    for name in model:
        mine = [row["golden"] for row in ended if row["object"] == name]
        if not mine:
            continue
        named = sum(mine)
        merged = named - work.filled(f"golden/{name}")[0]
        share = round(merged / named, 6) if named else 0.0
        found[name] = {"merged": merged, "of": named, "share": share, "review": 0}
        if pairs is not None:
            open_ = pc.and_(pc.equal(pairs["object"], name), pc.equal(pairs["verdict"], "review"))
            found[name]["review"] = pc.sum(open_).as_py() or 0
    return found


def _issues(issues: Grouped, plan: Plan) -> list[dict[str, Any]]:
    """The groups of issues, with path and sheet in place of the number of the source."""
    told = []
    for entry in groups(issues):
        number = entry.pop("source")
        source = plan.source(number) if number else None
        place = (
            {"path": source.path, "sheet": source.sheet} if source else {"path": "", "sheet": ""}
        )
        told.append({**place, **entry})
    return told


def _score(work: Any, model: dict[str, Object], issues: Grouped) -> dict[str, Any]:
    dimensions = measure.dimensions(work, model, issues)
    points = score.score(dimensions)
    return {
        "points": None if points is None else round(points, 2),
        "dimensions": {d.name: {"met": d.met, "of": d.of} for d in dimensions},
    }
