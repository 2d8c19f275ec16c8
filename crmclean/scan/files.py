"""From what a person wrote to the files that are read: globs, folders, lock files left out.

Order is by path and then sheet, whatever the file system says, so that numbers of sources, and
with them the ids of records, are the same on every machine.
"""

import difflib
import hashlib
import os
from pathlib import Path

from crmclean.errors import InputRefused
from crmclean.messages import say

#: What lies beside sources: our own files, memo files of DBF, downloads that are not done.
SKIPPED_SUFFIXES = {
    ".yaml", ".yml", ".toml", ".md", ".py", ".fpt", ".dbt", ".lock", ".tmp", ".crdownload", ".part",
}  # fmt: skip
#: How the lock files of Excel, WPS and LibreOffice begin.
LOCKS = ("~$", ".~")
#: How many files are named that may have been meant.
NEAR = 3
#: What Windows leaves in folders.
SKIPPED_NAMES = {"thumbs.db", "desktop.ini"}


def find(pattern: str, base: Path) -> tuple[list[Path], list[Path]]:
    """(files, files left out) for a path, a folder or a glob. Raises InputRefused for none."""
    path = base / pattern
    if path.is_file():
        found = [path]
    elif path.is_dir():
        found = [file for file in path.rglob("*") if file.is_file()]
    elif any(mark in pattern for mark in "*?["):
        found = [file for file in _glob(pattern, base) if file.is_file()]
    else:
        raise InputRefused("FILE_MISSING", file=pattern, near=_near(pattern, base))
    locks = [file for file in found if file.name.startswith(LOCKS)]
    hidden = [file for file in found if file.name.startswith(".") or _beside(file, path)]
    kept = sorted(set(found) - set(locks) - set(hidden))
    if not kept and locks:
        raise InputRefused("ONLY_LOCK_FILES", file=pattern)
    if not kept:
        raise InputRefused("NO_FILES_MATCH", file=pattern, near=_near(pattern, base))
    return kept, sorted(locks)


def _near(pattern: str, base: Path) -> str:
    """Words about files that may have been meant: .csv came as .xlsx, or with another month in its
    name; "" where there are none."""
    asked, folder = Path(pattern), (base / pattern).parent
    other = _glob(str(asked.with_suffix(".*")), base) if asked.suffix else []
    there = {path.name: path for path in folder.iterdir()} if folder.is_dir() else {}
    alike = difflib.get_close_matches(asked.name, sorted(there), NEAR)
    files = dict.fromkeys([*sorted(other), *(there[name] for name in alike)])
    names = [file.name for file in files if file.is_file() and not _beside(file, base)][:NEAR]
    return say("reading.near", files=say("check.comma").join(names)) if names else ""


def _glob(pattern: str, base: Path) -> list[Path]:
    whole = Path(pattern)
    try:
        if whole.is_absolute():
            return list(Path(whole.anchor).glob(str(whole.relative_to(whole.anchor))))
        return list(base.glob(pattern))
    except ValueError as error:  # `**` that is no whole part of the path
        raise InputRefused("NO_FILES_MATCH", file=pattern, near="") from error


def is_no_source(path: Path) -> bool:
    """Whether a file that a shell's `*` named is only beside one: a lock, a memo file of DBF."""
    memo = path.suffix.lower() in (".fpt", ".dbt") and _is_dbf_beside(path)
    return memo or path.name.startswith(LOCKS) or path.name.lower() in SKIPPED_NAMES


def _is_dbf_beside(path: Path) -> bool:
    return any(path.with_suffix(suffix).is_file() for suffix in (".dbf", ".DBF"))


def _beside(file: Path, asked: Path) -> bool:
    name = file.name.lower()
    return file != asked and (file.suffix.lower() in SKIPPED_SUFFIXES or name in SKIPPED_NAMES)


def relative(path: Path, base: Path) -> str:
    """A path as the plan keeps it: relative to the project where possible, with "/"."""
    try:
        return path.relative_to(base).as_posix()
    except ValueError:
        pass
    try:
        return Path(os.path.relpath(path, base)).as_posix()
    except ValueError:  # another drive of Windows
        return path.resolve().as_posix()


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
