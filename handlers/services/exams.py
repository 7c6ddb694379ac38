"""Exam certificates are reserved while an application lives, and their register is told so."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from handlers.services import outside
from models import db
from models.applications import Application
from models.credentials import ExamCertificate
from models.errors import DomainError
from models.people import Person
from workflows import jobs, operations
from workflows.operations import Call, Operation


class AnotherLive(DomainError):
    """申请人已有另一份有效的申请，或者考试合格证明已用于另一份申请，不能退回。"""

    code = "another_live"


class OfCertificate(Schema):
    """An exam certificate, and whether it is taken into use or given back."""

    certificate = fields.Integer(required=True, strict=True)
    act = fields.String(required=True, validate=validate.OneOf(["use", "release"]))
    application = fields.Integer(required=True, strict=True)


def reserve(call: Call, application: int) -> None:
    """Queue the register's `use` for the certificate that the application was made with."""
    _queue(application, "use", call)


def release(call: Call, application: int) -> None:
    """Give the certificate back: it may be used for another application at once."""
    db.session.execute(
        update(Application)
        .where(Application.id == application)
        .values(live_exam_certificate_id=None, live_person_id=None)
    )
    _queue(application, "release", call)


def retake(call: Call, application: int) -> None:
    """Make an application live again that was not; its applicant may have another one by now."""
    case = db.session.get_one(Application, application)
    if case.live_person_id is not None:
        return
    try:
        with db.session.begin_nested():
            case.live_person_id, case.live_exam_certificate_id = case.person_id, case.exam_certificate_id
            db.session.flush()
    except IntegrityError:
        raise AnotherLive from None
    _queue(application, "use", call)


def _queue(application: int, act: str, call: Call) -> None:
    certificate = db.session.scalar(
        select(Application.exam_certificate_id).where(Application.id == application)
    )
    if certificate is not None:
        parameters = {
            "certificate": certificate,
            "act": act,
            "application": application,
        }
        jobs.enqueue(
            "exams.mark",
            parameters,
            key=f"exam:{act}:{application}:{int(call.now.timestamp())}",
        )


def _prepare(call: Call, certificate: int, act: str, application: int) -> dict[str, Any]:
    exam = db.session.get_one(ExamCertificate, certificate)
    person = db.session.get_one(Person, exam.person_id)
    return {
        "route": exam.route,
        "number": exam.number,
        "act": act,
        "purpose": f"application:{application}",
        "document_kind": person.document_kind,
        "document_number": person.document_number,
        "name": person.name,
    }


def _perform(request: dict[str, Any], key: str) -> None:
    outside.mark_exam(request, key)


def _record(call: Call, parameters: dict[str, Any], answer: None) -> None:
    used = parameters["act"] == "use"
    exam = update(ExamCertificate).where(ExamCertificate.id == parameters["certificate"])
    db.session.execute(exam.values(used=used))


operations.register(
    Operation(
        name="exams.mark",
        kind="outward",
        summary="通知考试合格证明库：证书已使用或已释放",
        parameters=OfCertificate,
        prepare=_prepare,
        perform=_perform,
        record=_record,
    )
)
