"""The first pass over every source: counts only, and from them the plan (design.md 5).

Encoding, layout, kinds of rows, fills, the order of day and month: decided once, over the whole
source, each with its evidence. After that, mapping and rules are pure functions of (batch, plan).
Everything odd becomes an issue; a source that cannot be read is refused with a code.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from crmclean import messages, project, tables
from crmclean.errors import InputRefused, UsageError
from crmclean.headings import plain
from crmclean.plan import Plan
from crmclean.scan import files as sought
from crmclean.scan.inspection import inspect
from crmclean.scan.remembered import Remembered
from crmclean.scan.search import Read, Search

__all__ = ["Remembered", "inspect", "scan", "scan_files"]


def scan(
    settings: project.Project,
    base: Path,
    spool: Path | None = None,
    remembered: Remembered | None = None,
    partly: bool = False,
) -> tuple[Plan, pa.Table]:
    """The plan of a project and the issues of reading (tables.ISSUES).

    `spool`: a folder to keep the rows in, for `readers.rows`; `remembered`: what the last run saw,
    and where to note what this one sees. Raises InputRefused for
    a file or sheet that is missing or cannot be read (`partly`: that is left out), UsageError where two entries of `sources`
    read the same table."""
    search = Search(base, spool, remembered)
    reads: list[Read] = []
    left: dict[str, None] = {}
    for place, entry in enumerate(settings.sources):
        try:
            found = _found(entry, place, search)
        except InputRefused:
            if not partly:
                raise
            continue
        kept = _kept(entry, found)
        reads.extend(kept)
        left.update(dict.fromkeys(read.source.name for read in found if read not in kept))
    names = {read.source.name for read in reads}
    search.loose.extend(("SHEET_DIFFERENT_HEADER", name) for name in left if name not in names)
    taken: dict[tuple[str, str], int] = {}
    for read in reads:
        key = read.source.path, read.source.sheet
        if key in taken and taken[key] != read.source.entry:
            raise UsageError("SOURCE_TWICE", file=key[0], sheet=key[1])
        taken[key] = read.source.entry
    plan, issues = _numbered(reads, search.loose)
    if remembered:
        remembered.save(plan)
    return plan, issues


def scan_files(files: Iterable[Path | str], base: Path, **reading: Any) -> tuple[Plan, pa.Table]:
    """The same for files (paths from where the person stands) without a project: every sheet
    that holds a table, hidden ones too. The plan names them relative to `base`.

    Sheets with the same headings get the same `entry`, so that they become one logical table. One
    of several files that cannot be read is told and left out. Raises InputRefused where none can."""
    search = Search(base, hidden_too=True)
    entry = project.Source(path="*", **_said(reading))
    patterns = [str(pattern) for pattern in files]
    if len(patterns) > 1:
        patterns = [pattern for pattern in patterns if not sought.is_no_source(Path(pattern))]
    found = [path for pattern in patterns for path in search.find(pattern, Path())]
    reads = [read for path in found for read in _readable(search, path, entry, len(found) > 1)]
    if not reads:
        raise InputRefused("NO_TABLE_FOUND", file=", ".join(Path(name).name for name in patterns))
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
    return _numbered(grouped, search.loose)


def _readable(search: Search, path: Path, entry: project.Source, several: bool) -> list[Read]:
    """The tables of a file; one of several that is refused is only told."""
    try:
        return search.read(path, entry, 0)
    except InputRefused as error:
        if not several:
            raise
        search.loose.append(("FILE_LEFT_OUT", str(error)))
        return []


def _said(reading: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in reading.items() if value is not None}


def _found(entry: project.Source, place: int, search: Search) -> list[Read]:
    """The tables that one entry of `sources` may mean: the one it names, or all visible ones."""
    files = search.find(entry.path, search.base)
    reads = [read for path in files for read in search.read(path, entry, place)]
    if not reads:
        raise InputRefused("NO_TABLE_FOUND", file=entry.path)
    return reads


def _kept(entry: project.Source, reads: list[Read]) -> list[Read]:
    """Those with the headings that the entry names, else with those of the largest one."""
    wanted = {plain(name) for name in _columns_of(entry)}
    first = max(reads, key=lambda read: (_covers(read, wanted), read.source.counts.get("data", 0)))
    return [read for read in reads if read.key == first.key or _covers(read, wanted)]


def _columns_of(entry: project.Source) -> list[str]:
    names: list[str] = []
    for _, source in entry.given:
        names.extend(source.concat or ())
        names.extend([source.column] if source.column else [])
    return names


def _covers(read: Read, wanted: set[str]) -> bool:
    headings = {plain(column.heading) for column in read.source.columns}
    last = {plain(column.heading.rsplit("/", 1)[-1]) for column in read.source.columns}
    return bool(wanted) and wanted <= headings | last


def _numbered(reads: Sequence[Read], loose: Sequence[tuple]) -> tuple[Plan, pa.Table]:
    ordered = sorted(reads, key=lambda read: (read.source.path, read.source.sheet))
    sources, issues = [], []
    for number, read in enumerate(ordered, 1):
        sources.append(replace(read.source, number=number))
        issues.extend((number, *found) for found in read.found)
        if read.source.role == "legacy" and not read.source.counts.get("data"):
            issues.append((number, None, None, "SOURCE_EMPTY", read.source.name))
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
