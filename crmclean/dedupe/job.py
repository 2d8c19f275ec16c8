"""What every part of the stage needs to know."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from crmclean.decisions import State
from crmclean.dedupe import engine, last
from crmclean.dedupe.engine import Laws, Scored, Spec
from crmclean.dedupe.fields import Field
from crmclean.dedupe.frozen import Frozen
from crmclean.model import Object
from crmclean.plan import Plan
from crmclean.project import Project
from crmclean.run import Work


@dataclass(frozen=True)
class Job:
    """`told`: to be told of the share that is done; `work`: where what was compared is kept for
    the next run, and taken from the last one unless `fresh`."""

    plan: Plan
    project: Project
    model: dict[str, Object]
    state: State
    retrain: bool = False
    told: Callable[[float], None] = lambda share: None
    work: Work | None = None
    fresh: bool = False

    def score(
        self, object: str, fields: dict[str, Field], spec: Spec, laws: Laws, frozen: Frozen | None
    ) -> Scored:
        """The pairs of one object. `frozen`: what earlier runs learned; what the last run compared
        with the same is not compared again."""
        before = None
        if self.work and frozen and not self.fresh:
            before = last.read(self.work, object, frozen.entry(object))
        scored = engine.score(fields, spec, laws, frozen, before)
        if self.work:
            seen = scored.compared and last.recorded(fields, spec.within, scored.compared)
            last.keep(self.work, object, (frozen or scored.frozen).entry(object), seen)
        return replace(scored, compared=None)
