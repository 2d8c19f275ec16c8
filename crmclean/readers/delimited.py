r"""CSV, TSV and other delimited text to batches, with every line accounted for.

Two parsers of one grammar: a block goes through Arrow's, all at once (`regular.py`); where a quote
was lost, the lines around go record by record (`byrecord.py`), which can say which is odd. pandas is
no choice: a data row with one field too many shifts its whole file by a column, and a lost quote
swallows the rest of the file (dirty-input.md C11, C12).
Row numbers count records, as Excel does: a line break inside quotes does not begin a row.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.errors import InputRefused
from crmclean.readers import byrecord, cells, fixedwidth, regular, text
from crmclean.readers import encoding as encodings
from crmclean.readers.dialect import Dialect, decide
from crmclean.readers.sheet import File, Note, Sheet, batch, columns_of, gathered
from crmclean.readers.texts import Texts

MAX_COLUMNS = 16_384
PIECE = 4096  # lines that a lost quote sends to the slow parser
STAND_IN = "\x1f"  # for a delimiter of several bytes: the unit separator of ASCII
#: What cells may hold that is not meant as it stands; told from a block, which costs nothing.
MARKS = (b'="', b"_x0", STAND_IN.encode())
LISTED = 200  # odd rows listed one by one; the rest is counted


def open_delimited(
    path: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    **_: object,
) -> File:
    """A delimited text file. Raises InputRefused for an unknown encoding or absurdly many columns."""
    if encoding:
        found = encodings.Encoding(encodings.known(encoding), "as told")
    else:
        found = encodings.decide(path)
    head = next(text.blocks(path, found.name, text.Tally()), b"").decode("utf-8", "replace")
    dialect = decide(head, delimiter)
    if dialect.width > MAX_COLUMNS:
        raise InputRefused("FILE_UNSAFE_LINE", file=path.name)
    starts = fixedwidth.layout(path) if dialect.width == 1 and not delimiter else None
    if starts and not found.name.startswith("utf-16"):
        return fixedwidth.open_fixed_width(path, starts, found.name)
    notes: list[Note] = []
    sheet = Sheet(
        "",
        lambda size: gathered(_batches(path, found.name, dialect, notes), size),
        reading={"container": "csv", "encoding": found.name, "delimiter": dialect.delimiter},
        notes=notes,
        texts=_texts(path, found.name, dialect, notes),
    )
    evidence = Note("READ_AS", facts={"encoding": found.evidence, "dialect": dialect.evidence})
    return File(path, "csv", found.name, (sheet,), [evidence])


def _batches(
    path: Path, encoding: str, dialect: Dialect, notes: list[Note]
) -> Iterator[pa.RecordBatch]:
    notes.clear()
    tally = text.Tally()
    reader = _Reader(dialect, notes)
    for place, block in enumerate(text.blocks(path, encoding, tally)):
        yield from reader.take(block if place else reader.skip(block))
    yield from reader.rest()
    reader.report(tally)


def _texts(path: Path, encoding: str, dialect: Dialect, notes: list[Note]) -> Texts | None:
    """The file by the texts of its rows."""
    if dialect.skip or dialect.backslash or len(dialect.delimiter.encode()) > 1:
        return None

    def parts() -> Iterator[bytes]:
        notes.clear()
        tally = text.Tally()
        yield from text.in_utf8(path, encoding, tally)
        _Reader(dialect, notes).report(tally)

    def cells(texts: list[bytes]) -> list[pa.Array] | None:
        reader, tally = _Reader(dialect, notes), text.Tally()
        blocks = text.whole_lines([b"".join(texts)], path, tally)
        parts = [part for block in blocks for part in reader.take(block)]
        parts += reader.rest()
        reader.report(tally)
        if notes or reader.row != len(texts) + 1:
            return None
        found = next(gathered(parts, len(texts)), None)
        return found.columns[1:] if found else [pa.array([], pa.string())] * dialect.width

    return Texts(dialect.delimiter, dialect.width, parts, cells)


class _Reader:
    """The state between blocks: the next row number, and the lines of a record that is not
    finished."""

    def __init__(self, dialect: Dialect, notes: list[Note]) -> None:
        self.written, self.notes = dialect.delimiter, notes
        plain = len(self.written.encode()) == 1
        self.dialect = dialect if plain else replace(dialect, delimiter=STAND_IN)
        self.row = 1
        self.held, self.marked = b"", True
        self.short = self.long = self.bad = self.unwrapped = 0

    def take(self, block: bytes) -> Iterator[pa.RecordBatch]:
        """The rows of one block; what it leaves unfinished waits for the next."""
        if self.written != self.dialect.delimiter:
            block = block.replace(self.written.encode(), STAND_IN.encode())
        block, self.held = self.held + block, b""
        self.marked = any(mark in block for mark in MARKS)
        parsed = regular.parse(block, self.dialect)
        if parsed:
            self.held = parsed.held
            for place, record in parsed.ragged.items():
                self._account(record, place)
            yield from self._batch(parsed.columns)
        elif block.count(b"\n") > PIECE:
            for piece in text.pieces(block, PIECE):
                yield from self.take(piece)
        else:
            yield from self._by_record(block, final=False)

    def skip(self, block: bytes) -> bytes:
        """The first block without the lines before the table; they are rows all the same."""
        skipped = block.split(b"\n", self.dialect.skip)
        self.row += len(skipped) - 1
        return skipped[-1]

    def rest(self) -> Iterator[pa.RecordBatch]:
        """What is left when there is no next block."""
        yield from self._by_record(self.held, final=True)

    def report(self, tally: text.Tally) -> None:
        """Note what was odd, by counts."""
        counts = {
            **tally.counts,
            "ROWS_SHORT": self.short,
            "ROWS_LONG": self.long,
            "ROWS_BAD_QUOTES": self.bad,
            "TEXT_MARKS_UNWRAPPED": self.unwrapped,
        }
        found = [Note(code, facts={"count": count}) for code, count in counts.items() if count]
        self.notes.extend(found)

    def _batch(self, columns: list[pa.Array]) -> Iterator[pa.RecordBatch]:
        if len(columns[0]):
            first, self.row = self.row, self.row + len(columns[0])
            if self.marked:
                columns = [self._mended(column) for column in columns]
            yield batch(range(first, self.row), columns)

    def _by_record(self, block: bytes, final: bool) -> Iterator[pa.RecordBatch]:
        lines = block.decode("utf-8", "replace").split("\n")[:-1]
        found = byrecord.read(lines, self.dialect, final)
        self.held = "".join(f"{line}\n" for line in found.pending).encode()
        for place, record in enumerate(found.records):
            if place in found.torn:
                self._bad(record[0], place)
                continue
            self._account(record, place)
            if len(record) > self.dialect.width + regular.EXTRA:
                found.records[place] = [self.dialect.delimiter.join(record)]
        if found.records:
            yield from self._batch(
                columns_of(found.records) or [pa.nulls(len(found.records), pa.string())]
            )

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

    def _bad(self, line: str, place: int) -> None:
        self.bad += 1
        if self.bad <= LISTED:
            shown = line.replace(self.dialect.delimiter, self.written)[:200]
            self.notes.append(Note("ROW_BAD_QUOTES", row=self.row + place, value=shown))

    def _mended(self, column: pa.Array) -> pa.Array:
        r"""Cells as they were meant: `="0138"`, the way exports keep leading zeros from Excel, is
        the text 0138; escapes that Excel left are line ends and tabs."""
        if self.written != self.dialect.delimiter:
            column = pc.replace_substring(column, STAND_IN, self.written)
        wrapped = pc.sum(pc.starts_with(column, '="')).as_py() or 0
        if wrapped:
            self.unwrapped += wrapped
            column = pc.replace_substring_regex(column, r'^="((?s:.*))"$', r"\1")
            column = pc.if_else(pc.equal(column, ""), None, column)
        return cells.unescaped(column)
