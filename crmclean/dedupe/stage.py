"""The stage: records of all objects in; pairs, golden records and crosswalk out."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from crmclean.decisions import State, fingerprints
from crmclean.dedupe import (
    bands,
    contacts,
    customer_fields,
    customers,
    engine,
    named,
    survive,
)
from crmclean.dedupe.blocks import refuse_too_many
from crmclean.dedupe.calibrate import by_decisions
from crmclean.dedupe.children import attach
from crmclean.dedupe.fields import Field
from crmclean.dedupe.frozen import Frozen, from_entry
from crmclean.dedupe.golden import Matched, children_of, merged, systems_of
from crmclean.dedupe.job import Job
from crmclean.dedupe.laws import contradicted, laws_of, reasons, same_uscc
from crmclean.dedupe.owners import settle
from crmclean.dedupe.parents import link
from crmclean.dedupe.refresh import DELTA
from crmclean.dedupe.report import BLOCKS, blocks_table, found_issues, shared_mobiles
from crmclean.ends import follow_parents
from crmclean.messages import language
from crmclean.model import Object
from crmclean.plan import Plan
from crmclean.project import Project
from crmclean.run import Work
from crmclean.run.memo import Memo
from crmclean.tables import CHANGES, CROSSWALK, GOLDEN, ISSUES, PAIRS, concat

#: Weights learned from fewer records than this are not kept for the next run.
ENOUGH = 1_000


@dataclass(frozen=True)
class Deduped:
    """What the stage hands over. `memory`: what the state should remember once this run is
    published, entries by kind; `blocks`: the blocking report; `delta`: what changed since last time."""

    pairs: pa.Table
    golden: dict[str, pa.Table]
    golden_cells: pa.Table
    crosswalk: pa.Table
    changes: pa.Table
    issues: pa.Table
    blocks: pa.Table = field(default_factory=BLOCKS.empty_table)
    memory: dict[str, list[dict]] = field(default_factory=dict)
    delta: pa.Table = field(default_factory=DELTA.empty_table)


def dedupe(
    records: dict[str, pa.Table],
    plan: Plan,
    project: Project,
    model: dict[str, Object],
    state: State,
    retrain: bool = False,
    told: Callable[[float], None] = lambda share: None,
    work: Work | None = None,
    fresh: bool = False,
) -> Deduped:
    """Find and merge duplicates. `records`: the mapped and normalised tables of each object;
    `retrain`: learn anew instead of taking what is frozen in the state; `told`: of the share that
    is done; `work`: where names as read and comparisons are kept for the next run, and
    taken from the last one unless `fresh`. InputRefused where there are too many to compare."""
    for name in ("customer", "contact"):
        if name in records:
            refuse_too_many(model[name].label[language()], records[name].num_rows)
    job = Job(plan, project, model, state, retrain, told, work, fresh)
    records = {name: one.combine_chunks() for name, one in records.items()}
    memo = Memo(work, fresh)
    fields = customer_fields.prepare(records["customer"], records.get("contact"), memo)
    found = {"customer": _customers(records, fields, job)}
    told(0.7)
    issues = [found["customer"].issues]
    changes = []
    for name in [n for n in records if n != "customer"]:
        attached = attach(name, records[name], records["customer"], fields, found["customer"], job)
        issues.append(attached.issues)
        changes.append(attached.changes)
        match = _contacts if name == "contact" else _alone
        found[name] = match(attached, job)
        issues.append(found[name].issues)
    told(0.9)
    golden = {name: one.golden for name, one in found.items()}
    parts = list(found.values())
    crosswalk = follow_parents(concat(CROSSWALK, [one.crosswalk for one in parts]), golden)
    return Deduped(
        concat(PAIRS, [one.pairs for one in parts]),
        golden,
        concat(GOLDEN, [one.cells for one in parts]),
        crosswalk,
        concat(CHANGES, [*changes, *(one.changes for one in parts)]),
        concat(ISSUES, issues),
        concat(BLOCKS, [one.blocks for one in parts]),
        {
            "golden": [entry for one in parts for entry in one.memory],
            "weights": [entry for one in parts for entry in one.learned],
        },
        concat(DELTA, [one.delta for one in parts]),
    )


def _customers(records: dict[str, pa.Table], fields: dict[str, Field], job: Job) -> Matched:
    own = records["customer"]
    prints = fingerprints(own, "customer", job.plan)
    said = named.pairs("customer", own, prints, job.plan, job.project, job.state)
    laws = laws_of(fields, _union(said, "never"), _union(said, "always"))
    learned = _frozen(job)
    scored = job.score("customer", fields, customers.SPEC, laws, learned)
    scored = by_decisions(scored, said, own.num_rows)
    job.told(0.5)
    sure, doubtful = same_uscc(scored, fields)
    laws = replace(laws, always=np.union1d(laws.always, sure))
    label = engine.grouped(scored, customers.SPEC, laws, job.project.dedupe.match, own.num_rows)
    rank = survive.ranked(own, systems_of(own, job), laws.exclusive[1] >= 0, children_of(records))
    verdict, kept = bands.verdicts(scored, label, laws, job.project.dedupe.review, doubtful)
    reason = reasons(scored, fields, laws, said, verdict, sure, doubtful)
    waits = verdict == bands.REVIEW
    held = bands.held(label, scored.left[waits], scored.right[waits], rank)
    owners = settle(own, prints, label, job)
    why = np.where(owners.conflict, "OWNER_CONFLICT", np.where(held, "REVIEW_PAIR", ""))
    pairs = bands.pairs_table(
        "customer", own["record"].to_numpy(), scored, customers.SPEC, verdict, reason, kept
    )
    full = customer_fields.fullness(fields)
    decided = {"owner": owners.decided}
    matched = merged("customer", own, prints, label, rank, full, why, job, decided)
    blocks = blocks_table("customer", scored.blocks)
    fresh = [] if learned or own.num_rows < ENOUGH else [scored.frozen.entry("customer")]
    issues = found_issues(own, fields, label, verdict, scored, why, contradicted(said, label))
    linked = link(matched.golden, fields, label, why != "")
    return replace(
        matched,
        golden=linked.golden,
        changes=concat(CHANGES, [matched.changes, linked.changes]),
        issues=concat(ISSUES, [issues, linked.issues]),
        pairs=pairs,
        blocks=blocks,
        learned=fresh,
    )


def _frozen(job: Job) -> Frozen | None:
    """What earlier runs learned, so that a refresh judges as the first run did."""
    known = [] if job.retrain else job.state.entries("weights")
    return from_entry(known[-1], customers.SPEC) if known else None


def _contacts(attached, job: Job) -> Matched:
    own = attached.records
    prints = fingerprints(own, "contact", job.plan)
    fields = contacts.prepare(own, attached.golden)
    said = named.pairs("contact", own, prints, job.plan, job.project, job.state)
    laws = contacts.laws(fields, _union(said, "never"), _union(said, "always"))
    scored = job.score("contact", fields, contacts.SPEC, laws, contacts.weights())
    label = engine.grouped(scored, contacts.SPEC, laws, job.project.dedupe.match, own.num_rows)
    none = np.zeros(len(scored.left), bool)
    verdict, kept = bands.verdicts(scored, label, laws, job.project.dedupe.review, none)
    rank = survive.ranked(
        own, systems_of(own, job), np.ones(own.num_rows, bool), np.zeros(own.num_rows)
    )
    waits = verdict == bands.REVIEW
    held = bands.held(label, scored.left[waits], scored.right[waits], rank)
    why = np.where(attached.held, attached.why, np.where(held, "REVIEW_PAIR", ""))
    reason = np.full(len(verdict), "", object)
    pairs = bands.pairs_table(
        "contact", own["record"].to_numpy(), scored, contacts.SPEC, verdict, reason, kept
    )
    matched = merged("contact", own, prints, label, rank, contacts.fullness(fields), why, job)
    golden = _with_parent(matched.golden, label, attached.golden)
    blocks = blocks_table("contact", scored.blocks)
    issues = shared_mobiles(own, fields["mobiles"], fields["customer"])
    return replace(matched, golden=golden, pairs=pairs, blocks=blocks, issues=issues)


def _alone(attached, job: Job) -> Matched:
    """Leads, follow-ups and opportunities are never merged: every record is its own golden one."""
    own = attached.records
    label = np.arange(own.num_rows)
    prints = fingerprints(own, attached.object, job.plan)
    zero = np.zeros(own.num_rows)
    why = np.where(attached.held, attached.why, "")
    matched = merged(attached.object, own, prints, label, label, zero, why, job)
    return replace(matched, golden=_with_parent(matched.golden, label, attached.golden))


def _with_parent(golden: pa.Table, label: np.ndarray, parent: pa.Array) -> pa.Table:
    return golden.append_column("customer_golden", parent.take(pa.array(np.unique(label))))


def _union(said: dict[str, np.ndarray], rule: str) -> np.ndarray:
    return np.union1d(said[rule], said[f"decided_{rule}"])
