"""Exam certificates are reserved while an application lives, and their register is told so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from domain import outside
from models import db
from models.base.errors import DomainError
from models.cases.applications import Application
from models.cases.credentials import ExamCertificate
from models.cases.refusals import CertificateNotUsable
from models.persons.people import Person
from translations import lazy_gettext
from workflows.background import jobs
from workflows.operations import OperationCall

TAKEN_MEANWHILE = lazy_gettext("所选的证书刚刚用于另一件申请，请改选其他证书。")


class AnotherLiveApplication(DomainError):
    """Setting a case back would give its applicant two live applications."""

    code = "another_live"
    sentence = lazy_gettext("申请人已有另一件正在办理的申请，不能退回。")


class CertificateTaken(DomainError):
    """The exam certificate of a case was used by another one meanwhile."""

    code = "certificate_taken"
    sentence = lazy_gettext("考试合格证明已用于另一件申请，不能退回。")


def reserve_certificate(call: OperationCall, application: int) -> None:
    """Queue the register's `use` for the certificate that the application was made with."""
    _queue_marking_for_case(application, "use", call)


def release_certificate(call: OperationCall, application: int) -> None:
    """Give the certificate back: it may be used for another application at once."""
    db.session.execute(
        update(Application)
        .where(Application.id == application)
        .values(live_exam_certificate_id=None, live_person_id=None)
    )
    _queue_marking_for_case(application, "release", call)


def restore_reservation(call: OperationCall, application: int) -> None:
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
        raise AnotherLiveApplication from None
    _queue_marking_for_case(application, "use", call)


def move_reservation(application: Application, at: datetime) -> None:
    """Let the reservation follow the certificate that the application now stands on."""
    before, after = application.live_exam_certificate_id, application.exam_certificate_id
    if before == after:
        return
    try:
        with db.session.begin_nested():
            application.live_exam_certificate_id = after
            db.session.flush()
    except IntegrityError:
        raise CertificateNotUsable(TAKEN_MEANWHILE) from None
    if before is not None:
        _queue_marking(application.id, before, "release", at)
    if after is not None:
        _queue_marking(application.id, after, "use", at)


def _queue_marking_for_case(application: int, act: str, call: OperationCall) -> None:
    certificate = db.session.scalar(
        select(Application.exam_certificate_id).where(Application.id == application)
    )
    if certificate is not None:
        _queue_marking(application, certificate, act, call.now)


def _queue_marking(application: int, certificate: int, act: str, at: datetime) -> None:
    if act == "release":  # free here at once; the register hears of it by the job
        free = update(ExamCertificate).where(ExamCertificate.id == certificate)
        db.session.execute(free.values(used=False))
    route = db.session.scalar(select(ExamCertificate.route).where(ExamCertificate.id == certificate))
    parameters = {"certificate": certificate, "act": act, "application": application, "route": route}
    jobs.enqueue_job(
        "exams.mark", parameters, key=f"exam:{act}:{application}:{certificate}:{at.timestamp():.6f}"
    )


def prepare_marking(
    call: OperationCall, certificate: int, act: str, application: int, route: str | None = None
) -> dict[str, Any]:
    # Jobs may be late and out of order: what is told is what holds now, so that the last word is true.
    exam = db.session.get_one(ExamCertificate, certificate)
    person = db.session.get_one(Person, exam.person_id)
    return {
        "route": exam.route,
        "number": exam.number,
        "act": "use" if _reserving_application(certificate) == application else "release",
        "purpose": f"application:{application}",
        "document_kind": person.document_kind,
        "document_number": person.document_number,
        "name": person.name,
    }


def mark_certificate(request: dict[str, Any], key: str) -> None:
    # The register knows a request by its key, and a job that says something else than before is another one.
    outside.mark_exam(request, f"{key}:{request['act']}")


def record_marking(call: OperationCall, parameters: dict[str, Any], answer: None) -> None:
    certificate = parameters["certificate"]
    exam = update(ExamCertificate).where(ExamCertificate.id == certificate)
    db.session.execute(exam.values(used=_reserving_application(certificate) is not None))


def _reserving_application(certificate: int) -> int | None:
    return db.session.scalar(
        select(Application.id).where(Application.live_exam_certificate_id == certificate)
    )
