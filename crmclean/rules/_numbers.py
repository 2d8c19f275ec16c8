"""Numbers as people write them, read exactly (shared by amount and integer).

Thousands separators in groups of three, 万 and 亿, Chinese numerals, brackets or a minus for
negative. Decimal arithmetic: 12.3万 is 123000, not 122999.99. A comma that is not a thousands
separator is refused: 1,23 may be 1.23 or a slip.
"""

import re
from decimal import Decimal, InvalidOperation

UNITS = {"元": 1, "千": 1000, "万": 10_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000,
         "k": 1000, "w": 10_000, "万亿": 10**12, "十万": 100_000}  # fmt: skip
_PLAIN = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+"
NUMBER = re.compile(rf"({_PLAIN}) ?(万亿|千万|百万|十万|亿|万|千|[kKwW])?")
_CHINESE = dict(
    zip(
        "零〇一二三四五六七八九两壹贰叁肆伍陆柒捌玖",
        [0, 0, *range(1, 10), 2, *range(1, 10)],
        strict=True,
    )
)
_STEPS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MOST = 40


def decimal(text: str) -> Decimal | None:
    """A number with its unit words, or None.

    >>> decimal("1,234.50"), decimal("12.3万"), decimal("1亿2000万"), decimal("1,23")
    (Decimal('1234.50'), Decimal('123000.0'), Decimal('120000000'), None)
    >>> decimal("三十五万"), decimal("两千")
    (Decimal('350000'), Decimal('2000'))
    """
    if len(text) > _MOST:
        return None
    total, rest, last = Decimal(0), text, 10**20
    while rest:
        hit = NUMBER.match(rest)
        if hit is None:
            return _chinese(text) if rest == text else None
        unit = UNITS[hit[2].lower()] if hit[2] else 1
        if unit >= last or (rest != text and 1 in (last, unit)):
            return None
        total, last = total + _plain(hit[1]) * unit, unit
        rest = rest[hit.end() :].strip()
    return total


def written(number: Decimal) -> str:
    """Without exponent and needless zeros.

    >>> written(Decimal("1234.50")), written(Decimal("1E+5")), written(Decimal("-0.0"))
    ('1234.5', '100000', '0')
    """
    text = f"{number:f}" if number else "0"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _plain(text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", "").replace(" ", ""))
    except InvalidOperation:
        return Decimal(0)


def _chinese(text: str) -> Decimal | None:
    """三十五万, 一亿二千万: a whole number in Chinese numerals, or None."""
    if not re.fullmatch(f"[{''.join(_CHINESE)}{''.join(_STEPS)}万亿]+", text):
        return None
    total = section = digit = 0
    for character in text:
        if character in _CHINESE:
            digit = _CHINESE[character]
        elif character in _STEPS:
            section, digit = section + (digit or 1) * _STEPS[character], 0
        else:
            total, section, digit = (total + section + digit) * UNITS[character], 0, 0
    return Decimal(total + section + digit)
