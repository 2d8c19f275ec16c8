"""The stages in order: scan, clean, dedupe, export. Read this page and you know the program.

Each stage reads the tables of the one before from OUT/.work and writes its own; a stage whose key
(a hash of sources, project, decisions and program) still holds is not done again. Only `export`
publishes. The laws are checked from the written tables and files before anything is published.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from crmclean import (
    audit,
    check,
    cleaning,
    dedupe,
    derive,
    export,
    gaps,
    laws,
    mapping,
    readers,
    report,
    review,
    scan,
    schema,
    tables,
    templates,
)
from crmclean.decisions import State
from crmclean.errors import DecisionNeeded, OutputRefused, UsageError
from crmclean.model import Object, build
from crmclean.plan import Plan
from crmclean.project import Project
from crmclean.run import Work, lock, publish, recover
from crmclean.run.beside import beside
from crmclean.run.keys import key
from crmclean.run.timing import timed
from crmclean.run.work import STAGES, close_to_others
from crmclean.scan import files as sought
from crmclean.story import Story
from crmclean.templates import Template

#: Told of a stage: which, the share that is done, and how many rows it goes over (0: not known yet).
Progress = Callable[[str, float, int], None]

#: What people decided. The state's other kinds are what a run itself remembered: made from the
#: same sources, they change nothing.
DECIDED = ("pairs", "owners", "values", "apart")

#: The rows of sources, kept between scan and clean (a folder of OUT/.work).
SPOOL = "spool"

#: Golden records from which a second process pays for its start.
WORTHWHILE = 20_000


@dataclass
class Job:
    """One run: the project, where its files are, and how to talk to the person.

    `unmask`: why personal data is shown; it is masked where nobody says why · `fresh`: reuse nothing
    of earlier runs in this OUT · `since`: a former OUT, to export what is new or changed against it · `require_verified`: publish only with the
    pilot that was found right in the CRM, `pilot_verified`: whether it was."""

    project: Project
    base: Path
    out: Path
    model: dict[str, Object]
    work: Work
    state: State
    progress: Progress
    no_input: bool = False
    unmask: str = ""
    frozen: bool = False
    retrain: bool = False
    fresh: bool = False
    since: Path | None = None
    require_verified: bool = False
    pilot_verified: bool = False
    kept: tuple[str, ...] = ()

    @property
    def plan(self) -> Plan:
        return Plan.from_json(self.work.get_text("plan.json") or "")

    def tell(self, stage: str, share: float) -> None:
        """How much of a stage is done. The rows are known once the scan is through."""
        known = stage != "scan" or share == 1
        counts = [sum(source.counts.values()) for source in self.plan.sources] if known else []
        self.progress(stage, share, sum(counts))


@contextmanager
def opened(
    project: Project, base: Path, out: Path, progress: Progress, **how: Any
) -> Iterator[Job]:
    """A job that holds its output directory. Raises Locked, OutputRefused, UsageError."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputRefused("OUTPUT_NO_RIGHTS", file=out) from error
    with lock(out):
        close_to_others(out)
        recover(out)
        model = build({path: f.model_dump(exclude_none=True) for path, f in project.fields.items()})
        state = State(base / "crmclean.state")
        yield Job(project, base, out, model, Work(out / ".work"), state, progress, **how)


def run(job: Job, last: str = "export") -> None:
    """Do every stage up to `last` that is not done yet."""
    made_from = _key(job)
    for stage in STAGES[: STAGES.index(last) + 1]:
        if job.work.is_done(stage, made_from) and stage != "export" and not job.fresh:
            continue
        with timed(job.work, stage):
            job.work.begin(stage)
            job.tell(stage, 0)
            DO[stage](job)
            job.tell(stage, 1)
            job.work.mark_done(stage, made_from)


def _key(job: Job) -> str:
    """What the stages of this run are made from."""
    base, project = job.base, job.project
    files = [path for entry in project.sources for path in sought.find(entry.path, base)[0]]
    lookups = [base / f.lookup for s in project.sources for f in s.fields.values() if f.lookup]
    decided = [job.state.folder / f"{kind}.jsonl" for kind in DECIDED]
    # gates judge a run, they make nothing of it: a changed waiver redoes no stage
    texts = [project.model_dump_json(exclude={"gates"}), str(job.retrain)]
    return key(texts, [*files, *lookups, *decided, base / project.target])


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
    """References, duplicates, golden records; then what needs the whole: required, cross-field."""
    plan, project, model, work = job.plan, job.project, job.model, job.work
    records = {name: work.get(f"records/{name}") for name in model}
    told = partial(job.tell, "dedupe")
    anew = job.retrain, told, work, job.fresh
    found = dedupe.dedupe(records, plan, project, model, job.state, *anew)
    golden, changes, issues, codes = _completed(job, found.golden, records)
    crosswalk = derive.exclude(found.crosswalk, golden, project)
    checks = schema.check_golden(golden, crosswalk, project, model)
    for name, table in golden.items():
        work.put(f"golden/{name}", table)
    work.put("pairs", found.pairs)
    work.put("golden_cells", found.golden_cells)
    work.put("delta", found.delta)
    work.put("crosswalk", crosswalk)
    work.put("gaps", gaps.find(golden, crosswalk, plan, project, model))
    work.put("completeness", gaps.completeness(golden, crosswalk, plan, project, model))
    work.put("changes/dedupe", tables.concat(tables.CHANGES, [found.changes, *changes]))
    work.put("issues/dedupe", tables.concat(tables.ISSUES, [found.issues, *issues, checks]))
    work.put_text("memory.json", json.dumps({**found.memory, "codes": codes}, ensure_ascii=False))


def _completed(
    job: Job, golden: dict[str, pa.Table], records: dict[str, pa.Table]
) -> tuple[dict[str, pa.Table], list[pa.Table], list[pa.Table], list[dict]]:
    """Golden records with what owners filled, the register knows, and the project derives: the
    records, the changes and issues of that, and the codes that were given."""
    golden, filled = gaps.apply_fills(golden, job.state, records, job.plan)
    golden, known, differing = mapping.consult(golden, job.work.get("register"))
    numbered = mapping.sequence(golden, job.plan, job.project, job.state)
    golden, derived, doubts = derive.derive(numbered.golden, job.project, job.model)
    changes = [filled, known, numbered.changes, derived]
    return golden, changes, [differing, numbered.issues, doubts], numbered.entries


def do_export(job: Job) -> None:
    """Fit to the target, write everything aside, check the laws, publish."""
    plan, project, model, work = job.plan, job.project, job.model, job.work
    template = templates.load(project.target, job.base, model)
    golden, made = fitted(job, template)
    stage = work.fresh_folder("stage")
    given = (work, plan, project, model, stage, job.base)
    decided = job.state.entries("values")
    work.put("suggestions", review.find_suggestions(work, model, decided))
    work.put("audit", audit.latest(job.state))
    work.put("gap_files", gaps.files(tables.coded(work.get("gaps"), gaps.CODED), project.language))
    with beside(_for_people, *given, worthwhile=sum(map(len, golden.values())) > WORTHWHILE):
        files = export.write(made, golden, work, plan, project, model, template, stage)
        job.tell("export", 0.5)
        job.pilot_verified = gate(job, files)
        work.put("files", files)
        work.put("sent", sent(job, made))
        export.delta.changed(
            stage / "delta.csv", work.get("delta"), golden, model, project.language
        )
        if job.since:
            before = export.delta.former(job.since)
            export.delta.gone(stage / "gone.csv", before, made.crosswalk, model, project.language)
        del golden, made
        _report(job, plan, template, stage)
        job.tell("export", 0.8)
    _publish_tables(work, plan, model, stage / "tables")
    job.kept = tuple(publish(job.out, stage))
    for kind, entries in sorted(json.loads(work.get_text("memory.json") or "{}").items()):
        job.state.append(kind, entries)


def _for_people(
    work: Work, plan: Plan, project: Project, model: dict[str, Object], stage: Path, base: Path,
) -> None:  # fmt: skip
    """The workbooks that people fill in, and the laws: what needs no import file."""
    _gap_lists(work, plan, project, model, stage / "gaps")
    review.write(work, plan, project, model, stage / "review")
    audit.sample(work, plan, project, model, stage / "audit")
    laws.check(work, plan, project, model, base)


def _gap_lists(
    work: Work, plan: Plan, project: Project, model: dict[str, Object], folder: Path
) -> None:
    golden = {}
    for name, owner in model.items():
        wanted = gaps.columns(owner, work.columns(f"golden/{name}"))
        golden[name] = work.get(f"golden/{name}", wanted)
    missing = tables.coded(work.get("gaps"), gaps.CODED)
    gaps.write(missing, golden, plan, project, model, folder, project.language)


def _report(job: Job, plan: Plan, template: Template, stage: Path) -> None:
    """The report, the written standard, and the counts of the run."""
    project, model, work = job.project, job.model, job.work
    past = job.state.entries("history")
    told = {"unmask": job.unmask, "template": template, "history": past}
    report.write(work, project, model, plan, stage / "report.html", **told)
    report.write_standard(project, model, stage / "standard.html", template)
    summary = check.as_text(check.summary(work, plan, project, model))
    (stage / "summary.json").write_text(summary, encoding="utf-8", newline="\n")


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


DO: dict[str, Callable[[Job], None]] = {
    "scan": do_scan,
    "clean": do_clean,
    "dedupe": do_dedupe,
    "export": do_export,
}


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


def finished(job: Job) -> Plan:
    """The plan of the last run in this output directory. Raises UsageError where there is none."""
    if not job.work.has("crosswalk"):
        raise UsageError("NO_RUN_YET", file=job.out)
    return job.plan


def explain(job: Job, subject: list[str]) -> list[str]:
    """The story of one record, or why two are thought one, as lines."""
    told = Story(job.work, finished(job), job.project, job.model, bool(job.unmask))
    lines = told.of_record(subject[0]) if len(subject) == 1 else told.of_pair(*subject[:2])
    return list(lines)
