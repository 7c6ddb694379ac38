"""Times for a person's own calendar: a file of RFC 5545, which every calendar program opens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Response

LONGEST_LINE = 75  # bytes, RFC 5545 §3.1; a longer line goes on in the next one, after a space
TYPE = "text/calendar; charset=utf-8"


@dataclass(frozen=True, kw_only=True)
class CalendarEvent:
    """One span of time."""

    uid: str  # the same for ever: a file that is opened again moves the event instead of adding one
    title: str
    start: datetime
    end: datetime
    text: str = ""
    place: str = ""
    address: str = ""  # of a page about it


def answer_calendar(events: Iterable[CalendarEvent], *, name: str, moment: datetime) -> Response:
    """The events as a file that a browser hands to the calendar."""
    answer = Response(write_calendar(events, moment), content_type=TYPE)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.ics")
    return answer


def write_calendar(events: Iterable[CalendarEvent], moment: datetime) -> str:
    """The text of the file."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Zige//calendar//ZH", "METHOD:PUBLISH"]
    for event in events:
        lines += list(_event_lines(event, moment))
    return "".join(f"{_fold(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _event_lines(event: CalendarEvent, moment: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_escape(event.uid)}"
    yield f"DTSTAMP:{_write_moment(moment)}"
    yield f"DTSTART:{_write_moment(event.start)}"
    yield f"DTEND:{_write_moment(event.end)}"
    yield f"SUMMARY:{_escape(event.title)}"
    for name, value in (("DESCRIPTION", event.text), ("LOCATION", event.place)):
        if value:
            yield f"{name}:{_escape(value)}"
    if event.address:
        yield f"URL:{event.address}"
    yield "END:VEVENT"


def _write_moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escape(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\r", "").replace("\n", "\\n")


def _fold(line: str) -> str:
    """A line in parts that are short enough, none of which cuts a character."""
    parts, part = [], ""
    for one in line:
        if len((part + one).encode()) > LONGEST_LINE - bool(parts):
            parts.append(part)
            part = ""
        part += one
    return "\r\n ".join([*parts, part])
