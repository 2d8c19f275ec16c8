r"""The text of each row of a delimited file: next month's rows are known by it, unparsed.

A row ends at a line break with an even number of quotes before it. That is so where quotes stand
around whole cells alone, as programs write them; a text of another kind is not `is_regular`, and
says nothing. A regular text that another file of the same grammar had is the same row, whatever
stands around it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.run.numbers import distinct

_BREAK, _QUOTE = 10, 34
#: Bytes of texts that are looked at together, and of one text: more is a quote that was lost.
PIECE, MAX = 1 << 23, 1 << 20


@dataclass(frozen=True)
class Texts:
    """`delimiter`, `width`: of all rows; `parts`: the file in UTF-8, in parts that end anywhere; `cells`: the columns of some regular texts, None where they do not fit. What is odd is in
    the notes of the sheet when the last part has been taken."""

    delimiter: str
    width: int
    parts: Callable[[], Iterator[bytes]]
    cells: Callable[[list[bytes]], list[pa.Array] | None]


def split(parts: Iterable[bytes]) -> Iterator[pa.Array]:
    """The texts of a file, each with its line end, some of them at a time."""
    rest = b""
    for part in _gathered(parts):
        block = rest + part
        ends = _ends(np.frombuffer(block, np.uint8))
        rest = block[ends[-1] if len(ends) else 0 :]
        if len(rest) > MAX:
            rest, ends = b"", np.append(ends, len(block))
        if len(ends):
            yield _texts(block, ends)
    if rest:
        yield _texts(rest, np.array([len(rest)]))


def _gathered(parts: Iterable[bytes]) -> Iterator[bytes]:
    waiting, size = [], 0
    for part in parts:
        waiting.append(part)
        size += len(part)
        if size >= PIECE:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)


def _ends(block: np.ndarray) -> np.ndarray:
    breaks = np.flatnonzero(block == _BREAK)
    quotes = np.flatnonzero(block == _QUOTE)
    return breaks[np.searchsorted(quotes, breaks) % 2 == 0] + 1


def _texts(block: bytes, ends: np.ndarray) -> pa.Array:
    edges = pa.py_buffer(np.append(0, ends).astype(np.int32))
    return pa.Array.from_buffers(pa.binary(), len(ends), [None, edges, pa.py_buffer(block)])


def are_regular(texts: pa.Array, delimiter: str) -> bool:
    r"""Whether quotes stand around whole cells alone in all of the texts.

    >>> are_regular(pa.array([b'1,"a ""b""\n"\n']), ","), are_regular(pa.array([b'1,5"\n']), ",")
    (True, False)
    """
    mark = re.escape(delimiter)
    cell = rf'(?:"(?:[^"]|"")*"|[^"\r\n{mark}]*)'
    regular = rf"\A{cell}(?:{mark}{cell})*(?:\r?\n)?\z"
    return pc.all(pc.match_substring_regex(_quoted(texts), regular), min_count=0).as_py()


def _quoted(texts: pa.Array) -> pa.Array:
    """Those with a quote. `texts`: no slice."""
    _, edges, written = texts.buffers()
    ends = np.frombuffer(edges, np.int32)[1 : len(texts) + 1]
    quotes = np.flatnonzero(np.frombuffer(written or b"", np.uint8) == _QUOTE)
    held = np.searchsorted(ends, quotes[quotes < ends[-1]], "right")
    return texts.take(pa.array(distinct(held)))
