"""Which records of one object are one, and what becomes of them: from records to golden records.

Customers learn their weights and obey the laws; contacts merge within one customer, by weights that
are set; leads, follow-ups and opportunities are never merged.
"""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from crmclean.dedupe import bands, contacts, customer_fields, engine, named, survive
from crmclean.dedupe.calibrate import by_decisions
from crmclean.dedupe.children import Attached
from crmclean.dedupe.cluster import numbered
from crmclean.dedupe.customers import SPEC
from crmclean.dedupe.engine import Laws, Scored, Spec
from crmclean.dedupe.fields import Field
from crmclean.dedupe.frozen import Frozen, from_entry
from crmclean.dedupe.golden import Clustered, Matched, children_of, merged, systems_of
from crmclean.dedupe.job import Job
from crmclean.dedupe.laws import contradicted, laws_of, reasons, same_uscc
from crmclean.dedupe.owners import settle
from crmclean.dedupe.parents import link
from crmclean.dedupe.report import blocks_table, found_issues
from crmclean.identity import fingerprints, under
from crmclean.run.memory import give_back
from crmclean.tables import CHANGES, ISSUES, concat

#: Weights learned from fewer records than this are not kept for the next run.
ENOUGH = 1_000


@dataclass(frozen=True)
class _Judged:
    """The cluster of each record; the pairs that somebody may want to see, and their verdicts."""

    label: np.ndarray
    pairs: Scored
    verdict: np.ndarray
    reason: np.ndarray
    laws: Laws

    def held(self, rank: np.ndarray) -> np.ndarray:
        """Which records wait for a decision on a pair."""
        waits = self.verdict == bands.REVIEW
        return bands.held(self.label, self.pairs.left[waits], self.pairs.right[waits], rank)

    def told(self, object: str, records: pa.Table, spec: Spec) -> dict[str, pa.Table]:
        """The pairs and the blocking report, as tables."""
        ids = records["record"].to_numpy()
        pairs = bands.pairs_table(object, ids, self.pairs, spec, self.verdict, self.reason)
        return {"pairs": pairs, "blocks": blocks_table(object, self.pairs.blocks)}


def customers(records: dict[str, pa.Table], fields: dict[str, Field], job: Job) -> Matched:
    """Golden customers. `fields`: what is compared of them (`customer_fields.prepare`)."""
    own = records["customer"]
    prints = fingerprints(own, "customer", job.plan)
    said = named.pairs("customer", own, prints, job.plan, job.project, job.state)
    judged, learned = _judged_customers(fields, said, own.num_rows, job)
    _let_go(fields)  # all pairs, and what they were compared by, are the most that is ever held
    label, has_uscc = judged.label, judged.laws.exclusive[1] >= 0
    rank = survive.ranked(own, systems_of(own, job), has_uscc, children_of(records))
    owners = settle(own, prints, label, job)
    waits = np.where(judged.held(rank), "REVIEW_PAIR", "")
    why = np.where(owners.conflict, "OWNER_CONFLICT", waits)
    full, decided = customer_fields.fullness(fields), {"owner": owners.decided}
    matched = merged(Clustered("customer", own, prints, label, rank, full, why, decided), job)
    give_back()
    linked = link(matched.golden, fields, label, why != "")
    misled = contradicted(said, label)
    issues = found_issues(own, fields, label, judged.verdict, judged.pairs, why, misled)
    absent = named.unknown(own, prints, job.plan, job.project)
    lapsed = named.lapsed("customer", own, prints, job.plan, job.state, label)
    return replace(
        matched,
        golden=linked.golden,
        changes=concat(CHANGES, [matched.changes, linked.changes]),
        issues=concat(ISSUES, [issues, linked.issues, absent, lapsed]),
        learned=learned,
        braked=judged.pairs.braked,
        moved=judged.pairs.moved,
        **judged.told("customer", own, SPEC),
    )


def _judged_customers(
    fields: dict[str, Field], said: dict[str, np.ndarray], count: int, job: Job
) -> tuple[_Judged, list[dict]]:
    """The verdicts, and what was learned for the state to keep."""
    laws = laws_of(fields, _union(said, "never"), _union(said, "always"))
    known = frozen(job)
    give_back()
    scored = by_decisions(engine.score(fields, SPEC, laws, known, job.keys), said, count)
    job.told(0.5)
    learned = [] if known or count < ENOUGH else [scored.frozen.entry("customer")]
    sure, doubtful = same_uscc(scored, fields)
    proved = replace(laws, always=sure)
    label = engine.grouped(scored, SPEC, proved, job.project.dedupe.match, count)
    label = named.joined(label, laws.always, laws)
    laws = replace(laws, always=np.union1d(laws.always, sure))
    said, laws = _spread(said, laws, scored, label)
    review = job.project.dedupe.review
    at = bands.kept(scored, label, laws, review, doubtful)
    scored, doubtful = scored.at(at), doubtful[at]
    verdict = bands.verdicts(scored, label, laws, review, doubtful)
    reason = reasons(scored, fields, laws, said, verdict, sure, doubtful)
    return _Judged(label, scored, verdict, reason, laws), learned


def frozen(job: Job) -> Frozen | None:
    """What earlier runs learned, so that a refresh judges as the first run did."""
    known = [] if job.retrain else job.state.entries("weights")
    return from_entry(known[-1], SPEC) if known else None


def children(attached: Attached, job: Job) -> Matched:
    """Golden contacts, leads, follow-ups, opportunities, each with its golden customer."""
    matched = _contacts(attached, job) if attached.object == "contact" else _alone(attached, job)
    parent = attached.golden.take(pa.array(numbered(matched.label)[0]))
    return replace(matched, golden=matched.golden.append_column("customer_golden", parent))


def _contacts(attached: Attached, job: Job) -> Matched:
    own = attached.records
    count, told = own.num_rows, under(own, attached.golden)
    prints = fingerprints(told, "contact", job.plan)
    fields = contacts.prepare(own, attached.golden)
    said = named.pairs("contact", told, prints, job.plan, job.project, job.state)
    judged = _judged_contacts(fields, said, count, job)
    _let_go(fields)
    rank = survive.ranked(own, systems_of(own, job), np.ones(count, bool), np.zeros(count))
    waits = np.where(judged.held(rank), "REVIEW_PAIR", "")
    why = np.where(attached.held, attached.why, waits)
    full = contacts.fullness(fields)
    matched = merged(Clustered("contact", own, prints, judged.label, rank, full, why), job)
    lapsed = named.lapsed("contact", told, prints, job.plan, job.state, judged.label)
    issues = concat(ISSUES, [matched.issues, lapsed])
    return replace(matched, issues=issues, **judged.told("contact", own, contacts.SPEC))


def _judged_contacts(
    fields: dict[str, Field], said: dict[str, np.ndarray], count: int, job: Job
) -> _Judged:
    spec, review = contacts.SPEC, job.project.dedupe.review
    laws = contacts.laws(fields, _union(said, "never"), _union(said, "always"))
    scored = engine.score(fields, spec, laws, contacts.weights())
    alone = replace(laws, always=np.zeros(0, np.int64))
    label = engine.grouped(scored, spec, alone, job.project.dedupe.match, count)
    label = named.joined(label, laws.always, laws)
    said, laws = _spread(said, laws, scored, label)
    nothing = np.zeros(len(scored.left), bool)
    scored = scored.at(bands.kept(scored, label, laws, review, nothing))
    verdict = bands.verdicts(scored, label, laws, review, np.zeros(len(scored.left), bool))
    return _Judged(label, scored, verdict, np.full(len(verdict), "", object), laws)


def _alone(attached: Attached, job: Job) -> Matched:
    """Every record is its own golden one."""
    own = attached.records
    label = np.arange(own.num_rows)
    prints = fingerprints(under(own, attached.golden), attached.object, job.plan)
    why = np.where(attached.held, attached.why, "")
    nothing = np.zeros(own.num_rows)
    return merged(Clustered(attached.object, own, prints, label, label, nothing, why), job)


def _let_go(fields: dict[str, Field]) -> None:
    for field in fields.values():
        field.let_go()
    give_back()


def _spread(
    said: dict[str, np.ndarray], laws: Laws, scored: Scored, label: np.ndarray
) -> tuple[dict[str, np.ndarray], Laws]:
    """Decisions that records are different, between all records of their clusters."""
    apart = named.between_clusters(said["decided_never"], scored.left, scored.right, label)
    said = {**said, "decided_never": apart}
    return said, replace(laws, never=_union(said, "never"))


def _union(said: dict[str, np.ndarray], rule: str) -> np.ndarray:
    return np.union1d(said[rule], said[f"decided_{rule}"])
