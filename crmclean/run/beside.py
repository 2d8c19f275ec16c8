"""Work that stands beside other work of the same stage: two cores, half the wait.

Import files, workbooks for people, the report and the laws read the same finished tables and do not
need one another. They are threads, as in `abreast.py`: Arrow, zlib and the disk, which do nearly all
of it, let go of the interpreter. In a big run the second process does one of the two (`second.py`).
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager


@contextmanager
def beside(task: Callable[..., object], *given: object) -> Iterator[Future]:
    """Do `task(*given)` while the body runs; both are done at the end, and what the task raises is
    raised here. What it returns is the `result()` of what is given."""
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(task, *given)
        yield done
        done.result()
