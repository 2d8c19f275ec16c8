"""What a file really is, told from its first bytes, never from its name.

Legacy ".xls" files are BIFF, OOXML, HTML, tab-separated text, XML or MHTML
(reference: the file formats' magic numbers; ECMA-376 part 2 for OOXML packages, [MS-CFB] 2.2).
"""

import re
import zipfile
from pathlib import Path

from crmclean.errors import InputRefused

HEAD = 4096
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DBF_VERSIONS = frozenset(b"\x02\x03\x04\x05\x30\x31\x32\x43\x63\x83\x8b\x8e\xcb\xf5\xfb")


def detect(path: Path) -> str:
    """The container of a file: xlsx, xlsb, ods, zip, ole, html, csv, json… Raises InputRefused
    for a file that is missing, empty, a folder or not readable."""
    head = _head(path)
    if head.startswith(b"PK\x03\x04"):
        return _package(path)
    if head.startswith(OLE):
        return "ole"
    if re.match(rb"[\x09\x00]\x08[\x04\x06\x08]\x00|\x09\x00\x04\x00|\x09[\x02\x04]\x06\x00", head):
        return "xls"
    if head.startswith(b"SQLite format 3\0"):
        return "sqlite"
    if head[4:19] in (b"Standard Jet DB", b"Standard ACE DB"):
        return "access"
    if _is_dbf(head, path.stat().st_size):
        return "dbf"
    return _known_binary(head) or _text_container(head)


def _head(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise InputRefused("FILE_IS_A_FOLDER", file=path)
        with path.open("rb") as file:
            head = file.read(HEAD)
    except FileNotFoundError as error:
        raise InputRefused("FILE_MISSING", file=path, near="") from error
    except OSError as error:
        raise InputRefused("FILE_UNREADABLE", file=path, reason=error.strerror) from error
    if not head:
        raise InputRefused("FILE_EMPTY", file=path.name)
    return head


def _package(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InputRefused("FILE_TRUNCATED", file=path.name) from error
    if any(name.lower() == "xl/workbook.bin" for name in names):
        return "xlsb"
    if "[Content_Types].xml" in names and any(name.lower().startswith("xl/") for name in names):
        return "xlsx"
    if "mimetype" in names and "content.xml" in names:
        return "ods"
    if any(name.lower().endswith(".iwa") for name in names):
        raise InputRefused("FILE_NUMBERS", file=path.name)
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise InputRefused("FILE_NOT_A_TABLE", file=path.name, container="docx/pptx")
    return "zip"


def _is_dbf(head: bytes, size: int) -> bool:
    if len(head) < 32 or head[0] not in DBF_VERSIONS:
        return False
    length = int.from_bytes(head[8:10], "little")
    record = int.from_bytes(head[10:12], "little")
    plausible = 0 < head[2] <= 12 and 0 < head[3] <= 31
    return plausible and length >= 33 and length <= size and record > 0 and b"\0" in head[4:32]


_BINARIES = {
    b"%PDF": "PDF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"\x1f\x8b": "gzip",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"MZ": "EXE",
}


def _known_binary(head: bytes) -> str | None:
    for magic, name in _BINARIES.items():
        if head.startswith(magic) and (name != "EXE" or b"\0\0\0" in head[:64]):
            return f"binary:{name}"
    return "binary" if _scrambled(head) else None


def _scrambled(head: bytes) -> bool:
    """Bytes of no text: control characters of many kinds, all over. Text has few kinds of them
    (NUL as filling, Ctrl-A as a delimiter), however many."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    controls = [byte for byte in head if byte < 32 and byte not in b"\0\t\n\r\x1a\x1b"]
    return len(controls) > 0.04 * len(head) and len(set(controls)) >= 12


_EXCEL_2003 = "urn:schemas-microsoft-com:office:spreadsheet"


def _text_container(head: bytes) -> str:
    text = _as_text(head).lstrip("\ufeff \t\r\n").lower()
    if text.startswith("mime-version:") or re.match(r"(from|content-type|x-\w+):.*\n", text[:80]):
        return "mhtml" if "multipart/related" in text or "mime-version" in text[:200] else "csv"
    if text.startswith("<") and _EXCEL_2003 in text and "<html" not in text:
        return "spreadsheetml"
    if re.match(
        r"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<(html|table|!doctype html|meta|div|style|head|body|center|font|b>|p>|h\d|tr|script)",
        text,
        re.S,
    ):
        return "html"
    if text.startswith("<") and re.match(r"<(\?xml|!doctype|[a-z_][\w.:-]*[\s/>])", text):
        return "xml"
    if text.startswith("begin:vcard"):
        return "vcard"
    if re.match(r"(\[\s*[\[{\]\"]|\{\s*[\"}])", text):
        return "json"
    if re.search(
        r"^\s*(-- (mysql|mariadb|postgresql database) dump|insert (ignore )?into\b|create table\b|"
        r"replace into\b|/\*!\d|insert \[|use \[\w+\]\s*(go|;)|copy [\w.\"]+ \(.*\) from stdin|"
        r"rem inserting into|-- phpmyadmin sql dump|/\*+\s*navicat |/\*{6} object: )",
        text,
        re.M,
    ):
        return "sql"
    return "csv"


def _as_text(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    if head[1:2] == b"\0" and head[3:4] == b"\0":
        return head.decode("utf-16-le", "replace")
    if head[:1] == b"\0" and head[2:3] == b"\0":
        return head.decode("utf-16-be", "replace")
    return head.decode("latin-1")
