"""The rows of a table, piece by piece, with digests by which last month's are known again.

That of its text (`readers/texts.py`), where there is such: only rows that are asked for are parsed
then. Else that of its cells, which is slower, and holds for every kind of file.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa

from crmclean.readers import Sheet
from crmclean.readers.sheet import batch
from crmclean.readers.texts import are_regular, split
from crmclean.run.digests import digests, of_texts
from crmclean.scan.beginnings import Stream


@dataclass(frozen=True)
class Piece:
    """`rows`: those of a mask, None where they are not what their texts say."""

    numbers: np.ndarray
    digests: pa.Array
    rows: Callable[[np.ndarray], pa.RecordBatch | None]


def by_cells(stream: Stream) -> Iterator[Piece]:
    for part in stream:
        rows = partial(_filtered, part)
        numbers = part.column("row").to_numpy()
        yield Piece(numbers, digests(part.columns[1:], part.num_rows), rows)


def by_texts(sheet: Sheet) -> Iterator[Piece]:
    first = 1
    for texts in split(sheet.texts.parts()):
        numbers = np.arange(first, first + len(texts))
        yield Piece(numbers, of_texts(texts), partial(_parsed, sheet, texts, numbers))
        first += len(texts)


def texts_of(sheet: Sheet, rows: int) -> pa.Array | None:
    """The digests of the texts of so many rows; None where they do not say what the rows are."""
    if sheet.texts is None or sheet.notes:
        return None
    found = []
    for texts in split(sheet.texts.parts()):
        if not are_regular(texts, sheet.texts.delimiter):
            return None
        found.append(of_texts(texts))
    return pa.concat_arrays(found) if sum(map(len, found)) == rows and not sheet.notes else None


def _filtered(part: pa.RecordBatch, asked: np.ndarray) -> pa.RecordBatch:
    return part.filter(pa.array(asked))


def _parsed(
    sheet: Sheet, texts: pa.Array, numbers: np.ndarray, asked: np.ndarray
) -> pa.RecordBatch | None:
    few = texts.filter(pa.array(asked))
    if not are_regular(few, sheet.texts.delimiter):
        return None
    columns = sheet.texts.cells(few.to_pylist())
    return None if columns is None else batch(pa.array(numbers[asked]), columns)
