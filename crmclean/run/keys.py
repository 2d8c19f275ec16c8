"""What a stage was made from, as one hash: is its result still good?

The key covers the program's own files, the project, the bytes of every source, the decisions of
people and the target template. Two runs with the same key give the same bytes (law 5).
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

PROGRAM = Path(__file__).parent.parent


def key(texts: Iterable[str], files: Iterable[Path]) -> str:
    """A hash of the program, some texts and the contents of some files, in order."""
    total = hashlib.sha256(program().encode())
    for text in texts:
        total.update(text.encode() + b"\0")
    for path in files:
        total.update(path.name.encode() + b"\0" + digest(path).encode())
    return total.hexdigest()


def digest(path: Path) -> str:
    """SHA-256 of a file; of nothing where it is not there (the reader will say so)."""
    if not path.is_file():
        return ""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def program() -> str:
    """A hash over names, sizes and times of the program's files: any change makes every key new."""
    total = hashlib.sha256()
    for path in sorted(PROGRAM.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            stat = path.stat()
            total.update(f"{path.relative_to(PROGRAM)} {stat.st_size} {stat.st_mtime_ns}".encode())
    return total.hexdigest()
