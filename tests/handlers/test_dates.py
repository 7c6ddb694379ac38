"""Dates in the words of an office."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.wording import dates

TODAY = date(2026, 4, 20)
NOW = datetime(2026, 4, 20, 6, 0, tzinfo=UTC)  # 14:00 in Asia/Shanghai


def _at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=dates.LOCAL)


def test_a_moment_is_local_and_without_this_year() -> None:
    assert dates.format_moment(datetime(2026, 4, 24, 9, 0, tzinfo=UTC), TODAY) == "4月24日 17:00"
    assert (
        dates.format_moment(datetime(2025, 12, 31, 16, 5, tzinfo=UTC), date(2027, 1, 1))
        == "2026年1月1日 0:05"
    )


def test_midnight_ends_the_day_before() -> None:
    assert dates.format_deadline(_at(4, 27, 0), TODAY) == "4月26日 24:00"
    assert dates.format_deadline(_at(4, 26, 17), TODAY) == "4月26日 17:00"


@pytest.mark.found("A13")
@pytest.mark.parametrize("end", [_at(4, 26, 23, 59), _at(4, 26, 23, 59).replace(second=59), _at(4, 27, 0)])
def test_the_end_of_a_day_is_written_in_one_way(end: datetime) -> None:
    assert dates.format_deadline(end, TODAY) == "4月26日 24:00"
    assert dates.format_full_deadline(end) == "2026年4月26日 24:00"
    assert dates.format_window((_at(4, 26, 8, 30), end), TODAY) == "4月26日 8:30 – 24:00"
    due = dates.describe_due(end, _at(4, 26, 9))
    assert due is not None
    assert due.words == "今天 24:00"


@pytest.mark.parametrize(
    ("end", "shown"),
    [
        (_at(4, 24, 17), "4月13日 8:30 – 24日 17:00"),
        (_at(5, 8, 17), "4月13日 8:30 – 5月8日 17:00"),
        (_at(4, 13, 12), "4月13日 8:30 – 12:00"),
        (_at(5, 1, 0), "4月13日 8:30 – 30日 24:00"),
        (datetime(2027, 1, 5, 17, tzinfo=dates.LOCAL), "4月13日 8:30 – 2027年1月5日 17:00"),
    ],
)
def test_a_window_writes_once_what_both_ends_share(end: datetime, shown: str) -> None:
    assert dates.format_window((_at(4, 13, 8, 30), end), TODAY) == shown


@pytest.mark.parametrize(
    ("deadline", "words", "state"),
    [
        (_at(4, 19, 10), "逾期 1 天", "bad"),
        (_at(4, 20, 13), "今天逾期", "bad"),
        (_at(4, 20, 17), "今天 17:00", "warn"),
        (_at(4, 21, 0), "今天 24:00", "warn"),
        (_at(4, 21, 9), "明天", "warn"),
        (_at(4, 22, 9), "4月22日", ""),
    ],
)
def test_a_near_deadline_is_said_in_words(deadline: datetime, words: str, state: str) -> None:
    due = dates.describe_due(deadline, NOW)
    assert due is not None
    assert (due.words, due.state) == (words, state)


def test_a_stopped_clock_is_neither_near_nor_late() -> None:
    due = dates.describe_due(NOW - timedelta(days=9), NOW, paused=True)
    assert due is not None
    assert due.words == "暂停计时"


def test_nothing_is_shown_for_nothing() -> None:
    assert dates.describe_due(None, NOW) is None
    assert (
        dates.format_moment(None)
        == dates.format_day(None)
        == dates.format_deadline(None)
        == dates.format_window(None)
        == ""
    )
