"""Date-times as YYYY-MM-DD HH:MM; a date without a time stays a date

Everything that the date rule reads. A time is never invented: a target that wants one gets it
from the form of its template. Midnight that is written is kept.

Source: as date.

>>> clean("2024/6/15 上午9:30"), clean("2024年6月15日 下午3点半"), clean("20240615093000")
('2024-06-15 09:30', '2024-06-15 15:30', '2024-06-15 09:30')
>>> clean("45458.395833333336"), clean("2024-06-15 00:00:00"), clean("2024.6.15")
('2024-06-15 09:30', '2024-06-15 00:00', '2024-06-15')
>>> clean("明天上午")
Traceback (most recent call last):
ValueError: DATE_RELATIVE
"""

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.rules import Parts, _date_columns, _dates
from crmclean.rules.date import CERTAIN, FORM, flagged

__all__ = ["FORM", "clean", "quick", "sound"]


def sound(values: pa.Array, /, **_: object) -> pa.Array:
    """No partial dates, days that do not exist, strange years."""
    return pc.match_substring_regex(values, rf"\A{CERTAIN}(?: (?:[01][0-9]|2[0-3]):[0-5][0-9])?\z")


def quick(values: pa.Array, /, **options: object) -> pa.Array:
    """Year first with any sign, compact dates."""
    return _date_columns.quick_column(values, **options)


def clean(text: str, /, **options: object) -> str | Parts:
    """The date and time. Options and errors: as date."""
    return flagged(_dates.read(text, **options))
