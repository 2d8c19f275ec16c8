"""Batches kept on disk as Arrow files, so that a file is parsed once.

Parsing a workbook takes longer than everything else that a run does with it, and both passes need
all of its rows. The first pass keeps them here; `readers.rows` takes them from here if the source
is still the one that was kept, and parses again if not.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa

from crmclean.plan import Source
from crmclean.readers.sheet import Batches


def write(batches: Iterable[pa.RecordBatch], folder: Path) -> None:
    """Every batch as a file of its own (their widths may differ), in order of their names."""
    for _ in kept(batches, folder):
        pass


def kept(batches: Iterable[pa.RecordBatch], folder: Path) -> Iterator[pa.RecordBatch]:
    """The batches, each written as it goes by; `folder` takes its name with the last one."""
    aside = folder.with_name(f"{folder.name}.part")
    aside.mkdir(parents=True, exist_ok=True)
    for number, batch in enumerate(batches):
        name = str(aside / f"{number:06}.arrow")
        with pa.OSFile(name, "wb") as file, pa.ipc.new_file(file, batch.schema) as writer:
            writer.write_batch(batch)
        yield batch
    aside.rename(folder)


def read(folder: Path, size: int) -> Iterator[pa.RecordBatch]:
    """The batches of a folder, none longer than `size`."""
    for name in sorted(folder.glob("*.arrow")):
        with pa.OSFile(str(name)) as file, pa.ipc.open_file(file) as batches:
            whole = batches.get_batch(0)
        for start in range(0, whole.num_rows, size):
            yield whole.slice(start, size)


def keeping(batches: Batches, folder: Path) -> Batches:
    """A way to read a sheet that keeps what it reads, and reads that the next time."""
    return lambda size: read(folder, size) if folder.is_dir() else kept(batches(size), folder)


def place(spool: Path, path: str, sheet: str, sha256: str, reading: dict) -> Path:
    """Where the rows of a sheet are kept: named after everything that they depend on."""
    said = json.dumps([path, sheet, sha256, reading], sort_keys=True, ensure_ascii=False)
    return spool / hashlib.sha256(said.encode()).hexdigest()[:32]


def of(spool: Path | None, source: Source) -> Path | None:
    """The folder with the rows of a source, if they were kept."""
    if spool is None:
        return None
    folder = place(spool, source.path, source.page, source.sha256, source.reading)
    return folder if folder.is_dir() else None
