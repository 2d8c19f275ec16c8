"""What changed since last time, and how a merge is undone."""

from itertools import combinations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.identity import fingerprints, seen
from crmclean.plan import Plan
from crmclean.tables import TEXT, table

#: What became of each golden record since the last published run.
DELTA = pa.schema([("object", TEXT), ("golden", TEXT), ("change", TEXT)])


def delta(object: str, before: pa.Array, cluster: np.ndarray, golden: pa.Array) -> pa.Table:
    """How each golden record stands to the last published run: new, merged (records of several
    earlier ones), split (an earlier one now stands in several), unchanged. `before`: the golden id
    that each record had (null: none); `cluster`: the place of each record's golden record now.
    Empty where nothing was published before."""
    if before.null_count == len(before):
        return DELTA.empty_table()
    known = before.dictionary_encode().indices
    at = np.flatnonzero(pc.is_valid(known).to_numpy(zero_copy_only=False))
    then = pc.drop_null(known).to_numpy()
    moves = np.unique(np.column_stack([cluster[at], then]), axis=0)
    earlier = np.bincount(moves[:, 0], minlength=len(golden))
    torn = np.bincount(moves[:, 1])[moves[:, 1]] > 1
    split = np.zeros(len(golden), bool)
    split[moves[torn, 0]] = True
    change = np.select(
        [earlier == 0, earlier > 1, split], ["new", "merged", "split"], "unchanged"
    ).astype(str)
    return table(DELTA, {"object": object, "golden": golden, "change": pa.array(change)})


def unmerge(
    golden: str, crosswalk: pa.Table, records: dict[str, pa.Table], plan: Plan
) -> list[dict[str, str]]:
    """Decisions (`pairs`, different) that keep the records of a golden record apart for ever; the
    crosswalk says which codes they had. KeyError where nothing was merged into it."""
    part = crosswalk.filter(pc.equal(crosswalk["golden"], golden))
    if part.num_rows < 2:
        raise KeyError(golden)
    name = part["object"][0].as_py()
    own = records[name].combine_chunks()
    at = pc.index_in(part["record"], own["record"].combine_chunks())
    prints = fingerprints(own, name, plan).take(at.combine_chunks()).to_pylist()
    values = seen(own, name).take(at.combine_chunks()).to_pylist()
    return [
        {
            "object": name,
            "left": prints[one],
            "right": prints[two],
            "verdict": "different",
            "seen": f"{values[one]} {values[two]}",
        }
        for one, two in combinations(range(len(prints)), 2)
    ]
