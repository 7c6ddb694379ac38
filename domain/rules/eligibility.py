"""Whether a person may apply, and for what: asked while filling in, and again when the number is given."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from sqlalchemy import select, update

from domain.outside.records.register_records import ValidCertificates
from domain.rules import authority_levels, policy, requirements
from domain.rules.policy import QualificationRequest
from models import db
from models.authorities.plans import PlanSite
from models.authorities.states import PlanStage
from models.base.database import read_once
from models.cases.applications import Application, Certificate
from models.cases.credentials import ExamCertificate
from models.cases.refusals import (
    AlreadyHeld,
    CertificateNotUsable,
    HasLiveApplication,
    NoSite,
    OncePerYear,
    OutsideWindow,
    StepsMissing,
)
from models.cases.states import Standing
from models.persons.people import Person
from models.processes.instances import ProcessInstance
from models.processes.states import InstanceState
from translations import gettext, lazy_gettext
from workflows.clock import LOCAL

CERTIFICATE_DIFFERS = lazy_gettext("申请的资格种类、任教学科与所选证书不一致，请返回第二步重新选择。")
NEEDED_STEPS = ("agreement", "identity", "authority", "details", "check")


def check_person(person_id: int, moment: datetime) -> None:
    """One live application a person, one qualification a calendar year."""
    live = select(Application.id).where(Application.live_person_id == person_id)
    if db.session.scalar(live) is not None:
        raise HasLiveApplication
    year = moment.astimezone(LOCAL).year
    issued = db.session.scalars(select(Certificate.issued_at).where(Certificate.person_id == person_id))
    decided = db.session.scalars(
        select(Application.decided_at).where(
            Application.person_id == person_id, Application.standing == Standing.GRANTED
        )
    )
    if year in {at.astimezone(LOCAL).year for at in (*issued, *decided) if at}:
        raise OncePerYear


def check_held(person_id: int, kind: str, subject: str) -> None:
    """Never the same kind and subject twice, by what is there at this moment: it decides."""
    if (kind, subject) in _read_held_qualifications(person_id):
        raise AlreadyHeld


def list_held_qualifications(person_id: int) -> set[tuple[str, str]]:
    """The kinds and subjects that a person has a certificate for, for pages that ask about many."""
    return read_once(("held", person_id), partial(_read_held_qualifications, person_id))


def _read_held_qualifications(person_id: int) -> set[tuple[str, str]]:
    own = select(Certificate.kind, Certificate.subject).where(Certificate.person_id == person_id)
    return {(kind, subject) for kind, subject in db.session.execute(own)}


def check_window(application: Application, moment: datetime) -> None:
    """The plan takes net applications now, and the site takes part in it."""
    if application.plan.stage(moment) != PlanStage.OPEN or application.kind not in application.plan.kinds:
        raise OutsideWindow
    part = select(PlanSite.id).where(
        PlanSite.plan_id == application.plan_id, PlanSite.site_id == application.site_id
    )
    if application.site_id is None or db.session.scalar(part) is None:
        raise NoSite


def why_certificate_fails(
    application: Application, certificate: ExamCertificate, today: date, *, taken: bool
) -> str:
    """The reason why an exam certificate cannot be chosen for an application; empty when it can.

    What the application has reserved stays its own, as it was valid when it was sent.
    """
    asked = _request_with(application, certificate)
    if (certificate.kind, certificate.subject) in list_held_qualifications(application.person_id):
        return gettext("您已经取得相同种类、相同学科的教师资格，不能重复申请（教师资格认定网上申报规则）")
    if reason := requirements.why_route_fails(asked):
        return reason
    if certificate.id == application.live_exam_certificate_id:
        return ""
    article = policy.rule_on_exam_route(asked).article
    if certificate.used or taken:
        return requirements.cite_article(gettext("已用于其他认定申请，不能选择"), article)
    if certificate.valid_until < today:
        return requirements.cite_article(gettext("报名当天已过有效期，不能选择"), article)
    return ""


def _request_with(application: Application, certificate: ExamCertificate) -> QualificationRequest:
    return QualificationRequest(
        kind=certificate.kind,
        subject=certificate.subject,
        exam_route=certificate.route,
        province=requirements.province_of(application),
    )


def taken_by_others(application: Application, certificate_ids: list[int]) -> set[int]:
    """Which exam certificates another live application has reserved."""
    found = db.session.scalars(
        select(Application.live_exam_certificate_id).where(
            Application.live_exam_certificate_id.in_(certificate_ids), Application.id != application.id
        )
    )
    return {taken for taken in found if taken is not None}


def check_certificate(application: Application, moment: datetime) -> None:
    """The exam certificate is the person's own, of the route, valid on the day, and free."""
    if application.exam_route == "other":
        return
    exam = application.exam_certificate
    if exam is None or exam.person_id != application.person_id or exam.route != application.exam_route:
        raise CertificateNotUsable
    taken = exam.id in taken_by_others(application, [exam.id])
    if reason := why_certificate_fails(application, exam, moment.astimezone(LOCAL).date(), taken=taken):
        raise CertificateNotUsable(gettext("所选的证书%(reason)s，请返回第二步重新选择。", reason=reason))
    if (exam.kind, exam.subject) != (application.kind, application.subject):
        raise CertificateNotUsable(CERTIFICATE_DIFFERS)


def check_all(application: Application, moment: datetime) -> None:
    """Everything that must hold when the number is given."""
    if not set(NEEDED_STEPS) <= set(application.steps):
        raise StepsMissing
    check_window(application, moment)
    authority_levels.check_authority(application)
    check_held(application.person_id, application.kind or "", application.subject or "")
    check_certificate(application, moment)
    check_rules(application)
    release_ended_cases(application.person_id)
    check_person(application.person_id, moment)


def check_rules(application: Application) -> None:
    """What the decision tables ask of an application, as they are now."""
    requirements.check_route(application)
    requirements.check_putonghua(application)
    requirements.check_enrolment(application)
    requirements.check_education(application)


def release_ended_cases(person_id: int) -> None:
    """An application whose process has ended is no longer live; only a granted one keeps its certificate."""
    ended = select(ProcessInstance.id).where(ProcessInstance.state == InstanceState.COMPLETED)
    own = update(Application).where(Application.person_id == person_id, Application.instance_id.in_(ended))
    db.session.execute(own.values(live_person_id=None))
    lost = Application.standing != Standing.GRANTED
    db.session.execute(own.where(lost).values(live_exam_certificate_id=None))


def missing_particulars(person: Person) -> list[str]:
    """What the personal centre still needs of a person before an application (manual 2.1)."""
    needed = {"ethnicity": gettext("民族"), "sex": gettext("性别"), "birth_date": gettext("出生日期")}
    if person.document_kind != "resident_id":
        needed |= {"local_id_number": gettext("当地身份证件号码")}
    if person.document_kind == "residence_permit":
        needed |= {"pass_number": gettext("通行证号码")}
    return [label for name, label in needed.items() if not getattr(person, name)]


def refuse_if_held(application: Application, held: ValidCertificates, moment: datetime) -> None:
    """Never the same kind and subject twice, nor two kinds in a calendar year."""
    if any((one.kind, one.subject) == (application.kind, application.subject) for one in held):
        raise AlreadyHeld
    if any(one.granted_on.year == moment.astimezone(LOCAL).year for one in held):
        raise OncePerYear
