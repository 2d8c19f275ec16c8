"""Publishing: a complete result or none, whatever happens in between.

The result is written to OUT/.work/stage with its manifest. Then, with a journal that says how far
it got, the old result is moved aside (`retire`) and the new one moved in (`place`), MANIFEST.json
last. A run that died while retiring is rolled back by the next command, one that died while
placing is rolled forward: `recover`. A file that a person has open (Windows) stops the retiring,
which is rolled back at once: exit 7, the old result as it was.

A published file that a person changed since (a filled workbook, say) is never lost: it is kept
under OUT/kept/. A file of OUT that no run of ours published is never touched.
"""

import hashlib
import json
import os
import shutil
from pathlib import Path

from crmclean.errors import Broken, OutputRefused
from crmclean.run.abreast import abreast

MANIFEST = "MANIFEST.json"
KEPT = "kept"


def manifest(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below `folder`, by its path with forward slashes, sorted."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != MANIFEST)
    names = (path.relative_to(folder).as_posix() for path in files)
    return dict(zip(names, abreast(_sha256, files), strict=True))


def publish(out: Path, stage: Path) -> list[str]:
    """Move what is in `stage` to `out` in place of the result before; returns the files of people
    that were kept. Raises OutputRefused, with `out` as it was before."""
    _drop_empty(stage)
    _write(stage / MANIFEST, json.dumps({"files": manifest(stage)}, indent=1, ensure_ascii=False))
    flush(stage)
    before = _published(out)
    entries = sorted(path.name for path in stage.iterdir())
    _refuse_strangers(out, entries, before)
    edited = _edited(out, before)
    journal = {"stage": stage.name, "retire": _tops(before, out), "place": entries}
    _retire(out, journal)
    _place(out, journal)
    kept = _keep(out, edited)
    _clear(out)
    return kept


def recover(out: Path) -> None:
    """Finish or undo a publishing that was cut off; nothing to do in the usual case."""
    path = out / ".work" / "publish.json"
    if not path.is_file():
        return
    journal = json.loads(path.read_text(encoding="utf-8"))
    if journal["step"] == "retire":
        _roll_back(out, journal)
    else:
        _place(out, journal)
    _clear(out)


def verify_manifest(out: Path) -> dict[str, str]:
    """The manifest of a published result, checked against the files. Raises Broken."""
    files = _published(out)
    for name, digest in files.items():
        path = out / name
        if not path.is_file() or _sha256(path) != digest:
            raise Broken("MANIFEST_DIFFERS", file=name)
    return files


def _published(out: Path) -> dict[str, str]:
    path = out / MANIFEST
    return json.loads(path.read_text(encoding="utf-8"))["files"] if path.is_file() else {}


def _tops(files: dict[str, str], out: Path) -> list[str]:
    """The entries of `out` to move aside, the manifest first: without it a result is incomplete."""
    tops = sorted({name.split("/", 1)[0] for name in files})
    return [name for name in (MANIFEST, *tops) if (out / name).exists()]


def _drop_empty(folder: Path) -> None:
    """No empty folders are published: a manifest of files could not say that they are ours."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _refuse_strangers(out: Path, entries: list[str], before: dict[str, str]) -> None:
    ours = {name.split("/", 1)[0] for name in before} | {MANIFEST}
    for name in entries:
        place = out / name
        if name in ours or not place.exists():
            continue
        if place.is_file() or any(path.is_file() for path in place.rglob("*")):
            raise OutputRefused("OUTPUT_NOT_OURS", file=place)
        shutil.rmtree(place)


def _edited(out: Path, before: dict[str, str]) -> list[str]:
    """Files of the result before that a person changed, and files that a person put beside them."""
    changed = [n for n, d in before.items() if (out / n).is_file() and _sha256(out / n) != d]
    tops = {name.split("/", 1)[0] for name in before if "/" in name}
    beside = [
        path.relative_to(out).as_posix()
        for top in sorted(tops)
        for path in sorted((out / top).rglob("*"))
        if path.is_file() and not path.name.startswith("~$")
    ]
    return sorted({*changed, *(name for name in beside if name not in before)})


def _retire(out: Path, journal: dict) -> None:
    old = out / ".work" / "old"
    shutil.rmtree(old, ignore_errors=True)
    old.mkdir(parents=True)
    _note(out, {**journal, "step": "retire"})
    for name in journal["retire"]:
        try:
            (out / name).replace(old / name)
        except OSError as error:
            _roll_back(out, journal)
            _clear(out)
            raise OutputRefused("OUTPUT_IN_USE", file=out / name) from error
    _note(out, {**journal, "step": "place"})


def _roll_back(out: Path, journal: dict) -> None:
    old = out / ".work" / "old"
    for name in reversed(journal["retire"]):
        if (old / name).exists() and not (out / name).exists():
            (old / name).replace(out / name)


def _place(out: Path, journal: dict) -> None:
    stage = out / ".work" / journal["stage"]
    for name in sorted(journal["place"], key=lambda name: (name == MANIFEST, name)):
        if (stage / name).exists():
            (stage / name).replace(out / name)
    _sync(out)


def _keep(out: Path, edited: list[str]) -> list[str]:
    """Copies of people's files into OUT/kept, numbered so that none replaces another."""
    kept = []
    for name in edited:
        source = out / ".work" / "old" / name
        place = out / KEPT / name
        number = 1
        while place.exists():
            number += 1
            place = (out / KEPT / name).with_stem(f"{Path(name).stem}.{number}")
        if source.is_file():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, place)
            kept.append(place.relative_to(out).as_posix())
    return kept


def _clear(out: Path) -> None:
    (out / ".work" / "publish.json").unlink(missing_ok=True)
    shutil.rmtree(out / ".work" / "old", ignore_errors=True)


def _note(out: Path, journal: dict) -> None:
    path = out / ".work" / "publish.json"
    _write(path.with_suffix(".part"), json.dumps(journal, ensure_ascii=False))
    path.with_suffix(".part").replace(path)
    _sync(path.parent)


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())


def flush(folder: Path) -> None:
    """Bring every file below `folder` to the disk before the result is said to be there. What was
    flushed while other work went on is not waited for again."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb+") as handle:
                os.fsync(handle.fileno())
        else:
            _sync(path)


def _sync(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
