"""Gaps: which required fields are empty, by source system and by owner, and the workbooks to send.

The figures are those of the table `completeness`, which the gap workbooks are made from: only
records that load or would load are asked for, a contact belongs to the owner of its customer.
"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.model import Field
from crmclean.report.finished import Finished, tally

#: Columns of a heat map; the owners with most gaps come first, the rest stands in the workbooks.
MOST_OWNERS = 12
#: Lowest share of missing values of each tint.
TINTS = (0.0, 0.05, 0.2, 0.4, 0.7)


def facts(run: Finished) -> dict[str, Any]:
    """Total gaps, and per kind (source, owner) the columns and cells of a heat map."""
    if run.gaps is None or not run.gaps.num_rows:
        return {"total": 0, "fields": [], "maps": {}, "people": 0}
    fields = _fields(run, run.gaps)
    maps = {kind: _map(run, kind, fields) for kind in ("source", "owner")}
    return {
        "total": run.gaps.num_rows,
        "fields": fields,
        "maps": maps,
        "people": len(tally(run.gaps, "owner")),
        "per_field": tally(run.gaps, "object", "field"),
        "nowhere": [field for field in fields if _is_nowhere(field, maps["source"])],
        "files": _files(run),
    }


def _files(run: Finished) -> list[dict[str, Any]]:
    """The workbooks to send, most cells first."""
    if not run.work.has("gap_files"):
        return []
    return sorted(run.raw.get("gap_files").to_pylist(), key=lambda file: -file["cells"])


def _fields(run: Finished, gaps: pa.Table) -> list[Field]:
    named = tally(gaps, "object", "field")
    return [
        field
        for owner in run.model.values()
        for field in owner.fields.values()
        if (field.object, field.name) in named
    ]


def _map(run: Finished, kind: str, fields: list[Field]) -> dict[str, Any]:
    """heads: systems or owners, most gaps first; cells: missing, of, share and tint."""
    counted = run.table("completeness")
    if "dimension" not in counted.column_names:
        return {"heads": [], "cells": {}, "more": 0}
    asked = {(field.object, field.name) for field in fields}
    cells, missing = {}, {}
    for row in counted.filter(pc.equal(counted["dimension"], kind)).to_pylist():
        if (row["object"], row["field"]) in asked and row["total"]:
            lacks = row["total"] - row["filled"]
            missing[row["name"]] = missing.get(row["name"], 0) + lacks
            cells[row["object"], row["field"], row["name"]] = _cell(lacks, row["total"])
    heads = sorted(missing, key=lambda name: (-missing[name], name or ""))
    most = MOST_OWNERS if kind == "owner" else len(heads)
    return {"heads": heads[:most], "cells": cells, "more": max(len(heads) - most, 0)}


def _is_nowhere(field: Field, by_source: dict[str, Any]) -> bool:
    """Whether no source has a single value: the field was never kept, nobody forgot it."""
    cells = [by_source["cells"].get((field.object, field.name, h)) for h in by_source["heads"]]
    return any(cells) and all(cell["missing"] == cell["of"] for cell in cells if cell)


def _cell(missing: int, whole: int) -> dict[str, Any]:
    share = missing / whole
    tint = max(at for at, least in enumerate(TINTS) if share >= least)
    return {"missing": missing, "of": whole, "share": share, "tint": tint}
