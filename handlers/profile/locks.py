"""What an application uses cannot be changed here: which one it is, and whom to ask."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select, update

from handlers.display import grouped
from models import db
from models.applications import Application
from models.credentials import Degree, Diploma, Enrolment, ExamCertificate, PutonghuaCertificate
from models.errors import DomainError, NotFound

USES = {
    ExamCertificate: Application.exam_certificate_id,
    PutonghuaCertificate: Application.putonghua_id,
    Enrolment: Application.enrolment_id,
    Diploma: Application.diploma_id,
    Degree: Application.degree_id,
}
# Neither given up as a draft nor ended without effect.
COUNTS = or_(Application.registration_number.is_not(None), Application.ended_at.is_(None))


class InUse(DomainError):
    """正在办理的申请使用了这条记录，不能修改或删除。"""

    code = "in_use"


def of_record(record: Any) -> str:
    """Why a record cannot be changed; empty when it can."""
    used = USES[type(record)] == record.id
    by = db.session.scalars(select(Application).where(used, COUNTS).order_by(Application.id.desc())).first()
    return _sentence(by) if by else ""


def of_particulars(person_id: int) -> str:
    """Why the particulars cannot be changed: an application with a number stands on them."""
    live = select(Application).where(Application.live_person_id == person_id)
    by = db.session.scalars(live).first()
    return _sentence(by) if by else ""


def own(model: Any, record_id: int, person_id: int) -> Any:
    """One's own record that nothing uses; others do not exist, used ones are refused."""
    record = db.session.get(model, record_id)
    if record is None or record.person_id != person_id:
        raise NotFound
    reason = of_record(record)
    if reason:
        raise InUse(reason)
    return record


def remove(record: Any) -> None:
    """Delete a record; applications that were given up forget it."""
    column = USES[type(record)]
    db.session.execute(update(Application).where(column == record.id, ~COUNTS).values({column.key: None}))
    db.session.delete(record)


def _sentence(by: Application) -> str:
    if by.registration_number is None:
        return "正在填写的报名选用了这条记录，不能修改或删除。请先在报名第二步改选，或者放弃报名。"
    contact = "　".join(part for part in (by.authority.name, by.authority.phone) if part)
    number = grouped(by.registration_number)
    return f"申请 {number} 使用了这里的信息，不能修改或删除。确需更正的，请联系{contact}。"
