"""SQLite databases: every table with rows is a sheet. Opened read-only; nothing is executed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from crmclean.errors import InputRefused
from crmclean.readers import synthetic
from crmclean.readers.sheet import File, Sheet


def open_sqlite(path: Path, **_: object) -> File:
    """A database. Raises InputRefused where it is damaged or has no rows."""
    try:
        with closing(_connect(path)) as database:
            tables = database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' "
                "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
            ).fetchall()
            sheets = tuple(_sheet(database, _text(name), path) for (name,) in tables)
    except sqlite3.Error as error:
        raise InputRefused("FILE_DAMAGED", file=path.name, reason="SQLite") from error
    if not sheets:
        raise InputRefused("NO_RECORDS", file=path.name)
    return File(path, "sqlite", None, sheets)


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    database.text_factory = bytes
    return database


def _sheet(database: sqlite3.Connection, table: str, path: Path) -> Sheet:
    quoted = table.replace('"', '""')
    cursor = database.execute(f'SELECT * FROM "{quoted}" LIMIT 0')
    fields = [_text(entry[0]) for entry in cursor.description]
    return synthetic.sheet(table, fields, lambda: _rows(path, quoted), {"container": "sqlite"})


def _rows(path: Path, quoted: str) -> Iterator[list[Any]]:
    try:
        with closing(_connect(path)) as database:
            for row in database.execute(f'SELECT * FROM "{quoted}"'):
                yield [_text(value) if isinstance(value, bytes) else value for value in row]
    except sqlite3.Error as error:
        raise InputRefused("FILE_DAMAGED", file=path.name, reason="SQLite") from error


def _text(value: bytes | str) -> str:
    """Text as UTF-8, else GB18030: old programs wrote their code page into the database."""
    if isinstance(value, str):
        return value
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("gb18030", "replace")
