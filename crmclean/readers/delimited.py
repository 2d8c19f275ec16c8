r"""CSV, TSV and other delimited text to batches, with every line accounted for.

Two parsers of one grammar. A block whose quotes and line ends are regular goes through Arrow's
parser, all at once; if a single row of it has another width, or its rows and lines differ in
number, the block goes through `csv.reader`, record by record, which can say which line is odd.
pandas is no choice: a data row with one field too many shifts its whole file by a column, and a
lost quote swallows the rest of the file (dirty-input.md C11, C12).

A record that swallows lines and then has the wrong width began with a lost quote: its first line
is kept raw as a row (a note says so) and reading goes on with the next line.
Row numbers count records, as Excel does: a line break inside quotes does not begin a row.
"""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.readers import encoding as encodings
from crmclean.readers import fixedwidth, regular, text
from crmclean.readers.dialect import Dialect, decide
from crmclean.readers.sheet import File, Note, Sheet, batch, columns_of

MAX_FIELD = 1 << 20  # characters; trust.md 4.1
MAX_LINES = 500  # lines in one record
LISTED = 200  # odd rows listed one by one; the rest is counted
csv.field_size_limit(MAX_FIELD)


def open_delimited(
    path: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    **_: object,
) -> File:
    """A delimited text file. Raises InputRefused for an unknown encoding."""
    if encoding:
        found = encodings.Encoding(encodings.known(encoding), "as told")
    else:
        found = encodings.decide(path)
    head = next(text.blocks(path, found.name, text.Tally()), b"").decode("utf-8", "replace")
    dialect = decide(head, delimiter)
    starts = fixedwidth.layout(path) if dialect.width == 1 and not delimiter else None
    if starts and not found.name.startswith("utf-16"):
        return fixedwidth.open_fixed_width(path, starts, found.name)
    notes: list[Note] = []
    sheet = Sheet(
        "",
        lambda size: _batches(path, found.name, dialect, notes),
        reading={"container": "csv", "encoding": found.name, "delimiter": dialect.delimiter},
        notes=notes,
    )
    evidence = Note("READ_AS", facts={"encoding": found.evidence, "dialect": dialect.evidence})
    return File(path, "csv", found.name, (sheet,), [evidence])


def _batches(
    path: Path, encoding: str, dialect: Dialect, notes: list[Note]
) -> Iterator[pa.RecordBatch]:
    notes.clear()
    tally = text.Tally()
    reader = _Reader(dialect, notes)
    for block in text.blocks(path, encoding, tally):
        yield from reader.take(block)
    yield from reader.rest()
    reader.report(tally)


class _Reader:
    """The state between blocks: the next row number, and lines of a record that is not finished."""

    def __init__(self, dialect: Dialect, notes: list[Note]) -> None:
        self.dialect, self.notes = dialect, notes
        self.row = 1
        self.pending: list[str] = []
        self.skip = dialect.skip
        self.short = self.long = self.bad = self.unwrapped = 0
        self.blanks = 0

    def take(self, block: bytes) -> Iterator[pa.RecordBatch]:
        """The rows of one block; what it leaves unfinished waits for the next."""
        if not self.pending and not self.skip:
            columns = regular.columns(block, self.dialect)
            if columns is not None:
                yield self._batch([self._unwrap(column) for column in columns])
                return
        lines = self.pending + block.decode("utf-8", "replace").split("\n")[:-1]
        if self.skip:
            self.row += self.skip
            lines, self.skip = lines[self.skip :], 0
        records, self.pending = self._records(lines, final=False)
        yield from self._odd(records)

    def rest(self) -> Iterator[pa.RecordBatch]:
        records, _ = self._records(self.pending, final=True)
        yield from self._odd(records)

    def report(self, tally: text.Tally) -> None:
        counts = {
            **tally.counts,
            "ROWS_SHORT": self.short,
            "ROWS_LONG": self.long,
            "ROWS_BAD_QUOTES": self.bad,
            "TEXT_MARKS_UNWRAPPED": self.unwrapped,
        }
        found = [Note(code, facts={"count": count}) for code, count in counts.items() if count]
        self.notes.extend(found)

    def _batch(self, columns: list[pa.Array]) -> pa.RecordBatch:
        first, self.row = self.row, self.row + len(columns[0])
        return batch(range(first, self.row), columns)

    def _odd(self, records: list[list[str]]) -> Iterator[pa.RecordBatch]:
        if records:
            columns = columns_of(records) or [pa.nulls(len(records), pa.string())]
            yield self._batch([self._unwrap(column) for column in columns])

    def _records(self, lines: list[str], final: bool) -> tuple[list[list[str]], list[str]]:
        """Records of some lines, and the lines of the last one if it is not finished."""
        records: list[list[str]] = []
        at = 0
        while at < len(lines):
            at, stuck = self._run(lines, at, records, final)
            if stuck is None:
                break
            if not final and len(lines) - stuck <= MAX_LINES and at >= len(lines):
                return records, lines[stuck:]
            self._bad(lines[stuck], len(records), records)
            at = stuck + 1
        return records, []

    def _run(
        self, lines: list[str], at: int, records: list[list[str]], final: bool
    ) -> tuple[int, int | None]:
        """Read on from line `at` until the end, or until a record that cannot be right: the line
        reached, and the line where that record began."""
        start = at
        reader = _reader(self._lines(lines, at, lambda: start), self.dialect)
        try:
            for record in reader:
                end = at + reader.line_num
                last = end >= len(lines) and not final
                if (last or end - start > 1) and not self._plausible(record, lines, start, end):
                    return end, start
                self._account(record, len(records))
                records.append(record)
                start = end
        except csv.Error:
            return max(at + reader.line_num, start + 1), start
        return len(lines), None

    @staticmethod
    def _lines(lines: list[str], at: int, start: Callable[[], int]) -> Iterator[str]:
        """Lines from `at` on, but no more than a record may have from where it started."""
        for place in range(at, len(lines)):
            if place - start() > MAX_LINES:
                return
            yield lines[place] + "\n"

    def _plausible(self, record: list[str], lines: list[str], start: int, end: int) -> bool:
        """Whether a record over several lines, or at the end of a block, is whole: it closed its
        quotes and, over several lines, has the width of the others."""
        if end - start > MAX_LINES:
            return False
        closed = sum(line.count('"') for line in lines[start:end]) % 2 == 0
        fits = end - start == 1 or len(record) == self.dialect.width
        return fits and (closed or self.dialect.backslash)

    def _account(self, record: list[str], place: int) -> None:
        width = len(record)
        if width == self.dialect.width or width == 0:
            return
        if width < self.dialect.width:
            self.short += 1
        elif any(record[self.dialect.width :]):
            self.long += 1
            if self.long <= LISTED:
                self.notes.append(Note("ROW_LONG", row=self.row + place))

    def _bad(self, line: str, place: int, records: list[list[str]]) -> None:
        self.bad += 1
        if self.bad <= LISTED:
            self.notes.append(Note("ROW_BAD_QUOTES", row=self.row + place, value=line[:200]))
        records.append([line])

    def _unwrap(self, column: pa.Array) -> pa.Array:
        r"""`="0138"`, the way exports keep leading zeros from Excel, is the text 0138."""
        wrapped = pc.starts_with(column, '="')
        count = pc.sum(wrapped).as_py() or 0
        if not count:
            return column
        self.unwrapped += count
        return pc.replace_substring_regex(column, r'^="((?s:.*))"$', r"\1")


def _reader(lines: Iterator[str], dialect: Dialect):
    delimiter = dialect.delimiter
    if len(delimiter) > 1:
        lines = (line.replace(dialect.delimiter, "\x1f") for line in lines)
        delimiter = "\x1f"
    if dialect.backslash:
        return csv.reader(lines, delimiter=delimiter, escapechar="\\", strict=False)
    return csv.reader(lines, delimiter=delimiter, strict=False)
