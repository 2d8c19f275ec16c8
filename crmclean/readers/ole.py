"""The OLE file around an old .xls: its workbook stream, and what would mislead the fast reader.

The size of a stream is 8 bytes, of which old programs fill only 4 and leave rubbish in the rest;
the fast reader believes all 8 and reserves hundreds of gigabytes. Source: [MS-CFB] 2.6.1 ("most
significant 32 bits … MUST be ignored" in version 3 files).
"""

import io
from pathlib import Path

from crmclean.errors import InputRefused

_ENTRY = 128
_NAMES = tuple(name.encode("utf-16-le") for name in ("Root Entry", "Workbook", "Book"))


def stream(raw: bytes, path: Path) -> bytes:
    """The workbook stream of an OLE file; a bare BIFF file is its own stream."""
    from xlrd import compdoc

    if not raw.startswith(compdoc.SIGNATURE):
        return raw
    try:
        folder = compdoc.CompDoc(raw, logfile=io.StringIO())
        for name in ("Workbook", "Book"):
            memory, base, length = folder.locate_named_stream(name)
            if memory:
                return memory[base : base + length]
    except Exception as error:
        raise InputRefused("FILE_DAMAGED", file=path.name, reason="OLE") from error
    if raw.find("EncryptedPackage".encode("utf-16-le")) >= 0:
        raise InputRefused("FILE_ENCRYPTED", file=path.name)
    raise InputRefused("FILE_NOT_A_TABLE", file=path.name, container="OLE")


def mended(raw: bytes, path: Path) -> bytes:
    """The same file without rubbish in the sizes of its streams.

    Raises InputRefused where a stream claims to be longer than the file."""
    found = bytearray(raw)
    for name in _NAMES:
        at = raw.find(name + b"\0\0")
        while at >= 0:
            if at % _ENTRY == 0 and raw[at + 66 : at + 67] in (b"\x02", b"\x05"):
                found[at + 124 : at + 128] = bytes(4)
                if int.from_bytes(found[at + 120 : at + 124], "little") > len(raw):
                    raise InputRefused("FILE_DAMAGED", file=path.name, reason="OLE")
            at = raw.find(name + b"\0\0", at + 1)
    return bytes(found)
