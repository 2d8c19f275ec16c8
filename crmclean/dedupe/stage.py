"""The stage: records of all objects in; pairs, golden records and crosswalk out."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pyarrow as pa

from crmclean.decisions import State
from crmclean.dedupe import customer_fields, ids, matching, taken
from crmclean.dedupe.blocks import refuse_too_many
from crmclean.dedupe.changed import Changed
from crmclean.dedupe.children import Attached, attach, owners_of
from crmclean.dedupe.deduped import Deduped, deduped
from crmclean.dedupe.golden import Matched
from crmclean.dedupe.job import Job
from crmclean.dedupe.joined import Outside
from crmclean.messages import language
from crmclean.model import Object
from crmclean.plan import Plan
from crmclean.project import Project
from crmclean.run import Work
from crmclean.run.memory import give_back
from crmclean.tables import CHANGES, ISSUES, concat


def dedupe(
    records: Mapping[str, pa.Table],
    plan: Plan,
    project: Project,
    model: dict[str, Object],
    state: State,
    retrain: bool = False,
    told: Callable[[float], None] = lambda share: None,
    work: Work | None = None,
    fresh: bool = False,
    changed: Changed | None = None,
    after: taken.After | None = None,
) -> Deduped | tuple[Deduped, Any, Outside | None]:
    """Find and merge duplicates. `records`: the mapped and normalised tables of each object, in
    one piece; `retrain`: learn anew instead of taking what is frozen in the state; `told`: of the
    share that is done; `work`: where this run is kept for the next one, which takes over what is
    unchanged (`taken.py`), unless `fresh`; `changed`: what has; `after`: what comes next, then that is
    told too, and of what it is only a part. InputRefused where there are too many to compare."""
    known = cache(lambda: {name: ids.known(name, state.entries("golden")) for name in records})
    made_from = after.made_from if after else ""
    given = plan, project, model, state, lambda name, prints: known()[name]
    job = Job(*given, retrain, told, made_from=made_from)
    learned = matching.frozen(job)
    if work and changed and learned and not fresh:
        found = taken.refreshed(changed, learned, job, work, _matched, after)
        if found:
            return found
    return _anew(records, job, known, work, after)


def _anew(
    records: Mapping[str, pa.Table],
    job: Job,
    known: Callable[[], dict[str, Any]],
    work: Work | None,
    after: taken.After | None,
) -> Deduped | tuple[Deduped, Any, Outside | None]:
    """All of it, with nothing of last time."""
    own = dict(records)
    for name in ("customer", "contact"):
        if name in own:
            refuse_too_many(job.model[name].label[language()], own[name].num_rows)
    keep = taken.Keep(work, own, job) if work else None
    parts = _matched(own, job, keep)
    found = deduped(parts)
    parts = {name: one.without_tables() for name, one in parts.items()}
    give_back()
    if keep:
        keep.records(own, parts, found, known())
    del own  # what comes next needs the room, and not these
    give_back()
    made = after and after.whole(found)
    if keep:
        keep.made(parts["customer"], found, made, after.shared if after else {})
    return (found, made, None) if after else found


def _matched(
    records: dict[str, pa.Table], job: Job, keep: taken.Keep | None = None
) -> dict[str, Matched]:
    """Every object after matching, customers first: the others follow them."""
    own = records["customer"]
    fields = customer_fields.prepare(own, records.get("contact"))
    customers = matching.customers(records, fields, replace(job, keys=keep and keep.keys))
    job.told(0.7)
    owners = owners_of(own, fields, customers, job)
    if keep:
        keep.customers(own, fields)
    del fields
    give_back()
    names = [name for name in records if name != "customer"]
    attached = [attach(name, records[name], owners, customers.golden, job) for name in names]
    children = {one.object: _followed(one, job) for one in attached}
    give_back()
    job.told(0.9)
    return {"customer": customers, **children}


def _followed(attached: Attached, job: Job) -> Matched:
    found = matching.children(attached, job)
    issues = concat(ISSUES, [attached.issues, found.issues])
    return replace(found, issues=issues, changes=concat(CHANGES, [attached.changes, found.changes]))
