"""vCard 2.1 to 4.0, as phones export their address books: one card, one row.

Quoted-printable with soft line breaks, folded lines, CHARSET=GBK; N is surname;given and is joined
without a space where it is Chinese. A property that has no column of its own keeps its name as one.
Source: RFC 6350; vCard 2.1 specification; dirty-input.md F15.
"""

import quopri
import re
from pathlib import Path

from crmclean.errors import InputRefused
from crmclean.readers import encoding as encodings
from crmclean.readers import synthetic
from crmclean.readers.sheet import File, Note

MAX_BYTES = 256 << 20
_SKIPPED = {"BEGIN", "END", "VERSION", "PHOTO", "LOGO", "SOUND", "KEY", "PRODID", "REV", "UID"}
_NAMES = {
    "ORG": "公司名称",
    "TITLE": "职务",
    "ROLE": "角色",
    "EMAIL": "邮箱",
    "URL": "网址",
    "BDAY": "生日",
    "NOTE": "备注",
    "NICKNAME": "昵称",
    "ADR": "地址",
}


def open_vcard(path: Path, *, encoding: str | None = None, **_: object) -> File:
    """An address book. Raises InputRefused where it holds no card."""
    if path.stat().st_size > MAX_BYTES:
        raise InputRefused("FILE_TOO_BIG", file=path.name, limit="256 MiB")
    raw = path.read_bytes()
    name = encodings.known(encoding) if encoding else encodings.decide(path).name
    if name.startswith("utf-16"):
        raw, name = raw.decode(name, "replace").lstrip("\ufeff").encode(), "utf-8"
    cards, pictures = _cards(raw, "gb18030" if name == "mixed" else name)
    if not cards:
        raise InputRefused("NO_RECORDS", file=path.name)
    notes = [Note("PART_NOT_MIGRATED", value=f"images {pictures}")] if pictures else []
    reading = {"container": "vcard", "encoding": name}
    return File(path, "vcard", name, (synthetic.of_mappings("", cards, reading, notes=notes),))


def _cards(raw: bytes, name: str) -> tuple[list[dict[str, str]], int]:
    cards: list[dict[str, str]] = []
    pictures = 0
    card: dict[str, str] | None = None
    for line in _unfolded(raw):
        head, colon, content = line.partition(b":")
        key, *parameters = head.decode("latin-1").upper().split(";")
        key = key.rpartition(".")[2].strip()
        if key == "BEGIN":
            card = {}
        elif key == "END" and card is not None:
            cards.extend([card] if card else [])
            card = None
        elif key == "PHOTO":
            pictures += 1
        elif colon and card is not None and key not in _SKIPPED:
            _add(card, key, parameters, _decoded(content, parameters, name))
    cards.extend([card] if card else [])
    return cards, pictures


def _unfolded(raw: bytes) -> list[bytes]:
    """Logical lines: folded ones joined, quoted-printable soft breaks taken out."""
    lines: list[bytes] = []
    soft = False
    for line in raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"):
        if soft:
            lines[-1] = lines[-1][:-1] + line.lstrip(b" \t")
        elif line[:1] in (b" ", b"\t") and lines:
            lines[-1] += line[1:]
        elif line.strip():
            lines.append(line)
        soft = bool(lines) and lines[-1].endswith(b"=") and _is_printable(lines[-1])
    return lines


def _is_printable(line: bytes) -> bool:
    return b"QUOTED-PRINTABLE" in line.split(b":")[0].upper()


def _decoded(content: bytes, parameters: list[str], name: str) -> str:
    if any("QUOTED-PRINTABLE" in parameter for parameter in parameters):
        content = quopri.decodestring(content)
    said = [p.partition("=")[2] for p in parameters if p.startswith("CHARSET=")]
    for candidate in (*said, name, "utf-8", "gb18030"):
        try:
            return content.decode(encodings.known(candidate))
        except (UnicodeDecodeError, InputRefused, LookupError):
            continue
    return content.decode("gb18030", "replace")


def _add(card: dict[str, str], key: str, parameters: list[str], content: str) -> None:
    parts = [_plain(part) for part in re.split(r"(?<!\\);", content)]
    value = " ".join(part for part in parts if part)
    if key == "FN":
        card["姓名"] = value
        return
    if key == "N":
        card.setdefault("姓名", _person(parts))
        return
    if key == "ORG" and len(parts) > 1:
        _put(card, _NAMES[key], parts[0])
        _put(card, "部门", " ".join(parts[1:]).strip())
        return
    if key == "ADR":
        value = "".join(reversed(parts)) if _chinese(value) else value
    _put(card, _phone(parameters) if key == "TEL" else _NAMES.get(key, key), value)


def _put(card: dict[str, str], column: str, value: str) -> None:
    """A second mobile goes to 手机2: a card may have any number of each."""
    if not value:
        return
    place, name = 1, column
    while name in card:
        place += 1
        name = f"{column}{place}"
    card[name] = value


def _phone(parameters: list[str]) -> str:
    kinds = ",".join(parameters)
    if "FAX" in kinds:
        return "传真"
    if "CELL" in kinds or "IPHONE" in kinds:
        return "手机"
    return "电话"


def _person(parts: list[str]) -> str:
    surname, given, middle = [*parts, "", "", ""][:3]
    if _chinese(surname + given):
        return f"{surname}{middle}{given}"
    return " ".join(part for part in (given, middle, surname) if part)


def _chinese(text: str) -> bool:
    return bool(re.search("[\u4e00-\u9fff]", text))


def _plain(part: str) -> str:
    return re.sub(r"\\([,;:\\])", r"\1", part.replace("\\n", "\n").replace("\\N", "\n")).strip()
