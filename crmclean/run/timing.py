"""Seconds and peak memory per stage, in OUT/.work/timings.json: for benchmarks and `doctor`."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from crmclean.run.work import Work

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]


@contextmanager
def timed(work: Work, stage: str) -> Iterator[None]:
    """Note how long the body took and how much memory the process had needed by its end."""
    start = time.perf_counter()
    yield
    timings = json.loads(work.get_text("timings.json") or "{}")
    timings[stage] = {"seconds": round(time.perf_counter() - start, 3), "peak_mb": peak_mb()}
    work.put_text("timings.json", json.dumps(timings, indent=1))


def peak_mb() -> float | None:
    """The most memory this process has held, in MB; None where the system does not tell."""
    if resource is None:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6, 1)
