"""The stage: records of all objects in; pairs, golden records and crosswalk out."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pyarrow as pa

from crmclean.decisions import State
from crmclean.dedupe import customer_fields, matching
from crmclean.dedupe.blocks import refuse_too_many
from crmclean.dedupe.children import Attached, attach, owners_of
from crmclean.dedupe.golden import Matched
from crmclean.dedupe.job import Job
from crmclean.dedupe.refresh import DELTA
from crmclean.dedupe.report import BLOCKS
from crmclean.ends import follow_parents
from crmclean.messages import language
from crmclean.model import Object
from crmclean.plan import Plan
from crmclean.project import Project
from crmclean.run import Work
from crmclean.run.memo import Memo
from crmclean.tables import CHANGES, CROSSWALK, GOLDEN, ISSUES, PAIRS, concat


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
    """Find and merge duplicates. `records`: the mapped and normalised tables of each object, in
    one piece;
    `retrain`: learn anew instead of taking what is frozen in the state; `told`: of the share that
    is done; `work`: where names as read and comparisons are kept for the next run, and
    taken from the last one unless `fresh`. InputRefused where there are too many to compare."""
    for name in ("customer", "contact"):
        if name in records:
            refuse_too_many(model[name].label[language()], records[name].num_rows)
    job = Job(plan, project, model, state, retrain, told, work, fresh)
    own = records["customer"]
    fields = customer_fields.prepare(own, records.get("contact"), Memo(work, fresh))
    customers = matching.customers(records, fields, job)
    told(0.7)
    owners = owners_of(own, fields, customers, job)
    del fields
    names = [name for name in records if name != "customer"]
    attached = [attach(name, records[name], owners, customers.golden, job) for name in names]
    children = {one.object: matching.children(one, job) for one in attached}
    told(0.9)
    return _handed_over({"customer": customers, **children}, attached)


def _handed_over(found: dict[str, Matched], attached: list[Attached]) -> Deduped:
    parts = list(found.values())
    golden = {name: one.golden for name, one in found.items()}
    issues = [(one.issues, found[one.object].issues) for one in attached]
    changes = [one.changes for one in (*attached, *parts)]
    memory = {
        "golden": [entry for one in parts for entry in one.memory],
        "weights": [entry for one in parts for entry in one.learned],
    }
    return Deduped(
        concat(PAIRS, [one.pairs for one in parts]),
        golden,
        concat(GOLDEN, [one.cells for one in parts]),
        follow_parents(concat(CROSSWALK, [one.crosswalk for one in parts]), golden),
        concat(CHANGES, changes),
        concat(ISSUES, [found["customer"].issues, *(one for both in issues for one in both)]),
        concat(BLOCKS, [one.blocks for one in parts]),
        memory,
        concat(DELTA, [one.delta for one in parts]),
    )
