"""ZIP archives of exports: every readable file in them, its sheets named `file/sheet`.

Old Chinese archives keep names in GBK without saying so. Members are unpacked one by one into a
private folder that goes away with the File. An archive in an archive is not opened.
Source: APPNOTE.TXT 4.4.4 (bit 11); dirty-input.md F17.
"""

import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

from crmclean.errors import InputRefused
from crmclean.readers import preflight
from crmclean.readers.sheet import File, Note, Sheet

MAX_NAME = 120


def open_archive(path: Path, opened: Callable[..., File], **reading: Any) -> File:
    """The sheets of all members; `opened` opens one. Raises InputRefused where none is readable."""
    preflight.check(path, path)
    folder = tempfile.TemporaryDirectory(prefix="crmclean-")
    sheets: list[Sheet] = []
    notes: list[Note] = []
    with zipfile.ZipFile(path) as package:
        for place, entry in enumerate(package.infolist()):
            name = _name(entry)
            if entry.is_dir() or _is_noise(name):
                continue
            member = _unpack(package, entry, Path(folder.name) / str(place), name)
            sheets.extend(_member(member, name, opened, reading, notes, folder))
    if not sheets:
        raise InputRefused("NO_TABLE_FOUND", file=path.name)
    return File(path, "zip", None, tuple(sheets), notes)


def _name(entry: zipfile.ZipInfo) -> str:
    """The name of a member: UTF-8 where bit 11 says so, else GBK where it can be."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return entry.filename


def _is_noise(name: str) -> bool:
    last = PurePosixPath(name).name
    return last.startswith(("~$", ".")) or name.startswith("__MACOSX/")


def _unpack(package: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path, name: str) -> Path:
    folder.mkdir()
    safe = "".join(c if c.isalnum() or c in "._- " else "_" for c in PurePosixPath(name).name)
    target = folder / (safe[-MAX_NAME:] or "member")
    with package.open(entry) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy)
    return target


def _member(
    member: Path,
    name: str,
    opened: Callable[..., File],
    reading: dict[str, Any],
    notes: list[Note],
    folder: tempfile.TemporaryDirectory,
) -> list[Sheet]:
    try:
        file = opened(member, **reading)
    except InputRefused as error:
        notes.append(Note("MEMBER_NOT_READ", value=f"{name}: {error}"))
        return []
    if file.container == "zip":
        notes.append(Note("MEMBER_NOT_READ", value=name))
        return []
    for sheet in file.sheets:
        sheet.name = f"{name}/{sheet.name}" if sheet.name else name
        sheet.read = _keeping(sheet.read, folder)
        sheet.reading = {**reading, "container": "zip"}
    return list(file.sheets)


def _keeping(read: Callable, folder: tempfile.TemporaryDirectory) -> Callable:
    """Reading the member, and holding on to the folder it lies in as long as that is possible."""

    def again(size: int) -> Any:
        assert folder.name
        return read(size)

    return again
