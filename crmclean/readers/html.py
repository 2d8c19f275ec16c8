"""HTML tables, mostly named .xls: what many old systems call "export to Excel".

Text stays text (a table cell 0138 never was a number); rowspan and colspan become merges; a
number that Excel displayed as 1.38E+10 is taken from `x:num`, where Excel keeps it whole.
All tables of the page stand under each other on one sheet, as Excel opens them; a table that is
only there for the layout gives no rows of its own.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from crmclean.errors import InputRefused
from crmclean.readers import encoding as encodings
from crmclean.readers import text
from crmclean.readers.sheet import MAX_CELLS, File, Merge, Sheet, check_box, check_size, from_rows

MAX_SPAN = 1000
_SPACE = re.compile(r"[ \t\r\n\f]+")
_ROUNDED = re.compile(r"^-?\d(\.\d+)?E[+-]?\d+$", re.I)


def open_html(path: Path, *, encoding: str | None = None, **_: object) -> File:
    """An HTML page with tables. Raises InputRefused where it has no table."""
    check_size(path)
    name = encodings.known(encoding) if encoding else encodings.decide(path).name
    page = b"".join(text.blocks(path, name, text.Tally()))
    rows, merges = table(page, path)
    if not rows:
        raise InputRefused(_reason(page), file=path.name)
    sheet = Sheet(
        "",
        lambda size: from_rows(rows, size),
        merges=tuple(merges),
        reading={"container": "html", "encoding": name},
    )
    return File(path, "html", name, (sheet,))


def _reason(page: bytes) -> str:
    words = page[:200_000].decode("utf-8", "replace").lower()
    error = any(word in words for word in ("登录", "login", "sign in", "404", "error", "错误"))
    return "FILE_IS_A_WEB_PAGE" if error else "HTML_WITHOUT_TABLE"


def table(page: bytes, path: Path) -> tuple[list[list[str | None]], list[Merge]]:
    """All rows of all tables of a page in UTF-8, and their merges.

    Raises InputRefused where a few cells claim to span millions."""
    rows: list[list[str | None]] = []
    merges: list[Merge] = []
    spans: dict[int, int] = {}  # column: rows still covered by a cell above
    count = 0
    for cells in _rows(page):
        rows.append(_place(cells, len(rows) + 1, spans, merges))
        count += len(rows[-1])
        if count > MAX_CELLS:
            raise InputRefused("FILE_UNSAFE_MERGED", file=path.name)
    check_box(rows, path)
    return rows, merges


def _rows(page: bytes) -> Iterator[list]:
    from lxml import etree

    parser = etree.HTMLPullParser(events=("end",), tag="tr", encoding="utf-8", huge_tree=True)
    for start in range(0, len(page), 1 << 20):
        parser.feed(page[start : start + (1 << 20)])
        yield from _taken(parser)
    try:
        parser.close()
    except etree.XMLSyntaxError:
        return
    yield from _taken(parser)


def _taken(parser) -> Iterator[list]:
    for _, row in parser.read_events():
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        if cells and row.find(".//table") is None:
            yield cells
            for cell in cells:
                cell.clear()


def _place(
    cells: list, number: int, spans: dict[int, int], merges: list[Merge]
) -> list[str | None]:
    row: list[str | None] = []
    covered = {column for column, left in spans.items() if left > 0}
    for column in covered:
        spans[column] -= 1
    for cell in cells:
        while len(row) + 1 in covered:
            row.append(None)
        wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
        left = len(row) + 1
        if wide > 1 or high > 1:
            merges.append(Merge(number, left, number + high - 1, left + wide - 1))
        row.extend([_text(cell), *[None] * (wide - 1)])
        for column in range(left, left + wide if high > 1 else left):
            spans[column] = high - 1
    return row


def _span(cell, name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(max(int(value), 1), MAX_SPAN) if value.isascii() and value.isdigit() else 1


def _text(cell) -> str | None:
    parts: list[str] = []
    _collect(cell, parts)
    shown = _SPACE.sub(" ", "".join(parts)).replace(" \x00 ", "\x00").strip(" \x00")
    shown = "\n".join(line.strip(" ") for line in shown.split("\x00"))
    whole = cell.get("x:num")
    if whole and _ROUNDED.match(shown):
        shown = whole
    return shown or None


def _collect(node, parts: list[str]) -> None:
    for part in node.iter():
        if part.tag in ("script", "style") or not isinstance(part.tag, str):
            if part.tail and part is not node:
                parts.append(part.tail)
            continue
        if part.tag in ("br", "p", "div") and parts:
            parts.append("\x00")
        if part.text:
            parts.append(part.text)
        if part.tail and part is not node:
            parts.append(part.tail)
