"""Amounts of money in yuan: digits and at most a decimal point

万, 亿, 元, ￥, RMB, thousands separators and Chinese numerals are read; a column in 万 says so in
the project (`unit: 万`). Ranges, about, and other currencies are refused: nobody knows the
amount, and a rule must not choose one.

Source: dirty-input.md C16; GB/T 15835.

>>> clean("￥1,234,567.00"), clean("12.3万元"), clean("人民币三十五万元整"), clean("-0.50")
('1234567', '123000', '350000', '-0.5')
>>> clean("12.5", unit="万"), clean("12.5元", unit="万")
('125000', '12.5')
>>> clean("10-20万")
Traceback (most recent call last):
ValueError: AMOUNT_RANGE
>>> clean("$1,000")
Traceback (most recent call last):
ValueError: AMOUNT_CURRENCY
"""

import re
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.rules import _characters, _numbers

FORM = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?"
_MONEY = re.compile(r"人民币|rmb|cny|[¥￥]", re.I)
_TAIL = re.compile(r"(?:元|圆|块钱|块)?(?:整|正)?(?:/年|每年|一年|/月)?$")
_FOREIGN = re.compile(r"[$€£]|美元|美金|欧元|港币|港元|日元|英镑|usd|eur|hkd|jpy|gbp", re.I)
_RANGE = re.compile(r"[0-9万千百亿元] ?(?:-|~|～|—|–|至|到) ?[¥￥]?[0-9]")
_ABOUT = re.compile(r"约|大概|左右|以上|以下|以内|近|超过?|多万|余万|几|不到|\+$|[<>≥≤]")


_MENDED = (
    (r"\A[￥¥]?([0-9]{1,3})(?:,([0-9]{3}))?(?:,([0-9]{3}))?(?:\.00?)?元?\z", r"\1\2\3"),
    (r"\A[￥¥]?([0-9]{4,12})(?:\.00?)?元?\z", r"\1"),
    (r"\A[￥¥]?([0-9]{1,8})万元?\z", r"\10000"),
    (r"\A([0-9]{1,12}\.[1-9])0\z", r"\1"),
)


def doubt(values: pa.Array, /, unit: str | None = None, **_: object) -> pa.Array:
    """Everything in a column with a unit; else only a zero with a sign."""
    if unit in (None, "元"):
        return pc.equal(values, "-0")
    return pa.repeat(True, len(values))


def quick(values: pa.Array, /, unit: str | None = None, **_: object) -> pa.Array:
    """￥ and 元, thousands separators, whole 万, decimal zeros; in a column without a unit."""
    if unit:
        return values
    plain = pc.utf8_trim(values, " \u3000\t\r\n")
    for pattern, mended in _MENDED:
        plain = pc.replace_substring_regex(plain, pattern, mended)
    return plain


def clean(text: str, unit: str | None = None, **_: object) -> str:
    """The amount in yuan. Raises ValueError AMOUNT_RANGE, AMOUNT_ABOUT, AMOUNT_CURRENCY,
    AMOUNT_PERIOD, NUMBER_LOST_DIGITS, AMOUNT_INVALID."""
    plain = _characters.narrow(text).strip("'\"`;。， ")
    number = _number(plain, unit)
    if number is not None:
        return _numbers.written(number)
    raise ValueError(_reason(plain))


def _number(plain: str, unit: str | None) -> Decimal | None:
    bare = _MONEY.sub("", plain).strip(" :")
    negative = bare[:1] == "-" or re.fullmatch(r"\([^()]+\)", bare) is not None
    bare = bare.strip("-() ") if negative else bare.lstrip("+")
    said = (
        re.search("[元圆块万亿千kKwW百十]|元整", bare) is not None
        or _MONEY.search(plain) is not None
    )
    if re.search("/月$", bare):
        return None
    number = _numbers.decimal(_TAIL.sub("", bare).strip())
    if number is None:
        return None
    scale = 1 if said or unit is None else _numbers.UNITS[unit]
    return _numbers.scaled(number, scale, negative)


def _reason(plain: str) -> str:
    for code, pattern in (
        ("AMOUNT_CURRENCY", _FOREIGN),
        ("AMOUNT_RANGE", _RANGE),
        ("AMOUNT_ABOUT", _ABOUT),
        ("NUMBER_LOST_DIGITS", re.compile(r"^[0-9.]+e\+?[0-9]+$", re.I)),
        ("AMOUNT_PERIOD", re.compile("/月$")),
    ):
        if pattern.search(plain):
            return code
    return "AMOUNT_INVALID"
