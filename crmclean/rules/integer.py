"""Whole numbers: counts of people, visits, pieces

A measure word after the number is taken off; a fraction or a range is refused.

Source: GB/T 15835.

>>> clean("1,200人"), clean("３ 次"), clean("12.0"), clean("二十")
('1200', '3', '12', '20')
>>> clean("50-100人")
Traceback (most recent call last):
ValueError: INTEGER_RANGE
>>> clean("3.5")
Traceback (most recent call last):
ValueError: INTEGER_FRACTION
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.rules import _characters, _numbers

FORM = "0|-?[1-9][0-9]*"
_MEASURE = re.compile(r" ?(?:人|名|个|次|家|台|件|套|天|岁|单|笔|条|位|户|辆|间|层|回|遍|趟|pcs)$")
_RANGE = re.compile(r"[0-9] ?(?:-|~|～|—|–|至|到) ?[0-9]")


def doubt(values: pa.Array, /, **_: object) -> pa.Array:
    """Runs of digits that are no number."""
    return pc.greater(pc.utf8_length(values), _numbers.MOST)


def clean(text: str, /, **_: object) -> str:
    """The number. Raises ValueError INTEGER_RANGE, INTEGER_FRACTION, NUMBER_LOST_DIGITS,
    INTEGER_INVALID."""
    plain = _characters.narrow(text).strip("'\"`;。， ")
    negative = plain.startswith("-")
    number = _numbers.decimal(_MEASURE.sub("", plain.lstrip("-+")))
    if number is None:
        if re.fullmatch(r"[0-9.]+e\+?[0-9]+", plain, re.I):
            raise ValueError("NUMBER_LOST_DIGITS")
        raise ValueError("INTEGER_RANGE" if _RANGE.search(plain) else "INTEGER_INVALID")
    if number != number.to_integral():
        raise ValueError("INTEGER_FRACTION")
    return _numbers.written(_numbers.scaled(number, 1, negative))
