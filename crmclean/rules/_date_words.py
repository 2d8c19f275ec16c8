"""Dates that are written in Chinese numerals: 二〇二四年六月十五日 (for `_dates.py`)."""

import re

_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾", "一二三四五六七八九十")
_DIGITS = dict(zip("〇零○Oo一二三四五六七八九", "00000123456789", strict=True))


#: Digits of both kinds side by side are a slip, not a number.
_MIXED = re.compile("[0-9][〇零○一二三四五六七八九十廿卅]|[〇零○一二三四五六七八九十廿卅][0-9]")


def in_digits(day: str) -> str:
    """二〇二四年六月十五日 → 2024年6月15日; other text as it is."""
    day = day.translate(_FORMAL)
    if not re.search("[一二三四五六七八九十]", day) or _MIXED.search(day):
        return day
    year, mark, rest = day.partition("年")
    year = "".join(_DIGITS.get(character, character) for character in year)
    rest = re.sub("[一二三四五六七八九十廿卅]+", lambda hit: _tens(hit[0]), rest)
    return year + mark + rest


def _tens(text: str) -> str:
    ones = "〇一二三四五六七八九"
    text = text.replace("廿", "二十").replace("卅", "三十")
    if "十" not in text:
        return "".join(str(ones.index(character)) for character in text)
    before, _, after = text.partition("十")
    return str((ones.find(before) if before else 1) * 10 + (ones.find(after) if after else 0))
