"""Suggestions that a reader may accept or reject in the page, and what the decision needs to be applied.

Only what is shown as it is can be accepted in the page: of a masked value nobody sees what would be
written, and the page must not carry it. Masked suggestions are decided in the workbooks.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.report.finished import Finished, one

#: More than that nobody decides by clicking; the workbook has them all.
MOST = 5_000


def acceptable(
    run: Finished, order: np.ndarray, issues: pa.Table, values: pa.Array, suggestions: pa.Array
) -> dict[str, list]:
    """at (row of the list), golden and seen: of the suggestions (review/suggestions.py) that can be
    decided in the page. `order`: the issues of the run that the list holds; `values` and
    `suggestions` are as the reader sees them."""
    if not run.work.has("suggestions"):
        return {"at": [], "golden": [], "seen": []}
    found = run.raw.get("suggestions", ["issue", "golden", "seen"])
    row = np.full(run.issues.num_rows, -1)
    row[order] = np.arange(len(order))
    at = row[found["issue"].to_numpy()]
    clear = pc.and_(_same(values, issues["value"]), _same(suggestions, issues["suggestion"]))
    clear = clear.fill_null(False).to_numpy(zero_copy_only=False)
    kept = np.flatnonzero((at >= 0) & clear[at]) if len(clear) else np.empty(0, np.int64)
    kept = kept[np.argsort(at[kept])][:MOST]
    found = found.take(pa.array(kept))
    return {"at": at[kept].tolist()} | {key: found[key].to_pylist() for key in ("golden", "seen")}


def _same(shown: pa.Array, raw: pa.ChunkedArray) -> pa.Array:
    return pc.or_kleene(pc.equal(shown, one(raw)), pc.is_null(one(raw)))
