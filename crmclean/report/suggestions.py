"""Suggestions that a reader may accept in the page, and what the decision needs to be applied.

Only what is shown as it is can be accepted in the page: of a masked value nobody sees what would be
written, and the page must not carry it. Masked suggestions are decided in the workbooks.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import decisions
from crmclean.report.finished import Finished, one

MOST = 20_000


def acceptable(
    run: Finished, issues: pa.Table, values: pa.Array, suggestions: pa.Array
) -> dict[str, list]:
    """at (row of the list), golden and seen: of the issues with a suggestion that can be accepted.
    `values` and `suggestions` are as the reader sees them."""
    open_ = pc.and_(_same(values, issues["value"]), _same(suggestions, issues["suggestion"]))
    open_ = pc.and_(open_, pc.and_(pc.is_valid(issues["suggestion"]), pc.is_valid(issues["field"])))
    rows = np.flatnonzero(one(open_).fill_null(False).to_numpy(zero_copy_only=False))[:MOST]
    found: dict[str, list] = {"at": [], "golden": [], "seen": []}
    for name in run.model:
        mine = rows[_of(issues, rows, name)]
        if len(mine):
            for key, part in zip(found, _keys(run, issues, name, mine), strict=True):
                found[key] += part
    return found


def _same(shown: pa.Array, raw: pa.ChunkedArray) -> pa.Array:
    return pc.or_kleene(pc.equal(shown, one(raw)), pc.is_null(one(raw)))


def _of(issues: pa.Table, rows: np.ndarray, name: str) -> np.ndarray:
    owner = one(issues["object"]).take(pa.array(rows))
    return pc.equal(owner, name).fill_null(False).to_numpy(zero_copy_only=False)


def _keys(run: Finished, issues: pa.Table, name: str, rows: np.ndarray) -> tuple[list, list, list]:
    """The golden record that each issue's record became, and the hash of its name."""
    cross = run.crosswalk.filter(pc.equal(run.crosswalk["object"], name))
    record = one(issues["record"]).take(pa.array(rows))
    golden_id = one(cross["golden"]).take(pc.index_in(record, one(cross["record"])))
    golden = run.golden[name]
    at = pc.index_in(golden_id, one(golden["golden"])) if golden.num_rows else None
    if at is None:
        return [], [], []
    seen = decisions.hashes(golden, (run.model[name].name_field,)).take(at)
    kept = pc.and_(pc.is_valid(golden_id), pc.is_valid(at))
    columns = (pa.array(rows), golden_id, seen)
    return tuple(column.filter(kept).to_pylist() for column in columns)
