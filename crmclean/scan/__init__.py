"""The first pass over every source: counts only, and from them the plan (design.md 5).

Encoding, layout, kinds of rows, fills, the order of day and month: decided once, over the whole
source, each with its evidence. After that, mapping and rules are pure functions of (batch, plan).
Everything odd becomes an issue; a source that cannot be read is refused with a code.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from crmclean import messages, project, readers, tables
from crmclean.errors import InputRefused, UsageError
from crmclean.headings import plain
from crmclean.plan import Plan, Source
from crmclean.readers import File, Note, Sheet
from crmclean.scan import files as sought
from crmclean.scan.inspection import inspect
from crmclean.scan.survey import Survey

__all__ = ["inspect", "scan", "scan_files"]

#: Notes of a reader that are how it read, not something to look at.
QUIET = frozenset({"READ_AS", "ZERO_PADDED"})


@dataclass(frozen=True)
class _Read:
    """One sheet that was surveyed, before sources are numbered."""

    source: Source
    found: tuple[tuple, ...]

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(plain(column.heading) for column in self.source.columns)


def scan(settings: project.Project, base: Path) -> tuple[Plan, pa.Table]:
    """The plan of a project and the issues of reading (tables.ISSUES).

    Raises InputRefused for a file or sheet that is missing or cannot be read, UsageError where
    two entries of `sources` read the same sheet."""
    reads: list[_Read] = []
    loose: list[tuple] = []
    for place, entry in enumerate(settings.sources):
        files, locks = sought.find(entry.path, base)
        loose.extend(("LOCK_FILE_SKIPPED", lock.name) for lock in locks)
        reads.extend(_entry(entry, place, files, base, loose))
    taken: dict[tuple[str, str], int] = {}
    for read in reads:
        key = read.source.path, read.source.sheet
        if key in taken and taken[key] != read.source.entry:
            raise UsageError("SOURCE_TWICE", file=key[0], sheet=key[1])
        taken[key] = read.source.entry
    return _numbered(reads, loose)


def scan_files(files: Iterable[Path | str], base: Path, **reading: Any) -> tuple[Plan, pa.Table]:
    """The same for files (paths from where the person stands) without a project: every sheet
    that holds a table. The plan names them relative to `base`.

    Sheets with the same headings get the same `entry`, so that they become one logical table."""
    reads: list[_Read] = []
    loose: list[tuple] = []
    entry = project.Source(path="*", **_said(reading))
    for pattern in files:
        found, locks = sought.find(str(pattern), Path())
        loose.extend(("LOCK_FILE_SKIPPED", lock.name) for lock in locks)
        for path in found:
            reads.extend(_file(path, entry, 0, base, loose, every=True))
    if not reads:
        raise InputRefused("NO_TABLE_FOUND", file=", ".join(str(Path(str(f)).name) for f in files))
    unique = {(read.source.path, read.source.sheet): read for read in reads}
    groups: dict[tuple, int] = {}
    ordered = [unique[key] for key in sorted(unique)]
    grouped = [
        replace(
            read,
            source=replace(read.source, entry=groups.setdefault(read.key, len(groups))),
        )
        for read in ordered
    ]
    return _numbered(grouped, loose)


def _said(reading: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in reading.items() if value is not None}


def _entry(
    entry: project.Source, place: int, files: Sequence[Path], base: Path, loose: list[tuple]
) -> list[_Read]:
    """The sheets of one entry of `sources`: those it names, or all visible ones with one header."""
    reads = [read for path in files for read in _file(path, entry, place, base, loose, every=False)]
    if not reads:
        raise InputRefused("NO_TABLE_FOUND", file=entry.path)
    wanted = {plain(name) for name in _columns_of(entry)}
    first = max(reads, key=lambda read: (_covers(read, wanted), read.source.counts.get("data", 0)))
    kept = [read for read in reads if read.key == first.key or _covers(read, wanted)]
    for read in reads:
        if read not in kept:
            loose.append(("SHEET_DIFFERENT_HEADER", read.source.name))
    return kept


def _columns_of(entry: project.Source) -> list[str]:
    names: list[str] = []
    for source in entry.fields.values():
        names.extend(source.concat or ())
        names.extend([source.column] if source.column else [])
    return names


def _covers(read: _Read, wanted: set[str]) -> bool:
    headings = {plain(column.heading) for column in read.source.columns}
    last = {plain(column.heading.rsplit("/", 1)[-1]) for column in read.source.columns}
    return bool(wanted) and wanted <= headings | last


def _file(
    path: Path,
    entry: project.Source,
    place: int,
    base: Path,
    loose: list[tuple],
    every: bool,
) -> list[_Read]:
    file = readers.open_file(
        path,
        encoding=entry.encoding,
        delimiter=entry.delimiter,
        password_env=entry.password_env,
        layout="form" if entry.layout == "form" else None,
    )
    stamp = {"sha256": sought.sha256(path), "size": path.stat().st_size}
    reads: list[_Read] = []
    for sheet in _wanted(file, entry, loose, every):
        read = _survey(file, sheet, entry, place, sought.relative(path, base), stamp)
        if read.source.counts:
            reads.append(read)
        else:
            loose.append(("SHEET_EMPTY", read.source.name))
    if not reads:
        raise InputRefused("FILE_WITHOUT_ROWS", file=path.name)
    return reads


def _wanted(file: File, entry: project.Source, loose: list[tuple], every: bool) -> list[Sheet]:
    if entry.sheet:
        named = [sheet for sheet in file.sheets if sheet.name == entry.sheet]
        if not named:
            known = ", ".join(sheet.name for sheet in file.sheets)
            raise InputRefused("SHEET_MISSING", file=file.path.name, sheet=entry.sheet, known=known)
        return named
    shown = [sheet for sheet in file.sheets if sheet.visibility == "visible"]
    for sheet in file.sheets:
        if sheet not in shown:
            loose.append(("SHEET_HIDDEN", f"{file.path.name}#{sheet.name}"))
    return shown


def _survey(
    file: File, sheet: Sheet, entry: project.Source, place: int, path: str, stamp: dict[str, Any]
) -> _Read:
    survey = Survey(file.path.name, sheet, entry)
    survey.run()
    columns = survey.columns()
    source = Source(
        number=0,
        entry=place,
        path=path,
        sheet=sheet.name,
        system=entry.system or _system(path),
        role=entry.role,
        object=entry.object,
        reading=dict(sheet.reading),
        header_rows=survey.layout.header_rows,
        columns=columns,
        kinds=dict(sorted(survey.kinds.items())),
        fills=tuple(sorted(survey.fills.fills, key=lambda fill: (fill.row, fill.column))),
        counts=survey.counts(),
        evidence=survey.layout.evidence + _evidence(file),
        **stamp,
    )
    noted = [_told(note, source) for note in (*file.notes, *sheet.notes) if note.code not in QUIET]
    return _Read(source, (*noted, *survey.found))


def _system(path: str) -> str:
    return Path(path).stem


def _evidence(file: File) -> tuple[str, ...]:
    told = [f"container: {file.container}"]
    for note in file.notes:
        if note.code == "READ_AS":
            told.extend(f"{name}: {why}" for name, why in note.facts.items() if why)
    return tuple(told)


def _told(note: Note, source: Source) -> tuple:
    heading = None
    if note.column is not None and note.column <= len(source.columns):
        heading = source.columns[note.column - 1].heading
    value = note.value if note.value is not None else _count(note)
    return note.row, heading, note.code, value


def _count(note: Note) -> str | None:
    return str(note.facts["count"]) if "count" in note.facts else None


def _numbered(reads: Sequence[_Read], loose: Sequence[tuple]) -> tuple[Plan, pa.Table]:
    ordered = sorted(reads, key=lambda read: (read.source.path, read.source.sheet))
    sources, issues = [], []
    for number, read in enumerate(ordered, 1):
        sources.append(replace(read.source, number=number))
        issues.extend((number, *found) for found in read.found)
    issues.extend((None, None, None, code, value) for code, value in loose)
    return Plan(tuple(sources)), _issues(issues)


def _issues(found: Sequence[tuple]) -> pa.Table:
    source, row, heading, code, value = (
        ([*column] for column in zip(*found, strict=True)) if (found) else ([], [], [], [], [])
    )
    severity = [messages.severity(name) for name in code]
    return tables.table(
        tables.ISSUES,
        {
            "source": source,
            "row": row,
            "column": heading,
            "code": code,
            "severity": severity,
            "value": value,
        },
    )
