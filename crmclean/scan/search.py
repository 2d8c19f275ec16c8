"""One file to surveyed sources: every sheet that is wanted, read once.

What is odd but belongs to no source (hidden sheets, sheets that are empty) is told in `loose`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from crmclean import project, readers
from crmclean.errors import InputRefused
from crmclean.headings import plain
from crmclean.plan import Source
from crmclean.readers import File, Note, Sheet, forms, spool
from crmclean.scan import files as sought
from crmclean.scan.refresh import Refreshed, refreshed
from crmclean.scan.remembered import Remembered
from crmclean.scan.sheet_tables import tables_of
from crmclean.scan.survey import Survey

#: Notes of a reader that are how it read, not something to look at.
QUIET = frozenset({"READ_AS", "ZERO_PADDED"})
#: Containers in which a person may have laid out a form.
FORMS = frozenset({"xlsx", "xlsb", "ods", "xls", "html", "mhtml", "spreadsheetml"})


@dataclass(frozen=True)
class Read:
    """One sheet that was surveyed, before sources are numbered."""

    source: Source
    found: tuple[tuple, ...]

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(plain(column.heading) for column in self.source.columns)


@dataclass
class Search:
    """What the files of one scan share: where paths start, where the rows of files are kept,
    what the last run saw, what was odd so far: (code, value), and whether hidden sheets are
    read without being named."""

    base: Path
    spool: Path | None = None
    remembered: Remembered | None = None
    loose: list[tuple] = field(default_factory=list)
    hidden_too: bool = False

    def find(self, pattern: str, start: Path) -> list[Path]:
        """The files that a path or pattern names; lock files of open workbooks are told."""
        files, locks = sought.find(pattern, start)
        self.loose.extend(("LOCK_FILE_SKIPPED", lock.name) for lock in locks)
        return files

    def read(self, path: Path, entry: project.Source, place: int) -> list[Read]:
        """The wanted sheets of a file; those without a header (a cover, a chart's numbers) are told.
        Raises InputRefused where none is left with rows."""
        file = readers.open_file(
            path,
            encoding=entry.encoding,
            delimiter=entry.delimiter,
            password_env=entry.password_env,
            layout="form" if entry.layout == "form" else None,
        )
        if entry.layout is None and file.container in FORMS and forms.suits(file):
            file = forms.as_table(file)
        stamp = {"sha256": sought.sha256(path), "size": path.stat().st_size}
        stamp["path"] = sought.relative(path, self.base)
        reads: list[Read] = []
        for sheet in self._wanted(file, entry):
            self._keep(sheet, stamp)
            try:
                found = self._tables(file, sheet, entry, place, stamp)
            except InputRefused as error:
                if error.code != "SHEET_WITHOUT_HEADER" or entry.sheet or len(file.sheets) == 1:
                    raise
                self.loose.append(("SHEET_NO_TABLE", f"{path.name}#{sheet.name}"))
                continue
            reads.extend(found)
            if not found and sheet.visibility == "visible":
                name = f"{path.name}#{sheet.name}" if sheet.name else path.name
                self.loose.append(("SHEET_EMPTY", name))
        if not reads:
            raise InputRefused("FILE_WITHOUT_ROWS", file=path.name)
        return reads

    def _wanted(self, file: File, entry: project.Source) -> list[Sheet]:
        if entry.sheet:
            pages = (entry.sheet, entry.sheet.rpartition("@")[0])
            named = [sheet for page in pages for sheet in file.sheets if sheet.name == page]
            if not named:
                known = ", ".join(sheet.name for sheet in file.sheets)
                raise InputRefused(
                    "SHEET_MISSING", file=file.path.name, sheet=entry.sheet, known=known
                )
            return named[:1]
        shown = [sheet for sheet in file.sheets if sheet.visibility == "visible"]
        for sheet in file.sheets:
            if sheet not in shown:
                self.loose.append(("SHEET_HIDDEN", f"{file.path.name}#{sheet.name}"))
        return file.sheets if self.hidden_too else shown

    def _keep(self, sheet: Sheet, stamp: dict[str, Any]) -> None:
        """The rows of a file are kept for the second pass."""
        if self.spool is None:
            return
        folder = spool.place(self.spool, stamp["path"], sheet.name, stamp["sha256"], sheet.reading)
        sheet.read = spool.keeping(sheet.read, folder)

    def _tables(
        self, file: File, sheet: Sheet, entry: project.Source, place: int, stamp: dict[str, Any]
    ) -> list[Read]:
        """The tables of a sheet: all, or the one that the entry names. Raises InputRefused where
        that one is not there."""
        again = self._again(file, sheet, entry, place, stamp)
        surveys = [again.survey] if again else list(tables_of(file, sheet, entry))
        reads = []
        for number, survey in enumerate(surveys, 1):
            source = _source(survey, entry, place, number, len(surveys), stamp)
            source = replace(source, evidence=source.evidence + _evidence(file))
            noted = [_told(note, source) for note in _notes(file, sheet, survey, number == 1)]
            read = Read(source, (*noted, *survey.found))
            if number > 1:
                half = source.span and read.key == reads[0].key
                code = "TABLE_IN_HALVES" if half else "SEVERAL_TABLES"
                read = replace(read, found=((survey.first, None, code, source.sheet), *read.found))
            reads.append(read)
        if self.remembered and len(reads) == 1 and surveys[0].plain:
            self.remembered.note(reads[0].source, surveys[0], again)
        return _wanted(reads, file, sheet, entry)

    def _again(
        self, file: File, sheet: Sheet, entry: project.Source, place: int, stamp: dict[str, Any]
    ) -> Refreshed | None:
        """The survey of a sheet that the last run knew, if it can be brought up to date."""
        past = self.remembered
        known = past.known(stamp["path"], sheet.name, place) if past and self.spool else None
        if known is None:
            return None
        return refreshed(partial(Survey, file.path.name, sheet, entry), known)


def _wanted(reads: list[Read], file: File, sheet: Sheet, entry: project.Source) -> list[Read]:
    names = [{None, sheet.name, f"{sheet.name}@{n}"} for n in range(1, len(reads) + 1)]
    wanted = [read for read, known in zip(reads, names, strict=True) if entry.sheet in known]
    if reads and not wanted:
        known = ", ".join(read.source.sheet for read in reads)
        raise InputRefused("SHEET_MISSING", file=file.path.name, sheet=entry.sheet, known=known)
    return wanted


def _source(
    survey: Survey, entry: project.Source, place: int, number: int, count: int, stamp: dict
) -> Source:
    sheet = survey.sheet
    return Source(
        number=0,
        entry=place,
        sheet=sheet.name if count == 1 else f"{sheet.name}@{number}",
        system=entry.system or Path(stamp["path"]).stem,
        role=entry.role,
        object=entry.object,
        reading=dict(sheet.reading),
        header_rows=survey.layout.header_rows,
        columns=survey.columns(),
        kinds=dict(sorted(survey.kinds.items())),
        fills=tuple(sorted(survey.fills.fills, key=lambda fill: (fill.row, fill.column))),
        counts=survey.counts(),
        evidence=survey.layout.evidence,
        rows=(survey.first, survey.last) if count > 1 else None,
        span=survey.span,
        hidden=sheet.visibility != "visible",
        **stamp,
    )


def _notes(file: File, sheet: Sheet, survey: Survey, first: bool) -> Iterator[Note]:
    """What the reader noticed about a table; what has no row is told with the first."""
    for note in (*file.notes, *sheet.notes):
        if note.code not in QUIET and survey.holds(note.row, first, note.column):
            yield note


def _evidence(file: File) -> tuple[str, ...]:
    told = [f"container: {file.container}"]
    for note in file.notes:
        if note.code == "READ_AS":
            told.extend(f"{name}: {why}" for name, why in note.facts.items() if why)
    return tuple(told)


def _told(note: Note, source: Source) -> tuple:
    place = note.column and note.column - (source.span or (1, 0))[0] + 1
    heading = next((c.heading for c in source.columns if c.number == place), None)
    value = note.value if note.value is not None else _count(note)
    return note.row, heading, note.code, value


def _count(note: Note) -> str | None:
    return str(note.facts["count"]) if "count" in note.facts else None
