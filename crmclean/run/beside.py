"""A second process for work that stands beside the main one: two cores, half the wait.

Writing import files and writing workbooks for people read the same finished tables and do not need
one another. A new process (spawn, the same on every system) costs about a second to start, so it
is only used where there is enough to do.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from crmclean.messages import language, set_language


@contextmanager
def beside(task: Callable[..., None], *given: object, worthwhile: bool) -> Iterator[None]:
    """Do `task(*given)` in a process of its own while the body runs; both are done at the end.

    Where it is not `worthwhile` the task follows the body. What the task raises is raised here.
    """
    if not worthwhile:
        yield
        task(*given)
        return
    with ProcessPoolExecutor(1, get_context("spawn"), set_language, (language(),)) as pool:
        done = pool.submit(task, *given)
        yield
        done.result()
