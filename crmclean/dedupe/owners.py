"""Two owners of one customer: nobody's to decide but the team leader's.

A cluster whose records name different owners is held, unless the project says `owner_conflict:
first` or somebody decided (state `owners`). Losing owners stay in the remark as 协作人.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from crmclean.dedupe.job import Job


class Settled(NamedTuple):
    """The owner that somebody decided on for each record's cluster (null: nobody), and whether the
    cluster is still in conflict."""

    decided: pa.Array
    conflict: np.ndarray


def settle(records: pa.Table, prints: pa.Array, label: np.ndarray, job: "Job") -> Settled:
    """Owner conflicts of clusters, decisions taken into account."""
    nobody = pa.nulls(records.num_rows, pa.string())
    if "owner" not in records.column_names or job.project.dedupe.owner_conflict == "first":
        return Settled(nobody, np.zeros(records.num_rows, bool))
    owner = records["owner"].combine_chunks()
    codes = pc.fill_null(_active(owner, job).dictionary_encode().indices, -1)
    codes = codes.to_numpy(zero_copy_only=False).astype(np.int64)
    low, high = np.full(len(label), len(label)), np.full(len(label), -1)
    filled = codes >= 0
    np.minimum.at(low, label[filled], codes[filled])
    np.maximum.at(high, label[filled], codes[filled])
    conflict = (low < high)[label]
    decided = _decided(prints, label, conflict, job)
    here = conflict & np.isin(label, np.array(sorted(decided), np.int64))
    chosen = pa.array([decided[int(n)] for n in label[here]], pa.string())
    return Settled(pc.replace_with_mask(nobody, pa.array(here), chosen), conflict & ~here)


def _active(owner: pa.Array, job: "Job") -> pa.Array:
    """Owners after reassignment: 张三(离职) and 李四 are no conflict when 李四 takes over."""
    encoded = owner.dictionary_encode()
    names = [job.project.owners.get(name, name) for name in encoded.dictionary.to_pylist()]
    return pa.array(names, pa.string()).take(encoded.indices)


def _decided(
    prints: pa.Array, label: np.ndarray, conflict: np.ndarray, job: "Job"
) -> dict[int, str]:
    """cluster → owner, the last decision on any of its records."""
    entries = [e for e in job.state.entries("owners") if e.get("object", "customer") == "customer"]
    found: dict[int, str] = {}
    for entry in entries:
        at = pc.index(prints, pa.scalar(entry["record"])).as_py()
        if at >= 0 and conflict[at]:
            found.pop(int(label[at]), None)
            found[int(label[at])] = entry["owner"]
    return found
