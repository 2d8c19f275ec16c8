"""Rows whose cells stand one column too far left or right: told, never mended.

A column in which most values are mobiles, e-mails, companies or dates has a type; a row that
breaks two types and would keep both one column further is shifted (dirty-input.md L18).
"""

import re
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

KINDS = {
    "mobile": r"^(\+?86)?[ -]?1[3-9]\d[ -]?\d{4}[ -]?\d{4}$",
    "email": r"^[\w.+-]+@[\w-]+\.[\w.]+$",
    "company": r"(公司|集团|厂|商行|中心|经营部|事务所)$",
    "date": r"^(19|20)\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}",
    "uscc": r"^[0-9A-Z]{18}$",
}
MOST, ENOUGH, LOOKED_AT = 0.6, 5, 2_000


def kinds(samples: list[list[str]]) -> dict[int, str]:
    """Which columns (by place) have a type, from samples of their values."""
    found = {}
    for place, values in enumerate(samples):
        for kind, pattern in KINDS.items():
            hits = sum(bool(re.search(pattern, value)) for value in values)
            if hits >= ENOUGH and hits >= MOST * len(values):
                found[place] = kind
    return found


def find(
    rows: pa.Array, columns: list[pa.Array], typed: dict[int, str]
) -> Iterator[tuple[int, str]]:
    """(row, direction) of shifted rows of a batch."""
    if len(typed) < 2 or not len(rows):
        return
    broken = pa.array([0] * len(rows), pa.int8())
    for place, kind in typed.items():
        if place >= len(columns):  # a later batch may be narrower: an export that was cut off
            continue
        wrong = pc.invert(pc.match_substring_regex(columns[place], KINDS[kind]))
        broken = pc.add(broken, pc.cast(pc.fill_null(wrong, False), pa.int8()))
    places = pc.indices_nonzero(pc.greater_equal(broken, 1))[:LOOKED_AT]
    cells = [column.take(places).to_pylist() for column in columns]
    for row, values in zip(rows.take(places).to_pylist(), zip(*cells, strict=True), strict=True):
        for step, direction in ((1, "→"), (-1, "←")):
            if _fits(values, typed, step) >= 2 > _fits(values, typed, 0):
                yield row, direction
                break


def _fits(values: tuple[str | None, ...], typed: dict[int, str], step: int) -> int:
    """How many typed values stand `step` columns away from where they belong."""
    found = 0
    for place, kind in typed.items():
        at = place + step
        value = values[at] if 0 <= at < len(values) else None
        found += bool(value and re.search(KINDS[kind], value))
    return found
