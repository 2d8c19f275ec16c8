"""What passes between a finished run and the CRM: batches, verification, audit, unmerging.

A batch is exported from the tables of the run, published in a folder of its own (`OUT/batch_张三`),
and verified and rolled back alone. `verify --pilot` notes in the state which pilot was found right:
`export --require-verified` goes on only with that very pilot.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from crmclean import audit, dedupe, export, exporting, identity, laws, pipeline, templates, undo
from crmclean.errors import UsageError
from crmclean.job import Job, finished
from crmclean.messages import say
from crmclean.run import Work, publish, recover


@dataclass(frozen=True)
class Delivered:
    """A batch: its folder, its files with their rows, and whether its pilot was verified."""

    folder: Path
    files: pa.Table
    pilot_verified: bool


def batch(job: Job, chosen: str) -> Delivered:
    """Export the records of one batch (`customer.owner=张三`) into a folder of their own.
    Raises UsageError where it holds nothing, DecisionNeeded, OutputRefused."""
    pipeline.run(job, "dedupe")
    plan, project, model, work = job.plan, job.project, job.model, job.work
    template = templates.load(project.target, job.base, model)
    golden, fitted = exporting.fitted(job, template)
    fitted = export.delta.batch(fitted, golden, chosen)
    place = folder(job, chosen)
    place.mkdir(exist_ok=True)
    recover(place)
    stage = Work(place / ".work").fresh_folder("stage")
    files = export.write(fitted, golden, work, plan, project, model, template, stage)
    verified = exporting.gate(job, files)
    laws.check(work, plan, project, model, job.base)
    (stage / "tables").mkdir()
    pq.write_table(files, stage / "tables" / "files.parquet")
    pq.write_table(exporting.sent(job, fitted), stage / "tables" / "sent.parquet")
    publish(place, stage)
    return Delivered(place, files, verified)


def folder(job: Job, chosen: str | None) -> Path:
    """Where a batch is published; OUT itself without one."""
    if not chosen:
        return job.out
    value = re.sub(r"[^\w-]", "_", chosen.partition("=")[2])[:40]
    return job.out / f"batch_{value or '_'}"


def verify(job: Job, file: Path, pilot: bool, chosen: str | None = None) -> export.Verified:
    """What the CRM holds, or refused, against what the last export sent; a pilot that is right is
    noted in the state. Raises UsageError, InputRefused."""
    finished(job)
    place = folder(job, chosen)
    path = place / "tables" / "files.parquet"
    if not path.is_file():
        raise UsageError("NO_RUN_YET", file=place)
    files = pq.read_table(path)
    template = templates.load(job.project.target, job.base, job.model)
    result = export.verify(file, files, place, template, "pilot" if pilot else "import")
    if pilot and result.right:
        digest = export.pilot.digests(files)[result.object]
        job.state.append("pilots", [{"object": result.object, "pilot": digest}])
    return result


def audit_sample(
    job: Job,
    rows: int | None = None,
    seed: str | None = None,
    population: str = "loaded",
    crm: Path | None = None,
) -> Path:
    """A new audit form, drawn from the last run, as OUT/audit-<seed>/form.xlsx; with an export
    of the CRM, what is judged is what the CRM holds."""
    plan = finished(job)
    held, name = None, str(seed or job.project.audit.seed)
    if crm:
        template = templates.load(job.project.target, job.base, job.model)
        held = export.held(crm, exporting.fitted(job, template)[1].parts, template)
    suffix = "crm" if crm else "" if population == "loaded" else population.replace(":", "-")
    place = job.out / "-".join(filter(None, ["audit", name, suffix]))
    where = (job.work, plan, job.project, job.model, place)
    return audit.sample(*where, rows, seed, population, held)


def unmerge(job: Job, named: str) -> str:
    """Keep the records of a golden record apart from now on (`named`: its id, or the place or
    code of a row that was merged into it); what to tell the person, as a line."""
    plan = finished(job)
    golden = undo.golden_of(job.work, plan, job.model, named)
    path = job.out / f"unmerge-{golden}.xlsx"
    found = undo.members(job.work, golden)
    records = {name: identity.named(job.work, name) for name in job.model}
    rows = undo.write(job.work, plan, job.model, golden, path, job.project.language)
    job.state.append("pairs", dedupe.unmerge(golden, found, records, plan))
    return say("undo.done", golden=golden, count=found.num_rows, rows=rows, file=path)
