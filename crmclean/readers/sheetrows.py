"""The rows of a sheet's XML that hold a mark, as elements, without parsing the others.

A sheet of 100,000 rows has a handful of error cells; parsing it whole costs more than reading it.
So the bytes are cut at row ends and only rows with a mark are parsed. XML that is written in
another way (a prefix, rows without a number) is parsed whole.
"""

from collections.abc import Iterator, Sequence
from typing import IO, Any

READ = 1 << 20
MAX_ROW = 64 << 20


def marked(stream: IO[bytes], marks: Sequence[bytes]) -> Iterator[Any]:
    """The `col` elements, and the `row` elements that hold one of `marks`, in order."""
    head = stream.read(READ)
    plain = b"<row r=" in head and b":row" not in head
    yield from _cut(head, stream, marks) if plain else _whole(stream)


def local(node: Any) -> str:
    """The name of an element without its namespace; "" for comments."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _cut(head: bytes, stream: IO[bytes], marks: Sequence[bytes]) -> Iterator[Any]:
    start = head.find(b"<row ")
    yield from _parsed(_columns(head[:start]))
    rest = head[start:]
    while True:
        *rows, rest = rest.split(b"</row>")
        for row in rows:
            if any(mark in row for mark in marks):
                yield from _parsed(row + b"</row>")
        if len(rest) > MAX_ROW:
            raise ValueError("a row of over 64 MiB")
        chunk = stream.read(READ)
        if not chunk:
            break
        rest += chunk
    last = rest.partition(b"</sheetData>")[0]
    if b"<row " in last and any(mark in last for mark in marks):
        yield from _parsed(last)


def _columns(head: bytes) -> bytes:
    start, end = head.find(b"<cols>"), head.find(b"</cols>")
    return head[start + 6 : end] if 0 <= start < end else b""


def _parsed(fragment: bytes) -> Iterator[Any]:
    """The elements of a fragment; prefixes that are declared outside it are let be."""
    from lxml import etree

    if not fragment:
        return
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    tree = etree.fromstring(b"<rows>" + fragment + b"</rows>", parser)
    yield from tree if tree is not None else ()


def _whole(stream: IO[bytes]) -> Iterator[Any]:
    from lxml import etree

    stream.seek(0)
    for _, node in etree.iterparse(
        stream, tag=("{*}row", "{*}col"), resolve_entities=False, no_network=True, huge_tree=False
    ):
        yield node
        node.clear()
        while node.getprevious() is not None:
            del node.getparent()[0]
