"""Arrow files of single tables: how they are read, and how little of them."""

import os
from pathlib import Path

import pyarrow as pa

#: Whether tables are mapped: where a file that is mapped can be replaced (on Windows it cannot).
MAPPED = os.name == "posix"


def readable(path: Path) -> pa.NativeFile:
    """A file of a table: mapped where that is possible, so that only what is used is read and
    nothing is copied."""
    return pa.memory_map(str(path)) if MAPPED else pa.OSFile(str(path))


def read(path: Path, columns: list[str] | None = None) -> pa.Table:
    """The table of a file, or some of its columns, in the order in which they stand there."""
    with readable(path) as file:
        if columns is None or MAPPED:
            found = pa.ipc.open_file(file).read_all()
            return found if columns is None else found.select(_in_order(columns, found.schema))
        return _some(file, columns).read_all()


def _some(file: pa.NativeFile, columns: list[str]) -> pa.RecordBatchFileReader:
    """The reader of some columns of an Arrow file; not for a mapped one, which it would read ahead."""
    schema = pa.ipc.open_file(file).schema
    wanted = [schema.names.index(name) for name in _in_order(columns, schema)]
    return pa.ipc.open_file(file, options=pa.ipc.IpcReadOptions(included_fields=wanted))


def _in_order(columns: list[str], schema: pa.Schema) -> list[str]:
    """Raises ValueError for a column that is not there."""
    return sorted(columns, key=schema.names.index)
