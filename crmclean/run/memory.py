"""How a run takes memory and gives it back.

Arrow's own allocator returns freed pages at once and pays for every one that it takes again: a tenth
of the time of a run. malloc keeps them, in one place for all threads, so that what one has freed
another takes. Where it keeps much, that is given back before a stage, or a step of one, that needs
blocks of other sizes.
"""

import ctypes
import os
import sys
from functools import cache
from pathlib import Path

import pyarrow as pa

#: Bytes beyond Arrow's that a run may hold, free or not: Python, its libraries and what was freed.
#: Less is not worth giving back, since the next step takes it again (100,000 rows on two cores:
#: half the page faults of a run, a twentieth of its time).
KEPT = 600 << 20
M_ARENA_MAX = -8  # malloc.h of glibc


def keep_freed() -> None:
    """Let Arrow take its memory from malloc, in the whole process."""
    pa.set_memory_pool(pa.system_memory_pool())
    if options := getattr(_libc(), "mallopt", None):
        options(M_ARENA_MAX, 1)


def give_back() -> None:
    """Return to the system what was freed, Arrow's and everybody's, where it is much. Of malloc's
    only glibc's keeps much, and only it has a call for that; Arrow's pool over malloc does not make
    it (measured)."""
    trim = getattr(_libc(), "malloc_trim", None)
    if trim and _own() - pa.total_allocated_bytes() > KEPT:
        trim(0)


@cache
def _libc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None) if sys.platform == "linux" else None


def _own() -> int:
    """The bytes that this process holds, without mapped files; more than any where nobody tells."""
    told = Path("/proc/self/statm")
    if not told.is_file():
        return sys.maxsize
    resident, shared = told.read_text(encoding="ascii").split()[1:3]
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")
