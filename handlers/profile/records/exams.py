"""教师资格考试信息: synchronised from its two registers on opening, read-only."""

from __future__ import annotations

from typing import Any

from flask import g

from domain.outside import register_records
from domain.wording import dates
from handlers.entry.access import allow
from handlers.page.contract import Page, show
from handlers.profile.blueprint import pages
from models import db
from models.base.codes import SHORT_KINDS
from models.base.database import writing
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
    """Ask both registers, keep what came, show what there is."""
    person_id = g.principal.person_id
    holder = register_records.read_holder(person_id)
    came = register_records.ask_exams(holder)
    _keep_exams(person_id, holder, came)
    found = db.session.scalars(select_exam_certificates(person_id)).all()
    return {
        "groups": [_build_group(route, title, found, came) for route, title in ROUTE_TITLES.items()],
        "person": db.session.get_one(Person, person_id),
    }


def _keep_exams(person_id: int, holder: register_records.Holder, came: register_records.ExamRecords) -> None:
    if not came.records:
        return
    writing.set(True)
    register_records.lock_holder(person_id, holder)
    register_records.keep_exams(person_id, came)
    db.session.commit()
    writing.set(None)


def _build_group(route: str, title: str, found: Any, came: register_records.ExamRecords) -> dict[str, Any]:
    rows = [_build_row(one) for one in found if one.route == route]
    return {"route": route, "title": title, "rows": rows, "down": route in came.down}


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
    }
