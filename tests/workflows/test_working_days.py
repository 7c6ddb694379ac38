"""Working days: the legal limit's worked examples, holidays moved to weekends, years without a schedule."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from workflows import working_days
from workflows.working_days import LOCAL


@pytest.mark.parametrize(
    ("end", "limit"),
    [(date(2023, 4, 28), date(2023, 6, 13)), (date(2026, 10, 23), date(2026, 12, 4))],
)
def test_thirty_working_days_after_the_window(end: date, limit: date) -> None:
    start = datetime(end.year, end.month, end.day, 17, tzinfo=LOCAL)
    due = working_days.add_working_days(start, 30)
    assert due.date() == limit
    assert due.astimezone(LOCAL).hour == 23
    assert working_days.count_working_days(start, due) == 30
    assert working_days.subtract_working_days(due, 30).date() == end


def test_a_weekend_worked_in_lieu_counts() -> None:
    assert working_days.is_working_day(date(2026, 2, 14))  # Saturday before the Spring Festival
    assert not working_days.is_working_day(date(2026, 10, 1))


def test_a_year_without_schedule_is_provisional() -> None:
    assert not working_days.is_official(date(2031, 3, 3))
    assert working_days.is_working_day(date(2031, 3, 3))
    assert not working_days.is_working_day(date(2031, 3, 1))


def test_the_local_day_counts_not_the_utc_day() -> None:
    late = datetime.fromisoformat("2026-10-23T16:30:00+00:00")  # half past midnight of Saturday in Shanghai
    assert working_days.add_working_days(late, 1).date() == date(2026, 10, 26)
