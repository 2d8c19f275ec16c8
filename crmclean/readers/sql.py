r"""SQL dumps: the rows of every INSERT statement, one sheet per table.

Decoded first and cut into tokens after: in GBK the backslash 0x5C is the second byte of many
characters, so a dump that is cut as bytes breaks. `NULL` is nothing, `'NULL'` is text; `\'`, `''`
and `\n` inside strings are undone. Columns come from the statement, else from CREATE TABLE.
Source: dirty-input.md F14; MySQL manual, string literals.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from crmclean.errors import InputRefused
from crmclean.readers import synthetic
from crmclean.readers.records import page_of
from crmclean.readers.sheet import File

_NAME = r'(?:`[^`]*`|"[^"]*"|\[[^\]]*\]|[\w$]+)'
_TABLE = rf"(?:{_NAME}\s*\.\s*)?({_NAME})"
_INSERT = re.compile(
    rf"\b(?:INSERT|REPLACE)\s+(?:IGNORE\s+|LOW_PRIORITY\s+|DELAYED\s+)*INTO\s+{_TABLE}\s*"
    rf"(?:\(([^()]*)\)\s*)?VALUES?\s*",
    re.I,
)
_CREATE = re.compile(rf"\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_TABLE}\s*\(", re.I)
_COLUMN = re.compile(rf"^\s*({_NAME})\s+\w", re.M)
_NOT_COLUMNS = {"primary", "unique", "key", "index", "constraint", "foreign", "fulltext", "check"}
_TOKEN = re.compile(
    r"\s*(?:(?:[nN]|_\w+\s*)?'((?:[^'\\]|\\.|'')*)'"
    r'|"((?:[^"\\]|\\.|"")*)"|([(),;])|([^\s(),;\'"][^(),;\'"]*))',
    re.S,
)
_ESCAPES = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "0": "",
    "Z": "\x1a",
    "b": "\b",
    "%": r"\%",
    "_": r"\_",
}
_ESCAPED = re.compile(r"\\(.)", re.S)


def open_sql(path: Path, *, encoding: str | None = None, **_: object) -> File:
    """A dump with INSERT statements. Raises InputRefused where it has none."""
    name, page = page_of(path, encoding)
    created = _created(page)
    tables: dict[str, list[str]] = {}
    for found in _INSERT.finditer(page):
        table = _plain(found[1])
        said = [_plain(part.strip()) for part in found[2].split(",")] if found[2] else []
        tables.setdefault(table, said or created.get(table, []))
    if not tables:
        raise InputRefused("NO_RECORDS", file=path.name)
    reading = {"container": "sql", "encoding": name}
    sheets = tuple(
        synthetic.sheet(
            table, fields or _numbered(page, table), lambda table=table: _rows(page, table), reading
        )
        for table, fields in tables.items()
    )
    return File(path, "sql", name, sheets)


def _plain(name: str) -> str:
    return name.strip().strip('`"[]')


def _created(page: str) -> dict[str, list[str]]:
    tables = {}
    for found in _CREATE.finditer(page):
        body = page[found.end() : page.find(";", found.end()) + 1 or None]
        names = [_plain(name) for name in _COLUMN.findall("\n" + body.replace(",", ",\n"))]
        tables[_plain(found[1])] = [n for n in names if n.lower() not in _NOT_COLUMNS]
    return tables


def _numbered(page: str, table: str) -> list[str]:
    first = next(_rows(page, table), [])
    return [f"c{n}" for n in range(1, len(first) + 1)]


def _rows(page: str, table: str) -> Iterator[list[str | None]]:
    for found in _INSERT.finditer(page):
        if _plain(found[1]) == table:
            yield from _tuples(page, found.end())


def _tuples(page: str, at: int) -> Iterator[list[str | None]]:
    """The rows of one statement: (…), (…); ends at the semicolon or at what cannot be read."""
    row: list[str | None] | None = None
    depth = 0
    for token in iter(_TOKEN.scanner(page, at).match, None):
        single, double, mark, bare = token.groups()
        if mark == "(":
            depth += 1
            row = [] if depth == 1 else row
        elif mark == ")":
            depth -= 1
            if depth == 0 and row is not None:
                yield row
                row = None
        elif mark == ";":
            return
        elif mark is None and row is not None and depth == 1:
            row.append(_value(single, double, bare))
        elif bare is not None and depth == 0:
            return


def _value(single: str | None, double: str | None, bare: str | None) -> str | None:
    if bare is not None:
        return None if bare.strip().upper() == "NULL" else bare.strip()
    text = single if single is not None else double or ""
    text = text.replace("''" if single is not None else '""', "'" if single is not None else '"')
    return _ESCAPED.sub(lambda hit: _ESCAPES.get(hit[1], hit[1]), text) if "\\" in text else text
