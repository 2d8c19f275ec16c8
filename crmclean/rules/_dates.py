"""The grammar of dates, shared by date and datetime: text in, `YYYY[-MM[-DD[ HH:MM]]]` out.

A quick form takes what most dates look like; the others are cut into a time of day and a day, and
the day is read by the first form that fits it whole. No fuzzy library: they invent days, swap
months and turn 24.6.15 into 2015 (dirty-input.md, finding 5).
"""

import re

from crmclean.rules import _date_numbers
from crmclean.rules._characters import narrow
from crmclean.rules._date_systems import NAMED, full_year, month_of, plainly
from crmclean.rules._date_words import in_digits
from crmclean.rules._moments import Time, partial, written

_QUICK = re.compile(
    r"((?:19|20)[0-9]{2})(?:[-/.]([0-9]{1,2})[-/.]|年([0-9]{1,2})月)([0-9]{1,2})[日号]?"
    r"(?:[ T]([0-9]{1,2}):([0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
)
_WEEKDAY = re.compile(
    r"[(（]?(?:星期|周|礼拜)[一二三四五六日天][)）]?|\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? ?",
    re.I,
)
_TIME = re.compile(
    r"[ T,]*(?P<half>上午|下午|中午|凌晨|清晨|早上?|晚上?|傍晚|am|pm|a\.m\.|p\.m\.)? *"
    r"(?P<hour>[0-9]{1,2}) *(?:[:：]|点|时) *(?P<minute>[0-9]{1,2}|半|整)?分? *"
    r"(?P<second>[:：]? *[0-9]{1,2}(?:[.,][0-9]+)?秒?)? *(?P<after>上午|下午|am|pm|a\.m\.|p\.m\.)? *"
    r"(?:(?P<named>z|utc|gmt|cst)|(?P<zone>(?:utc|gmt)?(?:\+[0-9]{1,2}(?::?[0-9]{2})?|-[0-9]{2}:?[0-9]{2}))"
    r"(?: [a-z]{3,4}| \([^()]+\))?)?$",
    re.I,
)
_PARTS = re.compile(
    r"([0-9]{1,4})[-/.年、,\\ ·_]+([0-9]{1,2})[-/.月、,\\ ·_]+([0-9]{1,4})[日号./]?"
)
_MONTH_ONLY = re.compile(r"([0-9]{4})(?:[-/.年] ?)([0-9]{1,2})月?(?:份)?")
_YEAR_ONLY = re.compile(r"([0-9]{4})年?")
_ROC = re.compile(
    r"(?:中华)?民[国國] ?([0-9]{1,3}|元)(?:年 ?| ?[-/.] ?| )([0-9]{1,2})[-/.月] ?([0-9]{1,2})[日号]?"
)
_ENGLISH = re.compile(
    rf"(?:(?P<d1>[0-9]{{1,2}})(?:st|nd|rd|th)?[- ,.]*(?P<m1>{NAMED})|(?P<m2>{NAMED})[- ,.]*"
    r"(?P<d2>[0-9]{1,2})(?:st|nd|rd|th)?)[- ,.]*(?P<y>[0-9]{4})",
    re.I,
)
_MONTH_NAMED = re.compile(rf"({NAMED})[- ,.]+([0-9]{{4}})", re.I)
_LABEL = re.compile("^[\u4e00-\u9fff]{0,6}(?:日期|时间|日) ?[:：] ?")
_IN_BRACKETS = re.compile(r"[(\[【]([^()\[\]【】]+)[)\]】]")
_RELATIVE = re.compile(r"今天|昨天|前天|明天|后天|今日|明日|昨日|上周|本周|下周|上月|本月|下月|下个月|上个月|上?下?周[一二三四五六日天]|星期|去年|今年|明年|近期|尽快|月底|年底|年初|节后|节前")  # fmt: skip
_VAGUE = re.compile(r"季度|[Qq][1-4]|上旬|中旬|下旬|[初底末]$|左右|前后|半年|(?<!签)约|大概")
_LUNAR = re.compile("农历|阴历|正月|腊月|冬月|闰|月初[一二三四五六七八九十]|大年|除夕")
_NO_YEAR = re.compile(r"[0-9]{1,2}(?:[-/.]|月)[0-9]{1,2}[日号]?")
_RANGE = re.compile(r"[0-9日号年月] ?(?:至|到|~|～|—|–| - |--) ?[0-9]")
_COUNTED = re.compile(r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}")


def read(text: str, date_order: str | None = None, epoch: int = 1900,
         calendar: str | None = None, **_: object) -> str:  # fmt: skip
    """The date in `text`, "" for a stand-in. Raises ValueError with the codes of the date rule."""
    hit = _QUICK.fullmatch(text)
    if hit:
        year, month, chinese_month, day, hour, minute = hit.groups()
        clock = Time(int(hour), int(minute), "") if hour else None
        return written(int(year), int(month or chinese_month), int(day), clock)
    plain = _LABEL.sub("", narrow(text).strip("'\"`;。, "))
    wrapped = _IN_BRACKETS.fullmatch(plain)
    plain = wrapped[1].strip() if wrapped else plain
    number = re.fullmatch(r"([0-9]+)(?:\.([0-9]+))?", plain)
    if number:
        return _date_numbers.read(number[1], number[2] or "", epoch or 1900)
    return _words(plain, date_order, calendar)


def _words(plain: str, order: str | None, calendar: str | None) -> str:
    plain = plainly(plain)
    dated = _WEEKDAY.sub(" ", plain)
    plain = " ".join((dated if re.search("[0-9]", dated) else plain).split())
    plain = re.sub(r" ?([年月日号/.-]) ?(?=[0-9]|$)", r"\1", plain)
    day, clock = _without_time(plain)
    return _day(in_digits(day).replace("。", "."), clock, order, calendar)


def _without_time(plain: str) -> tuple[str, Time | None]:
    hit = _TIME.search(plain)
    if hit is None or not hit.start():
        return plain, None
    half = (hit["half"] or hit["after"] or "").lower().replace(".", "")
    minute = {"半": 30, "整": 0, None: 0}.get(hit["minute"], hit["minute"])
    hour = int(hit["hour"])
    late = 12 if half in ("下午", "晚", "晚上", "傍晚", "pm") else 3 if half == "中午" else 0
    if hour == 12 and half in ("晚", "晚上", "傍晚", "上午", "早", "早上", "清晨"):
        raise ValueError("DATE_UNREADABLE")  # noon to one, midnight to another
    zoned = (hit["zone"] or hit["named"] or "").lower()
    if zoned.startswith("-") and not hit["second"]:  # 9:30-11:30
        raise ValueError("DATE_SEVERAL")
    if hour < late:
        hour += 12
    elif half in ("am", "凌晨") and hour == 12:
        hour = 0
    return plain[: hit.start()].strip(" ,T"), Time(hour, int(minute), zoned)


def _day(day: str, clock: Time | None, order: str | None, calendar: str | None) -> str:
    roc = _ROC.fullmatch(day)
    if roc:
        year = 1 if roc[1] == "元" else int(roc[1])
        return written(year + 1911, int(roc[2]), int(roc[3]), clock)
    english = _ENGLISH.fullmatch(day)
    if english:
        month = month_of(english["m1"] or english["m2"])
        return written(int(english["y"]), month, int(english["d1"] or english["d2"]), clock)
    parts = _PARTS.fullmatch(day)
    if parts:
        return _ordered(day, parts.groups(), clock, order, calendar)
    digits = re.fullmatch("[0-9]{8}", day)
    if digits:
        return written(int(day[:4]), int(day[4:6]), int(day[6:]), clock)
    if clock is None:
        named = _MONTH_NAMED.fullmatch(day)
        if named:
            return partial(int(named[2]), month_of(named[1]))
        for form in (_MONTH_ONLY, _YEAR_ONLY):
            hit = form.fullmatch(day)
            if hit:
                return partial(*(int(group) for group in hit.groups()))
    raise _refusal(day)


def _ordered(day: str, parts: tuple[str, ...], clock: Time | None, order: str | None,
             calendar: str | None) -> str:  # fmt: skip
    """Three numbers: which is the year, which the month?"""
    one, two, three = (int(part) for part in parts)
    if len(parts[0]) == 4 and len(parts[2]) <= 2:
        return written(one, two, three, clock)
    if len(parts[0]) == 3:
        found = written(one + 1911, two, three, clock)
        if calendar == "roc":
            return found
        raise ValueError("DATE_ROC_PERHAPS", found)
    if len(parts[0]) > 2 or len(parts[2]) == 3:
        raise ValueError("DATE_UNREADABLE")
    if len(parts[2]) == 4:
        return _year_last(one, two, three, clock, order)
    return _short_year(day, one, two, three, clock, order)


def _year_last(one: int, two: int, year: int, clock: Time | None, order: str | None) -> str:
    readings = {"dmy": (two, one), "mdy": (one, two)}
    possible = {name: r for name, r in readings.items() if r[0] <= 12 and r[1] <= 31}
    if len(set(possible.values())) == 1:
        month, day = next(iter(possible.values()))
    elif order in possible:
        month, day = possible[order]
    else:
        raise ValueError("DATE_ORDER_UNKNOWN" if possible else "DATE_IMPOSSIBLE")
    return written(year, month, day, clock)


def _short_year(text: str, one: int, two: int, three: int, clock: Time | None,
                order: str | None) -> str:  # fmt: skip
    readings = {"dmy": (three, two, one), "mdy": (three, one, two)}
    if text[1].isdigit():  # no year has one digit
        readings["ymd"] = (one, two, three)
    possible = {name: r for name, r in readings.items() if 1 <= r[1] <= 12 and 1 <= r[2] <= 31}
    if order is None and ("/" not in text or set(possible) == {"ymd"}):
        order = "ymd"
    if order not in possible and len(set(possible.values())) == 1 and order is None:
        order = next(iter(possible))
    if order not in possible:
        raise ValueError("DATE_ORDER_UNKNOWN" if possible else "DATE_IMPOSSIBLE")
    year, month, day = possible[order]
    return written(full_year(f"{year:02}"), month, day, clock)


def _refusal(day: str) -> ValueError:
    if re.fullmatch(r"[0-9.]+e\+?[0-9]+", day, re.I):
        return ValueError("NUMBER_LOST_DIGITS")
    if _LUNAR.search(day):
        return ValueError("DATE_LUNAR")
    if _RANGE.search(day) or len(_COUNTED.findall(day)) > 1:
        return ValueError("DATE_SEVERAL")
    if _RELATIVE.search(day) and not re.match("[0-9]{4}", day):
        return ValueError("DATE_RELATIVE")
    if _NO_YEAR.fullmatch(day):
        return ValueError("DATE_NO_YEAR")
    return ValueError("DATE_VAGUE" if _VAGUE.search(day) else "DATE_UNREADABLE")
