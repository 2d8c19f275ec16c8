r"""The values of SQL statements as text: literals of four dialects, and the lines of COPY.

`NULL` is nothing, `'NULL'` is text. Whether `\` escapes depends on who wrote the dump: in MySQL
`\'` is an apostrophe, in SQL Server, Oracle and PostgreSQL `'D:\'` is a whole string, and reading it
the other way would swallow the rest of the row. A value in a function (`CAST(N'…' AS …)`,
`to_date('…', '…')`) is the value.
Source: MySQL manual, string literals; T-SQL and Oracle manuals, literals; PostgreSQL manual, COPY.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: Words in front of a string that only say its type.
_TYPE = r"(?:[nNeExXbB]|_\w+\s*|(?i:date|datetime|time|timestamp)\s*)?"
_REST = r"|([(),;])|([^\s(),;'\"][^(),;'\"]*))"
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
#: What only dumps of the others hold; MySQL quotes names with backticks.
_STANDARD = re.compile(
    r"PostgreSQL database dump|^SET standard_conforming_strings = on|^GO\s*$|\[dbo\]|"
    r"^SET DEFINE OFF|\bto_date\s*\(|VALUES?\s*\(\s*N'",
    re.I | re.M,
)
_MYSQL = re.compile(r"^-- (?:MySQL|MariaDB) dump|/\*!\d|ENGINE\s*=|^INSERT INTO `", re.I | re.M)
#: How much of a dump is looked at to know who wrote it.
LOOK = 1 << 20


@dataclass(frozen=True)
class Dialect:
    """How strings are written: `token` cuts statements, `texts` are the strings."""

    escapes: bool
    token: re.Pattern[str]
    texts: re.Pattern[str]


def _dialect(escapes: bool) -> Dialect:
    single, double = (r"'((?:[^'\\]|\\.|'')*)'", r'"((?:[^"\\]|\\.|"")*)"')
    if not escapes:
        single, double = r"'((?:[^']|'')*)'", r'"((?:[^"]|"")*)"'
    token = re.compile(rf"\s*(?:{_TYPE}{single}|{double}{_REST}", re.S)
    return Dialect(escapes, token, re.compile(single, re.S))


_WITH_ESCAPES, _PLAIN = _dialect(True), _dialect(False)


def dialect(page: str) -> Dialect:
    """How the writer of a dump wrote strings: with escapes unless it is clearly another."""
    head = page[:LOOK]
    return _PLAIN if _STANDARD.search(head) and not _MYSQL.search(head) else _WITH_ESCAPES


def close(page: str, at: int, dialect: Dialect) -> int:
    """Where the bracket that was opened before `at` is closed."""
    depth = 1
    for token in iter(dialect.token.scanner(page, at).match, None):
        depth += {"(": 1, ")": -1}.get(token[3], 0)
        if not depth:
            return token.start(3)
    return at


def tuples(page: str, at: int, dialect: Dialect) -> Iterator[list[str | None]]:
    """The rows of one INSERT: (…), (…); ends at the semicolon or at what cannot be read."""
    row: list[str | None] | None = None
    depth = inner = 0
    for token in iter(dialect.token.scanner(page, at).match, None):
        single, double, mark, bare = token.groups()
        if mark == "(":
            depth += 1
            row, inner = ([], 0) if depth == 1 else (row, 0 if depth == 2 else inner)
        elif mark == ")":
            depth -= 1
            if depth == 0 and row is not None:
                yield row
                row = None
        elif mark == ";":
            return
        elif mark is None and row is not None and depth == 1:
            row.append(_value(single, double, bare, dialect))
        elif mark is None and row and depth == 2:
            inner = _argument(row, inner, bare, _value(single, double, bare, dialect))
        elif bare is not None and depth == 0:
            return


def _argument(row: list[str | None], inner: int, bare: str | None, value: str | None) -> int:
    """Put the argument of a function in the place of its name: the first string, else the first.
    Returns how sure that is: 2 where it is a string."""
    if inner < (1 if bare is not None else 2):
        row[-1] = re.sub(r"\s+AS\s.*", "", value, flags=re.I | re.S) if bare and value else value
        return 1 if bare is not None else 2
    return inner


def _value(
    single: str | None, double: str | None, bare: str | None, dialect: Dialect
) -> str | None:
    if bare is not None:
        return None if bare.strip().upper() == "NULL" else bare.strip()
    text = single if single is not None else double or ""
    text = text.replace("''" if single is not None else '""', "'" if single is not None else '"')
    return unescaped(text) if dialect.escapes and "\\" in text else text


def unescaped(text: str) -> str:
    r"""A string without its escapes: `\n` is a line break, `\'` an apostrophe."""
    return _ESCAPED.sub(lambda hit: _ESCAPES.get(hit[1], hit[1]), text)


def lines(page: str, at: int) -> Iterator[list[str | None]]:
    r"""The rows of one COPY: lines of values between tabs, up to a line of `\.`"""
    while at < len(page):
        end = page.find("\n", at)
        line = page[at : end if end >= 0 else len(page)].rstrip("\r")
        if line == "\\.":
            return
        yield [None if v == r"\N" else unescaped(v) if "\\" in v else v for v in line.split("\t")]
        at = end + 1 if end >= 0 else len(page)
