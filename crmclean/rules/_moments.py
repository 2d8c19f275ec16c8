"""A day or a moment that was read: checked, taken to Shanghai, and written out (for `_dates.py`)."""

import re
from datetime import datetime, timedelta
from datetime import timezone as zone
from typing import NamedTuple

SHANGHAI = zone(timedelta(hours=8))
_YEARS = range(1500, 2300)


class Time(NamedTuple):
    """A time of day and its zone as it was written; "" is that of Shanghai."""

    hour: int
    minute: int
    zone: str


def written(year: int, month: int, day: int, clock: Time | None) -> str:
    """YYYY-MM-DD, with HH:MM in Shanghai where there is a time. Raises ValueError DATE_IMPOSSIBLE,
    DATE_OUT_OF_RANGE, DATE_UNREADABLE (no such zone)."""
    try:
        if clock is None:
            datetime(year, month, day)
            moment = None
        else:
            moment = datetime(
                year, month, day, clock.hour % 24 if clock.hour == 24 else clock.hour, clock.minute
            )
    except ValueError as reason:
        raise ValueError("DATE_IMPOSSIBLE") from reason
    if clock and clock.hour == 24 and clock.minute:
        raise ValueError("DATE_IMPOSSIBLE")
    if year not in _YEARS:
        raise ValueError("DATE_OUT_OF_RANGE")
    if moment is None:
        return f"{year:04}-{month:02}-{day:02}"
    if clock.hour == 24:
        moment += timedelta(days=1)
    if clock.zone and clock.zone != "cst":
        moment = moment.replace(tzinfo=_zone(clock.zone)).astimezone(SHANGHAI)
    return moment.strftime("%Y-%m-%d %H:%M")


def _zone(text: str) -> zone:
    """z, gmt, +08, gmt+8, -05:00"""
    sign, hours, minutes = re.fullmatch(
        r"[a-z]*(?:([+-])([0-9]{1,2}):?([0-9]{2})?)?", text
    ).groups()
    away = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    if away > timedelta(hours=14):
        raise ValueError("DATE_UNREADABLE")
    return zone(-away if sign == "-" else away)


def partial(year: int, month: int | None = None) -> str:
    """YYYY or YYYY-MM. Raises ValueError DATE_IMPOSSIBLE, DATE_OUT_OF_RANGE."""
    if year not in _YEARS:
        raise ValueError("DATE_OUT_OF_RANGE")
    if month is None:
        return f"{year:04}"
    if not 1 <= month <= 12:
        raise ValueError("DATE_IMPOSSIBLE")
    return f"{year:04}-{month:02}"
