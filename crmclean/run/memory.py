"""How a run takes memory and gives it back.

Arrow's own allocator returns freed pages at once and pays for every one that it takes again: a tenth
of the time of a run. malloc keeps them, so what a stage, or a step of one, has freed is given back
before the next begins, which needs blocks of other sizes.
"""

import ctypes
import sys

import pyarrow as pa


def keep_freed() -> None:
    """Let Arrow take its memory from malloc, in the whole process."""
    pa.set_memory_pool(pa.system_memory_pool())


def give_back() -> None:
    """Return to the system what was freed, Arrow's and everybody's. Of malloc's only glibc's keeps
    much, and only it has a call for that; Arrow's pool over malloc does not make it (measured)."""
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim:
            trim(0)
