"""What every part of the stage needs to know."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from crmclean.decisions import State
from crmclean.model import Object
from crmclean.plan import Plan
from crmclean.project import Project


@dataclass(frozen=True)
class Job:
    """`known`: (object, fingerprints) to their golden ids in earlier runs (`ids.KNOWN`); `told`: to
    be told of the share that is done; `keys`: to be told of the keys of customers that make pairs;
    `made_from`: what comes next depends on it too."""

    plan: Plan
    project: Project
    model: dict[str, Object]
    state: State
    known: Callable[[str, pa.Array], pa.Table]
    retrain: bool = False
    told: Callable[[float], None] = lambda share: None
    keys: Callable[[str, np.ndarray], None] | None = None
    made_from: str = ""
