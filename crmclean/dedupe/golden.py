"""Golden records of one object, from the clusters of its records: values, crosswalk, ids."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe import ids, survive
from crmclean.dedupe.job import Job
from crmclean.dedupe.refresh import DELTA, delta
from crmclean.dedupe.report import BLOCKS
from crmclean.dedupe.strategies import Grounds
from crmclean.tables import CROSSWALK, ISSUES, PAIRS, sources_of, table


@dataclass(frozen=True)
class Matched:
    """One object after matching: cluster and held reason of each record, its golden table."""

    label: np.ndarray
    golden: pa.Table
    pairs: pa.Table
    crosswalk: pa.Table
    cells: pa.Table
    changes: pa.Table
    blocks: pa.Table
    memory: list[dict]
    learned: list[dict] = field(default_factory=list)
    issues: pa.Table = field(default_factory=ISSUES.empty_table)
    delta: pa.Table = field(default_factory=DELTA.empty_table)


def merged(
    object: str,
    records: pa.Table,
    prints: pa.Array,
    label: np.ndarray,
    rank: np.ndarray,
    fullness: np.ndarray,
    why: np.ndarray,
    job: Job,
    decided: dict[str, pa.Array] | None = None,
) -> Matched:
    """Golden records and crosswalk of clusters; `why`: a reason to hold the record's cluster, or ""."""
    golden_of = ids.golden_ids(object, prints, label, job.state)
    named = {
        path.partition(".")[2]: strategy
        for path, strategy in job.project.dedupe.survivorship.items()
        if path.startswith(object + ".")
    }
    grounds = Grounds(fullness, survive.recency(records), systems_of(records, job))
    kept = survive.survive(
        records, job.model[object], label, golden_of, rank, grounds, named, decided or {}
    )
    ids_of = records["record"].combine_chunks()
    golden = pa.table(
        {"golden": golden_of, "record": ids_of.take(pa.array(kept.master)), **kept.columns}
    )
    _, cluster = np.unique(label, return_inverse=True)
    merged = np.ones(len(label), bool)
    merged[kept.master] = False
    crosswalk = table(
        CROSSWALK,
        {
            "object": object,
            "record": ids_of,
            "golden": golden_of.take(pa.array(cluster)),
            "end": pa.array(np.where(why != "", "held", np.where(merged, "merged", "loaded"))),
            "reason": pa.array(why, pa.string(), mask=why == ""),
        },
        len(label),
    )
    memory = ids.entries(object, prints, label, golden_of, job.state)
    before = ids.ids_before(object, prints, job.state)
    return Matched(
        label, golden, PAIRS.empty_table(), crosswalk, kept.cells, kept.changes,
        BLOCKS.empty_table(), memory, delta=delta(object, before, cluster, golden_of),
    )  # fmt: skip


def systems_of(records: pa.Table, job: Job) -> np.ndarray:
    """0 for data that the CRM already holds, then 1 + the place of the system in the priority."""
    priority = {system: n + 1 for n, system in enumerate(job.project.dedupe.priority)}
    ranks = [0, *(
        0 if s.role == "target" else priority.get(s.system, len(priority) + 1)
        for s in job.plan.sources
    )]  # fmt: skip
    return np.array(ranks)[sources_of(records["record"].combine_chunks()).to_numpy()]


def children_of(records: dict[str, pa.Table]) -> np.ndarray:
    """How many records of other objects name each customer."""
    own = records["customer"]
    names = own["name"].combine_chunks()
    count = np.zeros(own.num_rows)
    for name, children in records.items():
        if name != "customer" and "customer" in children.column_names and children.num_rows:
            tally = pc.value_counts(children["customer"].combine_chunks())
            at = pc.index_in(names, tally.field("values"))
            here = pc.and_(pc.is_valid(at), pc.is_valid(names)).to_numpy(zero_copy_only=False)
            held = tally.field("counts").take(at)
            count += np.where(here, pc.fill_null(held, 0).to_numpy(zero_copy_only=False), 0)
    return count
