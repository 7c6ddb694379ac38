"""Working days (法定工作日) in China: as the office's calendar says, else as officially published.

Years that are not in the office's calendar come from the published schedule, and beyond it are taken
provisionally as Monday to Friday.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import chinese_calendar
from flask import has_app_context
from sqlalchemy import bindparam, select

from models.authorities.calendar import CalendarDay, CalendarYear
from models.base.prebuilt import Prebuilt
from translations import lazy_gettext

LOCAL = ZoneInfo("Asia/Shanghai")
NAMES = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}
MADE_UP_FOR = lazy_gettext("调休上班")

FIND_YEAR = Prebuilt(select(CalendarYear.official).where(CalendarYear.year == bindparam("year")))
FIND_DAYS = Prebuilt(
    select(CalendarDay.day, CalendarDay.working).where(
        CalendarDay.day >= bindparam("first"), CalendarDay.day <= bindparam("last")
    )
)


@dataclass(frozen=True, kw_only=True)
class Year:
    """One year: whether its schedule is official, and the days that differ from their weekday."""

    official: bool
    exceptions: dict[date, bool]  # day → whether offices work

    def is_working(self, day: date) -> bool:
        """Whether offices work on a day of this year."""
        return self.exceptions.get(day, day.weekday() < 5)


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The working days as they stand at this moment; a year is read when it is first asked for."""

    years: dict[int, Year] = field(default_factory=dict)

    def year(self, number: int) -> Year:
        """One year."""
        if number not in self.years:
            self.years[number] = _read_kept_year(number) or find_published_year(number)
        return self.years[number]

    def is_working(self, day: date) -> bool:
        """Whether offices work on a day."""
        return self.year(day.year).is_working(day)


@dataclass(frozen=True, kw_only=True)
class ExceptionalDay:
    """A published day that differs from its weekday."""

    day: date
    working: bool
    name: str


def list_exceptional_days(number: int) -> Iterator[ExceptionalDay]:
    """The published days of a year that differ from their weekday; none for a year not yet published."""
    day = date(number, 1, 1)
    while day.year == number:
        try:
            off, name = chinese_calendar.get_holiday_detail(day)
        except NotImplementedError:
            return
        if off != (day.weekday() >= 5):
            yield ExceptionalDay(day=day, working=not off, name=NAMES.get(name, "") if off else MADE_UP_FOR)
        day += timedelta(days=1)


@cache  # the library reads each day of the year from its lists
def find_published_year(number: int) -> Year:
    """A year as its official schedule says; provisional where there is none."""
    try:
        chinese_calendar.is_workday(date(number, 12, 31))
    except NotImplementedError:
        return Year(official=False, exceptions={})
    return Year(official=True, exceptions={one.day: one.working for one in list_exceptional_days(number)})


def is_working_day(day: date) -> bool:
    """Whether offices work on a day; a year without its official schedule is taken provisionally."""
    return Calendar().is_working(day)


def is_official(day: date) -> bool:
    """Whether the schedule of the day's year is official."""
    return Calendar().year(day.year).official


def add_working_days(start: datetime, days: int) -> datetime:
    """The end of the n-th working day after the local day of `start` (行政许可法 art. 82: 工作日)."""
    return end_of_day(_step_days(start, days, 1))


def subtract_working_days(end: datetime, days: int) -> datetime:
    """The end of the n-th working day before the local day of `end`."""
    return end_of_day(_step_days(end, days, -1))


def count_working_days(start: datetime, end: datetime) -> int:
    """How many working days lie after the local day of `start`, up to that of `end`."""
    calendar = Calendar()
    first, last = start.astimezone(LOCAL).date(), end.astimezone(LOCAL).date()
    return sum(calendar.is_working(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


def _step_days(start: datetime, days: int, direction: int) -> date:
    calendar, day, left = Calendar(), start.astimezone(LOCAL).date(), days
    while left > 0:
        day += timedelta(days=direction)
        left -= calendar.is_working(day)
    return day


def end_of_day(day: date) -> datetime:
    """The last second of a day, until which whatever ends on it may be done."""
    return datetime.combine(day, time(23, 59, 59), LOCAL)


def _read_kept_year(number: int) -> Year | None:
    if not has_app_context():
        return None
    official = FIND_YEAR.scalar({"year": number})
    if official is None:
        return None
    rows = FIND_DAYS.all({"first": date(number, 1, 1), "last": date(number, 12, 31)})
    return Year(official=bool(official), exceptions={row.day: row.working for row in rows})
