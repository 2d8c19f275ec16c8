"""Any cell to text, in one place: what this module writes is the "cell as read" of law 3.

Excel keeps a phone as the double 13812345678.0 and a date as 45458.0 with a format; what a person
saw was 13812345678 and 2024-06-15. So: integral numbers without `.0`, others shortest without an
exponent, dates ISO, an empty cell null. Columns are converted whole, by distinct type, because a
sheet has millions of cells and a handful of types.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

#: Above this a double no longer tells neighbouring integers apart: 17 digits are printed as stored.
EXACT = float(1 << 53)
#: Line ends and what Excel writes for them, in this order.
ESCAPES = (
    ("_x000D_", "\r"), ("_x000d_", "\r"), ("_x000A_", "\n"), ("_x000a_", "\n"), ("_x0009_", "\t"),
    ("\r\r\n", "\n"), ("\r\n", "\n"), ("\r", "\n"),
)  # fmt: skip


def text(cell: Any) -> str | None:
    """One cell as text, or None where it is empty.

    >>> [text(cell) for cell in (13812345678.0, 0.1 + 0.2, 1e-7, 1.5e300 * 0, True, "", None)]
    ['13812345678', '0.30000000000000004', '0.0000001', '0', 'TRUE', None, None]
    >>> text(dt.datetime(2024, 6, 15)), text(dt.datetime(2024, 6, 15, 9, 30))
    ('2024-06-15', '2024-06-15 09:30:00')
    """
    if cell is None or cell == "":
        return None
    if isinstance(cell, str):
        return clean_text(cell)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, dt.datetime):
        seconds = cell.replace(microsecond=0)
        midnight = seconds.time() == dt.time()
        return seconds.date().isoformat() if midnight else seconds.isoformat(" ")
    if isinstance(cell, dt.timedelta):
        return _duration(cell)
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell)


def clean_text(value: str) -> str:
    r"""Text that UTF-8 can hold: lone surrogates become U+FFFD; Excel's `_x000D_` line ends `\n`.

    >>> clean_text("a_x000D_\r\nb\ud800")
    'a\nb�'
    """
    if "\r" in value or "_x0" in value:
        for old, new in ESCAPES:
            value = value.replace(old, new)
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        value = value.encode("utf-8", "replace").decode("utf-8").replace("?", "�")
    return value


def column(cells: Sequence[Any]) -> pa.Array:
    """A whole column as text: the same as `text` on every cell, without a Python call per cell.

    >>> column(["a", 1.0, None, ""]).to_pylist()
    ['a', '1', None, None]
    """
    kinds = set(map(type, cells))
    if kinds <= {str, type(None)}:
        return _strings(cells)
    if kinds == {float}:
        return _floats(np.array(cells))
    if kinds == {float, str}:
        return _mixed(cells)
    texts = {(type(cell), cell): None for cell in cells}
    texts = {key: text(key[1]) for key in texts}
    return pa.array([texts[type(cell), cell] for cell in cells], pa.string())


def _mixed(cells: Sequence[Any]) -> pa.Array:
    texts = _strings([cell if type(cell) is str else None for cell in cells])
    values = np.array([0.0 if type(cell) is str else cell for cell in cells])
    numbers = pa.array([type(cell) is float for cell in cells])
    return pc.if_else(numbers, _floats(values), texts)


def _strings(cells: Sequence[str | None]) -> pa.Array:
    try:
        array = pa.array(cells, pa.string())
    except (UnicodeEncodeError, pa.ArrowInvalid):
        array = pa.array([text(cell) for cell in cells], pa.string())
    return pc.if_else(pc.equal(array, ""), None, unescaped(array))


def unescaped(texts: pa.Array) -> pa.Array:
    r"""A column without line ends other than `\n` and without what Excel writes for them."""
    awkward = pc.or_(pc.match_substring(texts, "\r"), pc.match_substring(texts, "_x0"))
    if not pc.any(awkward).as_py():
        return texts
    for old, new in ESCAPES:
        texts = pc.replace_substring(texts, old, new)
    return texts


def _floats(values: np.ndarray) -> pa.Array:
    integral = (values == np.floor(values)) & (np.abs(values) < EXACT)
    if integral.all():
        return pa.array(values.astype(np.int64)).cast(pa.string())
    texts = pa.array(values).cast(pa.string())  # the shortest, but with an exponent from 1e10 on
    other = integral | ~np.isfinite(values) | (np.abs(values) >= 1e10) | (np.abs(values) < 1e-4)
    if not other.any():
        return texts
    distinct, places = np.unique(values[other], return_inverse=True)
    exact = pa.array([_number(value) for value in distinct.tolist()], pa.string())
    return pc.replace_with_mask(texts, pa.array(other), exact.take(pa.array(places.reshape(-1))))


def _number(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return repr(value)
    if value == int(value):
        return str(int(value))
    return format(Decimal(repr(value)), "f")


def _duration(span: dt.timedelta) -> str:
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}"
