"""The calendar of working days, as staff keep it: years, and the days that differ from their weekday."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.columns import Moment
from models.base.database import Model


class CalendarYear(Model):
    """A year in the calendar; it is provisional until its official schedule has been entered."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    official: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class CalendarDay(Model):
    """A day that is not what its weekday says: a holiday, or a weekend on which offices work."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    working: Mapped[bool]
    name: Mapped[str] = mapped_column(String(40))  # 国庆节, 调休上班, or the staff's own reason
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


def select_exceptional_days(year: int) -> Select[CalendarDay]:
    """The exceptional days of a year, in their order."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    return select(CalendarDay).where(CalendarDay.day.between(first, last)).order_by(CalendarDay.day)
