"""Dates as people in an office write them: 4月24日 17:00, 今天 17:00, 逾期 1 天."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import has_request_context, request

from workflows.clock import LOCAL, now


@dataclass(frozen=True, kw_only=True)
class Due:
    """A deadline in words, with the state and the icon of its tag."""

    words: str
    state: str
    icon: str


def present() -> datetime:
    """The moment of this page, asked for once: its dates agree, and a list costs one look at the clock."""
    if not has_request_context():
        return now()
    if "zige.present" not in request.environ:
        request.environ["zige.present"] = now()
    found: datetime = request.environ["zige.present"]
    return found


def moment(when: datetime | None, today: date | None = None) -> str:
    """4月24日 17:00; with the year when it is not this year's."""
    if when is None:
        return ""
    there = when.astimezone(LOCAL)
    return f"{day_short(there.date(), today)} {there:%H:%M}"


def day(when: date | datetime | None) -> str:
    """2026年4月24日."""
    if when is None:
        return ""
    there = _local_date(when)
    return f"{there.year}年{there.month}月{there.day}日"


def day_short(when: date | datetime | None, today: date | None = None) -> str:
    """4月24日; with the year when it is not this year's."""
    if when is None:
        return ""
    there = _local_date(when)
    this_year = (today or _local_date(present())).year
    return f"{there.month}月{there.day}日" if there.year == this_year else day(there)


def month(when: date | str | None) -> str:
    """2022年9月, from a date or from the text 2022-09."""
    if not when:
        return ""
    text = when if isinstance(when, str) else when.isoformat()
    year, _, rest = text.partition("-")
    return f"{int(year)}年{int(rest[:2])}月" if rest[:2].isdigit() else text


def deadline(when: datetime | None, today: date | None = None) -> str:
    """The end of a time: the end of a day is written as its 24:00, however it is kept."""
    if when is None:
        return ""
    ended = _ended_day(when.astimezone(LOCAL))
    return f"{day_short(ended, today)} 24:00" if ended else moment(when, today)


def deadline_in_full(when: datetime) -> str:
    """2026年4月24日 24:00, as letters and notices write the end of a time."""
    there = when.astimezone(LOCAL)
    ended = _ended_day(there)
    return f"{day(ended)} 24:00" if ended else f"{day(there)} {there:%H:%M}"


def window(times: tuple[datetime, datetime] | None, today: date | None = None) -> str:
    """4月13日 8:30 – 24日 17:00; what both ends share is written once."""
    if not times:
        return ""
    start, end = (when.astimezone(LOCAL) for when in times)
    first = f"{day_short(start.date(), today)} {_clock(start)}"
    last = _ended_day(end) or end.date()
    if start.date() == last:
        return f"{first} – {_end_clock(end)}"
    if (start.year, start.month) == (last.year, last.month):
        return f"{first} – {last.day}日 {_end_clock(end)}"
    written = day(last) if last.year != start.year else f"{last.month}月{last.day}日"
    return f"{first} – {written} {_end_clock(end)}"


def iso(when: date | datetime | None) -> str:
    """For the datetime attribute of <time>."""
    if isinstance(when, datetime):
        return when.astimezone(LOCAL).isoformat(timespec="minutes")
    return when.isoformat() if when else ""


def due(when: datetime | None, moment_now: datetime | None = None, *, paused: bool = False) -> Due | None:
    """How near a deadline is: 逾期 1 天, 今天 17:00, 明天, 4月22日."""
    if paused:
        return Due(words="暂停计时", state="info", icon="pause")
    if when is None:
        return None
    here = (moment_now or present()).astimezone(LOCAL)
    # A deadline at midnight belongs to the day that ends with it.
    there = when.astimezone(LOCAL)
    last = (there - timedelta(seconds=1)).date()
    if there <= here:
        return Due(words=_overdue(here.date() - last), state="bad", icon="warn")
    if last == here.date():
        return Due(words=f"今天 {_end_clock(there)}", state="warn", icon="clock")
    if last == here.date() + timedelta(days=1):
        return Due(words="明天", state="warn", icon="clock")
    return Due(words=day_short(last, here.date()), state="", icon="clock")


def _overdue(late: timedelta) -> str:
    return f"逾期 {late.days} 天" if late.days > 0 else "今天逾期"


def _local_date(when: date | datetime) -> date:
    return when.astimezone(LOCAL).date() if isinstance(when, datetime) else when


def _clock(when: datetime) -> str:
    return f"{when.hour}:{when:%M}"


def _end_clock(when: datetime) -> str:
    return "24:00" if _ended_day(when) else _clock(when)


def _ended_day(there: datetime) -> date | None:
    """The day that ends at a moment: at the midnight after it, or within its last minute."""
    if (there.hour, there.minute) == (23, 59):
        return there.date()
    return there.date() - timedelta(days=1) if (there.hour, there.minute) == (0, 0) else None
