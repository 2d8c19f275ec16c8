"""Rows of a sheet as XML, whole columns at a time: no row passes through a Python loop.

The cells are inline strings with the row and column of each cell: the form that Excel and every
CRM's importer reads. What must be escaped is looked for in the bytes of a whole batch first:
nearly every column can be written as it is.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.workbooks import Sheet, legal, raw_bytes

#: Bytes without which a column can be written as it is: far cheaper to look for than a pattern.
MARKUP, SPACE = (b"&", b"<", b">"), (b" ", b"\t", b"\n")
#: How a row takes cells that are left out.
EMPTY = {"null_handling": "replace", "null_replacement": ""}
#: Points: one line of text, and the highest row that Excel knows.
LINE, TALLEST = 15, 409


def lines(
    sheet: Sheet, start: int, count: int, styles: list[str], marks: dict[int, pa.Array]
) -> memoryview:
    """`count` rows from `start` on as XML. `styles`: one per column; `marks`: column → one per row."""
    batch = sheet.rows.slice(start, count)
    first = sheet.top + 1 + start
    rows = pc.cast(pa.array(np.arange(first, first + batch.num_rows)), pa.string())
    parts = []
    for number, values in enumerate(batch.columns):
        style: str | pa.Array = styles[number]
        if number in marks:
            style = marks[number].slice(start, batch.num_rows)
        parts.append(_cells(legal(_array(values)), column_name(number), rows, style, sheet.protect))
    made = pc.binary_join_element_wise(
        '<row r="', rows, '"', _height(sheet, batch), ">", *parts, "</row>", "", **EMPTY
    )
    return memoryview(raw_bytes(made))


def _height(sheet: Sheet, batch: pa.Table) -> pa.Array | str:
    """High enough for the cells that wrap: Excel finds that out by itself, LibreOffice does not."""
    wrapped = [
        _wrapped(_array(values), column.width)
        for column, values in zip(sheet.columns, batch.columns, strict=True)
        if column.wrap and column.width
    ]
    if not wrapped:
        return ""
    points = np.minimum(np.maximum.reduce(wrapped) * LINE, TALLEST)
    told = pc.binary_join_element_wise(' ht="', pc.cast(pa.array(points), pa.string()), '"', "")
    return pc.if_else(pa.array(points > LINE), told, "")


def _wrapped(values: pa.Array, width: float) -> np.ndarray:
    """How many lines each text takes; a Chinese character is as wide as two others."""
    split = pc.split_pattern(pc.fill_null(values, ""), "\n")
    each = split.flatten()
    wide = (pc.binary_length(each).to_numpy() + pc.utf8_length(each).to_numpy()) / 2
    needed = np.maximum(np.ceil(wide / width), 1).astype(np.int64)
    return np.add.reduceat(needed, split.offsets.to_numpy()[:-1]) if len(values) else needed


def _cells(
    values: pa.Array, letters: str, rows: pa.Array, style: str | pa.Array, keep: bool
) -> pa.Array:
    """The cells of one column: an empty one is left out unless it is marked, or `keep` says that
    its style matters (which cells of a protected sheet may be typed into)."""
    space = ' xml:space="preserve"' if _has_outer_space(values) else ""
    place, look = (f'<c r="{letters}', rows), ('" s="', style)
    if isinstance(style, str):
        look = (f'" s="{style}',)
    opening = f'" t="inlineStr"><is><t{space}>'
    text = (_escaped(values), "</t></is></c>")
    cells = pc.binary_join_element_wise(*place, *look, opening, *text, "")
    if cells.null_count and (keep or isinstance(style, pa.Array)):
        return pc.coalesce(cells, pc.binary_join_element_wise(*place, *look, '"/>', ""))
    return cells


def _escaped(values: pa.Array) -> pa.Array:
    run = raw_bytes(values).tobytes()
    if any(mark in run for mark in MARKUP):
        for plain, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            values = pc.replace_substring(values, plain, entity)
    if b"_" in run and b"_x" in run:  # one byte is found ten times as fast as two
        # Excel reads _x0041_ as "A"; the underscore itself is written _x005F_.
        values = pc.replace_substring_regex(values, r"_(x[0-9A-Fa-f]{4}_)", r"_x005F_\1")
    return values


def _has_outer_space(values: pa.Array) -> bool:
    run = raw_bytes(values).tobytes()
    if not any(space in run for space in SPACE):
        return False
    return bool(pc.any(pc.match_substring_regex(values, r"^\s|\s$|[\n\t]|  ")).as_py())


def column_name(number: int) -> str:
    """The letters of a column, from 0.

    >>> column_name(0), column_name(26), column_name(701)
    ('A', 'AA', 'ZZ')
    """
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _array(values: pa.ChunkedArray) -> pa.Array:
    joined = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    return joined if joined.type == pa.string() else pc.cast(joined, pa.string())
