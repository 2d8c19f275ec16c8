"""The profile report: the sources before cleaning, in the same form as the report of a run."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import messages, privacy
from crmclean.model import Field, Object
from crmclean.plan import EXACT_DISTINCT, Plan
from crmclean.project import Project
from crmclean.report import page
from crmclean.report.finished import mask_of, tally

#: Fewer cells than this may point to somebody (reference/trust.md 5.2: k < 5 is suppressed).
FEW = 5


def write(
    profile: pa.Table,
    issues: pa.Table,
    project: Project,
    model: dict[str, Object],
    plan: Plan,
    path: Path,
    unmask: str = "",
) -> None:
    """Write the report of `profile` (profile.PROFILE) and of what the scan noticed to `path`;
    `unmask` as in report.write."""
    sources = [_source(source, profile, project, model, unmask) for source in plan.sources]
    html = page.render(
        "profile",
        title=str(len(sources)),
        language=project.language,
        sources=sources,
        rows=sum(sum(source.counts.values()) for source in plan.sources),
        codes=_codes(issues, plan),
        exact=EXACT_DISTINCT,
        unmask=unmask,
    )
    path.write_text(html, encoding="utf-8", newline="\n")


def _source(
    source: Any, profile: pa.Table, project: Project, model: dict[str, Object], unmask: str
) -> dict[str, Any]:
    entry = project.sources[source.entry] if project.sources else None
    went, dropped = (_fields(entry, model), entry.drop) if entry else ({}, ())
    columns = []
    for row in profile.to_pylist():
        if row["source"] == source.number:
            field = went.get(row["heading"])
            shown = _shown(field, row["values"], unmask)
            counts = [entry["count"] for entry in row["values"]]
            top = list(zip(shown, counts, strict=True))
            columns.append(
                {**row, "field": field, "dropped": row["heading"] in dropped, "top": top}
            )
    counted = sorted(source.counts.items(), key=lambda item: (item[0] != "data", -item[1]))
    return {"source": source, "columns": columns, "counts": [c for c in counted if c[1]]}


def _fields(entry: Any, model: dict[str, Object]) -> dict[str, Field]:
    """heading: field, for the columns that the project maps."""
    named: dict[str, Field] = {}
    for path, origin in entry.given:
        owner, _, name = path.partition(".")
        for heading in (origin.column, *(origin.concat or ())):
            if heading is not None and owner in model and name in model[owner].fields:
                named.setdefault(heading, model[owner].fields[name])
    return named


def _shown(field: Field | None, counted: list[dict[str, Any]], unmask: str) -> list[str]:
    """A column that no field has claimed may hold anything, and so may a rare value of one that
    was claimed by mistake: both are masked like free text."""
    values = pa.array([entry["text"] for entry in counted], pa.string())
    if not unmask:
        often = pa.array([entry["count"] >= FEW for entry in counted], pa.bool_())
        masked = privacy.mask(mask_of(field) if field else "long_text", values)
        values = pc.if_else(often, masked, privacy.mask("long_text", values))
    return privacy.printable_column(values).to_pylist()


def _codes(issues: pa.Table, plan: Plan) -> list[dict[str, Any]]:
    """What the scan noticed: each code once, worst first, with the files that have it."""
    counted = tally(issues, "severity", "code", "source") if issues.num_rows else {}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for (severity, code, source), count in counted.items():
        key = severity or messages.severity(code), code
        entry = found.setdefault(key, {"severity": key[0], "code": code, "count": 0, "files": []})
        entry["count"] += count
        entry["files"].append((plan.source(source).name if source else "", count))
    order = messages.SEVERITIES.index
    for entry in found.values():
        entry["files"].sort(key=lambda file: (-file[1], file[0]))
    return sorted(found.values(), key=lambda e: (order(e["severity"]), -e["count"], e["code"]))
