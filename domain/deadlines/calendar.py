"""Keeping the calendar of working days."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from models import db
from models.authorities.calendar import CalendarDay, CalendarYear
from workflows import working_days
from workflows.clock import now


def load_years(first: int, last: int) -> int:
    """Add the years that are not there yet, from the published schedules; how many."""
    there = set(db.session.scalars(select(CalendarYear.year)))
    fresh = [number for number in range(first, last + 1) if number not in there]
    for number in fresh:
        _add_year(number, now())
    db.session.flush()
    return len(fresh)


def set_day(day: date, kind: str, name: str, actor: int) -> None:
    """Make a day working, off, or what its weekday says (usual)."""
    _ensure_year(day.year)
    found, usual = db.session.get(CalendarDay, day), day.weekday() < 5
    working = usual if kind == "usual" else kind == "working"
    if working == usual:
        if found:
            db.session.delete(found)
    elif found:
        found.working, found.name, found.changed_by, found.changed_at = working, name[:40], actor, now()
    else:
        db.session.add(
            CalendarDay(day=day, working=working, name=name[:40], changed_by=actor, changed_at=now())
        )
    db.session.flush()


def mark_year(number: int, official: bool, actor: int) -> None:
    """Say whether a year's schedule is as published."""
    _ensure_year(number)
    year = db.session.get_one(CalendarYear, number)
    year.official, year.changed_by, year.changed_at = official, actor, now()
    db.session.flush()


def _ensure_year(number: int) -> None:
    # Changing one day of a year that was only published takes over all of its days.
    if db.session.get(CalendarYear, number) is None:
        _add_year(number, now())
        db.session.flush()


def _add_year(number: int, moment: datetime) -> None:
    official = working_days.find_published_year(number).official
    db.session.add(CalendarYear(year=number, official=official, changed_at=moment))
    for one in working_days.list_exceptional_days(number):
        db.session.add(CalendarDay(day=one.day, working=one.working, name=one.name, changed_at=moment))
