"""The rows that the last run cleaned, so that next month only new and changed rows are cleaned.

Mapping, rules and value checks are pure functions of (row, plan): a row with the same cells under
the same key (program, project, what the plan decided for its source: see `cleaning.py`) gives the
same records, changes and issues, wherever it stands. So a run keeps, in OUT/.work/last, the tables
that it cleaned and a digest of each row; the next run takes what it finds there and gives it
the new row's numbers. A row whose cells were filled from elsewhere (merged, 同上) is never reused.

Where most rows are as they were, the tables are written as what is different from those of the last
run (`over.py`), which stays what next month is compared with, until too much has changed.

All tables are in reading order, so what came of a row is a run of rows found by binary search.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import tables
from crmclean.run.digests import DIGEST, digests
from crmclean.run.gather import gathered
from crmclean.run.kept import Kept
from crmclean.run.numbers import ranges
from crmclean.run.over import Over, woven
from crmclean.run.work import Work

KEYS = "last/keys.json"
#: Which rows were kept; which base the stages after cleaning have made of the last run.
KEPT, BASED = "last/kept", "last/deduped/base.json"
#: The key of each source of this run; the sources whose rows the scan knew again, by number, and
#: which ones of the last run they were.
CLEANED, AGAIN = "cleaned.json", "again.json"
#: The share of known rows of a source from which what it made of them is used at all.
WORTHWHILE = 0.2
ROWS = pa.schema([("place", pa.int64()), ("digest", DIGEST)])


def places(table: pa.Table) -> np.ndarray:
    """Source and row of every row of a table in one number; it grows in reading order."""
    if "row" in table.column_names:
        sources = pc.cast(table["source"], pa.int64()).to_numpy()
        return (sources << tables.ROW_BITS) | table["row"].to_numpy()
    return table["record"].to_numpy() >> tables.PART_BITS


def in_order(table: pa.Table) -> pa.Table:
    """A table of a batch in reading order, in one piece; rows of one place stay as they came."""
    at = places(table)
    if len(at) > 1 and (np.diff(at) < 0).any():
        table = table.take(pa.array(np.argsort(at, kind="stable")))
    return table.combine_chunks()


def reusable(rows: pa.Table, source: int, filled: pa.Array) -> pa.Table:
    """ROWS of the data rows that may be reused. `filled`: numbers of rows with cells from elsewhere."""
    rows = rows.combine_chunks()
    cells = [column.chunk(0) for column in rows.columns[2:] if rows.num_rows]
    digest = digests(cells, rows.num_rows)
    own = pc.and_not(pc.equal(rows["kind"], "data"), pc.is_in(rows["row"], value_set=filled))
    place = pc.add(rows["row"], source << tables.ROW_BITS)
    return pa.table([place, digest], schema=ROWS).filter(pc.and_(own, pc.is_valid(digest)))


class Last:
    """What the last run cleaned; nothing where `known`, the keys of its sources, is empty."""

    def __init__(self, work: Work, known: dict[str, str]) -> None:
        self._work, self._known = work, known

    def donors(self, wanted: pa.Table, key: str) -> np.ndarray:
        """For each of ROWS the place of an equal row that was cleaned with that key, -1 for none."""
        named = sorted(number for number, one in self._known.items() if one == key)
        parts = [self._work.get(f"last/rows/{number}") for number in named]
        found = tables.concat(ROWS, parts).combine_chunks()
        if not len(found):
            return np.full(wanted.num_rows, -1)
        at = pc.index_in(wanted["digest"], value_set=found["digest"].combine_chunks())
        return pc.fill_null(found["place"].combine_chunks().take(at), -1).to_numpy()

    def knows(self, number: str, key: str) -> bool:
        """Whether the rows of its source of that number were cleaned with that key."""
        return self._known.get(number) == key

    def put_over(self, name: str, new: pa.Table, kept: Kept) -> None:
        """Write a table of what was kept and what is new."""
        with self._work.mapped(f"last/{name}") as old:
            slices = woven(kept, [(places(old), 0, places(new), 0)], len(old))
        self._work.put_over(name, f"last/{name}", new, Over(kept, slices))

    def merged(
        self, name: str, new: pa.Table, donors: np.ndarray, targets: np.ndarray
    ) -> Iterator[pa.Table]:
        """What a table holds of the rows at `donors`, as of the rows at `targets`, together with
        `new`, in reading order and in pieces."""
        with self._work.mapped(f"last/{name}") as old:
            known = places(old)
            start = np.searchsorted(known, donors, "left")
            count = np.searchsorted(known, donors, "right") - start
            own = places(new)
            place = np.append(np.repeat(targets, count), own)
            moved = np.append(np.repeat(targets - donors, count), np.zeros(len(own), np.int64))
            at = np.append(ranges(start, count), len(old) + np.arange(len(own)))
            order = np.argsort(place, kind="stable")
            whole = pa.concat_tables([old, new])
            for window, found in gathered(whole, at[order]):
                yield _as_of(found, place[order[window]], moved[order[window]])


def _as_of(found: pa.Table, place: np.ndarray, moved: np.ndarray) -> pa.Table:
    """Rows of a table with the numbers of other places, `moved` rows further."""
    columns = {"record": pc.add(found["record"], pa.array(moved << tables.PART_BITS))}
    if "row" in found.column_names:
        columns["source"] = pa.array((place >> tables.ROW_BITS).astype(np.int32))
        columns["row"] = pa.array(place & ((1 << tables.ROW_BITS) - 1))
    for column, values in columns.items():
        found = found.set_column(found.column_names.index(column), found.field(column), values)
    return found


def known_keys(work: Work) -> dict[str, str]:
    """The key of each source that the last complete run cleaned, by number as text."""
    return json.loads(work.get_text(KEYS) or "{}")


def keep(work: Work, names: list[str], keys: dict[str, str]) -> None:
    """Make the named tables of this run those of the last one, and the digests of its rows."""
    (work.root / KEYS).unlink(missing_ok=True)
    (work.root / BASED).unlink(missing_ok=True)
    work.path(KEPT).unlink(missing_ok=True)
    for name in names:
        work.link(name, f"last/{name}")
    _made(work.root / "last/seen.json").write_text(
        work.get_text("seen.json") or "{}", encoding="utf-8"
    )
    for number in keys:
        work.link(f"rows/{number}", f"last/cells/{number}")
        work.path(f"last/digests/{number}").replace(_made(work.path(f"last/rows/{number}")))
        work.path(f"last/texts/{number}").unlink(missing_ok=True)
        if work.has(f"texts/{number}"):
            work.link(f"texts/{number}", f"last/texts/{number}")
    work.put_text(KEYS, json.dumps(keys, indent=1))


def rebase(work: Work) -> None:
    """Make this run the last one, though most of it was taken over from that."""
    keys = json.loads(work.get_text(CLEANED) or "{}")
    for number in keys:
        if not work.has(f"last/digests/{number}"):
            nobody = pa.array([], pa.int64())
            parts = [reusable(p, int(number), nobody) for p in work.batches(f"rows/{number}")]
            work.put(f"last/digests/{number}", tables.concat(ROWS, parts))
    last = (path.relative_to(work.root / "last") for path in (work.root / "last").rglob("*.arrow"))
    own = (p for p in last if p.parts[0] in ("records", "changes", "issues", "register.arrow"))
    keep(work, sorted(path.with_suffix("").as_posix() for path in own), keys)


def again(work: Work) -> dict[str, str]:
    """The sources whose rows the scan of this run knew again: the number that each had then."""
    return json.loads(work.get_text(AGAIN) or "{}")


def kept(work: Work) -> Kept | None:
    """The rows that this run has in common with the last one; None where that is this very run."""
    return Kept.from_table(work.get(KEPT)) if work.has(KEPT) else None


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
