r"""SQL dumps: the rows of every INSERT and COPY statement, one sheet per table.

Decoded first and read after: in GBK the backslash 0x5C is the second byte of many characters, so a
dump that is cut as bytes breaks. Columns come from the statement, else from CREATE TABLE. What the
values look like is `sqlvalues.py`.
Source: dirty-input.md F14; MySQL, SQL Server and Oracle manuals, INSERT; PostgreSQL manual, COPY.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from crmclean.errors import InputRefused
from crmclean.readers import sqlvalues, synthetic
from crmclean.readers.records import page_of
from crmclean.readers.sheet import File

_NAME = r'(?:`[^`]*`|"[^"]*"|\[[^\]]*\]|[\w$]+)'
_TABLE = rf"(?:{_NAME}\s*\.\s*){{0,2}}({_NAME})"
_INSERT = re.compile(
    rf"\b(?:INSERT|REPLACE)\s+(?:IGNORE\s+|LOW_PRIORITY\s+|DELAYED\s+)*(?:INTO\s+)?{_TABLE}\s*"
    rf"(?:\(([^()]*)\)\s*)?(?:OVERRIDING\s+\w+\s+VALUE\s+)?VALUES?\s*(?=\()",
    re.I,
)
#: pg_dump writes rows as lines between this statement and a line of \.
_COPY = re.compile(
    rf"^COPY\s+{_TABLE}\s*(?:\(([^()]*)\))?\s+FROM\s+stdin[^;\n]*;[^\n]*\n", re.I | re.M
)
_CREATE = re.compile(rf"\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_TABLE}\s*\(", re.I)
_COLUMN = re.compile(rf'^\s*({_NAME})\s+[\w\["]', re.M)
_NOT_COLUMNS = {"primary", "unique", "key", "index", "constraint", "foreign", "fulltext", "check"}


def open_sql(path: Path, *, encoding: str | None = None, **_: object) -> File:
    """A dump with rows. Raises InputRefused where it has none."""
    name, page = page_of(path, encoding)
    dialect = sqlvalues.dialect(page)
    created = _created(page, dialect)
    tables: dict[str, list[str]] = {}
    for found in _statements(page):
        table = _plain(found[1])
        said = [_plain(part.strip()) for part in found[2].split(",")] if found[2] else []
        tables.setdefault(table, said or created.get(table, []))
    if not tables:
        raise InputRefused("NO_RECORDS", file=path.name)
    reading = {"container": "sql", "encoding": name}
    sheets = tuple(
        synthetic.sheet(
            table,
            fields or _numbered(page, table, dialect),
            lambda table=table: _rows(page, table, dialect),
            reading,
        )
        for table, fields in tables.items()
    )
    return File(path, "sql", name, sheets)


def _plain(name: str) -> str:
    return name.strip().strip('`"[]')


def _statements(page: str) -> Iterator[re.Match[str]]:
    yield from _INSERT.finditer(page)
    yield from _COPY.finditer(page)


def _created(page: str, dialect: sqlvalues.Dialect) -> dict[str, list[str]]:
    tables = {}
    for found in _CREATE.finditer(page):
        body = page[found.end() : sqlvalues.close(page, found.end(), dialect)]
        body = dialect.texts.sub("''", body).replace(",", ",\n")
        names = [_plain(name) for name in _COLUMN.findall("\n" + body)]
        tables[_plain(found[1])] = [n for n in names if n.lower() not in _NOT_COLUMNS]
    return tables


def _numbered(page: str, table: str, dialect: sqlvalues.Dialect) -> list[str]:
    first = next(_rows(page, table, dialect), [])
    return [f"c{n}" for n in range(1, len(first) + 1)]


def _rows(page: str, table: str, dialect: sqlvalues.Dialect) -> Iterator[list[str | None]]:
    for found in _INSERT.finditer(page):
        if _plain(found[1]) == table:
            yield from sqlvalues.tuples(page, found.end(), dialect)
    for found in _COPY.finditer(page):
        if _plain(found[1]) == table:
            yield from sqlvalues.lines(page, found.end())
