"""Dates as people in an office write them: 4月24日 17:00, 今天 17:00, 逾期 1 天."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import has_request_context, request

from translations import format_date, gettext, lazy_gettext, source_of
from workflows.clock import LOCAL, now

UNTIL_NOW = lazy_gettext("至今")  # what a resume keeps, by its source, as the end of the part that goes on


@dataclass(frozen=True, kw_only=True)
class DueTag:
    """A deadline in words, with the state and the icon of its tag."""

    words: str
    state: str
    icon: str


def request_time() -> datetime:
    """The moment of this page, asked for once: its dates agree, and a list costs one look at the clock."""
    if not has_request_context():
        return now()
    if "zige.present" not in request.environ:
        request.environ["zige.present"] = now()
    found: datetime = request.environ["zige.present"]
    return found


def format_moment(when: datetime | None, today: date | None = None) -> str:
    """4月24日 17:00; with the year when it is not this year's."""
    if when is None:
        return ""
    there = when.astimezone(LOCAL)
    return f"{format_short_day(there.date(), today)} {_format_clock(there)}"


def format_day(when: date | datetime | None) -> str:
    """2026年4月24日."""
    if when is None:
        return ""
    return format_date("yMMMd", _local_date(when))


def format_short_day(when: date | datetime | None, today: date | None = None) -> str:
    """4月24日; with the year when it is not this year's."""
    if when is None:
        return ""
    there = _local_date(when)
    this_year = (today or _local_date(request_time())).year
    return format_date("MMMd" if there.year == this_year else "yMMMd", there)


def format_month(when: date | str | None) -> str:
    """2022年9月, from a date or from the text 2022-09."""
    if not when:
        return ""
    text = when if isinstance(when, str) else when.isoformat()
    year, _, rest = text.partition("-")
    try:
        return format_date("yMMM", date(int(year), int(rest[:2]), 1))
    except ValueError:
        return text  # as somebody typed it


def format_resume_end(until: str) -> str:
    """The end of a part of a life: 2019年6月, or 至今 of the one that goes on."""
    return str(UNTIL_NOW) if until == source_of(UNTIL_NOW) else format_month(until)


def format_deadline(when: datetime | None, today: date | None = None) -> str:
    """The end of a time: the end of a day is written as its 24:00, however it is kept."""
    if when is None:
        return ""
    ended = _ended_day(when.astimezone(LOCAL))
    return f"{format_short_day(ended, today)} 24:00" if ended else format_moment(when, today)


def format_full_deadline(when: datetime) -> str:
    """2026年4月24日 24:00, as letters and notices write the end of a time."""
    there = when.astimezone(LOCAL)
    ended = _ended_day(there)
    return f"{format_day(ended)} 24:00" if ended else f"{format_day(there)} {_format_clock(there)}"


def format_window(times: tuple[datetime, datetime] | None, today: date | None = None) -> str:
    """4月13日 8:30 – 24日 17:00; what both ends share is written once."""
    if not times:
        return ""
    start, end = (when.astimezone(LOCAL) for when in times)
    first = f"{format_short_day(start.date(), today)} {_format_clock(start)}"
    last = _ended_day(end) or end.date()
    if start.date() == last:
        return f"{first} – {_format_end_clock(end)}"
    if (start.year, start.month) == (last.year, last.month):
        return f"{first} – {format_date('d', last)} {_format_end_clock(end)}"
    written = format_date("MMMd" if last.year == start.year else "yMMMd", last)
    return f"{first} – {written} {_format_end_clock(end)}"


def format_iso(when: date | datetime | None) -> str:
    """For the datetime attribute of <time>."""
    if isinstance(when, datetime):
        return when.astimezone(LOCAL).isoformat(timespec="minutes")
    return when.isoformat() if when else ""


def describe_due(
    when: datetime | None, moment_now: datetime | None = None, *, paused: bool = False
) -> DueTag | None:
    """How near a deadline is: 逾期 1 天, 今天 17:00, 明天, 4月22日."""
    if paused:
        return DueTag(words=gettext("暂停计时"), state="info", icon="pause")
    if when is None:
        return None
    here = (moment_now or request_time()).astimezone(LOCAL)
    # A deadline at midnight belongs to the day that ends with it.
    there = when.astimezone(LOCAL)
    last = (there - timedelta(seconds=1)).date()
    if there <= here:
        return DueTag(words=_describe_overdue(here.date() - last), state="bad", icon="warn")
    if last == here.date():
        return DueTag(
            words=gettext("今天 %(end_clock)s", end_clock=_format_end_clock(there)),
            state="warn",
            icon="clock",
        )
    if last == here.date() + timedelta(days=1):
        return DueTag(words=gettext("明天"), state="warn", icon="clock")
    return DueTag(words=format_short_day(last, here.date()), state="", icon="clock")


def _describe_overdue(late: timedelta) -> str:
    return gettext("逾期 %(days)s 天", days=late.days) if late.days > 0 else gettext("今天逾期")


def _local_date(when: date | datetime) -> date:
    return when.astimezone(LOCAL).date() if isinstance(when, datetime) else when


def _format_clock(when: datetime) -> str:
    return f"{when.hour}:{when:%M}"


def _format_end_clock(when: datetime) -> str:
    return "24:00" if _ended_day(when) else _format_clock(when)


def _ended_day(there: datetime) -> date | None:
    """The day that ends at a moment: at the midnight after it, or within its last minute."""
    if (there.hour, there.minute) == (23, 59):
        return there.date()
    return there.date() - timedelta(days=1) if (there.hour, there.minute) == (0, 0) else None
