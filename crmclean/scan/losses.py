"""Values that lost something before they reached us: they are told, never guessed.

Digits rounded away by Excel (1.38E+10), identity numbers cut to 15 digits (…000), characters that
became U+FFFD or 锟斤拷 on a wrong decoding. Only the source system can give them back.
Cases: dirty-input.md C07, V02, V03.
"""

from collections.abc import Iterator
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc

#: Of one column and code: more are not listed.
LISTED = 100_000
#: Each with marks without which it cannot be: looking for those costs next to nothing.
LOSSES = {
    "DIGITS_ROUNDED": (r"^-?\d(\.\d+)?[Ee]\+\d{1,3}$", ("+",)),
    "DIGITS_CUT": (r"^\d{15}0{3,}$", ("000",)),
    "CHARACTERS_LOST": (
        r"�|锟斤拷|锟斤|烫烫烫|屯屯屯|\?\?\?",
        ("�", "锟斤", "烫烫烫", "屯屯屯", "???"),
    ),
}


def find(rows: pa.Array, values: pa.Array, heading: str) -> Iterator[tuple]:
    """(row, heading, code, value) of lossy values, at most one more than LISTED per batch and code."""
    written = _bytes(values)
    for code, (pattern, marks) in LOSSES.items():
        if not any(mark.encode() in written for mark in marks):
            continue
        mask = pc.fill_null(pc.match_substring_regex(values, pattern), False)
        if not pc.any(mask).as_py():
            continue
        listed = zip(rows.filter(mask).to_pylist(), values.filter(mask).to_pylist(), strict=True)
        for row, value in islice(listed, LISTED + 1):
            yield row, heading, code, value


def listed(found: list[tuple]) -> tuple[list[tuple], bool]:
    """What was found, in order of rows, no more of a column and code than LISTED; and whether that
    is all."""
    counts: dict[tuple, int] = {}
    kept = []
    for one in sorted(found, key=lambda one: one[0]):
        key = one[1], one[2]
        counts[key] = counts.get(key, 0) + 1
        if counts[key] <= LISTED:
            kept.append(one)
    return kept, len(kept) == len(found)


def _bytes(values: pa.Array) -> bytes:
    """All cells of a column one after the other."""
    buffer = values.buffers()[2]
    return buffer.to_pybytes() if buffer is not None else b""
