"""The stages in order: scan, clean, dedupe, export. Read this page and you know the program.

Each stage reads the tables of the one before from OUT/.work and writes its own; a stage whose key
(a hash of sources, project, decisions and program) still holds is not done again. Only `export`
publishes. The laws are checked from the written tables and files before anything is published.
"""

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from crmclean import (
    cleaning,
    dedupe,
    exporting,
    finishing,
    mapping,
    messages,
    readers,
    report,
    rules,
    scan,
    schema,
    tables,
)
from crmclean.decisions import as_lines
from crmclean.job import Job, finished, made_from
from crmclean.run import cache
from crmclean.run.memory import give_back
from crmclean.run.timing import timed
from crmclean.run.work import STAGES
from crmclean.story import Story

#: The rows of sources, kept between scan and clean (a folder of OUT/.work).
SPOOL = "spool"


def run(job: Job, last: str = "export") -> None:
    """Do every stage up to `last` that is not done yet."""
    sources = made_from(job)
    for stage in STAGES[: STAGES.index(last) + 1]:
        if job.work.is_done(stage, sources) and stage != "export" and not job.fresh:
            continue
        with timed(job.work, stage):
            job.work.begin(stage)
            job.tell(stage, 0)
            DO[stage](job)
            job.tell(stage, 1)
            job.work.mark_done(stage, sources)
        give_back()


def do_scan(job: Job) -> None:
    """Look once over every source and write down the plan."""
    last = scan.Remembered(job.work, job.fresh)
    plan, seen = scan.scan(job.project, job.base, job.work.fresh_folder(SPOOL), last)
    undecided = mapping.check(job.project, plan, job.model, strict=job.no_input, frozen=job.frozen)
    job.work.put_text("plan.json", plan.to_json())
    job.work.put("issues/scan", tables.concat(tables.ISSUES, [seen, undecided]))


def do_clean(job: Job) -> None:
    """Read, map, normalise and check every row: bounded batches, flat memory."""
    spool = job.work.root / SPOOL
    task = cleaning.Cleaning(job.project, job.model, job.base)
    cleaning.clean(task, job.plan, job.work, job.progress, spool, job.fresh)
    shutil.rmtree(spool, ignore_errors=True)


def do_dedupe(job: Job) -> None:
    """References, duplicates, golden records; then what follows from those (`finishing.py`)."""
    records = job.work.lazily("records", list(job.model))
    given = records, job.plan, job.project, job.model, job.state
    how = job.retrain, partial(job.tell, "dedupe"), job.work, job.fresh, _changed(job)
    memory = finishing.matched(job, partial(dedupe.dedupe, *given, *how))
    lines = {kind: as_lines(entries) for kind, entries in memory.items()}
    job.work.put_text("memory.json", json.dumps(lines, ensure_ascii=False))


def _changed(job: Job) -> dedupe.Changed | None:
    """The records that are new since the last whole run; None where that is this very run."""
    kept = cache.kept(job.work)
    if kept is None:
        return None
    made = {name: job.work.different(f"records/{name}") for name in job.model}
    return dedupe.Changed(kept, {name: one[1] for name, one in made.items() if one})


DO: dict[str, Callable[[Job], None]] = {
    "scan": do_scan,
    "clean": do_clean,
    "dedupe": do_dedupe,
    "export": exporting.export_all,
}


def load() -> None:
    """Load what stages load when they come to it: the second process has time beforehand."""
    messages.entries()
    for kind in rules.names():
        rules.rule(kind)
    schema.load()
    report.load()


def profile(job: Job) -> Path:
    """The sources before cleaning, as OUT/profile.html; returns its path."""
    from crmclean import profile as before

    run(job, "scan")
    plan = job.plan
    kept = job.work.root / SPOOL
    counted = before.profile(plan, lambda source: readers.rows(source, job.base, kept))
    job.work.put("profile", counted)
    path = job.out / "profile.html"
    aside = job.work.path("profile", ".html")
    issues = job.work.issues(last="scan")
    report.write_profile(counted, issues, job.project, job.model, plan, aside, unmask=job.unmask)
    aside.replace(path)
    return path


def explain(job: Job, subject: list[str]) -> list[str]:
    """The story of one record, or why two are thought one, as lines."""
    unmask = bool(job.unmask)
    told = Story(job.work, finished(job), job.project, job.model, unmask, dedupe.explain)
    lines = told.of_record(subject[0]) if len(subject) == 1 else told.of_pair(*subject[:2])
    return list(lines)
