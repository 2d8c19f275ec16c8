"""What follows from golden records: values filled in and worked out, who is migrated, what the target
would refuse, and what is missing.

Works on the golden records of a whole run, or on those that a refresh made anew (`dedupe/taken.py`): all
that it says of a golden record depends on records that are tied to it, beside two things. Codes by
`sequence`, and sums over the last months of a ledger, depend on all of them: then it is done for
all (`is_local`). So does the day that is taken for today (`schema.newest`): the checks that tell
"past" and "future" are made of all where that day is another.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import dedupe, derive, gaps, mapping, schema, tables, templates
from crmclean.dedupe import Part, Parts
from crmclean.job import Job
from crmclean.model import Object
from crmclean.project import Project
from crmclean.run.beside import beside
from crmclean.run.keys import digest

Golden = dict[str, pa.Table]
Newest = Callable[[Golden], str | None]


@dataclass(frozen=True)
class Finished:
    """The tables of the stage; `golden`: the records as they are finished; `codes`: those that
    were given; `today`: the day that past and future were told from."""

    parts: Parts
    golden: Golden
    completeness: pa.Table
    codes: list[dict]
    today: str | None


def _asked(job: Job) -> dict[str, Object]:
    """The model, with what the target asks for."""
    return gaps.asked(job.model, templates.load(job.project.target, job.base, job.model))


def is_local(project: Project) -> bool:
    """Whether all that is said of a golden record depends on those that are tied to it."""
    numbered = any(how.sequence for one in project.sources for how in one.fields.values())
    return not numbered and not any("months by" in call for call in project.derive.values())


def matched(job: Job, dedupe_: Callable) -> dict[str, list[dict]]:
    """Match and finish, and write the tables; what the state should remember of it. `dedupe_`: the
    stage (`dedupe.dedupe`)."""
    if is_local(job.project):
        shared = schema.shared(job.model)
        target = digest(job.base / job.project.target)
        after = dedupe.After(partial(_whole, job), partial(_some, job), shared, target)
        found, made, outside = dedupe_(after=after)
        if outside:
            _put_over(job, found, made, outside)
    else:
        found = dedupe_()
        made = _whole(job, found)
    return {**found.memory, "codes": made.codes}


def _whole(job: Job, found: dedupe.Deduped) -> Finished:
    """All golden records, with their tables written."""
    made = finish(job, found.parts())
    for name, parts in made.parts.items():
        job.work.put(name, dedupe.whole(parts))
    job.work.put("delta", found.delta)
    job.work.put("completeness", made.completeness)
    return made


def _some(job: Job, found: dedupe.Deduped, outside: dedupe.Outside) -> Finished:
    """The golden records that a refresh made anew."""
    past = schema.past(job.model)
    newest = lambda golden: schema.newest(outside.golden(golden, past), job.model)
    return finish(job, found.parts(), newest)


def _put_over(job: Job, found: dedupe.Deduped, made: Finished, outside: dedupe.Outside) -> None:
    """Write the tables as what is different from those of the last whole run."""
    work, model = job.work, job.model
    for name, parts in made.parts.items():
        if name != "issues/dedupe":
            outside.put(work, name, parts)
    ids = {name: work.get(f"golden/{name}", ["golden"])["golden"] for name in model}
    work.put("delta", dedupe.changed(found, ids))
    issues = made.parts["issues/dedupe"]
    dated = {} if made.today == outside.base.today else _dated(job, made, outside)
    anew = set(dated)
    issues = [*(dated.pop(part.label, part) for part in issues), *dated.values()]
    outside.put(work, "issues/dedupe", issues, anew)
    work.put("completeness", _counted(job, made, outside))


def _dated(job: Job, made: Finished, outside: dedupe.Outside) -> dict[str, Part]:
    """The checks against the day of today, of all golden records, by label."""
    work, model = job.work, job.model
    golden = dict(work.lazily("golden", list(model)))
    given = golden, work.get("crosswalk"), job.project, model, made.today
    places = {n: outside.places(f"golden/{n}", made.parts[f"golden/{n}"]) for n in model}
    found = _Placed(golden, places).parts(schema.golden_issues(*given, only=schema.DATED))
    return {part.label: part for part in found}


def _counted(job: Job, made: Finished, outside: dedupe.Outside) -> pa.Table:
    """The completeness of all golden records."""
    then = {name: outside.reach.golden(name, inside=True) for name in job.model}
    how = job.plan, job.project, _asked(job)
    gone = gaps.completeness(then, outside.reach.crosswalk(), *how, every=True)
    before = outside.base.table("completeness")
    return gaps.recounted(before, gone, made.completeness, _asked(job))


def finish(job: Job, found: Parts, newest: Newest | None = None) -> Finished:
    """`found`: what matching made (`Deduped.parts`); `newest`: the day of today, by golden records."""
    plan, project, model = job.plan, job.project, job.model
    golden = {name: found[f"golden/{name}"][0].table for name in model}
    places = {name: found[f"golden/{name}"][0].places for name in model}
    golden, changes, issues, codes = _completed(job, golden)
    crosswalk = [part.table for part in found["crosswalk"]]
    crosswalk = derive.exclude(tables.concat(tables.CROSSWALK, crosswalk), golden, project)
    today = newest(golden) if newest else schema.newest(golden, model)
    at = _Placed(golden, places)
    given = golden, crosswalk, plan, project, _asked(job)
    with beside(gaps.missing, *given) as missing:
        checked = schema.golden_issues(golden, crosswalk, project, model, today)
        counted = gaps.completeness(*given, every=bool(newest))
    parts = {
        **found,
        **{f"golden/{name}": [Part(name, golden[name], places[name])] for name in model},
        "crosswalk": dedupe.by_record(crosswalk, model),
        "changes/dedupe": [*found["changes/dedupe"], *at.in_order("completed", changes)],
        "issues/dedupe": [
            *found["issues/dedupe"], *at.in_order("completed", issues), *at.parts(checked),
        ],
        "gaps": at.parts(missing.result()),
    }  # fmt: skip
    return Finished(parts, golden, counted, codes, today)


def _completed(job: Job, golden: Golden) -> tuple[Golden, pa.Table, pa.Table, list[dict]]:
    """Golden records with what owners filled, the register knows, and the project derives: the
    records, the changes and issues of that, and the codes that were given."""
    golden, filled = gaps.apply_fills(golden, job.state)
    golden, known, differing = mapping.consult(golden, job.work.get("register"))
    numbered = mapping.sequence(golden, job.plan, job.project, job.state)
    golden, lent = derive.lent(numbered.golden, job.model)
    golden, derived, doubts = derive.derive(golden, job.project, job.model)
    changes = [filled, known, numbered.changes, lent, derived]
    issues = [differing, numbered.issues, doubts, derive.suggest(golden)]
    changed = tables.concat(tables.CHANGES, changes), tables.concat(tables.ISSUES, issues)
    return golden, *changed, numbered.entries


class _Placed:
    """Of rows about golden records (by their master records), the source row of the first record."""

    def __init__(self, golden: Golden, places: Mapping[str, np.ndarray]) -> None:
        self._known = {}
        for name, own in golden.items():
            record = own["record"].to_numpy()
            order = np.argsort(record, kind="stable")
            self._known[name] = record[order], places[name][order]

    def parts(self, found: list[tuple[str, str, pa.Table]]) -> list[Part]:
        """Parts of (label, object, rows in the order of the golden records)."""
        return [Part(label, own, self._of(name, own)) for label, name, own in found]

    def in_order(self, label: str, table: pa.Table) -> list[Part]:
        """Rows of all objects, each object's in the order of its golden records."""
        found = []
        for name in self._known:
            own = table.filter(pc.equal(table["object"], name)).combine_chunks()
            places = self._of(name, own)
            order = np.argsort(places, kind="stable")
            found.append(Part(f"{label} {name}", own.take(pa.array(order)), places[order]))
        return found

    def _of(self, object: str, table: pa.Table) -> np.ndarray:
        record, places = self._known[object]
        at = np.searchsorted(record, table["record"].to_numpy())
        return places[at] if len(at) else np.zeros(0, np.int64)
