"""Step 2: who applies, by which exam, with which Putonghua and schooling."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from handlers import dates
from handlers.apply import records
from handlers.apply.forms.step import Step, StepSchema, Values, register
from handlers.services import eligibility, policy
from models import codes, db
from models.applications import Application
from models.credentials import Degree, Diploma, Enrolment, ExamCertificate, PutonghuaCertificate
from models.errors import DomainError, Invalid
from workflows.clock import LOCAL
from workflows.forms import Case

ROUTES = {
    "national_exam": ("exam_certificate", "请选择一张考试合格证明"),
    "normal_student": ("normal_certificate", "请选择一张师范生教师职业能力证书"),
}
ARTICLE = "《〈教师资格条例〉实施办法》第八条第二项"


class Identity(StepSchema):
    """Records are chosen from the personal centre, never typed again."""

    step = "identity"

    exam_route = fields.String(
        required=True,
        validate=validate.OneOf(list(codes.EXAM_ROUTES), error="请选择考试形式"),
        error_messages={"required": "请选择考试形式"},
        metadata={"label": "考试形式"},
    )
    exam_certificate = fields.Integer(metadata={"label": "选择考试合格证明"})
    normal_certificate = fields.Integer(metadata={"label": "选择师范生教师职业能力证书"})
    putonghua = fields.Integer(metadata={"label": "选择参与本次认定的普通话证书"})
    at_school = fields.Boolean(
        required=True,
        error_messages={"required": "请选择是否在校生", "invalid": "请选择是否在校生"},
        metadata={"label": "是否在校生"},
    )
    enrolment = fields.Integer(metadata={"label": "选择学籍信息"})
    diploma = fields.Integer(metadata={"label": "选择学历证书"})
    degree = fields.Integer(metadata={"label": "选择学位证书", "optional": True})

    @validates_schema
    def _is_chosen(self, data: Values, **_: Any) -> None:
        errors: dict[str, list[str]] = {}
        name, sentence = ROUTES.get(data.get("exam_route", ""), ("", ""))
        if name and name not in data:
            errors[name] = [sentence]
        if data.get("at_school") is True and "enrolment" not in data:
            errors["enrolment"] = ["请先同步学籍或补充数据，并选择一条学籍信息"]
        if data.get("at_school") is False and "diploma" not in data:
            errors["diploma"] = ["请选择一份学历证书"]
        if errors:
            raise ValidationError(errors)


def _stored(application: Application) -> dict[str, Any]:
    certificate = application.exam_certificate_id
    name = ROUTES.get(application.exam_route or "", ("exam_certificate", ""))[0]
    school = {True: "yes", False: "no", None: ""}[application.at_school]
    return {
        "exam_route": application.exam_route,
        name: certificate,
        "putonghua": application.putonghua_id,
        "at_school": school,
        "enrolment": application.enrolment_id,
        "diploma": application.diploma_id,
        "degree": application.degree_id,
    }


def _choices(case: Case, application: Application, values: Values) -> dict[str, Any]:
    person = application.person
    return {
        "particulars": records.particulars(person),
        "verified": person.verification == "verified",
        "verified_at": dates.day(person.verified_at),
        "missing": eligibility.missing_particulars(person),
        "routes": {
            key: label for key, label in codes.EXAM_ROUTES.items() if key in application.plan.exam_routes
        },
        "certificates": records.certificates(application, case.now),
        "putonghua": records.putonghua(application),
        "enrolments": records.enrolments(application.person_id),
        "may_sync": not records.has_synced(application.person_id),
        "diplomas": records.diplomas(application.person_id),
        "degrees": records.degrees(application.person_id),
    }


def _accept(case: Case, application: Application, answers: Values) -> None:
    route = answers["exam_route"]
    if route not in application.plan.exam_routes:
        raise Invalid({"exam_route": ["所选的认定计划不接受这种考试形式，请改选"]})
    _use_certificate(case, application, answers)
    application.exam_route = route
    _use_putonghua(application, answers)
    _use_schooling(application, answers)


def _lacks(application: Application) -> dict[str, list[str]]:
    person = application.person
    if person.verification == "verified" and not eligibility.missing_particulars(person):
        return {}
    return {"particulars": ["请先到个人信息中心完成实名核验并补全个人身份信息"]}


def _use_certificate(case: Case, application: Application, answers: Values) -> None:
    name = ROUTES.get(answers["exam_route"], ("", ""))[0]
    if not name:
        application.exam_certificate_id = None
        return
    certificate = _own(ExamCertificate, answers[name], application)
    if certificate is None or certificate.route != answers["exam_route"]:
        raise Invalid({name: [ROUTES[answers["exam_route"]][1]]})
    taken = certificate.id in eligibility.taken_by_others(application, [certificate.id])
    today = case.now.astimezone(LOCAL).date()
    reason = eligibility.why_not_for(application, certificate, today, taken=taken)
    if reason:
        raise Invalid({name: [reason]})
    _follow(application, certificate, name)


def _follow(application: Application, certificate: ExamCertificate, name: str) -> None:
    # Kind and subject are the certificate's; an authority chosen for another kind no longer fits.
    try:
        eligibility.check_held(application.person_id, certificate.kind, certificate.subject)
    except DomainError as error:
        raise Invalid({name: [error.sentence]}) from None
    if (application.kind, application.subject) != (certificate.kind, certificate.subject):
        application.reopen_steps("authority", "check")
    application.exam_certificate_id = certificate.id
    application.kind, application.subject = certificate.kind, certificate.subject


def _use_putonghua(application: Application, answers: Values) -> None:
    # Of somebody without an exam certificate the kind may not be chosen yet; step 3 asks again.
    needed = policy.putonghua_minimum(application) if application.kind else "none"
    chosen = _own(PutonghuaCertificate, answers.get("putonghua"), application)
    if chosen is None and needed != "none":
        raise Invalid({"putonghua": ["请选择一张普通话证书"]})
    # Exemption hangs on the professional title of step 4, which asks again.
    exempt = chosen is not None and chosen.source == "exempt" and application.kind == "higher"
    if chosen is not None and not exempt and not eligibility.reaches(chosen.level, needed):
        raise Invalid({"putonghua": [too_low(application, needed)]})
    application.putonghua_id = chosen.id if chosen else None


def too_low(application: Application, needed: str) -> str:
    """Which level is asked, for what, and by which article."""
    kind = codes.KINDS.get(application.kind or "", "")
    level = codes.PUTONGHUA_LEVELS.get(needed, needed)
    return (
        f"{kind}{application.subject or ''}要求普通话{level}及以上（{ARTICLE}），请选择或添加符合要求的证书"
    )


def _use_schooling(application: Application, answers: Values) -> None:
    application.at_school = answers["at_school"]
    enrolment = _own(Enrolment, answers.get("enrolment"), application)
    diploma = _own(Diploma, answers.get("diploma"), application)
    degree = _own(Degree, answers.get("degree"), application)
    if application.at_school and enrolment is None:
        raise Invalid({"enrolment": ["请选择一条学籍信息"]})
    if application.at_school and enrolment is not None and enrolment.status != eligibility.QUALIFYING:
        raise Invalid({"enrolment": [f"只有学籍状态为“{eligibility.QUALIFYING}”的申请人才符合认定要求"]})
    if not application.at_school and diploma is None:
        raise Invalid({"diploma": ["请选择一份学历证书"]})
    application.enrolment_id = enrolment.id if application.at_school and enrolment else None
    application.diploma_id = diploma.id if diploma else None
    application.degree_id = degree.id if degree else None


def _own(model: Any, number: int | None, application: Application) -> Any:
    found = db.session.get(model, number) if number is not None else None
    return found if found is not None and found.person_id == application.person_id else None


register(
    Step(
        name="identity",
        schema=Identity,
        stored=_stored,
        choices=_choices,
        accept=_accept,
        lacks=_lacks,
    ),
)
