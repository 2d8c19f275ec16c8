"""Rows whose cells stand one column too far left or right: told, never mended.

A column in which most values are mobiles, e-mails, companies or dates has a type; a row that
breaks two types and would keep both one column further is shifted (dirty-input.md L18).
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

KINDS = {
    "mobile": r"^(\+?86)?[ -]?1[3-9]\d[ -]?\d{4}[ -]?\d{4}$",
    "email": r"^[\w.+-]+@[\w-]+\.[\w.]+$",
    "company": r"(公司|集团|厂|商行|中心|经营部|事务所)$",
    "date": r"^(19|20)\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}",
    "uscc": r"^[0-9A-Z]{18}$",
}
MOST, ENOUGH = 0.6, 5


def kinds(columns: list[pa.Array]) -> dict[int, str]:
    """Which columns (by place) have a type, from their first cells: all of them, so that a cell
    more or less hardly ever decides."""
    found = {}
    for place, values in enumerate(map(pc.unique, columns)):
        filled = len(values) - values.null_count
        for kind, pattern in KINDS.items():
            hits = pc.sum(pc.match_substring_regex(values, pattern)).as_py() or 0
            if hits >= ENOUGH and hits >= MOST * filled:
                found[place] = kind
    return found


def find(
    rows: pa.Array, columns: list[pa.Array], typed: dict[int, str]
) -> Iterator[tuple[int, str]]:
    """(row, direction) of shifted rows of a batch."""
    if len(typed) < 2 or not len(rows):
        return
    odd = pc.indices_nonzero(pc.less(_fits(columns, typed, 0, len(rows)), 2))
    if not len(odd):
        return
    rows = rows.take(odd)
    columns = [column.take(odd) for column in columns]
    right, left = (pc.greater_equal(_fits(columns, typed, step, len(rows)), 2) for step in (1, -1))
    way = pc.case_when(pc.make_struct(right, left), "→", "←").to_pylist()
    yield from ((row, told) for row, told in zip(rows.to_pylist(), way, strict=True) if told)


def _fits(columns: list[pa.Array], typed: dict[int, str], step: int, count: int) -> pa.Array:
    """How many typed values of each row stand `step` columns away from where they belong."""
    found = pa.array(np.zeros(count, np.int8))
    for place, kind in typed.items():
        if 0 <= place + step < len(columns):  # an export that was cut off may end narrower
            hit = pc.match_substring_regex(columns[place + step], KINDS[kind])
            found = pc.add(found, pc.cast(pc.fill_null(hit, False), pa.int8()))
    return found
