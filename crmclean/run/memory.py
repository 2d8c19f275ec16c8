"""Memory between stages: what one stage has freed goes back to the system before the next begins.

Allocators keep freed memory for the next request. After duplicates that is 400 MB for 100,000 rows,
which the export, with other sizes of blocks, would take once more.
"""

import pyarrow as pa


def give_back() -> None:
    """Return freed memory to the system: Arrow's own, and (by Arrow's pool over it) malloc's."""
    for pool in (pa.default_memory_pool(), pa.system_memory_pool()):
        pool.release_unused()
