"""What the stage hands over: the tables of all objects in one, in reading order."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe.cluster import numbered
from crmclean.dedupe.golden import Matched
from crmclean.dedupe.parts import Part, Parts, by_record, numbers_of, of_object
from crmclean.dedupe.refresh import DELTA
from crmclean.dedupe.report import BLOCKS
from crmclean.ends import follow_parents
from crmclean.tables import CHANGES, CROSSWALK, GOLDEN, ISSUES, PAIRS, PART_BITS, concat


@dataclass(frozen=True)
class Deduped:
    """All tables are in reading order, object by object. `firsts`: the source row of the first
    record of each golden record; `cells_at`: that of the one that each cell is of; `memory`: what
    the state should remember once this run is published, entries by kind; `blocks`: the blocking
    report of what was compared; `delta`: what changed since last time."""

    pairs: pa.Table
    golden: dict[str, pa.Table]
    golden_cells: pa.Table
    crosswalk: pa.Table
    changes: pa.Table
    issues: pa.Table
    firsts: dict[str, np.ndarray]
    cells_at: np.ndarray
    blocks: pa.Table = field(default_factory=BLOCKS.empty_table)
    memory: dict[str, list[dict]] = field(default_factory=dict)
    delta: pa.Table = field(default_factory=DELTA.empty_table)

    def parts(self) -> Parts:
        """The tables as they are put between those of another run."""
        names = list(self.golden)
        golden = {
            f"golden/{name}": [Part(name, table, self.firsts[name])]
            for name, table in self.golden.items()
        }
        cells, first = [], 0
        for name in names:
            own = of_object(self.golden_cells, name)
            cells.append(Part(name, own, self.cells_at[first : first + len(own)]))
            first += len(own)
        return {
            "pairs": by_record(self.pairs, names, "left"),
            "crosswalk": by_record(self.crosswalk, names),
            "golden_cells": cells,
            "changes/dedupe": by_record(self.changes, names),
            "issues/dedupe": by_record(self.issues, names),
            **golden,
        }


def deduped(found: dict[str, Matched]) -> Deduped:
    """The tables of all objects in one, in reading order."""
    parts, names = list(found.values()), list(found)
    golden = {name: one.golden for name, one in found.items()}
    crosswalk = follow_parents(concat(CROSSWALK, [one.crosswalk for one in parts]), golden)
    changes = concat(CHANGES, [one.changes for one in parts])
    issues = concat(ISSUES, [one.issues for one in parts])
    firsts = {name: _firsts(one) for name, one in found.items()}
    cells = concat(GOLDEN, [one.cells for one in parts])
    cells, cells_at = _in_order(cells, golden, firsts)
    return Deduped(
        pairs=concat(PAIRS, [one.pairs for one in parts]),
        golden=golden,
        golden_cells=cells,
        crosswalk=in_order(crosswalk, names, numbers_of(crosswalk)),
        changes=in_order(changes, names, numbers_of(changes)),
        issues=in_order(issues, names, numbers_of(issues)),
        firsts=firsts,
        cells_at=cells_at,
        blocks=concat(BLOCKS, [one.blocks for one in parts]),
        memory={
            "golden": [entry for one in parts for entry in one.memory],
            "weights": [entry for one in parts for entry in one.learned],
        },
        delta=concat(DELTA, [one.delta for one in parts]),
    )


def _firsts(found: Matched) -> np.ndarray:
    return found.crosswalk["record"].to_numpy()[numbered(found.label)[0]] >> PART_BITS


def _in_order(
    cells: pa.Table, golden: dict[str, pa.Table], firsts: dict[str, np.ndarray]
) -> tuple[pa.Table, np.ndarray]:
    """Cells in order of their golden records, and the source row of the first record of those."""
    place = np.zeros(len(cells), np.int64)
    for name, own in golden.items():
        mine = pc.equal(cells["object"], name).to_numpy()
        ids = cells["golden"].filter(pa.array(mine))
        at = pc.index_in(ids, own["golden"].combine_chunks()).to_numpy()
        place[mine] = firsts[name][at]
    order = _order(cells, list(golden), place)
    return _taken(cells, order), place[order]


def in_order(table: pa.Table, objects: list[str], at: np.ndarray) -> pa.Table:
    """A table of all objects in order of these numbers of records; rows of one stay as they came."""
    return _taken(table, _order(table, objects, at))


def _order(table: pa.Table, objects: list[str], at: np.ndarray) -> np.ndarray:
    object = pc.index_in(table["object"], value_set=pa.array(objects)).to_numpy()
    return np.lexsort((at, object))


def _taken(table: pa.Table, order: np.ndarray) -> pa.Table:
    return table if (np.diff(order) == 1).all() else table.take(pa.array(order)).combine_chunks()
