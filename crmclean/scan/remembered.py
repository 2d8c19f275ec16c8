"""What the scan of the last complete run saw, and what this one sees for the next.

`seen.json` in OUT/.work holds the counts of every plain table by the number of its source; the
rows and their digests are those that cleaning keeps (`run/cache.py`). The rows of a table that was
brought up to date are written here, as what is different: cleaning need not read them again.
"""

import json
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from crmclean import readers, tables
from crmclean.plan import Plan, Source
from crmclean.run import Work, cache
from crmclean.run.gather import some
from crmclean.run.kept import Kept
from crmclean.run.over import Over, woven
from crmclean.scan.pieces import texts_of
from crmclean.scan.refresh import Known, Refreshed, memory
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
        self._again: dict[tuple[str, str], Refreshed] = {}
        self._texts: dict[tuple[str, str], pa.Array] = {}

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
                cells = partial(self._cells, number, numbers)
                return Known(number, seen, numbers, digest, cells, self._of_texts(number, numbers))
        return None

    def _of_texts(self, number: str, rows: np.ndarray) -> pa.Array | None:
        """The digests of the texts of these rows."""
        if not self._work.has(f"last/texts/{number}"):
            return None
        digest = self._work.get(f"last/texts/{number}")["digest"].combine_chunks()
        return digest.take(pa.array(rows - 1))

    def _cells(self, number: str, rows: np.ndarray, places: np.ndarray) -> pa.RecordBatch:
        with self._work.mapped(f"last/cells/{number}") as table:
            at = np.searchsorted(table["row"].to_numpy(), rows[places])
            found = some(table.drop_columns(["kind"]), at)
        return found.to_batches()[0]

    def note(self, source: Source, survey: Survey, again: Refreshed | None) -> None:
        """Keep what this run saw of a plain table."""
        own = source.path, source.sheet
        texts = again.texts if again else None
        texts = texts_of(survey.sheet, survey.rows) if texts is None else texts
        if again:
            self._again[own] = again
        if texts is not None:
            self._texts[own] = texts
        removed = again.removed if again else 0
        place = {"path": source.path, "sheet": source.sheet, "entry": source.entry}
        told = {**place, "data": source.counts.get("data", 0), **memory(survey, removed)}
        self._now[own] = told

    def save(self, plan: Plan) -> None:
        """Write down what this run saw, by the numbers of the plan."""
        seen = {str(s.number): self._now.get((s.path, s.sheet)) for s in plan.sources}
        told = {number: one for number, one in seen.items() if one}
        self._work.put_text(SEEN, json.dumps(told, ensure_ascii=False))
        again = ((s, self._again.get((s.path, s.sheet))) for s in plan.sources)
        known = {str(s.number): one.number for s, one in again if one and self._put(s, one)}
        self._work.put_text(cache.AGAIN, json.dumps(known))
        self._work.fresh_folder("texts")
        for source in plan.sources:
            if (texts := self._texts.get((source.path, source.sheet))) is not None:
                self._work.put(f"texts/{source.number}", pa.table({"digest": texts}))

    def _put(self, source: Source, again: Refreshed) -> bool:
        """Write the rows of a table as what is different; False where it is of another width."""
        former, shape = f"last/cells/{again.number}", readers.shape(source)
        if self._work.columns(former) != shape.names:
            return False
        new = tables.concat(shape, readers.as_rows(source, again.rows.new))
        then, now = (number << tables.ROW_BITS for number in (int(again.number), source.number))
        here = again.rows.place >= 0
        kept = Kept.of(again.rows.rows[here] + then, again.rows.place[here] + now)
        with self._work.mapped(former) as old:
            places = old["row"].to_numpy() + then, new["row"].to_numpy() + now
            slices = woven(kept, [(places[0], 0, places[1], 0)], len(old))
        made = Over(kept, slices, int(again.number))
        self._work.put_over(f"rows/{source.number}", former, new, made)
        return True
