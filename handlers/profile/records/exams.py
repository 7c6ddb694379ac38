"""教师资格考试信息: synchronised from its two registers by jobs, read-only; the person may ask, too."""

from __future__ import annotations

from typing import Any

from flask import g
from flask.typing import ResponseReturnValue

from domain.outside.records import record_syncs
from domain.wording import dates, sync_states
from handlers.entry.access import allow
from handlers.page import sync_requests
from handlers.page.contract import Page, show
from handlers.profile.blueprint import pages, redirect_to_page
from handlers.profile.records import record_locks
from models import db
from models.base.codes import SHORT_KINDS
from models.cases.credentials import ExamCertificate, select_exam_certificates
from models.persons.people import Person
from translations import gettext, lazy_gettext
from workflows.clock import LOCAL

ROUTE_TITLES = {
    "national_exam": lazy_gettext("中小学教师资格考试合格证明"),
    "normal_student": lazy_gettext("师范生教师职业能力证书"),
}


@pages.get("/exams")
@allow("applicant")
@show("profile/exams.html")
def exams() -> Page:
    """What came from both registers, and how the asking of each stands."""
    person_id = g.principal.person_id
    found = db.session.scalars(select_exam_certificates(person_id)).all()
    syncs = record_syncs.list_syncs(person_id)
    return {
        "groups": [
            {
                "route": route,
                "title": title,
                "rows": [_build_row(one) for one in found if one.route == route],
                "sync": sync_states.describe_sync(syncs.get(route)),
            }
            for route, title in ROUTE_TITLES.items()
        ],
        "person": db.session.get_one(Person, person_id),
    }


@pages.post("/exams/sync")
@allow("applicant")
def sync_exams() -> ResponseReturnValue:
    """Have both registers asked now."""
    sync_requests.request_sync(*record_syncs.EXAMS)
    return redirect_to_page("profile.exams")


def _build_row(one: ExamCertificate) -> dict[str, Any]:
    state, words = ("ok", gettext("有效"))
    if one.used:
        state, words = "", gettext("已使用")
    elif one.valid_until < dates.request_time().astimezone(LOCAL).date():
        state, words = "warn", gettext("已过有效期")
    return {
        "number": one.number,
        "kind": SHORT_KINDS.get(one.kind, one.kind),
        "subject": one.subject,
        "school": one.school,
        "until": one.valid_until,
        "state": (words, state),
        "synced": one.synced_at,
        "use": record_locks.find_use(one),
    }
