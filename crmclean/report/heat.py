"""Gaps: which required fields are empty, by source and by owner, and the workbooks to send.

Shares are of the golden records that have that owner or come from that source, so that a small
team with few gaps and a large one can be compared.
"""

from typing import Any

import numpy as np
import pyarrow as pa

from crmclean.model import Field
from crmclean.report.finished import Finished, one, tally
from crmclean.tables import sources_of

#: Columns of the heat map; the owners with most gaps come first, the rest stands in the workbooks.
MOST_OWNERS = 12
STEPS = (0.0, 0.05, 0.2, 0.4, 0.7)


def facts(run: Finished) -> dict[str, Any]:
    """Total gaps, the two heat maps, and one line per owner."""
    if run.gaps is None or not run.gaps.num_rows:
        return {"total": 0, "fields": [], "sources": [], "owners": [], "cells": {}, "people": 0}
    gaps = run.gaps
    fields = _fields(run, gaps)
    sources = [
        (source.number, source.name) for source in run.plan.sources if source.role == "legacy"
    ]
    per_owner = sorted(tally(gaps, "owner").items(), key=lambda item: (-item[1], item[0][0] or ""))
    owners = [owner for (owner,), _ in per_owner]
    return {
        "total": gaps.num_rows,
        "fields": fields,
        "sources": sources,
        "owners": owners[:MOST_OWNERS],
        "people": len(owners),
        "cells": _cells(run, gaps, fields),
        "per_owner": [(owner, count) for (owner,), count in per_owner[:MOST_OWNERS]],
        "per_field": {(o, f): n for (o, f), n in tally(gaps, "object", "field").items()},
    }


def _fields(run: Finished, gaps: pa.Table) -> list[Field]:
    named = tally(gaps, "object", "field")
    return [
        field
        for owner in run.model.values()
        for field in owner.fields.values()
        if (field.object, field.name) in named
    ]


def _cells(run: Finished, gaps: pa.Table, fields: list[Field]) -> dict[tuple, dict[str, Any]]:
    """(kind, object, field, source or owner): missing, of, share and step of the tint."""
    of: dict[tuple, int] = {}
    for name in {field.object for field in fields}:
        golden = run.golden[name]
        number, counts = np.unique(sources_of(one(golden["record"])).to_numpy(), return_counts=True)
        of |= {("source", name, int(n)): int(c) for n, c in zip(number, counts, strict=True)}
        if "owner" in golden.column_names or "by" in golden.column_names:
            column = "owner" if "owner" in golden.column_names else "by"
            of |= {("owner", name, owner): n for (owner,), n in tally(golden, column).items()}
    cells = {}
    for kind in ("source", "owner"):
        for (owner, field, at), missing in tally(gaps, "object", "field", kind).items():
            whole = max(of.get((kind, owner, at), missing), missing)
            cells[kind, owner, field, at] = _cell(missing, whole)
    return cells


def _cell(missing: int, whole: int) -> dict[str, Any]:
    share = missing / whole
    step = max(at for at, least in enumerate(STEPS) if share >= least)
    return {"missing": missing, "of": whole, "share": share, "step": step}
