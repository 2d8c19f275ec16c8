"""Amounts of money in yuan: digits and at most a decimal point

万, 亿, 元, 角, 分, ￥, RMB, thousands separators and Chinese numerals are read; a column in 万 says
so in the project (`unit: 万`). Ranges, about, and other currencies are refused: nobody knows the
amount, and a rule must not choose one. In a column of 万, ￥50 and 五十 leave their unit open, and
500000 would be five billion: the first are refused, the second is flagged.

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
>>> clean("壹仟贰佰元伍角"), clean("500000", unit="万").issues
('1200.5', [('AMOUNT_UNIT_DOUBTFUL', '500000')])
"""

import re
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.rules import Parts, _characters, _numbers, kept

FORM = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?"
_MONEY = re.compile(r"人民币|rmb|cny|[¥￥]", re.I)
_TAIL = re.compile(r"(?:元|圆|块钱|块)?(?:整|正)?(?:/年|每年|一年|/月)?$")
_COINS = re.compile("(.+)[元圆块]零?(?:(.)[角毛])?零?(?:(.)分)?[整正]?")
#: Said in yuan, or in a unit of its own; other words leave the unit of the column open.
_SAYS_UNIT = re.compile("[元圆块万亿wW]")
_OPEN = re.compile("[百佰千仟十拾kK一二三四五六七八九壹贰叁肆伍陆柒捌玖]")
#: No customer buys for more: somebody typed yuan into a column of 万.
_MOST = 10**9
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
    """Everything in a column with a unit; else a zero with a sign, runs of digits that are none."""
    if unit in (None, "元"):
        return pc.or_(pc.equal(values, "-0"), pc.greater(pc.utf8_length(values), _numbers.MOST))
    return pa.repeat(True, len(values))


def quick(values: pa.Array, /, unit: str | None = None, **_: object) -> pa.Array:
    """￥ and 元, thousands separators, whole 万, decimal zeros; in a column without a unit."""
    if unit:
        return values
    plain = pc.utf8_trim(values, " \u3000\t\r\n")
    for pattern, mended in _MENDED:
        plain = pc.replace_substring_regex(plain, pattern, mended)
    return plain


def clean(text: str, unit: str | None = None, **_: object) -> str | Parts:
    """The amount in yuan. Raises ValueError AMOUNT_RANGE, AMOUNT_ABOUT, AMOUNT_CURRENCY,
    AMOUNT_PERIOD, AMOUNT_UNIT_OPEN, NUMBER_LOST_DIGITS, AMOUNT_INVALID."""
    plain = _characters.narrow(text).strip("'\"`;。， ")
    bare = _MONEY.sub("", plain).strip(" :")
    negative = bare[:1] == "-" or re.fullmatch(r"\([^()]+\)", bare) is not None
    bare = bare.strip("-() ") if negative else bare.lstrip("+")
    number = None if bare.endswith("/月") else _number(bare)
    if number is None:
        raise ValueError(_reason(plain))
    scale = _scale(plain, bare, unit)
    found = _numbers.written(_numbers.scaled(number, scale, negative))
    if scale > 1 and number * scale >= _MOST:
        return kept(found, "AMOUNT_UNIT_DOUBTFUL", _numbers.written(number))
    return found


def _scale(plain: str, bare: str, unit: str | None) -> int:
    """What a number without a unit of its own is counted in."""
    if unit in (None, "元") or _SAYS_UNIT.search(bare):
        return 1
    if _OPEN.search(bare) or _MONEY.search(plain):
        raise ValueError("AMOUNT_UNIT_OPEN")
    return _numbers.UNITS[unit]


def _number(bare: str) -> Decimal | None:
    coins = _COINS.fullmatch(bare)
    if coins is None or not (coins[2] or coins[3]):
        return _numbers.decimal(_TAIL.sub("", bare).strip())
    parts = [_numbers.decimal(part) if part else Decimal(0) for part in coins.groups()]
    if None in parts or max(parts[1:]) > 9:
        return None
    return parts[0] + parts[1] / 10 + parts[2] / 100


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
