"""JSON, JSON lines and XML exports: the largest list of records in them, one level flattened.

Numbers keep their text (an 18-digit id is not a double); what is nested deeper than one level is
kept as JSON text, never dropped. XML with a DOCTYPE is refused: entities have no place in data.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crmclean.errors import InputRefused
from crmclean.readers import encoding as encodings
from crmclean.readers import synthetic, text
from crmclean.readers.sheet import File, Note

MAX_BYTES = 512 << 20
MAX_DEPTH = 100


def open_json(path: Path, *, encoding: str | None = None, **_: object) -> File:
    """A JSON or JSON-lines file. Raises InputRefused where it is neither or holds no records."""
    name, page = page_of(path, encoding)
    records = _largest(_parsed(page, path))
    if not records:
        raise InputRefused("NO_RECORDS", file=path.name)
    flat = [_flat(record) for record in records]
    reading = {"container": "json", "encoding": name}
    nested = [Note("VALUE_NESTED")] if any(_nested(record) for record in flat) else []
    flat = [{key: _text(value) for key, value in record.items()} for record in flat]
    return File(path, "json", name, (synthetic.of_mappings("", flat, reading, notes=nested),))


def page_of(path: Path, encoding: str | None) -> tuple[str, str]:
    if path.stat().st_size > MAX_BYTES:
        raise InputRefused("FILE_TOO_BIG", file=path.name, limit="512 MiB")
    name = encodings.known(encoding) if encoding else encodings.decide(path).name
    page = b"".join(text.blocks(path, name, text.Tally())).decode("utf-8", "replace")
    return name, page


def _parsed(page: str, path: Path) -> Any:
    try:
        return _load(page)
    except (ValueError, RecursionError) as whole:
        lines = [line for line in page.split("\n") if line.strip()]
        if len(lines) < 2 or isinstance(whole, RecursionError):
            raise InputRefused("FILE_DAMAGED", file=path.name, reason="JSON") from whole
        return list(_lines(lines, path))


def _lines(lines: list[str], path: Path) -> Iterator[Any]:
    for number, line in enumerate(lines, 1):
        try:
            yield _load(line.rstrip().rstrip(","))
        except (ValueError, RecursionError) as error:
            reason = f"JSON, line {number}"
            raise InputRefused("FILE_DAMAGED", file=path.name, reason=reason) from error


def _load(page: str) -> Any:
    return json.loads(page, parse_int=str, parse_float=str, parse_constant=str)


def _largest(tree: Any) -> list[dict[str, Any]]:
    """The longest list of mappings anywhere in a tree; a lone mapping is a list of one."""
    best: list[dict[str, Any]] = []
    waiting = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if isinstance(node, list):
            found = [entry for entry in node if isinstance(entry, dict)]
            if len(found) > len(best):
                best = found
        if depth < MAX_DEPTH and isinstance(node, list | dict):
            inner = node if isinstance(node, list) else node.values()
            waiting.extend((entry, depth + 1) for entry in inner if isinstance(entry, list | dict))
    if not best and isinstance(tree, dict):
        return [tree]
    return best


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, dict) and value:
            flat.update({f"{key}.{inner}": part for inner, part in value.items()})
        else:
            flat[str(key)] = value
    return flat


def _nested(record: dict[str, Any]) -> bool:
    return any(isinstance(value, list | dict) and value for value in record.values())


def _text(value: Any) -> Any:
    if isinstance(value, list | dict):
        plain = isinstance(value, list) and all(isinstance(part, str) for part in value)
        return "；".join(value) if plain else json.dumps(value, ensure_ascii=False)
    return value


def open_xml(path: Path, *, encoding: str | None = None, **_: object) -> File:
    """An XML export: the element that repeats most and has parts is the record."""
    from lxml import etree

    if path.stat().st_size > MAX_BYTES:
        raise InputRefused("FILE_TOO_BIG", file=path.name, limit="512 MiB")
    refuse_entities(path)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, encoding=encoding)
    try:
        tree = etree.parse(str(path), parser)
    except (etree.XMLSyntaxError, LookupError, OSError) as error:
        raise InputRefused("FILE_DAMAGED", file=path.name, reason="XML") from error
    records = _elements(tree.getroot())
    if not records:
        raise InputRefused("NO_RECORDS", file=path.name)
    reading = {"container": "xml"}
    if encoding:
        reading["encoding"] = encoding
    flat = [_fields(record) for record in records]
    sheet = synthetic.of_mappings("", flat, reading)
    return File(path, "xml", tree.docinfo.encoding, (sheet,))


def refuse_entities(path: Path) -> None:
    """Raises InputRefused for XML that has a DOCTYPE or defines entities, in any encoding."""
    with path.open("rb") as file:
        tail = b""
        while chunk := file.read(1 << 20):
            window = (tail + chunk).replace(b"\0", b"")
            if b"<!DOCTYPE" in window or b"<!ENTITY" in window:
                raise InputRefused("FILE_UNSAFE_ENTITIES", file=path.name)
            tail = chunk[-32:]


def _elements(root: Any) -> list:
    """The elements with parts (children or attributes) whose path occurs most often."""
    counts: Counter[tuple[Any, str]] = Counter()
    for node in root.iter():
        if isinstance(node.tag, str) and (len(node) or node.attrib) and node is not root:
            counts[node.getparent(), node.tag] += 1
    if not counts:
        return [root] if len(root) or root.attrib else []
    (parent, tag), _ = max(counts.items(), key=lambda item: item[1])
    return [node for node in parent if node.tag == tag]


def _fields(record: Any) -> dict[str, str]:
    found = {_local(name): value for name, value in record.attrib.items()}
    for part in record:
        if not isinstance(part.tag, str):
            continue
        name = _local(part.tag)
        if len(part):
            inner = {f"{name}.{_local(p.tag)}": _inner(p) for p in part if isinstance(p.tag, str)}
        else:
            inner = {name: part.text or ""}
            inner |= {f"{name}.{_local(key)}": value for key, value in part.attrib.items()}
        for key, value in inner.items():
            found[key] = f"{found[key]}；{value}" if found.get(key) and value else value
    return found


def _inner(node: Any) -> str:
    return "".join(node.itertext()).strip()


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
