"""Resident ID number: 18 characters with a birth date and a check digit; sensitive

Recognised so that it can be protected: fields of this kind are never exported unless asked.
Fifteen-digit numbers of the first generation stay, with an issue.

Source: GB 11643-1999; PIPL art. 28. Judge in the tests: stdnum.cn.ric.

>>> clean("11010519491231002x"), clean("１１０１０５ １９４９１２３１ ００２Ｘ")
('11010519491231002X', '11010519491231002X')
>>> clean("110105194912310021")
Traceback (most recent call last):
ValueError: RESIDENT_ID_CHECK_DIGIT
"""

import re
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.rules import _characters, _checks

FORM = "[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]"
_LATE = r"\A.{10}(?:0[2469]|11)(?:29|30|31)|000\z"


def doubt(values: pa.Array, /, **_: object) -> pa.Array:
    """Wrong check digits, days at the end of short months, the zeros of a spreadsheet."""
    wrong = pc.invert(_checks.resident_id_column(values))
    return pc.or_(wrong, pc.match_substring_regex(values, _LATE))


def clean(text: str, /, **_: object) -> str:
    """The number. Raises ValueError RESIDENT_ID_CHECK_DIGIT, RESIDENT_ID_LOST_DIGITS,
    RESIDENT_ID_OLD, RESIDENT_ID_INVALID."""
    plain = re.sub(
        "[ \\-'\"`]|^(?:居民|公民)?身份(?:证|证件|号码)?(?:号码?)?:?", "", _characters.narrow(text)
    ).upper()
    if re.fullmatch(r"[0-9.]+E\+[0-9]+|[0-9]{15}000", plain):
        raise ValueError("RESIDENT_ID_LOST_DIGITS")
    if re.fullmatch("[1-9][0-9]{14}", plain):
        raise ValueError("RESIDENT_ID_OLD")
    if not re.fullmatch(FORM, plain) or not _is_day(plain[6:14]):
        raise ValueError("RESIDENT_ID_INVALID")
    if not _checks.resident_id_holds(plain):
        raise ValueError("RESIDENT_ID_CHECK_DIGIT")
    return plain


def _is_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True
