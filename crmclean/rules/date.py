"""Dates as YYYY-MM-DD; a time of day that is there is kept

Chinese, dotted, compact and Excel dates, ISO with a zone (taken to Asia/Shanghai before the date
is read), epochs, 民国 years. Nothing is guessed: a month without a day stays a month, day and
month are only told apart by a day over 12 or by the order that the whole column has (`date_order`,
from the plan), 31 June is refused. A two-digit year is read year first, as Chinese columns have
it, unless slashes leave another reading or a database printed it (15-6月 -24); which century 30
to 49 mean, nobody knows. Lunar dates are refused.

Source: ISO 8601; GB/T 7408; dirty-input.md M08, V07-V10.

>>> clean("2024年6月15日"), clean("2024.6.15"), clean("20240615"), clean("24.6.15")
('2024-06-15', '2024-06-15', '2024-06-15', '2024-06-15')
>>> clean("二〇二四年六月十五日"), clean("民国113年6月15日"), clean("45458"), clean("45458", epoch=1904)
('2024-06-15', '2024-06-15', '2024-06-15', '2028-06-16')
>>> clean("2024-06-14T23:30:00Z"), clean("6/15/2024"), clean("03/04/2024", date_order="dmy")
('2024-06-15 07:30', '2024-06-15', '2024-04-03')
>>> clean("2024年6月").values, clean("2024年6月").issues
({'': '2024-06'}, [('DATE_PARTIAL', None)])
>>> clean("03/04/2024")
Traceback (most recent call last):
ValueError: DATE_ORDER_UNKNOWN
>>> clean("2024-06-31")
Traceback (most recent call last):
ValueError: DATE_IMPOSSIBLE
"""

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.rules import Parts, _date_columns, _dates, kept

_DAY = r"-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01])(?: (?:[01][0-9]|2[0-3]):[0-5][0-9])?)?"
FORM = rf"(?:1[5-9]|2[0-9])[0-9]{{2}}(?:{_DAY})?"
#: Years without a doubt, in days that every such month has; all others are read by `clean`.
CERTAIN = (
    r"(?:19[2-9][0-9]|20[0-9]{2})-(?:(?:0[13-9]|1[0-2])-(?:0[1-9]|[12][0-9]|30)"
    r"|(?:0[13578]|1[02])-31|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
#: Any time of day but midnight.
_TIME = r" (?:(?:0[1-9]|1[0-9]|2[0-3]):[0-5][0-9]|00:(?:0[1-9]|[1-5][0-9]))"
_MIDNIGHT = " 00:00"


def sound(values: pa.Array, /, **_: object) -> pa.Array:
    """No partial dates, days that do not exist, strange years, midnights."""
    return pc.match_substring_regex(values, rf"\A{CERTAIN}(?:{_TIME})?\z")


def quick(values: pa.Array, /, **options: object) -> pa.Array:
    """Year first with any sign, compact dates, midnight."""
    days = _date_columns.quick_column(values, **options)
    return pc.replace_substring_regex(days, rf"{_MIDNIGHT}\z", "")


def clean(text: str, /, **options: object) -> str | Parts:
    """The date. Options: date_order (ymd, dmy, mdy), epoch (1900, 1904), calendar (roc).

    Raises ValueError DATE_ORDER_UNKNOWN, DATE_IMPOSSIBLE, DATE_NO_YEAR, DATE_RELATIVE,
    DATE_SEVERAL, DATE_LUNAR, DATE_CENTURY_UNKNOWN, DATE_VAGUE, DATE_UNREADABLE, DATE_OUT_OF_RANGE,
    DATE_ROC_PERHAPS, NUMBER_LOST_DIGITS."""
    return flagged(_dates.read(text, **options).removesuffix(_MIDNIGHT))


def flagged(found: str) -> str | Parts:
    """A date that is read, with what must be said about it."""
    return kept(found, "DATE_PARTIAL") if 0 < len(found) < 10 else found
