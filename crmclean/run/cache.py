"""The rows that the last run cleaned, so that next month only new and changed rows are cleaned.

Mapping, rules and value checks are pure functions of (row, plan): a row with the same cells under
the same key (program, project, what the plan decided for its source: see `cleaning.py`) gives the
same records, changes and issues, wherever it stands. So a run keeps, in OUT/.work/last, the tables
that it cleaned and a 64-bit hash of each row; the next run takes what it finds there and gives it
the new row's numbers. A row whose cells were filled from elsewhere (merged, 同上) is never reused.

All tables are in reading order, so what came of a row is a run of rows found by binary search.
"""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import tables
from crmclean.run.work import Work

KEYS = "last/keys.json"
ROWS = pa.schema([("place", pa.int64()), ("hash", pa.uint64())])
_SEPARATOR = "\x1f"


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


def hashes(rows: pa.Table, source: int, filled: pa.Array) -> pa.Table:
    """ROWS of the data rows that may be reused. `filled`: numbers of rows with cells from elsewhere.

    A null cell and an empty one are the same to mapping. A cell that holds the separator itself
    could make two rows look alike: such a row is left out."""
    from pandas.util import hash_array

    kept = pc.and_not(pc.equal(rows["kind"], "data"), pc.is_in(rows["row"], value_set=filled))
    rows = rows.filter(kept)
    cells = [pc.fill_null(column, "") for column in rows.columns[2:]]
    if not cells:
        return ROWS.empty_table()
    joined = pc.binary_join_element_wise(*cells, _SEPARATOR) if len(cells) > 1 else cells[0]
    plain = pc.equal(pc.count_substring(joined, _SEPARATOR), len(cells) - 1)
    texts = joined.filter(plain).to_numpy().astype(object)
    place = pc.add(rows["row"].filter(plain), source << tables.ROW_BITS)
    return pa.table([place, hash_array(texts, categorize=False)], schema=ROWS)


class Last:
    """What the last run cleaned from sources with one key; nothing where `keys` are empty."""

    def __init__(self, work: Work, key: str, known: dict[str, str]) -> None:
        self._work = work
        self._tables: dict[str, tuple[pa.Table, np.ndarray]] = {}
        parts = [work.get(f"last/rows/{n}") for n, k in sorted(known.items()) if k == key]
        found = tables.concat(ROWS, parts)
        self._hash, first = np.unique(found["hash"].to_numpy(), return_index=True)
        self._place = found["place"].to_numpy()[first]

    def donors(self, wanted: pa.Table) -> np.ndarray:
        """For each of ROWS the place of an equal row of the last run, -1 for none."""
        if not len(self._hash):
            return np.full(wanted.num_rows, -1)
        mine = wanted["hash"].to_numpy()
        at = np.minimum(np.searchsorted(self._hash, mine), len(self._hash) - 1)
        return np.where(self._hash[at] == mine, self._place[at], -1)

    def take(self, name: str, donors: np.ndarray, targets: np.ndarray) -> pa.Table:
        """What a table holds of the rows at `donors`, as of the rows at `targets`."""
        table, known = self._table(name)
        start = np.searchsorted(known, donors, "left")
        count = np.searchsorted(known, donors, "right") - start
        before = np.cumsum(count) - count
        at = np.repeat(start - before, count) + np.arange(int(count.sum()))
        place = np.repeat(targets, count)
        moved = (place - np.repeat(donors, count)) << tables.PART_BITS
        found = table.take(pa.array(at))
        columns = {"record": pc.add(found["record"], pa.array(moved))}
        if "row" in found.column_names:
            columns["source"] = pa.array((place >> tables.ROW_BITS).astype(np.int32))
            columns["row"] = pa.array(place & ((1 << tables.ROW_BITS) - 1))
        for column, values in columns.items():
            found = found.set_column(found.column_names.index(column), column, values)
        return found

    def _table(self, name: str) -> tuple[pa.Table, np.ndarray]:
        if name not in self._tables:
            table = self._work.get(f"last/{name}").combine_chunks()
            self._tables[name] = table, places(table)
        return self._tables[name]


def known_keys(work: Work) -> dict[str, str]:
    """The key of each source that the last complete run cleaned, by number as text."""
    return json.loads(work.get_text(KEYS) or "{}")


def keep(work: Work, names: list[str], keys: dict[str, str]) -> None:
    """Make the named tables of this run those of the last one. `hashes/<n>` become `rows/<n>`."""
    (work.root / KEYS).unlink(missing_ok=True)
    for name in names:
        _link(work.path(name), work.path(f"last/{name}"))
    for number in keys:
        work.path(f"hashes/{number}").replace(_made(work.path(f"last/rows/{number}")))
    work.put_text(KEYS, json.dumps(keys, indent=1))


def _link(path: Path, to: Path) -> None:
    """The same file under another name: a table is replaced, never written over."""
    _made(to).unlink(missing_ok=True)
    try:
        os.link(path, to)
    except OSError:
        shutil.copyfile(path, to)


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
