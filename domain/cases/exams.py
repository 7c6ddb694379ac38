"""Exam certificates are reserved while an application lives, and their register is told so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from domain import outside
from models import db
from models.applications import Application
from models.credentials import ExamCertificate
from models.errors import DomainError
from models.people import Person
from models.refusals import CertificateNotUsable
from workflows.background import jobs
from workflows.operations import Call

MOVED = "所选的证书刚刚用于另一件申请，请改选其他证书。"


class AnotherLive(DomainError):
    """Setting a case back would give its applicant two live applications."""

    code = "another_live"
    sentence = lazy_gettext("申请人已有另一件正在办理的申请，不能退回。")


class CertificateTaken(DomainError):
    """The exam certificate of a case was used by another one meanwhile."""

    code = "certificate_taken"
    sentence = lazy_gettext("考试合格证明已用于另一件申请，不能退回。")


def reserve(call: Call, application: int) -> None:
    """Queue the register's `use` for the certificate that the application was made with."""
    _queue_own(application, "use", call)


def release(call: Call, application: int) -> None:
    """Give the certificate back: it may be used for another application at once."""
    db.session.execute(
        update(Application)
        .where(Application.id == application)
        .values(live_exam_certificate_id=None, live_person_id=None)
    )
    _queue_own(application, "release", call)


def retake(call: Call, application: int) -> None:
    """Make an application live again that was not; its applicant may have another one by now."""
    case = db.session.get_one(Application, application)
    if case.live_person_id is not None:
        return
    try:
        with db.session.begin_nested():
            case.live_person_id, case.live_exam_certificate_id = case.person_id, case.exam_certificate_id
            db.session.flush()
    except IntegrityError as error:
        if "live_exam_certificate_id" in str(error.orig):
            raise CertificateTaken from None
        raise AnotherLive from None
    _queue_own(application, "use", call)


def move(application: Application, at: datetime) -> None:
    """Let the reservation follow the certificate that the application now stands on."""
    before, after = application.live_exam_certificate_id, application.exam_certificate_id
    if before == after:
        return
    try:
        with db.session.begin_nested():
            application.live_exam_certificate_id = after
            db.session.flush()
    except IntegrityError:
        raise CertificateNotUsable(MOVED) from None
    if before is not None:
        _queue(application.id, before, "release", at)
    if after is not None:
        _queue(application.id, after, "use", at)


def _queue_own(application: int, act: str, call: Call) -> None:
    certificate = db.session.scalar(
        select(Application.exam_certificate_id).where(Application.id == application)
    )
    if certificate is not None:
        _queue(application, certificate, act, call.now)


def _queue(application: int, certificate: int, act: str, at: datetime) -> None:
    if act == "release":  # free here at once; the register hears of it by the job
        free = update(ExamCertificate).where(ExamCertificate.id == certificate)
        db.session.execute(free.values(used=False))
    route = db.session.scalar(select(ExamCertificate.route).where(ExamCertificate.id == certificate))
    parameters = {"certificate": certificate, "act": act, "application": application, "route": route}
    jobs.enqueue("exams.mark", parameters, key=f"exam:{act}:{application}:{certificate}:{at.timestamp():.6f}")


def prepare(
    call: Call, certificate: int, act: str, application: int, route: str | None = None
) -> dict[str, Any]:
    # Jobs may be late and out of order: what is told is what holds now, so that the last word is true.
    exam = db.session.get_one(ExamCertificate, certificate)
    person = db.session.get_one(Person, exam.person_id)
    return {
        "route": exam.route,
        "number": exam.number,
        "act": "use" if _holder(certificate) == application else "release",
        "purpose": f"application:{application}",
        "document_kind": person.document_kind,
        "document_number": person.document_number,
        "name": person.name,
    }


def perform(request: dict[str, Any], key: str) -> None:
    # The register knows a request by its key, and a job that says something else than before is another one.
    outside.mark_exam(request, f"{key}:{request['act']}")


def record(call: Call, parameters: dict[str, Any], answer: None) -> None:
    certificate = parameters["certificate"]
    exam = update(ExamCertificate).where(ExamCertificate.id == certificate)
    db.session.execute(exam.values(used=_holder(certificate) is not None))


def _holder(certificate: int) -> int | None:
    return db.session.scalar(
        select(Application.id).where(Application.live_exam_certificate_id == certificate)
    )
