"""What the scan of the last complete run saw, and what this one sees for the next.

`seen.json` in OUT/.work holds the counts of every plain table by the number of its source; the
rows and their digests are those that cleaning keeps (`run/cache.py`).
"""

import json
from typing import Any

import numpy as np
import pyarrow as pa

from crmclean import tables
from crmclean.plan import Plan, Source
from crmclean.run import Work
from crmclean.scan.refresh import Known, memory
from crmclean.scan.survey import Survey

SEEN = "seen.json"


class Remembered:
    """`fresh`: as if there had been no last run."""

    def __init__(self, work: Work, fresh: bool = False) -> None:
        self._work = work
        self._last: dict[str, Any] = (
            {} if fresh else json.loads(work.get_text(f"last/{SEEN}") or "{}")
        )
        self._now: dict[tuple[str, str], dict[str, Any]] = {}

    def known(self, path: str, sheet: str, entry: int) -> Known | None:
        """A table of the last run: the same one, else the first of the same entry (files are often
        named after their month)."""
        last = sorted(self._last.items(), key=lambda one: int(one[0]))
        same = [one for one in last if (one[1]["path"], one[1]["sheet"]) == (path, sheet)]
        for number, seen in same or [one for one in last if one[1]["entry"] == entry]:
            rows = self._work.get(f"last/rows/{number}")
            if rows.num_rows == seen["data"]:
                numbers = rows["place"].to_numpy() & ((1 << tables.ROW_BITS) - 1)
                digest = rows["digest"].combine_chunks()
                return Known(
                    seen, numbers, digest, lambda at, n=number, r=numbers: self._cells(n, r[at])
                )
        return None

    def _cells(self, number: str, rows: np.ndarray) -> pa.RecordBatch:
        with self._work.mapped(f"last/cells/{number}") as table:
            at = np.searchsorted(table["row"].to_numpy(), rows)
            found = table.drop_columns(["kind"]).take(pa.array(at)).combine_chunks()
        return found.to_batches()[0]

    def note(self, source: Source, survey: Survey, removed: int) -> None:
        """Keep what this run saw of a plain table."""
        place = {"path": source.path, "sheet": source.sheet, "entry": source.entry}
        told = {**place, "data": source.counts.get("data", 0), **memory(survey, removed)}
        self._now[source.path, source.sheet] = told

    def save(self, plan: Plan) -> None:
        """Write down what this run saw, by the numbers of the plan."""
        seen = {str(s.number): self._now.get((s.path, s.sheet)) for s in plan.sources}
        told = {number: one for number, one in seen.items() if one}
        self._work.put_text(SEEN, json.dumps(told, ensure_ascii=False))
