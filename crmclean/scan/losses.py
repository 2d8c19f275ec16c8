"""Values that lost something before they reached us: they are told, never guessed.

Digits rounded away by Excel (1.38E+10), identity numbers cut to 15 digits (…000), characters that
became U+FFFD or 锟斤拷 on a wrong decoding. Only the source system can give them back.
Cases: dirty-input.md C07, V02, V03.
"""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

LISTED = 200
_ROUNDED = r"^-?\d(\.\d+)?[Ee]\+\d{1,3}$"
_CUT = r"^\d{15}0{3,}$"
_LOST = r"�|锟斤拷|锟斤|烫烫烫|屯屯屯|\?\?\?"


def find(rows: pa.Array, values: pa.Array, heading: str) -> Iterator[tuple]:
    """(row, heading, code, value) of lossy values, at most LISTED per batch and code."""
    for code, hint, pattern in (
        ("DIGITS_ROUNDED", "+", _ROUNDED),
        ("DIGITS_CUT", "000", _CUT),
        ("CHARACTERS_LOST", None, _LOST),
    ):
        if hint and not pc.any(pc.match_substring(values, hint)).as_py():
            continue
        mask = pc.fill_null(pc.match_substring_regex(values, pattern), False)
        if not pc.any(mask).as_py():
            continue
        listed = zip(rows.filter(mask).to_pylist(), values.filter(mask).to_pylist(), strict=True)
        for place, (row, value) in enumerate(listed):
            if place == LISTED:
                break
            yield row, heading, code, value
