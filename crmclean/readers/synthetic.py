"""Records without a sheet (JSON, XML, vCard, DBF, databases) as a sheet: names first, then rows.

Row 1 is the names of the fields in the order they were first seen, row n + 1 is record n: what a
person sees who opens the same export in Excel.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import pyarrow as pa

from crmclean.readers.sheet import Note, Sheet, from_rows


def sheet(
    name: str,
    fields: Sequence[str],
    rows: Callable[[], Iterable[Sequence[Any]]],
    reading: dict[str, Any],
    notes: Iterable[Note] = (),
) -> Sheet:
    """A sheet of rows in the order of `fields`; `rows` is called anew for every reading."""

    def read(size: int) -> Iterator[pa.RecordBatch]:
        return from_rows(chain([fields], rows()), size)

    return Sheet(name, read, reading=reading, notes=list(notes), headed=True)


def of_mappings(
    name: str, records: Sequence[Mapping[str, Any]], reading: dict[str, Any], **more: Any
) -> Sheet:
    """A sheet of mappings that need not have the same keys."""
    fields = list(dict.fromkeys(key for record in records for key in record))
    return sheet(
        name,
        fields,
        lambda: ([record.get(f) for f in fields] for record in records),
        reading,
        **more,
    )
