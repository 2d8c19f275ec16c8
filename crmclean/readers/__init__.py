"""Readers: any legacy file becomes numbered rows of text, or one coded refusal.

One module per format; the content of a file decides which, never its name. Nothing here knows
what a header or a customer is: that is `scan`. A new format is a module with an `open_…` function
that returns a `File`, and one line in `open_file`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import plan, tables
from crmclean.errors import CrmcleanError, InputRefused
from crmclean.readers import container, spool
from crmclean.readers.sheet import BATCH, Batches, File, Merge, Note, Sheet, batch

#: The module that reads a container, and its function; imported when such a file is met.
HOMES = {
    **dict.fromkeys(("xlsx", "xlsb", "ods", "ole", "xls"), ("workbook", "open_workbook")),
    "csv": ("delimited", "open_delimited"),
    "html": ("html", "open_html"),
    "mhtml": ("mhtml", "open_mhtml"),
    "spreadsheetml": ("spreadsheetml", "open_spreadsheetml"),
    "json": ("records", "open_json"),
    "xml": ("records", "open_xml"),
    "dbf": ("dbf", "open_dbf"),
    "sql": ("sql", "open_sql"),
    "sqlite": ("sqlite", "open_sqlite"),
    "vcard": ("vcard", "open_vcard"),
}

__all__ = ["File", "Merge", "Note", "Sheet", "as_rows", "only", "open_file", "rows", "shape"]


def open_file(path: Path | str, **reading: Any) -> File:
    """Open a file of any known kind.

    `reading` overrides what would be found: container, encoding, delimiter, password_env…
    Raises InputRefused for a file that is missing, empty, unsafe, encrypted or of no known kind.
    """
    path = Path(path)
    found = container.detect(path)
    said = {key: value for key, value in reading.items() if value is not None}
    said.pop("container", None)
    if said.pop("layout", None) == "form":
        from crmclean.readers.forms import as_table

        return as_table(open_file(path, **said))
    if found == "zip":
        from crmclean.readers.archive import open_archive

        return open_archive(path, open_file, **said)
    if found == "access":
        raise InputRefused("FILE_ACCESS", file=path.name)
    if found not in HOMES:
        raise InputRefused("FILE_KIND_UNKNOWN", file=path.name, container=found)
    home, function = HOMES[found]
    opened = getattr(import_module(f"crmclean.readers.{home}"), function)
    with fence(path):
        file = opened(path, container=found, **said)
    for sheet in file.sheets:
        sheet.read = _fenced(sheet.read, path)
    return file


@contextmanager
def fence(path: Path) -> Iterator[None]:
    """Whatever a parser throws at a broken file becomes one coded refusal (the cause is kept)."""
    try:
        yield
    except CrmcleanError:
        raise
    except (Exception, RecursionError, MemoryError) as error:
        reason = type(error).__name__
        raise InputRefused("FILE_DAMAGED", file=path.name, reason=reason) from error


def _fenced(read: Batches, path: Path) -> Batches:
    def fenced(size: int) -> Iterator[pa.RecordBatch]:
        with fence(path):
            yield from read(size)

    return fenced


def rows(source: plan.Source, base: Path, kept: Path | None = None) -> Iterator[pa.Table]:
    """Every physical row of a source as `tables.rows_schema`: row, kind, c1..cn; cells as read.

    `kept`: the folder where the first pass may have kept them (`spool.py`).
    Raises InputRefused where the file is no longer what the plan was made from."""
    path = base / source.path
    if not path.is_file() or path.stat().st_size != source.size:
        raise InputRefused("FILE_CHANGED", file=path.name)
    return as_rows(source, _batches(source, path, kept))


def as_rows(source: plan.Source, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The rows of a source among those of its sheet, as `tables.rows_schema`."""
    width, kinds = len(shape(source)) - 2, _kinds(source)
    for part in batches:
        part = part if source.rows is None else _between(part, *source.rows)
        part = part if source.span is None else only(part, source.span)
        if part.num_rows:
            yield numbered(part, width, kinds)


def shape(source: plan.Source) -> pa.Schema:
    """That of the rows of a source."""
    return tables.rows_schema(max((column.number for column in source.columns), default=0))


def _between(part: pa.RecordBatch, first: int, last: int) -> pa.RecordBatch:
    """The rows of one of several tables on a sheet."""
    numbers = part.column("row")
    inside = pc.and_(pc.greater_equal(numbers, first), pc.less_equal(numbers, last))
    return part.filter(inside)


def only(part: pa.RecordBatch, span: tuple[int, int]) -> pa.RecordBatch:
    """The columns of one of several tables side by side, as if there were no others."""
    left, right = span
    return batch(part.column(0), part.columns[left : right + 1])


def _batches(source: plan.Source, path: Path, kept: Path | None) -> Iterator[pa.RecordBatch]:
    folder = spool.of(kept, source)
    if folder is not None:
        return spool.read(folder, BATCH)
    try:
        return open_file(path, **source.reading).sheet(source.page).batches()
    except KeyError as error:
        raise InputRefused("FILE_CHANGED", file=path.name) from error


def numbered(part: pa.RecordBatch, width: int, kinds: tuple[pa.Array, pa.Array]) -> pa.Table:
    """A batch as a table of `tables.rows_schema(width)`; cells beyond `width` are empty ones."""
    names = part.schema.names[1 : width + 1]
    columns = [part.column(name) for name in names]
    columns += [pa.nulls(part.num_rows, pa.string())] * (width - len(columns))
    kind = pc.if_else(_all_null(columns, part.num_rows), "blank", "data")
    places = pc.index_in(part.column("row"), value_set=kinds[0])
    kind = pc.coalesce(kinds[1].take(places), kind)
    return pa.table([part.column("row"), kind, *columns], schema=tables.rows_schema(width))


def _kinds(source: plan.Source) -> tuple[pa.Array, pa.Array]:
    numbers = sorted(source.kinds)
    kinds = [source.kinds[number] for number in numbers]
    return pa.array(numbers, pa.int64()), pa.array(kinds, pa.string())


def _all_null(columns: list[pa.Array], count: int) -> pa.Array:
    empty = pa.array([True] * count) if not columns else pc.is_null(columns[0])
    for column in columns[1:]:
        empty = pc.and_(empty, pc.is_null(column))
    return empty
