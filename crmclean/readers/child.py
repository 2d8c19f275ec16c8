"""A workbook read in a process of its own, with limits, so that this one cannot die of it.

For what no look beforehand can vouch for: binary sheets (xlsb), repeated cells (ods), long shared
strings that are cloned per cell. Rows come back as Arrow files, never pickled. Memory is limited
where the system can (not on Windows), time everywhere. Limits: trust.md 4.1; the time is shorter:
there is no reason to wait two minutes for a file of a few kilobytes (a parser that never ends does
so on the smallest).
"""

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from crmclean.errors import InputRefused
from crmclean.readers import spool
from crmclean.readers.sheet import File, Merge, Note, Sheet
from crmclean.run.second import environment

MEMORY = 4 << 30
#: Ten megabytes of a packed workbook are some hundred unpacked.
SECONDS, SECONDS_PER_BYTE = 20, 60 / (10 << 20)


def open_in_child(path: Path, container: str, **reading: Any) -> File:
    """The file, read by a child. Raises InputRefused where the child does or where it dies."""
    folder = tempfile.TemporaryDirectory(prefix="crmclean-")
    asked = {"path": str(path), "container": container, "reading": reading, "out": folder.name}
    limit = SECONDS + SECONDS_PER_BYTE * path.stat().st_size
    try:
        done = subprocess.run(
            [sys.executable, "-m", "crmclean.readers.child"],
            input=json.dumps(asked).encode(),
            capture_output=True,
            timeout=limit,
            env=environment(),
        )
    except subprocess.TimeoutExpired as error:
        raise InputRefused("FILE_UNSAFE_PROCESS", file=path.name) from error
    told = Path(folder.name) / "file.json"
    if done.returncode != 0 or not told.is_file():
        raise InputRefused("FILE_UNSAFE_PROCESS", file=path.name)
    answer = json.loads(told.read_text("utf-8"))
    if "refused" in answer:
        raise InputRefused(answer["refused"], **answer["facts"])
    sheets = tuple(_sheet(entry, folder) for entry in answer["sheets"])
    return File(path, answer["container"], None, sheets, [Note(**n) for n in answer["notes"]])


def _sheet(entry: dict[str, Any], folder: tempfile.TemporaryDirectory) -> Sheet:
    def read(size: int) -> Iterator[pa.RecordBatch]:
        yield from spool.read(Path(folder.name) / entry["batches"], size)

    return Sheet(
        entry["name"],
        read,
        entry["visibility"],
        tuple(Merge(**merge) for merge in entry["merges"]),
        frozenset(entry["hidden_rows"]),
        frozenset(entry["hidden_columns"]),
        entry["epoch"],
        entry["reading"],
        [Note(**note) for note in entry["notes"]],
    )


def main() -> None:
    """The child: read what stdin names, write every batch (`spool.py`) and one file.json."""
    asked = json.loads(sys.stdin.buffer.read())
    limit_memory()
    out = Path(asked["out"])
    try:
        answer = _answer(asked, out)
    except InputRefused as error:
        facts = {key: str(value) for key, value in error.facts.items()}
        answer = {"refused": error.code, "facts": facts}
    (out / "file.json").write_text(json.dumps(answer), "utf-8")


def _answer(asked: dict[str, Any], out: Path) -> dict[str, Any]:
    from crmclean.readers.workbook import open_workbook

    file = open_workbook(Path(asked["path"]), asked["container"], isolated=True, **asked["reading"])
    sheets = []
    for place, sheet in enumerate(file.sheets):
        spool.write(sheet.batches(), out / str(place))
        sheets.append(_described(sheet, str(place)))
    notes = [asdict(note) for note in file.notes]
    return {"container": file.container, "sheets": sheets, "notes": notes}


def _described(sheet: Sheet, folder: str) -> dict[str, Any]:
    return {
        "name": sheet.name,
        "visibility": sheet.visibility,
        "merges": [asdict(merge) for merge in sheet.merges],
        "hidden_rows": sorted(sheet.hidden_rows),
        "hidden_columns": sorted(sheet.hidden_columns),
        "epoch": sheet.epoch,
        "reading": sheet.reading,
        "notes": [asdict(note) for note in sheet.notes],
        "batches": folder,
    }


def limit_memory() -> None:
    """No more memory for this process than a child may have, where the system can say so."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
