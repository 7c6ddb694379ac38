"""What an application uses cannot be changed here: which one it is, and whom to ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import g, url_for
from marshmallow import ValidationError
from sqlalchemy import Select, or_, select, update

from domain.cases import revisions
from domain.wording.masking import group_registration_number
from models import db
from models.base.database import read_once
from models.base.errors import DomainError, NotFound
from models.cases.applications import Application
from models.cases.credentials import (
    Degree,
    Diploma,
    Enrolment,
    ExamCertificate,
    PutonghuaCertificate,
    SkillCertificate,
)
from models.cases.states import Standing
from translations import gettext, lazy_gettext
from workflows.clock import now

RECORD_COLUMNS = {
    ExamCertificate: Application.exam_certificate_id,
    PutonghuaCertificate: Application.putonghua_id,
    Enrolment: Application.enrolment_id,
    Diploma: Application.diploma_id,
    Degree: Application.degree_id,
    SkillCertificate: Application.skill_certificate_id,
}
# Neither given up as a draft nor ended without effect.
COUNTED_APPLICATIONS = or_(Application.registration_number.is_not(None), Application.ended_at.is_(None))
# Until it is confirmed an application shows what is changed here.
UNCHANGEABLE_APPLICATIONS = or_(
    Application.registration_number.is_(None), Application.standing != Standing.CONFIRMING
)


class RecordInUse(DomainError):
    """A record that an application under way relies on."""

    code = "in_use"
    sentence = lazy_gettext("正在办理的申请使用了这条记录，不能修改或删除。")


@dataclass(frozen=True, kw_only=True)
class RecordUse:
    """Which application stands on a record, what may still be done with it, and whom to ask."""

    address: str  # of the application, or of the draft
    number: str  # as people read it; a draft has none
    can_change: bool
    office: str
    phone: str


def find_use(record: Any) -> RecordUse | None:
    """What stands on a record; nothing when it is free."""
    return _describe_use(_find_locking(record) or _find_using(record))


def find_particulars_use(person_id: int) -> RecordUse | None:
    """What stands on the particulars, so that they cannot be changed."""
    return _describe_use(_find_locking_application(person_id))


def _describe_use(by: Application | None) -> RecordUse | None:
    if by is None:
        return None
    draft = by.registration_number is None
    return RecordUse(
        address=url_for("apply.platform") if draft else url_for("apply.application", application_id=by.id),
        number=group_registration_number(by.registration_number) if by.registration_number else "",
        can_change=revisions.is_changeable(by),
        office=by.authority.name,
        phone=by.authority.phone,
    )


def why_record_locked(record: Any) -> str:
    """Why a record cannot be changed; empty when it can."""
    by = _find_locking(record)
    return _lock_sentence(by) if by else ""


def why_record_used(record: Any) -> str:
    """Why a record cannot be deleted: an application stands on it; empty when it can."""
    by = _find_using(record)
    if by is not None and revisions.is_changeable(by):
        return gettext(
            "申请 %(registration_number)s 选用了这条记录，可以更正，不能删除。",
            registration_number=group_registration_number(by.registration_number),
        )
    return _lock_sentence(by) if by else ""


def why_particulars_locked(person_id: int) -> str:
    """Why the particulars cannot be changed: an application that was confirmed stands on them."""
    by = _find_locking_application(person_id)
    return _lock_sentence(by) if by else ""


def _find_locking_application(person_id: int) -> Application | None:
    live = select(Application).where(Application.live_person_id == person_id, UNCHANGEABLE_APPLICATIONS)
    return read_once(("locking", person_id), lambda: db.session.scalars(live).first())


def find_changeable_record(model: Any, record_id: int, person_id: int) -> Any:
    """One's own record that may be changed; others do not exist, those of confirmed cases are refused."""
    record = db.session.get(model, record_id)
    if record is None or record.person_id != person_id:
        raise NotFound
    reason = why_record_locked(record)
    if reason:
        raise RecordInUse(reason)
    return record


@contextmanager
def carry_over_changes(**checks: Callable[[Application], None]) -> Iterator[None]:
    """What is changed inside shows in the application that is not confirmed yet, and is kept there.

    What would make the application invalid is refused at the field that the check is given for.
    """
    application = revisions.find_changeable(g.principal.person_id)
    if application is None:
        yield
        return
    # A rule may have changed since the number was given: only what was fine before can be made worse.
    fine = {field: check for field, check in checks.items() if not _why_invalid(check, application)}
    with revisions.record_changes(application, actor=g.principal.person_id, at=now()):
        yield
        db.session.flush()
        for field, check in fine.items():
            if reason := _why_invalid(check, application):
                number = group_registration_number(application.registration_number)
                raise ValidationError(
                    gettext("申请 %(number)s 选用了这条记录：%(reason)s", number=number, reason=reason), field
                )


def _why_invalid(check: Callable[[Application], None], application: Application) -> str:
    try:
        check(application)
    except DomainError as refusal:
        return refusal.sentence
    return ""


def remove_record(record: Any) -> None:
    """Delete a record that nothing uses; applications that were given up forget it."""
    reason = why_record_used(record)
    if reason:
        raise RecordInUse(reason)
    column = RECORD_COLUMNS[type(record)]
    forgetting = update(Application).where(column == record.id, ~COUNTED_APPLICATIONS)
    db.session.execute(forgetting.values({column.key: None}))
    db.session.delete(record)


def _applications_using(record: Any) -> Select[Application]:
    used = RECORD_COLUMNS[type(record)] == record.id
    return select(Application).where(used, COUNTED_APPLICATIONS).order_by(Application.id.desc())


def _find_locking(record: Any) -> Application | None:
    locking = _applications_using(record).where(UNCHANGEABLE_APPLICATIONS)
    key = (type(record).__name__, record.id)
    return read_once(("locking", key), lambda: db.session.scalars(locking).first())


def _find_using(record: Any) -> Application | None:
    key = (type(record).__name__, record.id)
    return read_once(("using", key), lambda: db.session.scalars(_applications_using(record)).first())


def _lock_sentence(by: Application) -> str:
    if by.registration_number is None:
        return gettext("正在填写的报名选用了这条记录，不能修改或删除。请先在报名第二步改选，或者放弃报名。")
    number = group_registration_number(by.registration_number)
    return gettext(
        "申请 %(number)s 使用了这里的信息，不能修改或删除。确需更正的，请联系%(contact)s。",
        number=number,
        contact=by.authority.short_contact,
    )
