"""Tables in parts that are each in the order of source rows.

What a refresh makes of the rows that a change reaches is put between what was made of the rest. In
a part, rows stand in the order of the source rows that they came of (of a golden record: of its first
record), and all that came of one source row is made of it anew or taken over: so it is enough to
know the place of each row.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.run import Work
from crmclean.run.kept import Kept
from crmclean.run.over import Over, woven
from crmclean.tables import PART_BITS

Parts = dict[str, list["Part"]]
NOWHERE = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Part:
    """What it is of, its rows, and the source row that each came of. Parts of one table stand in an
    order of their own, whatever rows there are; one without rows may be left out."""

    label: str
    table: pa.Table
    places: np.ndarray


def by_record(table: pa.Table, objects: Iterable[str], column: str = "record") -> list[Part]:
    """A table of all objects, in order of the records in a column."""
    found = ((name, of_object(table, name)) for name in objects)
    return [Part(name, own, numbers_of(own, column) >> PART_BITS) for name, own in found]


def numbers_of(table: pa.Table, column: str = "record") -> np.ndarray:
    """The number of the record of each row. What is said of no record comes after all others."""
    return pc.fill_null(table[column], np.iinfo(np.int64).max).to_numpy()


def of_object(table: pa.Table, object: str) -> pa.Table:
    """The rows of one object: they stand together."""
    codes = pc.equal(table["object"], object)
    first, count = pc.index(codes, True).as_py(), pc.sum(codes).as_py() or 0
    return table.slice(max(first, 0), count)


def whole(parts: list[Part]) -> pa.Table:
    """The table."""
    filled = [part.table for part in parts if part.table.num_rows]
    return pa.concat_tables(filled) if filled else parts[0].table.slice(0, 0)


def keep(work: Work, folder: str, parts: Parts) -> None:
    """Note where the rows of the tables came from; the tables are kept by the caller."""
    noted = {}
    for name, own in parts.items():
        places = np.concatenate([part.places for part in own])
        work.put(f"{folder}/at/{name}", pa.table({"place": places}))
        noted[name] = [(part.label, len(part.places)) for part in own]
    work.put_text(f"{folder}/parts.json", json.dumps(noted, ensure_ascii=False))


class Former:
    """The parts that a whole run kept in a folder."""

    def __init__(self, work: Work, folder: str) -> None:
        self._work, self._folder = work, folder
        self._noted = json.loads(work.get_text(f"{folder}/parts.json") or "{}")

    def joins(self, parts: Parts) -> bool:
        """Whether the order of all parts is known."""
        return all(self._labels(name, own) is not None for name, own in parts.items())

    def slices(self, name: str, parts: list[Part], kept: Kept, anew: Iterable[str] = ()) -> Over:
        """A table of what was kept and what is new; of the parts `anew` nothing was kept."""
        places = self._work.get(f"{self._folder}/at/{name}")["place"].to_numpy()
        firsts, first = {}, 0
        for label, count in self._noted[name]:
            firsts[label] = first, NOWHERE if label in anew else places[first : first + count]
            first += count
        sections, new = [], {part.label: part.places for part in parts}
        begins = dict(zip(new, np.cumsum([0, *map(len, new.values())]).tolist(), strict=False))
        labels = self._labels(name, parts)
        if labels is None:
            raise ValueError(f"{name}: parts in no known order")
        for label in labels:
            old_first, then = firsts.get(label, (0, NOWHERE))
            sections.append((then, old_first, new.get(label, NOWHERE), begins.get(label, 0)))
        return Over(kept, woven(kept, sections, len(places)))

    def _labels(self, name: str, parts: list[Part]) -> list[str] | None:
        """Those of then and now in their order: one run had all that the other had."""
        then, now = [label for label, _ in self._noted[name]], [part.label for part in parts]
        more = max(then, now, key=len)
        return more if {*then} <= {*more} and {*now} <= {*more} else None
