"""A table that the last run saw is brought up to date: what is new and what is gone is counted.

The counts of a plain table (`Survey.plain`) add up (`columns.py`): last month's, and those of the
new rows, without those of the rows that are gone, are what a pass over all rows would count.
Whatever does not fit (another layout, rows in another order, a row that is no plain data) gives
None: then all rows are counted.
"""

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from crmclean.plan import EXACT_DISTINCT
from crmclean.run import keys
from crmclean.run.digests import Index
from crmclean.run.kept import FEW, MOST_NEW
from crmclean.scan.beginnings import Stream
from crmclean.scan.columns import Tally
from crmclean.scan.layout import HEAD
from crmclean.scan.matched import Matched, matched
from crmclean.scan.pieces import Piece, by_cells, by_texts
from crmclean.scan.sums import summed
from crmclean.scan.survey import BEGINNING, Survey
from crmclean.scan.whole import Found

COUNTS = ("filled", "values", "spread", "first", "dated", "orders", "serials")
#: So many rows are enough to begin with.
ENOUGH = 2 * (BEGINNING + HEAD)
#: What the project may say about a table and its rows.
SAID = {"header_rows", "date_order", "epoch", "hidden_rows", "layout", "sheet"}


@dataclass(frozen=True)
class Known:
    """What the last run knew of a table: its number, its `memory`, the numbers and digests of its
    data rows, their cells, by place, and the digests of their texts."""

    number: str
    memory: dict[str, Any]
    rows: np.ndarray
    digests: pa.Array
    cells: Callable[[np.ndarray], pa.RecordBatch]
    texts: pa.Array | None = None


def memory(survey: Survey, removed: int = 0) -> dict[str, Any]:
    """What the next run must know of a plain table. `removed`: rows gone since all were counted."""
    tallies = [{name: getattr(tally, name) for name in COUNTS} for tally in survey.tallies]
    told = {"tallies": tallies, "odd": survey.odd, "removed": removed}
    return {"shape": _shape(survey), "grammar": _grammar(survey), **told}


def _grammar(survey: Survey) -> list | None:
    """What the cells of a text depend on."""
    texts = survey.sheet.texts
    return [texts.delimiter, texts.width] if texts else None


@dataclass(frozen=True)
class Refreshed:
    """The survey of a table that the last run knew; how many rows are gone since all of them were
    counted; the number that it had, and its rows beside those of then; the digests of their texts."""

    survey: Survey
    removed: int
    number: str
    rows: Matched
    texts: pa.Array | None = None


def refreshed(begin: Callable[[], Survey], known: Known) -> Refreshed | None:
    """What a whole pass would find; None where there must be one. `begin` gives a survey that has
    seen nothing yet."""
    survey = begin()
    if known.texts is not None and _grammar(survey) == known.memory["grammar"]:
        most = FEW + int(MOST_NEW * len(known.rows))
        pieces = by_texts(survey.sheet)
        found = _refreshed(survey, _beginning(survey), known, known.texts, lambda _: pieces, most)
        if found and not survey.sheet.notes:
            return replace(found, texts=pa.concat_arrays(found.rows.digests))
    survey = begin()
    return _refreshed(survey, Stream(survey.sheet.batches()), known, known.digests, by_cells)


def _beginning(survey: Survey) -> Stream:
    """As much of a table as it takes to see its header and columns, the same as a whole pass sees."""
    first = next(survey.sheet.batches(2 * ENOUGH), None)
    if first is not None and first.num_rows >= ENOUGH:
        return Stream([first])
    return Stream(survey.sheet.batches())


def _refreshed(
    survey: Survey,
    stream: Stream,
    known: Known,
    digests: pa.Array,
    pieces: Callable[[Stream], Iterator[Piece]],
    most: float = math.inf,
) -> Refreshed | None:
    """`most`: so many new rows are worth it."""
    if not _begun(survey, stream) or _shape(survey) != known.memory["shape"]:
        return None
    now, gone = survey.counting(), survey.counting()
    found = matched(now, pieces(stream), known.rows, Index(digests), most)
    if found is None:
        return None
    new = pa.Table.from_batches(found.new).combine_chunks()
    for part in new.to_batches():
        now.take(part)
    lost = np.flatnonzero(found.place < 0)
    removed = known.memory["removed"] + len(lost)
    if removed > EXACT_DISTINCT:  # a column of many values might have few by now
        return None
    if len(lost):
        gone.take(known.cells(lost))
    if not _counted(now, gone, known, found):
        return None
    now.odd += _still_odd(known, found)
    now.rows, now.last, now.tail = found.count, found.last, found.tail
    now.end()
    return Refreshed(now, removed, known.number, found) if now.plain else None


def _counted(now: Survey, gone: Survey, known: Known, found: Matched) -> bool:
    """Add what was counted then to what is new, without what is gone; False where no sum can tell."""
    before = [Tally("", **counts) for counts in known.memory["tallies"]]
    three = zip(before, now.tallies, gone.tallies, strict=True)
    tallies = [summed(*counts, found) for counts in three]
    now.tallies = [tally for tally in tallies if tally]
    return None not in tallies


def _still_odd(known: Known, found: Matched) -> list[Found]:
    """What was noticed in rows that are still there, at the numbers that they have now."""
    odd = known.memory["odd"]
    rows, *rest = zip(*odd, strict=True) if odd else [()]
    moved = found.moved(np.array(rows, np.int64)).tolist()
    return [one for one in zip(moved, *rest, strict=True) if one[0] >= 0]


def _begun(survey: Survey, stream: Stream) -> bool:
    """See the head of the table: its layout, and what the first batch says about the columns."""
    head = stream.head()
    if head:
        survey.decide(head)
    before = max(survey.layout.header_rows, default=0) + len(survey.kinds)
    for part in head:
        survey.take(part.slice(0, before + BEGINNING))
        if survey.typed is not None:
            return True
    return False


def _shape(survey: Survey) -> str:
    """All that the counts of a table depend on, beside its rows."""
    said = survey.said.model_dump(mode="json", include=SAID) if survey.said else {}
    layout = survey.layout
    kinds = [sorted(layout.kinds.items()), sorted((survey.typed or {}).items())]
    told = [keys.program(), said, survey.sheet.epoch, layout.header_rows, layout.headings]
    return json.dumps([*told, *kinds, len(survey.tallies)])
