"""The last stage: fit to the target, write everything aside, check the laws, publish.

Two things are made at a time, neither of which needs the other and each about as long: import files
beside gap lists, then the report beside the laws and everything else. Nothing in OUT changes until all
of it stands.
"""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from crmclean import audit, check, export, gaps, laws, report, review, tables, templates
from crmclean.errors import DecisionNeeded
from crmclean.job import Job
from crmclean.model import Object
from crmclean.plan import Plan
from crmclean.run import Work, flush, publish, second
from crmclean.run.beside import beside
from crmclean.run.memory import give_back
from crmclean.templates import Template


def export_all(job: Job) -> None:
    """Fit to the target, write everything aside, check the laws, publish."""
    stage = job.work.fresh_folder("stage")
    template = templates.load(job.project.target, job.base, job.model)
    with beside(second.call, _gaps, job, template, stage):
        _import_files(job, template, stage)
    give_back()
    job.tell("export", 0.5)
    with beside(flush, stage), beside(second.call, _report, job, template, stage):
        _rest(job, template, stage)
    job.tell("export", 0.8)
    job.kept = tuple(publish(job.out, stage))
    _remember(job)


def _import_files(job: Job, template: Template, stage: Path) -> None:
    """What the CRM is sent, and what it was sent before. Raises DecisionNeeded, Broken."""
    plan, project, model, work = job.plan, job.project, job.model, job.work
    golden, made = fitted(job, template)
    with beside(_sent_suggested, job, made):
        files = export.write(made, golden, work, plan, project, model, template, stage)
    job.pilot_verified = gate(job, files)
    work.put("files", files)
    news = work.get("delta")
    export.delta.changed(stage / "delta.csv", news, golden, model, project.language)
    if job.since:
        before = export.delta.former(job.since)
        export.delta.gone(stage / "gone.csv", before, made.crosswalk, model, project.language)


def _sent_suggested(job: Job, made: export.Fitted) -> None:
    """What the CRM was sent, what can be accepted, and how accurate it was found: for the report."""
    work, decided = job.work, job.state.entries("values")
    work.put("sent", sent(job, made))
    work.put("suggestions", review.find_suggestions(work, job.model, decided))
    work.put("audit", audit.latest(job.state))


def _remember(job: Job) -> None:
    """What this run found out goes into the state, once: an export made again adds nothing."""
    memory = json.loads(job.work.get_text("memory.json") or "{}")
    for kind, lines in sorted(memory.items()):
        job.state.write(kind, lines)
    job.work.put_text("memory.json", "{}")


def _gaps(job: Job, template: Template, stage: Path) -> None:
    """What is missing, a list for each owner."""
    plan, project, work = job.plan, job.project, job.work
    model = gaps.asked(job.model, template)
    golden = {}
    for name, owner in model.items():
        wanted = gaps.columns(owner, work.columns(f"golden/{name}"))
        golden[name] = work.get(f"golden/{name}", wanted)
    missing = tables.coded(work.get("gaps"), gaps.CODED)
    gaps.write(missing, golden, plan, project, model, stage / "gaps", project.language)
    work.put("gap_files", gaps.files(missing, project.language))


def _rest(job: Job, template: Template, stage: Path) -> None:
    """The laws; what people decide and judge, the counts and the tables of the run. Raises Broken."""
    plan, project, model, work = job.plan, job.project, job.model, job.work
    laws.check(work, plan, project, model, job.base)
    give_back()
    review.write(work, plan, project, model, stage / "review")
    audit.sample(work, plan, project, model, stage / "audit")
    summary = check.as_text(check.summary(work, plan, project, model))
    (stage / "summary.json").write_text(summary, encoding="utf-8", newline="\n")
    give_back()
    _publish_tables(work, plan, model, stage / "tables")


def _report(job: Job, template: Template, stage: Path) -> None:
    """The report and the written standard."""
    plan, project, model, work = job.plan, job.project, job.model, job.work
    past = job.state.entries("history")
    told = {"unmask": job.unmask, "template": template, "history": past, "since": job.since}
    report.write(work, project, model, plan, stage / "report.html", **told)
    report.write_standard(project, model, stage / "standard.html", template)


def fitted(job: Job, template: Template) -> tuple[dict[str, pa.Table], export.Fitted]:
    """The golden records, and those to export in the columns of the target: all, or with --since
    what the CRM does not have yet. Raises DecisionNeeded."""
    project, model, work = job.project, job.model, job.work
    golden = {name: work.get(f"golden/{name}") for name in model}
    made = export.fit(golden, work.get("crosswalk"), project, model, template)
    if job.no_input and made.undecided:
        raise DecisionNeeded("UNPLACED_UNDECIDED", fields=", ".join(made.undecided))
    work.put("crosswalk_final", made.crosswalk)
    work.put("issues/export", made.issues)
    return golden, export.delta.since(made, export.delta.former(job.since)) if job.since else made


def gate(job: Job, files: pa.Table) -> bool:
    """Whether this very pilot was verified in the CRM. Raises DecisionNeeded where it must be."""
    verified = export.pilot.is_verified(files, job.state.entries("pilots"))
    if job.require_verified and not verified:
        raise DecisionNeeded("PILOT_NOT_VERIFIED")
    return verified


def sent(job: Job, made: export.Fitted) -> pa.Table:
    """All that the CRM was sent, with this export and those before."""
    return export.delta.sent(made.parts, export.delta.former(job.since) if job.since else None)


def _publish_tables(work: Work, plan: Plan, model: dict[str, Object], folder: Path) -> None:
    """The tables of the run, for pandas or DuckDB, beside the files that people open."""
    folder.mkdir()
    names = ["pairs", "golden_cells", "gaps", "completeness", "files", "sent"]
    names += [f"{kind}/{name}" for kind in ("records", "golden") for name in model]
    found = {name.replace("/", "_"): lambda name=name: work.get(name) for name in names}
    found["crosswalk"] = lambda: work.get("crosswalk_final")
    cheap = {"compression": "zstd", "compression_level": 1}
    cheap |= {
        "use_dictionary": False,
        "write_statistics": False,
    }  # as small, in two thirds of the time
    for name, table in {**found, "issues": work.issues, "changes": work.changes}.items():
        pq.write_table(table(), folder / f"{name}.parquet", **cheap)
    (folder / "sources.json").write_text(plan.to_json(), encoding="utf-8", newline="\n")
