"""How a run takes memory and gives it back.

Arrow's own allocator returns freed pages at once and pays for every one that it takes again: a tenth
of the time of a run. malloc keeps them, so what a stage has freed is given back before the next
begins, which needs blocks of other sizes.
"""

import pyarrow as pa


def keep_freed() -> None:
    """Let Arrow take its memory from malloc, in the whole process."""
    pa.set_memory_pool(pa.system_memory_pool())


def give_back() -> None:
    """Return to the system what was freed, Arrow's and everybody's."""
    pa.system_memory_pool().release_unused()
