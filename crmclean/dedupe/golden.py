"""Golden records of one object, from the clusters of its records: values, crosswalk, ids."""

from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe import ids, survive
from crmclean.dedupe.cluster import numbered
from crmclean.dedupe.job import Job
from crmclean.dedupe.refresh import DELTA, delta
from crmclean.dedupe.report import BLOCKS
from crmclean.dedupe.strategies import Grounds
from crmclean.tables import CHANGES, CROSSWALK, GOLDEN, ISSUES, PAIRS, sources_of, table


@dataclass(frozen=True)
class Matched:
    """One object after matching: cluster and held reason of each record, its golden table. `braked`:
    whether a key grew so common that it was left out; `moved`: how far decisions moved the weights."""

    label: np.ndarray
    golden: pa.Table
    pairs: pa.Table
    crosswalk: pa.Table
    cells: pa.Table
    changes: pa.Table
    blocks: pa.Table
    memory: list[dict]
    prints: pa.Array
    learned: list[dict] = field(default_factory=list)
    braked: bool = False
    moved: float = 0.0
    issues: pa.Table = field(default_factory=ISSUES.empty_table)
    delta: pa.Table = field(default_factory=DELTA.empty_table)

    def without_tables(self) -> "Matched":
        """What is left to tell once the tables of all objects are put into one, in their order."""
        return replace(self, cells=GOLDEN.empty_table(), changes=CHANGES.empty_table())


@dataclass(frozen=True)
class Clustered:
    """Records of one object, and of each: its fingerprint, its cluster, its rank (0 is best), how
    whole its name is, why it waits ("" for no reason); `decided`: what a person said, by field."""

    object: str
    records: pa.Table
    prints: pa.Array
    label: np.ndarray
    rank: np.ndarray
    fullness: np.ndarray
    why: np.ndarray
    decided: dict[str, pa.Array] = field(default_factory=dict)

    @property
    def ids(self) -> pa.Array:
        return self.records["record"].combine_chunks()


def merged(own: Clustered, job: Job) -> Matched:
    """Golden records and crosswalk of clusters."""
    before = ids.ids_before(own.prints, job.known(own.object, own.prints))
    golden_of = ids.golden_ids(own.object, own.prints, own.label, before, own.rank)
    kept = _survived(own, golden_of, job)
    masters = own.ids.take(pa.array(kept.master))
    golden = pa.table({"golden": golden_of, "record": masters, **kept.columns})
    cluster = numbered(own.label)[1]
    crosswalk = _crosswalk(own, golden_of.take(pa.array(cluster)), kept.master)
    memory = ids.entries(own.object, own.prints, own.label, golden_of, before)
    return Matched(
        own.label, golden, PAIRS.empty_table(), crosswalk, kept.cells, kept.changes,
        BLOCKS.empty_table(), memory, own.prints, delta=delta(own.object, before, cluster, golden_of),
    )  # fmt: skip


def _survived(own: Clustered, golden_of: pa.Array, job: Job) -> survive.Survived:
    grounds = Grounds(own.fullness, survive.recency(own.records), systems_of(own.records, job))
    strategies = {
        path.partition(".")[2]: strategy
        for path, strategy in job.project.dedupe.survivorship.items()
        if path.startswith(own.object + ".")
    }
    return survive.survive(
        own.records, job.model[own.object], own.label, golden_of, own.rank, grounds, strategies,
        own.decided, job.project.language,
    )  # fmt: skip


def _crosswalk(own: Clustered, golden: pa.Array, masters: np.ndarray) -> pa.Table:
    """Where each record ended; `golden`: the id of its golden record."""
    goes_in = np.ones(len(own.label), bool)
    goes_in[masters] = False
    end = np.where(own.why != "", "held", np.where(goes_in, "merged", "loaded"))
    columns = {
        "object": own.object,
        "record": own.ids,
        "golden": golden,
        "end": pa.array(end),
        "reason": pa.array(own.why, pa.string(), mask=own.why == ""),
    }
    return table(CROSSWALK, columns, len(own.label))


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
