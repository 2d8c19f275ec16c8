"""One run at a time in an output directory.

An operating-system lock on OUT/.lock: it falls with the process, so a killed run leaves no stale
lock behind. The file names the holder for the message only.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from crmclean.errors import Locked, OutputRefused

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


@contextmanager
def lock(out: Path) -> Iterator[None]:
    """Hold `out` for this process. Raises Locked when another run holds it, OutputRefused when
    the lock file cannot be made."""
    try:
        handle = (out / ".lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise OutputRefused("OUTPUT_NO_RIGHTS", file=out) from error
    with handle:
        if not _take(handle):
            raise Locked("OUTPUT_LOCKED", file=out, holder=_holder(handle))
        handle.seek(0)
        handle.truncate()
        handle.write(f" {os.getpid()}")
        handle.flush()
        try:
            yield
        finally:
            _give_back(handle)


def _take(handle: IO[str]) -> bool:
    try:
        if fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True


def _give_back(handle: IO[str]) -> None:
    if fcntl is not None:
        fcntl.flock(handle, fcntl.LOCK_UN)
    else:
        import msvcrt

        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_UNLCK, 1)


def _holder(handle: IO[str]) -> str:
    try:
        handle.seek(1)
        return handle.read(20).strip() or "?"
    except OSError:
        return "?"
