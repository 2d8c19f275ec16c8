"""What the stage hands over: the tables of all objects in one, in reading order."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe.golden import Matched
from crmclean.dedupe.refresh import DELTA
from crmclean.dedupe.report import BLOCKS
from crmclean.ends import follow_parents
from crmclean.tables import CHANGES, CROSSWALK, GOLDEN, ISSUES, PAIRS, concat


@dataclass(frozen=True)
class Deduped:
    """All tables are in reading order, object by object. `memory`: what the state should remember
    once this run is published, entries by kind; `blocks`: the blocking report of what was compared;
    `delta`: what changed since last time."""

    pairs: pa.Table
    golden: dict[str, pa.Table]
    golden_cells: pa.Table
    crosswalk: pa.Table
    changes: pa.Table
    issues: pa.Table
    blocks: pa.Table = field(default_factory=BLOCKS.empty_table)
    memory: dict[str, list[dict]] = field(default_factory=dict)
    delta: pa.Table = field(default_factory=DELTA.empty_table)


def deduped(found: dict[str, Matched]) -> Deduped:
    """The tables of all objects in one, in reading order."""
    parts, names = list(found.values()), list(found)
    golden = {name: one.golden for name, one in found.items()}
    crosswalk = follow_parents(concat(CROSSWALK, [one.crosswalk for one in parts]), golden)
    changes = concat(CHANGES, [one.changes for one in parts])
    issues = concat(ISSUES, [one.issues for one in parts])
    cells = concat(GOLDEN, [one.cells for one in parts])
    return Deduped(
        pairs=concat(PAIRS, [one.pairs for one in parts]),
        golden=golden,
        golden_cells=_in_order(cells, golden),
        crosswalk=in_order(crosswalk, names, crosswalk["record"].to_numpy()),
        changes=in_order(changes, names, changes["record"].to_numpy()),
        issues=in_order(issues, names, issues["record"].to_numpy()),
        blocks=concat(BLOCKS, [one.blocks for one in parts]),
        memory={
            "golden": [entry for one in parts for entry in one.memory],
            "weights": [entry for one in parts for entry in one.learned],
        },
        delta=concat(DELTA, [one.delta for one in parts]),
    )


def _in_order(cells: pa.Table, golden: dict[str, pa.Table]) -> pa.Table:
    """Cells in order of their golden records."""
    place = np.zeros(len(cells), np.int64)
    for name, own in golden.items():
        mine = pc.equal(cells["object"], name).to_numpy()
        place[mine] = pc.index_in(
            cells["golden"].filter(pa.array(mine)), own["golden"].combine_chunks()
        ).to_numpy()
    return in_order(cells, list(golden), place)


def in_order(table: pa.Table, objects: list[str], at: np.ndarray) -> pa.Table:
    """A table of all objects in order of these numbers of records; rows of one stay as they came."""
    object = pc.index_in(table["object"], value_set=pa.array(objects)).to_numpy()
    order = np.lexsort((at, object))
    return table if (np.diff(order) == 1).all() else table.take(pa.array(order)).combine_chunks()
