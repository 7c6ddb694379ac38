"""The times of an application for the applicant's own calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import Response, current_app, g, url_for

from domain.wording import dates, public_states
from domain.wording.masking import group_registration_number
from handlers.apply.blueprint import pages
from handlers.apply.summary import progress
from handlers.entry.access import allow
from handlers.page import calendar_files, thread_views
from handlers.page.calendar_files import CalendarEvent
from models import db
from models.authorities.states import PlanMode
from models.base.errors import NotFound
from models.cases.applications import Application, select_registered
from models.cases.states import Ability, Standing
from translations import gettext

BEFORE = timedelta(hours=1)  # how long before its end a limit stands in a calendar


@pages.get("/applications/<int:application_id>/calendar.ics")
@allow("applicant")
def calendar(application_id: int) -> Response:
    """When to come, and until when to act, as a file that a calendar opens."""
    wanted = select_registered(g.principal.person_id).where(Application.id == application_id)
    found = db.session.scalars(wanted).first()
    events = list(_list_events(found)) if found is not None else []
    if found is None or not events:
        raise NotFound
    return calendar_files.answer_calendar(
        events, name=f"zige-{found.registration_number}", moment=dates.request_time()
    )


def _list_events(application: Application) -> Iterator[CalendarEvent]:
    talk = thread_views.list_threads(application.id, thread_views.applicant_reader(application.person_id))
    told = progress.describe_progress(application, talk)
    if is_to_come(application):
        yield _describe_window(application)
    if told["by_when"] and application.standing == Standing.CONFIRMING:
        yield _describe_limit(application, "limit", told["meaning"], told["by_when"])
    for thread in () if told["is_over"] else talk:
        if thread["awaited"] and thread["until"]:
            title = gettext("回复留言：%(title)s", title=thread["title"])
            yield _describe_limit(application, f"thread-{thread['id']}", title, thread["until"])


def is_to_come(application: Application) -> bool:
    """Whether the applicant is to come to a site within the window of the plan."""
    waits = (
        application.standing == Standing.CONFIRMING and application.plan.confirm_until > dates.request_time()
    )
    return (
        waits
        and application.site is not None
        and application.plan.mode != PlanMode.ONLINE
        and not public_states.is_allowed(application, Ability.CORRECT)
    )


def _describe_window(application: Application) -> CalendarEvent:
    site, plan = application.site, application.plan
    name, address = (site.name, site.address) if site is not None else ("", "")
    return _describe(
        application,
        "window",
        gettext("教师资格确认：%(site)s", site=name),
        (plan.confirm_from, plan.confirm_until),
        place=f"{name} {address}".strip(),
    )


def _describe_limit(application: Application, sort: str, title: str, until: datetime) -> CalendarEvent:
    words = gettext("%(act)s，%(moment)s 前", act=title, moment=dates.format_deadline(until))
    return _describe(application, sort, words, (until - BEFORE, until))


def _describe(
    application: Application, sort: str, title: str, times: tuple[datetime, datetime], place: str = ""
) -> CalendarEvent:
    host = current_app.config["PUBLIC_URL"].partition("//")[2]
    number = group_registration_number(application.registration_number or "")
    return CalendarEvent(
        uid=f"application-{application.id}-{sort}@{host}",
        title=title,
        start=times[0],
        end=times[1],
        text=gettext(
            "报名号 %(number)s。%(contact)s", number=number, contact=application.authority.contact_line
        ),
        place=place,
        address=url_for("apply.application", application_id=application.id, _external=True),
    )
