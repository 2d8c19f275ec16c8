"""Batches of one stage, worked abreast on all cores; what comes of them comes in their order.

Threads, because nearly all the work on a batch is done by Arrow, which lets the interpreter go
meanwhile: nothing is copied between processes, and small inputs pay for no start. Where it is many
small steps, the second process of a big run takes its share (`second.py`). The work must be a pure
function of what it is given (design.md 5), so the result does not depend on the number of cores.
Only a few batches are held at a time.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import pyarrow as pa

from crmclean.run.second import share

Given, Made = TypeVar("Given"), TypeVar("Made")
#: Rows of a batch: what is made of them on the way is let go.
ROWS = 1 << 16


def batches(column: pa.Array) -> Iterator[pa.Array]:
    """A column, some rows at a time; at least one batch."""
    return (column[at : at + ROWS] for at in range(0, max(len(column), 1), ROWS))


def each(*works: Callable[[], Made]) -> list[Made]:
    """What several works make, done abreast."""
    return [*abreast(lambda work: work(), works)]


def abreast(
    work: Callable[[Given], Made], given: Iterable[Given], shared: bool = False
) -> Iterator[Made]:
    """`work` of every batch, in order. What it raises is raised here, at the turn of its batch.
    `shared`: the second process (`second.py`) may do some of it."""
    cores = pa.cpu_count()
    if shared:
        work = partial(share, work)
    with ThreadPoolExecutor(cores) as pool:
        waiting: deque[Future[Made]] = deque()
        for batch in given:
            waiting.append(pool.submit(work, batch))
            if len(waiting) > cores:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
