"""Dates that are nothing but digits: compact ones, serials of spreadsheets, seconds since 1970."""

from datetime import datetime, timedelta

from crmclean.rules._moments import SHANGHAI, Time, partial, written


def read(whole: str, part: str, epoch: int) -> str:
    """The date in digits before and behind a point, "" for zeros. Raises ValueError."""
    exact = not part.strip("0")
    size = len(whole)
    if exact and size == 8:
        return written(int(whole[:4]), int(whole[4:6]), int(whole[6:]), None)
    if not exact and size == 4 and int(whole) in range(1900, 2101):
        return _month(int(whole), part)
    if exact and size in (12, 14):
        clock = Time(int(whole[8:10]), int(whole[10:12]), "")
        return written(int(whole[:4]), int(whole[4:6]), int(whole[6:8]), clock)
    if exact and size == 5 and whole[:2] == "20":  # 20241: a serial of 1955, or January 2024
        raise ValueError("DATE_UNREADABLE")
    if size == 5 and 20000 <= int(whole) <= 60000:
        return _serial(int(whole), part, epoch)
    if size in (10, 13) and whole[0] == "1" and (exact or size == 10):
        moment = datetime.fromtimestamp(int(whole[:10]), SHANGHAI)
        return moment.strftime("%Y-%m-%d %H:%M")
    if exact and size == 4 and int(whole) in range(1900, 2101):
        return partial(int(whole))
    if exact and size == 6:
        raise ValueError("DATE_UNREADABLE", _six(whole))
    if not int(whole) and not part.strip("0"):
        return ""
    raise ValueError("DATE_UNREADABLE")


def _month(year: int, part: str) -> str:
    """2024.06 and 2024.6 are June; 2024.1 is January, or October without its zero."""
    if len(part) > 2 or part == "1":
        raise ValueError("DATE_UNREADABLE")
    return partial(year, int(part))


def _serial(days: int, part: str, epoch: int) -> str:
    start = datetime(1904, 1, 1) if epoch == 1904 else datetime(1899, 12, 30)
    seconds = round(float(f"0.{part or 0}") * 86_400)
    moment = start + timedelta(days=days, seconds=min(seconds, 86_399))
    return moment.strftime("%Y-%m-%d %H:%M" if part.strip("0") else "%Y-%m-%d")


def _six(digits: str) -> str | None:
    try:
        if digits[:2] in ("19", "20"):
            return partial(int(digits[:4]), int(digits[4:]))
        return written(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]), None)
    except ValueError:
        return None
