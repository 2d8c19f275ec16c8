"""Numbers as people write them, read exactly (shared by amount and integer).

Thousands separators in groups of three, 万 and 亿, Chinese numerals, brackets or a minus for
negative. Decimal arithmetic: 12.3万 is 123000, not 122999.99. A comma that is not a thousands
separator is refused: 1,23 may be 1.23 or a slip.
"""

import re
from decimal import Context, Decimal, InvalidOperation, localcontext

UNITS = {"元": 1, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "万": 10_000, "百万": 1_000_000, "千万": 10_000_000,
         "亿": 100_000_000, "k": 1000, "w": 10_000, "万亿": 10**12, "十万": 100_000}  # fmt: skip
_PLAIN = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+"
NUMBER = re.compile(rf"({_PLAIN}) ?(万亿|千万|百万|十万|亿|万|[千仟百佰kKwW])?")
#: 100 200 may be two numbers, 12 500 and 1 234 567 are one.
_PERHAPS_TWO = re.compile(r"[0-9]{3} [0-9]{3}(?![0-9 ])")
_DIGITS = dict(
    zip("一二三四五六七八九两壹贰叁肆伍陆柒捌玖", [*range(1, 10), 2, *range(1, 10)], strict=True)
)
_DIGIT = f"[{''.join(_DIGITS)}]"
#: Below 万, as it is written out: a single digit at the end stands behind 十 or 零 or alone, for
#: 三百五 is 350 when it is spoken.
_SECTION = re.compile(
    rf"(?:[零〇]?({_DIGIT})[千仟])?(?:[零〇]?({_DIGIT})[百佰])?(?:[零〇]?(?:(?<![百佰千仟])()|({_DIGIT}))[十拾]({_DIGIT})?)?"
    rf"(?:(?:[零〇]|^)({_DIGIT}))?"
)
_CHINESE = re.compile("(?:(.+)亿)?(?:(.+)万)?(.*)")
#: Characters of a number; a longer run of digits is none.
MOST = 40
#: Digits that no sum of such numbers has.
_EXACT = Context(prec=80)


def decimal(text: str) -> Decimal | None:
    """A number with its unit words, or None.

    >>> decimal("1,234.50"), decimal("12.3万"), decimal("1亿2000万"), decimal("1,23")
    (Decimal('1234.50'), Decimal('123000.0'), Decimal('120000000'), None)
    >>> decimal("三十五万"), decimal("两千")
    (Decimal('350000'), Decimal('2000'))
    """
    if not text or len(text) > MOST or _PERHAPS_TWO.match(text):
        return None
    with localcontext(_EXACT):
        return _sum(text)


def scaled(number: Decimal, scale: int, negative: bool) -> Decimal:
    """The number in units of one, with its sign."""
    return _EXACT.multiply(number, Decimal(-scale if negative else scale))


def _sum(text: str) -> Decimal | None:
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
    """三十五万, 一亿二千万: a whole number written out in Chinese numerals, or None.

    >>> _chinese("一千零五"), _chinese("三百五"), _chinese("五六"), _chinese("百万")
    (Decimal('1005'), None, None, None)
    """
    if text in ("零", "〇"):
        return Decimal(0)
    hit = _CHINESE.fullmatch(text)
    if not text or hit is None:
        return None
    total = 0
    for size, section in zip((10**8, 10**4, 1), hit.groups(), strict=True):
        number = _section(section, total > 0) if section else 0
        if number is None:
            return None
        total += number * size
    return Decimal(total) if total else None


def _section(text: str, behind: bool) -> int | None:
    """A number below 万; `behind` 万 or 亿 a single digit needs its 零."""
    hit = _SECTION.fullmatch(text)
    if hit is None or (behind and len(text) == 1):
        return None
    thousands, hundreds, ten, tens, after_ten, ones = hit.groups()
    digit = lambda character: _DIGITS[character] if character else 0
    tenths = 1 if ten == "" else digit(tens)
    return (digit(thousands) * 1000 + digit(hundreds) * 100 + tenths * 10
            + digit(after_ten) + digit(ones))  # fmt: skip
