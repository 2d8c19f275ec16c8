"""Dates as databases and programs print them, rewritten for the grammar of `_dates.py`.

Oracle prints the day first and a year of two digits in its own way (15-JUN-24, in Chinese
15-6月 -24, with 03.30.00 下午 behind it): read as Chinese that would be 2015. Java prints
`Sat Jun 15 09:30:00 CST 2024`, JavaScript `Jun 15 2024 09:30:00 GMT+0800 (…)`, others run the
time on as 20240615T093000.
"""

import re

_ENDINGS = (
    "uary",
    "ruary",
    "ch",
    "il",
    "",
    "e",
    "y",
    "ust",
    "t?(?:ember)?",
    "ober",
    "ember",
    "ember",
)
_SHORT = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
#: A month in English, short or whole.
NAMED = "|".join(f"{name}(?:{end})?" for name, end in zip(_SHORT, _ENDINGS, strict=True))
_MONTHS = {name: n for n, name in enumerate(_SHORT, 1)}
_COMPACT = re.compile(r"^([0-9]{8})[ T]([0-9]{2})([0-9]{2})(?:[0-9]{2})?(?=Z?$)")
_JAVA = re.compile(
    rf"(?:[a-z]{{3}} )?({NAMED}) ([0-9]{{1,2}}) ([0-9:]+) (?:CST|GMT\+08:00) ([0-9]{{4}})", re.I
)
_ORACLE = re.compile(
    rf"(?P<day>[0-9]{{1,2}})-(?:(?P<month>[0-9]{{1,2}})月|(?P<named>{NAMED})) ?-(?P<year>[0-9]{{2}}(?:[0-9]{{2}})?)"
    r"(?: (?P<hour>[0-9]{1,2})[.:](?P<minute>[0-9]{2})[.:][0-9]{2}(?:\.[0-9]+)? ?(?P<half>上午|下午|am|pm)?)?",
    re.I,
)


def plainly(text: str) -> str:
    """`text` with the year first and the time behind it, where a system printed it otherwise.

    >>> plainly("15-6月 -24"), plainly("15-JUN-2024 03.30.00.000000 PM")
    ('2024-6-15', '2024-6-15 03:30 pm')
    >>> plainly("Sat Jun 15 09:30:00 CST 2024"), plainly("20240615T093000Z"), plainly("2024.6.15")
    ('2024-6-15 09:30:00', '20240615 09:30Z', '2024.6.15')
    """
    text = _COMPACT.sub(r"\1 \2:\3", text)
    java, oracle = _JAVA.fullmatch(text), _ORACLE.fullmatch(text)
    if java:
        return f"{java[4]}-{month_of(java[1])}-{java[2]} {java[3]}"
    if oracle is None:
        return text
    month = oracle["month"] or month_of(oracle["named"])
    half = {"上午": " am", "下午": " pm"}.get(oracle["half"], f" {(oracle['half'] or '').lower()}")
    clock = f" {oracle['hour']}:{oracle['minute']}{half}".rstrip() if oracle["hour"] else ""
    return f"{full_year(oracle['year'])}-{month}-{oracle['day']}{clock}"


def month_of(name: str) -> int:
    """The number of a month in English."""
    return _MONTHS[name[:3].lower()]


def full_year(digits: str) -> int:
    """The year that two digits mean; four are as they are. Spreadsheets and databases begin the
    century between 30 and 50, each elsewhere: nobody knows these. Raises DATE_CENTURY_UNKNOWN.

    >>> full_year("24"), full_year("99"), full_year("2024")
    (2024, 1999, 2024)
    """
    year = int(digits)
    if len(digits) > 2:
        return year
    if 30 <= year < 50:
        raise ValueError("DATE_CENTURY_UNKNOWN")
    return year + (2000 if year < 30 else 1900)
