"""Codes and numbers of records: width and spaces mended, leading zeros and letters kept

Excel's traces go: the `.0` of a number, a leading apostrophe, ="…". A code in scientific notation
has lost its digits and is refused.

Source: dirty-input.md V01, V02, V04, C14.

>>> clean("Ｃ２０２４０５００１ "), clean("001024.0"), clean("'00123"), clean('="00123"')
('C202405001', '001024', '00123', '00123')
>>> clean("C 2024 001"), clean("KH-01/甲")
('C 2024 001', 'KH-01/甲')
>>> clean("6.22202E+18")
Traceback (most recent call last):
ValueError: NUMBER_LOST_DIGITS
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.rules import _characters, _mojibake

FORM = _characters.LINE
_DOUBT = r"\A['=]|[\"`']|[0-9]\.0+\z|[0-9][eE]\+?[0-9]|[^ -~\x{3400}-\x{9fff}]"


def sound(values: pa.Array, /, **_: object) -> pa.Array:
    """No traces of Excel, lost digits, odd widths."""
    return _characters.are_lines(values, _DOUBT)


def quick(values: pa.Array, /, **_: object) -> pa.Array:
    """Widths, spaces around, the traces of Excel."""
    plain = pc.utf8_trim(_characters.narrow_column(values), "'\"` ")
    return pc.replace_substring_regex(plain, r"\A([0-9]+)\.0+\z", r"\1")


def clean(text: str, /, **_: object) -> str:
    """The code. Raises ValueError NUMBER_LOST_DIGITS, TEXT_LOST_CHARACTERS."""
    previous, plain = None, text
    while plain != previous:
        previous, plain = plain, _bare(plain)
    if _mojibake.is_lost(plain):
        raise ValueError("TEXT_LOST_CHARACTERS")
    if re.fullmatch(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,2}", plain):
        raise ValueError("NUMBER_LOST_DIGITS")
    return plain


def _bare(text: str) -> str:
    plain = _characters.narrow(text).strip("'\"` ")
    return re.sub(r"(?<=[0-9])\.0+$", "", plain) if re.fullmatch(r"[0-9]+\.0+", plain) else plain
