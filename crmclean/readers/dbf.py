"""DBF tables (dBASE, FoxPro, Clipper) with their memo files, mostly in GBK.

The language-driver byte is often 0 or wrong, so the encoding is decided from the text of the
records; values keep their text. Records marked as deleted are not read, but counted.
Source: dirty-input.md F12; dbfread's documentation of field types.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crmclean.errors import InputRefused
from crmclean.readers import encoding as encodings
from crmclean.readers import synthetic
from crmclean.readers.sheet import File, Note

SAMPLE = 1 << 18


def open_dbf(path: Path, *, encoding: str | None = None, **_: object) -> File:
    """A DBF table. Raises InputRefused where it is damaged."""
    if not all(_layout(path)):
        raise _damaged(path)
    name = encodings.known(encoding) if encoding else _encoding(path)
    notes: list[Note] = []
    try:
        table = _table(path, name, ignore_missing_memofile=False)
    except Exception as error:
        if "memo" not in type(error).__name__.lower():
            raise _damaged(path) from error
        table = _table(path, name, ignore_missing_memofile=True)
        notes.append(Note("MEMO_FILE_MISSING"))
    deleted = _deleted(path)
    if deleted:
        notes.append(Note("RECORDS_DELETED", facts={"count": deleted}))
    fields = [field.name for field in table.fields]
    reading = {"container": "dbf", "encoding": name}
    sheet = synthetic.sheet("", fields, lambda: _rows(table, fields, path), reading, notes)
    return File(path, "dbf", name, (sheet,))


def _table(path: Path, name: str, **how: bool) -> Any:
    import dbfread

    class AsText(dbfread.FieldParser):
        """Values as they stand: numbers and dates are for the rules to read."""

        def parse(self, field: Any, content: bytes) -> Any:
            if field.type in "CNFD":
                return self.decode_text(content.rstrip(b"\0 ").lstrip(b" ")) or None
            try:
                return super().parse(field, content)
            except (ValueError, IndexError, KeyError):
                return self.decode_text(content.strip(b"\0 ")) or None

        parseC = parseN = parseF = parseD = None

    return dbfread.DBF(
        str(path), encoding=name, char_decode_errors="replace", parserclass=AsText, **how
    )


def _rows(table: Any, fields: list[str], path: Path) -> Iterator[list[Any]]:
    try:
        for record in table:
            yield [record.get(name) for name in fields]
    except Exception as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> InputRefused:
    return InputRefused("FILE_DAMAGED", file=path.name, reason="DBF")


def _layout(path: Path) -> tuple[int, int]:
    with path.open("rb") as file:
        head = file.read(32)
    return int.from_bytes(head[8:10], "little"), int.from_bytes(head[10:12], "little")


def _deleted(path: Path) -> int:
    start, length = _layout(path)
    with path.open("rb") as file:
        file.seek(start)
        body = file.read()
    return body[:: max(length, 1)].count(b"*") if length else 0


def _encoding(path: Path) -> str:
    start, _ = _layout(path)
    with path.open("rb") as file:
        file.seek(start)
        sample = file.read(SAMPLE)
    return encodings.of_sample(sample)
