"""One run: what it works on, where it writes, and how it talks to the person.

Every command of the pipeline opens a job first. It holds the output directory, so that two runs never
write into one folder, and it knows what the stages are made from, so that none is done twice.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa

from crmclean.decisions import State
from crmclean.errors import OutputRefused, UsageError
from crmclean.model import Object, build
from crmclean.plan import Plan
from crmclean.project import Project
from crmclean.run import Work, lock, recover, second
from crmclean.run.keys import key
from crmclean.run.memory import keep_freed
from crmclean.run.work import close_to_others
from crmclean.scan import files as sought

#: Told of a stage: which, the share that is done, and how many rows it goes over (0: not known yet).
Progress = Callable[[str, float, int], None]

#: Bytes of all sources from which on a second process pays.
BIG = 5 << 20
#: What people decided. The state's other kinds are what a run itself remembered: made from the
#: same sources, they change nothing.
DECIDED = ("pairs", "owners", "values", "apart")


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

    def __getstate__(self) -> dict[str, Any]:
        """The job as the second process knows it: it has nobody to talk to."""
        return {**vars(self), "progress": _silent}

    @property
    def plan(self) -> Plan:
        return Plan.from_json(self.work.get_text("plan.json") or "")

    def helped(self) -> AbstractContextManager[None]:
        """A second process while the body runs, where it pays: to start it takes a second of the
        other core."""
        found = (path for one in self.project.sources for path in self._sources(one.path))
        big = sum(path.stat().st_size for path in found) > BIG and pa.cpu_count() > 1
        return second.process(_load) if big else nullcontext()

    def _sources(self, pattern: str) -> list[Path]:
        return sought.find(pattern, self.base)[0]

    def tell(self, stage: str, share: float) -> None:
        """How much of a stage is done. The rows are known once the scan is through."""
        known = stage != "scan" or share == 1
        counts = [sum(source.counts.values()) for source in self.plan.sources] if known else []
        self.progress(stage, share, sum(counts))


def _load() -> None:
    """Named, not imported: the pipeline stands above, and the first process need not wait for it."""
    import_module("crmclean.pipeline").load()


def _silent(stage: str, share: float, rows: int) -> None:
    pass


@contextmanager
def opened(
    project: Project, base: Path, out: Path, progress: Progress, **how: Any
) -> Iterator[Job]:
    """A job that holds its output directory. Raises Locked, OutputRefused, UsageError."""
    keep_freed()
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


def made_from(job: Job) -> str:
    """What the stages of this run are made from."""
    base, project = job.base, job.project
    files = [path for entry in project.sources for path in sought.find(entry.path, base)[0]]
    lookups = [base / f.lookup for s in project.sources for _, f in s.given if f.lookup]
    decided = [job.state.folder / f"{kind}.jsonl" for kind in DECIDED]
    # gates judge a run, they make nothing of it: a changed waiver redoes no stage
    texts = [project.model_dump_json(exclude={"gates"}), str(job.retrain)]
    return key(texts, [*files, *lookups, *decided, base / project.target])


def finished(job: Job) -> Plan:
    """The plan of the last run in this output directory. Raises UsageError where there is none."""
    if not job.work.has("crosswalk"):
        raise UsageError("NO_RUN_YET", file=job.out)
    return job.plan
