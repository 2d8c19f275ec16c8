"""The tables of a run, as Parquet files under OUT/.work, and which stages are done.

A stage writes its tables and then its key: a hash of everything that it was made from. A stage
whose key still holds is not done again; that is both resume and the incremental monthly refresh.
Tables are written beside their name and renamed, so a killed run leaves no half table.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from crmclean import tables

STAGES = ("scan", "clean", "dedupe", "export")


class Work:
    """The folder OUT/.work. Table names are like paths: `records/customer`, `issues/clean`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, name: str, suffix: str = ".parquet") -> Path:
        return self.root / f"{name}{suffix}"

    def has(self, name: str) -> bool:
        return self.path(name).is_file()

    def get(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """The table of that name. Raises FileNotFoundError."""
        return pq.read_table(self.path(name), columns=columns, memory_map=False)

    def put(self, name: str, table: pa.Table) -> None:
        with self.writer(name, table.schema) as write:
            write(table)

    @contextmanager
    def writer(self, name: str, schema: pa.Schema) -> Iterator:
        """Write a table batch by batch: `with work.writer(name, schema) as write: write(batch)`."""
        final = self.path(name)
        final.parent.mkdir(parents=True, exist_ok=True)
        aside = final.with_suffix(".part")
        with pq.ParquetWriter(aside, schema, compression="zstd", compression_level=1) as parquet:
            yield lambda batch: parquet.write_table(batch) if batch.num_rows else None
        aside.replace(final)

    def put_text(self, name: str, text: str) -> None:
        final = self.root / name
        final.parent.mkdir(parents=True, exist_ok=True)
        aside = final.with_name(final.name + ".part")
        aside.write_text(text, encoding="utf-8", newline="\n")
        aside.replace(final)

    def get_text(self, name: str) -> str | None:
        path = self.root / name
        return path.read_text(encoding="utf-8") if path.is_file() else None

    def issues(self) -> pa.Table:
        """The issues of all stages done so far, in stage order."""
        return self._all("issues", tables.ISSUES)

    def changes(self) -> pa.Table:
        """The changes of all stages done so far, in stage order."""
        return self._all("changes", tables.CHANGES)

    def _all(self, kind: str, schema: pa.Schema) -> pa.Table:
        names = [f"{kind}/{stage}" for stage in STAGES]
        return tables.concat(schema, (self.get(name) for name in names if self.has(name)))

    def is_done(self, stage: str, key: str) -> bool:
        return self._keys().get(stage) == key

    def mark_done(self, stage: str, key: str) -> None:
        """Note that `stage` is done; later stages are no longer."""
        keys = {s: k for s, k in self._keys().items() if STAGES.index(s) < STAGES.index(stage)}
        self.put_text("stages.json", json.dumps({**keys, stage: key}, indent=1))

    def begin(self, stage: str) -> None:
        """Forget `stage` and what follows, with their tables of changes and issues."""
        keys = {s: k for s, k in self._keys().items() if STAGES.index(s) < STAGES.index(stage)}
        self.put_text("stages.json", json.dumps(keys, indent=1))
        for later in STAGES[STAGES.index(stage) :]:
            for kind in ("issues", "changes"):
                self.path(f"{kind}/{later}").unlink(missing_ok=True)

    def fresh_folder(self, name: str) -> Path:
        """An empty folder under .work, made anew."""
        folder = self.root / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def _keys(self) -> dict[str, str]:
        return json.loads(self.get_text("stages.json") or "{}")


def close_to_others(folder: Path) -> None:
    """Make a directory readable by its owner alone, where the system knows such rights."""
    if os.name == "posix":
        folder.chmod(0o700)
