"""MHTML ("single file web page"), mostly named .xls: a mail message whose HTML part has the table."""

import email
import email.policy
from pathlib import Path

from crmclean.errors import InputRefused
from crmclean.readers import encoding as encodings
from crmclean.readers.html import table
from crmclean.readers.sheet import File, Sheet, from_rows

MAX_BYTES = 256 << 20


def open_mhtml(path: Path, **_: object) -> File:
    """The tables of all HTML parts. Raises InputRefused where there are none."""
    if path.stat().st_size > MAX_BYTES:
        raise InputRefused("FILE_TOO_BIG", file=path.name, limit="256 MiB")
    sheets = []
    for number, page in enumerate(_pages(path), 1):
        rows, merges = table(page, path)
        if rows:
            sheets.append((f"{number}", rows, tuple(merges)))
    if not sheets:
        raise InputRefused("HTML_WITHOUT_TABLE", file=path.name)
    alone = len(sheets) == 1
    return File(path, "mhtml", None, tuple(_sheet(*found, alone) for found in sheets))


def _sheet(name: str, rows: list, merges: tuple, alone: bool) -> Sheet:
    return Sheet(
        "" if alone else name,
        lambda size: from_rows(rows, size),
        merges=merges,
        reading={"container": "mhtml"},
    )


def _pages(path: Path) -> list[bytes]:
    """The HTML parts as UTF-8."""
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.compat32)
    pages = []
    for part in message.walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True) or b""
            name = part.get_content_charset() or "utf-8"
            pages.append(_decoded(content, name).encode("utf-8", "replace"))
    return pages


def _decoded(content: bytes, name: str) -> str:
    for candidate in (name, "utf-8", "gb18030"):
        try:
            return content.decode(encodings.known(candidate))
        except (UnicodeDecodeError, InputRefused, LookupError):
            continue
    return content.decode("gb18030", "replace")
