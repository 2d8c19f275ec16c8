"""The tables of a run, as Arrow files under OUT/.work, and which stages are done.

Arrow's own format, uncompressed: a run writes and reads its tables several times, and packing them
each time would take longer than most of what is done with them (a refresh hardly does anything
else). What is published for people is Parquet (`exporting.py`).

A stage writes its tables and then its key: a hash of everything that it was made from. A stage
whose key still holds is not done again; that is both resume and the incremental monthly refresh.
Tables are written beside their name and renamed, so a killed run leaves no half table.
A table that is mostly a former one may be kept as what is different (`over.py`); who reads it sees
no difference.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from crmclean import tables
from crmclean.run import over
from crmclean.run.arrow_files import read, readable
from crmclean.run.over import Over

STAGES = ("scan", "clean", "dedupe", "export")
#: Of the file with the former table.
FORMER = ".former"
#: Rows at a time of a table that is not read as it was written.
PIECE = 65_536


class Work:
    """The folder OUT/.work. Table names are like paths: `records/customer`, `issues/clean`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, name: str, suffix: str = ".arrow") -> Path:
        return self.root / f"{name}{suffix}"

    def has(self, name: str) -> bool:
        return self.path(name).is_file()

    def get(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """The table of that name, or some of its columns. Raises FileNotFoundError."""
        schema = self._schema(name)
        told = over.told(schema)
        if told is None:
            return read(self.path(name), columns)
        asked = over.asked(columns, schema.names)
        former, new = (read(self.path(name, suffix), asked) for suffix in (FORMER, ".arrow"))
        table = told.whole(former, new).combine_chunks()
        return table.select(
            [name for name in table.column_names if name in (columns or schema.names)]
        )

    def former(self, name: str, columns: list[str]) -> pa.Table:
        """Some columns of a table as it was written whole: of the former one, where it is mostly that."""
        return read(self._whole(name), columns)

    def stamp(self, name: str) -> list[int]:
        """What tells the file of a table, or of the former one that it mostly is, from others."""
        found = self._whole(name).stat()
        return [found.st_size, found.st_mtime_ns]

    def _whole(self, name: str) -> Path:
        return self.path(name, FORMER if over.told(self._schema(name)) else ".arrow")

    def different(self, name: str) -> tuple[Over, pa.Table] | None:
        """Of a table that is mostly a former one: how it is made, and its new rows."""
        made = over.told(self._schema(name)) if self.has(name) else None
        return (made, read(self.path(name)).replace_schema_metadata(None)) if made else None

    def lazily(self, folder: str, names: list[str]) -> "Lazily":
        """The tables of a folder, each in one piece, read whenever they are asked for."""
        return Lazily(lambda name: self.get(f"{folder}/{name}").combine_chunks(), names)

    def columns(self, name: str) -> list[str]:
        """The columns of the table of that name."""
        return self._schema(name).names

    @contextmanager
    def mapped(self, name: str) -> Iterator[pa.Table]:
        """The table without reading what is not asked for. Nothing of it may be kept: Windows
        replaces no file that is mapped."""
        told = over.told(self._schema(name))
        with pa.memory_map(str(self.path(name, FORMER if told else ".arrow"))) as file:
            table = pa.ipc.open_file(file).read_all()
            yield told.whole(table, read(self.path(name))) if told else table

    def head(self, name: str, rows: int) -> pa.Table:
        """The first rows of a table."""
        if made := self.different(name):
            with readable(self.path(name, FORMER)) as file:
                former = pa.ipc.open_file(file).read_all()
                return made[0].head(rows).whole(former, made[1]).combine_chunks()
        parts, left = [self._schema(name).remove_metadata().empty_table()], rows
        for part in self.batches(name):
            parts.append(part[:left])
            left -= parts[-1].num_rows
            if not left:
                break
        return pa.concat_tables(parts)

    def batches(self, name: str) -> Iterator[pa.Table]:
        """A table in pieces: those in which it was written, if it is whole."""
        if over.told(self._schema(name)):
            with self.mapped(name) as table:
                for start in range(0, len(table), PIECE):
                    places = pa.array(range(start, min(start + PIECE, len(table))))
                    yield table.take(places).combine_chunks()
            return
        with readable(self.path(name)) as file:
            found = pa.ipc.open_file(file)
            for number in range(found.num_record_batches):
                yield pa.Table.from_batches([found.get_batch(number)])

    def filled(self, name: str) -> tuple[int, dict[str, int]]:
        """(rows, filled cells per column) of a table, as the file says: no column is read."""
        if not self.has(name):
            return 0, {}
        told = over.told(self._schema(name))
        if told:
            with readable(self.path(name, FORMER)) as file:
                return told.filled(pa.ipc.open_file(file).read_all(), read(self.path(name)))
        with self.mapped(name) as table:
            counts = zip(table.column_names, table.columns, strict=True)
            return len(table), {column: len(table) - c.null_count for column, c in counts}

    def addends(self, name: str, columns: list[str]) -> list[tuple[int, pa.Table]]:
        """Some columns of a table as (1, rows), (-1, rows) that add up to it where rows are counted."""
        made = self.different(name)
        whole = self.former(name, columns)
        if made is None:
            return [(1, whole)]
        both, gone = made[0].addends(whole, made[1].select(whole.column_names))
        return [(1, both), (-1, gone)]

    def put(self, name: str, table: pa.Table) -> None:
        with self.writer(name, table.schema) as write:
            write(table)

    def put_over(self, name: str, former: str, new: pa.Table, made: Over) -> None:
        """A table that consists of slices of a former one and of new rows."""
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self._link(self.path(former), self.path(name, FORMER))
        self.put(name, made.noted(new))

    def link(self, name: str, to: str) -> None:
        """The same table under another name: a table is replaced, never written over."""
        if over.told(self._schema(name)):
            self.put(to, self.get(name))
        else:
            self._link(self.path(name), self.path(to))

    def _link(self, whole: Path, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        try:
            os.link(whole, path)
        except OSError:
            shutil.copy2(whole, path)

    @contextmanager
    def writer(self, name: str, schema: pa.Schema) -> Iterator:
        """Write a table batch by batch: `with work.writer(name, schema) as write: write(batch)`."""
        final = self.path(name)
        final.parent.mkdir(parents=True, exist_ok=True)
        aside = final.with_suffix(".part")
        with pa.OSFile(str(aside), "wb") as file, pa.ipc.new_file(file, schema) as arrow:
            yield lambda batch: arrow.write_table(batch) if batch.num_rows else None
        aside.replace(final)
        if not over.told(schema):
            self.path(name, FORMER).unlink(missing_ok=True)

    def put_text(self, name: str, text: str) -> None:
        final = self.root / name
        final.parent.mkdir(parents=True, exist_ok=True)
        aside = final.with_name(final.name + ".part")
        aside.write_text(text, encoding="utf-8", newline="\n")
        aside.replace(final)

    def get_text(self, name: str) -> str | None:
        path = self.root / name
        return path.read_text(encoding="utf-8") if path.is_file() else None

    def issues(self, columns: list[str] | None = None, last: str = STAGES[-1]) -> pa.Table:
        """The issues of the stages done so far, in stage order; of none after `last`."""
        return self._all("issues", tables.ISSUES, columns, last)

    def changes(self, columns: list[str] | None = None) -> pa.Table:
        """The changes of all stages done so far, in stage order."""
        return self._all("changes", tables.CHANGES, columns)

    def _all(
        self, kind: str, schema: pa.Schema, columns: list[str] | None, last: str = STAGES[-1]
    ) -> pa.Table:
        until = STAGES[: STAGES.index(last) + 1]
        there = [name for stage in until if self.has(name := f"{kind}/{stage}")]
        if columns:
            schema = pa.schema([schema.field(name) for name in columns])
        return tables.concat(schema, (self.get(name, columns) for name in there))

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

    def _schema(self, name: str) -> pa.Schema:
        """As it was written."""
        with readable(self.path(name)) as file:
            return pa.ipc.open_file(file).schema

    def _keys(self) -> dict[str, str]:
        return json.loads(self.get_text("stages.json") or "{}")


class Lazily(Mapping[str, pa.Table]):
    """Tables that are read whenever they are asked for, and held by whoever asked."""

    def __init__(self, read: Callable[[str], pa.Table], names: list[str]) -> None:
        self._read, self._names = read, names

    def __getitem__(self, name: str) -> pa.Table:
        return self._read(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names


def close_to_others(folder: Path) -> None:
    """Make a directory readable by its owner alone, where the system knows such rights."""
    if os.name == "posix":
        folder.chmod(0o700)
