"""A table that the last run saw is brought up to date: what is new and what is gone is counted.

The counts of a plain table (`Survey.plain`) add up (`columns.py`): last month's, and those of the
new rows, without those of the rows that are gone, are what a pass over all rows would count. Rows
are recognised by their digests, wherever they moved together. Whatever does not fit (another
layout, rows in another order, a row that is no plain data) gives None: then all rows are counted.
"""

import json
import math
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa

from crmclean.plan import EXACT_DISTINCT
from crmclean.run import keys
from crmclean.run.digests import Index
from crmclean.run.kept import FEW, MOST_NEW
from crmclean.scan.beginnings import Stream
from crmclean.scan.columns import SAMPLES, Tally
from crmclean.scan.layout import HEAD
from crmclean.scan.pieces import Piece, by_cells, by_texts
from crmclean.scan.survey import BEGINNING, TAIL, Survey

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


@dataclass
class Matched:
    """The rows of a table beside those of the last run: the new ones, and for each of last month's
    its new number, -1 where it is gone. `digests`: of all rows."""

    rows: np.ndarray
    place: np.ndarray
    digests: list[pa.Array] = field(default_factory=list)
    new: list[pa.RecordBatch] = field(default_factory=list)
    count: int = 0
    last: int = 0
    tail: deque[tuple[int, list[str | None]]] = field(default_factory=lambda: deque(maxlen=TAIL))

    def moved(self, rows: np.ndarray) -> np.ndarray:
        """The new numbers of rows of last month, -1 for one that is gone."""
        return self.place[np.searchsorted(self.rows, rows)]

    def next(self, row: int) -> float:
        """The new number of the next row of last month that is still there."""
        later = self.place[np.searchsorted(self.rows, row) + 1 :]
        kept = later >= 0
        return int(later[kept.argmax()]) if kept.any() else math.inf


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
    found = _matched(now, pieces(stream), known.rows, Index(digests), most)
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
    before = [Tally("", **counts) for counts in known.memory["tallies"]]
    three = zip(before, now.tallies, gone.tallies, strict=True)
    tallies = [_sum(*counts, found) for counts in three]
    if None in tallies:
        return None
    now.tallies = [tally for tally in tallies if tally]
    rows, *rest = zip(*known.memory["odd"], strict=True) if known.memory["odd"] else [()]
    odd = zip(found.moved(np.array(rows, np.int64)).tolist(), *rest, strict=True)
    now.odd += [one for one in odd if one[0] >= 0]
    now.rows, now.last, now.tail = found.count, found.last, found.tail
    now.end()
    return Refreshed(now, removed, known.number, found) if now.plain else None


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


def _matched(
    now: Survey, pieces: Iterator[Piece], known: np.ndarray, index: Index, most: float
) -> Matched | None:
    """Read the table; None where its rows are in another order, or another table begins. `known`:
    the numbers of the rows of the `index`."""
    found, before = Matched(known, np.full(len(known), -1)), -1
    listed, body = list(now.kinds), max(now.layout.header_rows, default=0)
    for piece in pieces:
        numbers, at = piece.numbers, index.find(piece.digests)
        at[(numbers <= body) | np.isin(numbers, listed)] = -1
        at[_again(at) | (found.place[at] >= 0)] = -1
        again = at[at >= 0]
        if len(again) and (again[0] < before or (np.diff(again) < 0).any()):
            return None
        before = again[-1] if len(again) else before
        found.place[again] = numbers[at >= 0]
        most -= int((at < 0).sum())
        if most < 0 or not _looked_at(now, piece, at < 0, numbers > body, found):
            return None
        found.digests.append(piece.digests)
        found.count += len(numbers)
        found.last = int(numbers[-1])
    return found


def _looked_at(
    now: Survey, piece: Piece, new: np.ndarray, body: np.ndarray, found: Matched
) -> bool:
    """Take the new rows of a piece and its last ones; False where the table is not as it was."""
    ends = body & (np.arange(len(body)) >= len(body) - TAIL)
    asked = new | ends
    asked[0] = True
    part = piece.rows(asked)
    if part is None or part.num_columns - 1 != len(now.tallies):
        return False
    found.new.append(part.filter(pa.array(new[asked])))
    last = part.filter(pa.array(ends[asked]))
    found.tail.extend((row[0], list(row[1:])) for row in _lists(last))
    return bool(now.end_of_table(part.slice(0, 1)))


def _lists(part: pa.RecordBatch) -> Iterator[tuple]:
    return zip(*(column.to_pylist() for column in part.columns), strict=True)


def _again(places: np.ndarray) -> np.ndarray:
    """Which places stood before in the same batch."""
    _, first = np.unique(places, return_index=True)
    again = np.ones(len(places), bool)
    again[first] = False
    return again


def _sum(old: Tally, new: Tally, gone: Tally, rows: Matched) -> Tally | None:
    """The counts of a column: old and new ones without those that are gone."""
    values = _counted(old.values, new.values, gone.values)
    first = {} if new.spread else _first(old, new.first, values, rows)
    uncounted = old.filled and old.dated is False and new.dated is not False
    if uncounted or first is None or (values is None and old.values is not None):
        return None
    total = new.begun()
    total.filled = old.filled + new.filled - gone.filled
    total.serials = old.serials + new.serials - gone.serials
    total.values, total.first = values, first
    total.orders = _counted(old.orders, new.orders, gone.orders) or {}
    return total


def _counted(
    old: dict[str, int] | None, new: dict[str, int] | None, gone: dict[str, int] | None
) -> dict[str, int] | None:
    if old is None or new is None or gone is None:
        return None
    total = dict(old)
    for sign, counts in ((1, new), (-1, gone)):
        for text, count in counts.items():
            total[text] = total.get(text, 0) + sign * count
    return {text: count for text, count in total.items() if count}


def _first(
    old: Tally, new: dict[str, int], values: dict[str, int] | None, rows: Matched
) -> dict[str, int] | None:
    """The first values of a column and where they stand; None where the first row of a value is
    gone and nobody knows which is the first now."""
    if old.spread:  # they were not noted
        return None
    found = dict(new)
    moved = rows.moved(np.array([*old.first.values()], np.int64)).tolist()
    for (text, row), at in zip(old.first.items(), moved, strict=True):
        if at >= 0:
            found[text] = min(at, found.get(text, at))
        elif new.get(text, math.inf) < rows.next(row):
            continue  # the row was edited elsewhere, or another came in its place
        elif values is None or len(old.first) == SAMPLES or values.get(text):
            return None
    kept = sorted(found.items(), key=lambda one: one[1])[:SAMPLES]
    return dict(kept)
