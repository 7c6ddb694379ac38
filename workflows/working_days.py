"""Working days (法定工作日) in China: official holidays where they are published, Monday to Friday beyond."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

LOCAL = ZoneInfo("Asia/Shanghai")


def is_working_day(day: date) -> bool:
    """Whether offices work on a day; a year without its official schedule is taken provisionally."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def is_official(day: date) -> bool:
    """Whether the schedule of the day's year has been published."""
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return False
    return True


def after(start: datetime, days: int) -> datetime:
    """The end of the n-th working day after the local day of `start` (行政许可法 art. 82: 工作日)."""
    day = start.astimezone(LOCAL).date()
    left = days
    while left > 0:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return datetime.combine(day, time(23, 59, 59), LOCAL)


def before(end: datetime, days: int) -> datetime:
    """The end of the n-th working day before the local day of `end`."""
    day = end.astimezone(LOCAL).date()
    left = days
    while left > 0:
        day -= timedelta(days=1)
        left -= is_working_day(day)
    return datetime.combine(day, time(23, 59, 59), LOCAL)


def between(start: datetime, end: datetime) -> int:
    """How many working days lie after the local day of `start`, up to that of `end`."""
    first, last = start.astimezone(LOCAL).date(), end.astimezone(LOCAL).date()
    return sum(is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
