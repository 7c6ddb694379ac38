"""The calendar of working days: a year at a glance, days moved with a preview of what that does."""

from __future__ import annotations

import calendar as months
from datetime import date
from functools import partial
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from domain.deadlines import calendar
from handlers.authority import change_preview
from handlers.authority.blueprint import pages
from handlers.authority.change_preview import AuditNote, ChangePreview
from handlers.authority.schemas import FIRST, KINDS_OF_DAY, DaySchema, YearSchema, last_year
from handlers.entry import row_numbers
from handlers.entry.access import allow
from handlers.page.contract import Page, Submission, accept, show
from models import db
from models.authorities.calendar import select_exceptional_days
from translations import gettext, gettext_plural, join_clauses, lazy_gettext
from workflows.clock import LOCAL, now
from workflows.working_days import Calendar

KEEPERS = frozenset({"admin"})
WEEK = (
    lazy_gettext("一"),
    lazy_gettext("二"),
    lazy_gettext("三"),
    lazy_gettext("四"),
    lazy_gettext("五"),
    lazy_gettext("六"),
    lazy_gettext("日"),
)


@pages.get("/calendar")
@allow("staff")
@show("authority/calendar.html")
@accept(DaySchema)
def working_days(sent: Submission) -> Page:
    """A year; everybody of the staff may look."""
    return _build_page(_requested_year())


@pages.post("/calendar")
@allow(*KEEPERS)
@show("authority/calendar.html")
@accept(DaySchema, page=lambda sent: _build_page(_requested_year()))
def change_day(sent: Submission) -> Page:
    """Show what another kind of day would do, or set it."""
    wanted = sent.answers
    _check_day(wanted["day"])
    act = partial(calendar.set_day, wanted["day"], wanted["kind"], wanted["reason"], g.principal.person_id)
    if request.form.get("act") != "confirm":
        return _build_page(wanted["day"].year, change_preview.preview_change(act))
    detail = {**wanted, "day": wanted["day"].isoformat()}
    return _carry_out(act, AuditNote(action="calendar.day_set", detail=detail), wanted["day"].year)


@pages.post("/calendar/<int:year>/official")
@allow(*KEEPERS)
def mark_year(year: int) -> ResponseReturnValue:
    """Say that a year's schedule is entered as published, or that it is still provisional."""
    try:
        wanted = YearSchema().load(request.form)
        _check_day(date(min(max(year, 1), 9999), 1, 1))
    except ValidationError as error:
        flash(join_clauses(text for texts in error.messages_dict.values() for text in texts), "bad")
        return redirect(url_for("authority.working_days", year=_bound_year(year)))
    act = partial(calendar.mark_year, year, wanted["official"], g.principal.person_id)
    return _carry_out(act, AuditNote(action="calendar.year_marked", detail={"year": year, **wanted}), year)


def _carry_out(act: Any, entry: AuditNote, year: int) -> ResponseReturnValue:
    count = change_preview.carry_out_change(act, entry)
    db.session.commit()
    flash(
        gettext_plural("已保存。%(num)s 件申请的法定期限随之调整，申请人将收到通知。", num=count)
        if count
        else gettext("已保存。"),
        "ok",
    )
    return redirect(url_for("authority.working_days", year=year))


def _build_page(year: int, seen: ChangePreview | None = None) -> dict[str, Any]:
    known = Calendar()
    return {
        "seen": seen,
        "year": year,
        "years": range(FIRST, last_year() + 1),
        "official": known.year(year).official,
        "months": [_describe_month(year, number, known) for number in range(1, 13)],
        "exceptional": list(db.session.scalars(select_exceptional_days(year))),
        "week": WEEK,
        "kinds": KINDS_OF_DAY,
        "keeper": bool(g.principal.roles & KEEPERS),
    }


def _describe_month(year: int, number: int, known: Calendar) -> dict[str, Any]:
    weeks = [
        [_describe_day(year, number, day, known) for day in week]
        for week in months.monthcalendar(year, number)
    ]
    return {"number": number, "weeks": weeks}


def _describe_day(year: int, month: int, day: int, known: Calendar) -> dict[str, Any] | None:
    if not day:
        return None
    here = date(year, month, day)
    working = known.is_working(here)
    return {"day": day, "working": working, "unusual": working != (here.weekday() < 5)}


def _check_day(day: date) -> None:
    if not FIRST <= day.year <= last_year():
        raise ValidationError(
            {
                "day": [
                    gettext(
                        "只能调整 %(first)s 年至 %(last_year)s 年的日期", first=FIRST, last_year=last_year()
                    )
                ]
            }
        )


def _requested_year() -> int:
    return _bound_year(
        request.values.get("year", type=row_numbers.read_number) or now().astimezone(LOCAL).year
    )


def _bound_year(year: int) -> int:
    return min(max(year, FIRST), last_year())
