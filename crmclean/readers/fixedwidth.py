"""Fixed-width text of old mainframe and DOS programs: columns are counted in bytes, not characters.

A Chinese character is two bytes in GBK, so lines are cut before they are decoded. Columns begin
where a line has something after a place at which every line has a blank.
Case: dirty-input.md C17.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from crmclean.readers.sheet import File, Sheet, from_rows

LINES = 200
MIN_COLUMNS = 2
LONGEST = 1 << 16  # bytes of a line


def layout(path: Path) -> list[int] | None:
    """Where the columns begin, in bytes, or None where the file is not of fixed width."""
    with path.open("rb") as file:
        lines = [file.readline(LONGEST).rstrip(b"\r\n") for _ in range(LINES)]
    lines = [line for line in lines if line.strip(b"\x1a ")]
    if len(lines) < 3 or len(set(map(len, lines))) > 1 or not lines[0]:
        return None
    blank = (np.frombuffer(b"".join(lines), np.uint8).reshape(len(lines), -1) == 32).all(axis=0)
    starts = [n for n in range(1, len(blank)) if blank[n - 1] and not blank[n]]
    starts = [0, *starts]
    return starts if len(starts) >= MIN_COLUMNS else None


def open_fixed_width(path: Path, starts: list[int], encoding: str) -> File:
    """A file whose columns begin at `starts`."""
    codec = "gb18030" if encoding == "mixed" else encoding
    slices = [slice(a, b) for a, b in zip(starts, [*starts[1:], None], strict=True)]

    def rows() -> Iterator[list[str | None]]:
        with path.open("rb") as file:
            for line in file:
                line = line.rstrip(b"\r\n\x1a").replace(b"\0", b"")
                yield [line[cut].decode(codec, "replace").strip() or None for cut in slices]

    def read(size: int) -> Iterator[pa.RecordBatch]:
        return from_rows(rows(), size)

    reading = {"container": "csv", "encoding": encoding}
    return File(path, "fixed_width", encoding, (Sheet("", read, reading=reading),))
