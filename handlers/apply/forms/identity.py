"""Step 2: who applies, by which exam, with which Putonghua and schooling."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from domain.outside.records import record_syncs
from domain.rules import eligibility, requirements
from domain.rules.policy import QualificationRequest
from domain.wording import dates, sync_states
from handlers.apply.choices import exam_routes, record_cards
from handlers.apply.choices.exam_routes import CERTIFICATE_INPUTS
from handlers.apply.forms.wizard_steps import (
    Problems,
    StepSchema,
    Values,
    WizardStep,
    register_step,
)
from models import db
from models.base import codes
from models.base.errors import Invalid
from models.cases.applications import Application
from models.cases.credentials import (
    Degree,
    Diploma,
    Enrolment,
    ExamCertificate,
    PutonghuaCertificate,
    SkillCertificate,
)
from translations import gettext, join_words, lazy_gettext
from workflows.clock import LOCAL
from workflows.forms import FormContext


class IdentityStepSchema(StepSchema):
    """Records are chosen from the personal centre, never typed again."""

    step = "identity"

    exam_route = fields.String(
        required=True,
        validate=validate.OneOf(list(codes.EXAM_ROUTES), error=lazy_gettext("请选择考试形式")),
        error_messages={"required": lazy_gettext("请选择考试形式")},
        metadata={"label": lazy_gettext("考试形式")},
    )
    exam_certificate = fields.Integer(metadata={"label": lazy_gettext("选择考试合格证明")})
    normal_certificate = fields.Integer(metadata={"label": lazy_gettext("选择师范生教师职业能力证书")})
    putonghua = fields.Integer(metadata={"label": lazy_gettext("选择参与本次认定的普通话证书")})
    at_school = fields.Boolean(
        required=True,
        error_messages={
            "required": lazy_gettext("请选择是否在校生"),
            "invalid": lazy_gettext("请选择是否在校生"),
        },
        metadata={"label": lazy_gettext("是否在校生")},
    )
    enrolment = fields.Integer(metadata={"label": lazy_gettext("选择学籍信息")})
    diploma = fields.Integer(metadata={"label": lazy_gettext("选择学历证书")})
    degree = fields.Integer(metadata={"label": lazy_gettext("选择学位证书"), "optional": True})
    previous_diploma = fields.Integer(metadata={"label": lazy_gettext("选择上一学历证书")})
    previous_degree = fields.Integer(metadata={"label": lazy_gettext("选择上一学位证书"), "optional": True})
    skill_certificate = fields.Integer(
        metadata={"label": lazy_gettext("选择职业技能等级证书"), "optional": True}
    )

    @validates_schema(skip_on_field_errors=False)
    def _check_choices(self, data: Values, **_: Any) -> None:
        errors: dict[str, list[str]] = {}
        name, sentence = CERTIFICATE_INPUTS.get(data.get("exam_route", ""), ("", ""))
        if name and name not in data:
            errors[name] = [sentence]
        if data.get("at_school") is True and "enrolment" not in data:
            errors["enrolment"] = [gettext("请先同步学籍或补充数据，并选择一条学籍信息")]
        if data.get("at_school") is False and "diploma" not in data:
            errors["diploma"] = [gettext("请选择一份学历证书")]
        if errors:
            raise ValidationError(errors)


def _read_stored(application: Application) -> dict[str, Any]:
    certificate = application.exam_certificate_id
    name = CERTIFICATE_INPUTS.get(application.exam_route or "", ("exam_certificate", ""))[0]
    school = {True: "yes", False: "no", None: ""}[application.at_school]
    return {
        "exam_route": application.exam_route,
        name: certificate,
        "putonghua": application.putonghua_id,
        "at_school": school,
        "enrolment": application.enrolment_id,
        **_read_schooling(application),
        "skill_certificate": application.skill_certificate_id,
    }


def _read_schooling(application: Application) -> dict[str, Any]:
    # What somebody at school has finished before is asked beside the enrolment.
    before = "previous_" if application.at_school else ""
    return {f"{before}diploma": application.diploma_id, f"{before}degree": application.degree_id}


def _list_choices(case: FormContext, application: Application, values: Values) -> dict[str, Any]:
    judged = exam_routes.judge_certificates(application, case.now)
    person, wanted = application.person, exam_routes.list_possible_kinds(application, judged)
    chosen = exam_routes.find_chosen_request(application, judged, values)
    enrolments = record_cards.build_enrolment_cards(application, wanted)
    putonghua = record_cards.build_putonghua_choice(application, wanted, judged, chosen)
    return {
        "particulars": record_cards.list_particulars(person),
        "verified": person.is_identified,
        "verified_at": dates.format_day(person.verified_at),
        "missing": eligibility.missing_particulars(person),
        "routes": exam_routes.build_route_options(application),
        "certificates": record_cards.build_exam_cards(judged),
        "syncs": _describe_syncs(application),
        "putonghua": putonghua,
        "level_hints": record_cards.list_level_hints(putonghua, values),
        **_build_previous(enrolments),
        "skills": record_cards.build_skill_cards(application.person_id)
        if _may_need_skill(application, judged, chosen)
        else None,
        "enrolments": enrolments,
        "may_sync": not record_cards.has_synced_enrolment(application.person_id),
        "diplomas": record_cards.build_diploma_cards(application, wanted),
        "degrees": record_cards.build_degree_cards(application.person_id),
    }


def _describe_syncs(application: Application) -> dict[str, sync_states.SyncView]:
    syncs = record_syncs.list_syncs(application.person_id)
    return {route: sync_states.describe_sync(syncs.get(route)) for route in record_syncs.EXAMS}


def _build_previous(enrolments: list[dict[str, Any]]) -> dict[str, Any]:
    """Whether the previous diploma may be asked, and when a script need not show it."""
    ids = [["value", str(card["value"])] for card in enrolments if card["postgraduate"]]
    hide = ["not", ["in", ["name", "enrolment"], *ids]]
    return {"postgraduate": bool(ids), "hide_unless_postgraduate": hide}


def _may_need_skill(
    application: Application,
    judged: list[tuple[ExamCertificate, str]],
    chosen: QualificationRequest | None,
) -> bool:
    kinds = {application.kind, *(one.kind for one, reason in judged if not reason)}
    return requirements.PRACTICE in (kinds if chosen is None else {chosen.kind})


def _accept_answers(case: FormContext, application: Application, answers: Values) -> None:
    problems = Problems()
    with problems.gathered():
        _use_route(case, application, answers)
    with problems.gathered():
        _use_putonghua(application, answers)
    with problems.gathered():
        _use_schooling(application, answers)
    with problems.gathered():
        _use_skill(application, answers)
    problems.refuse()


def _use_route(case: FormContext, application: Application, answers: Values) -> None:
    route = answers["exam_route"]
    if reason := exam_routes.why_route_fails(application, route):
        raise Invalid({"exam_route": [gettext("%(reason)s，请改选", reason=reason)]})
    _use_certificate(case, application, answers)
    application.exam_route = route


def _find_missing(application: Application) -> dict[str, list[str]]:
    person = application.person
    lacking = eligibility.missing_particulars(person)
    unverified, listed = not person.is_identified, join_words(lacking)
    if unverified and lacking:
        told = gettext("请先到个人信息中心完成实名核验，并补充%(particulars)s", particulars=listed)
    elif unverified:
        told = gettext("请先到个人信息中心完成实名核验")
    elif lacking:
        told = gettext("请先到个人信息中心补充%(particulars)s", particulars=listed)
    else:
        return {}
    return {"particulars": [told]}


def _use_certificate(case: FormContext, application: Application, answers: Values) -> None:
    name = CERTIFICATE_INPUTS.get(answers["exam_route"], ("", ""))[0]
    if not name:
        _forget_certificate(application)
        return
    certificate = _find_own_record(ExamCertificate, answers[name], application)
    if certificate is None or certificate.route != answers["exam_route"]:
        raise Invalid({name: [CERTIFICATE_INPUTS[answers["exam_route"]][1]]})
    taken = certificate.id in eligibility.taken_by_others(application, [certificate.id])
    today = case.now.astimezone(LOCAL).date()
    reason = eligibility.why_certificate_fails(application, certificate, today, taken=taken)
    if reason:
        raise Invalid({name: [reason]})
    _follow_certificate(application, certificate)


def _forget_certificate(application: Application) -> None:
    if application.exam_certificate_id is not None:
        # The subject was the certificate's; step 3 asks for kind and subject now.
        application.subject = None
        application.reopen_steps("authority", "check")
    application.exam_certificate_id = None


def _follow_certificate(application: Application, certificate: ExamCertificate) -> None:
    # Kind and subject are the certificate's; an authority chosen for another kind no longer fits.
    if (application.kind, application.subject) != (certificate.kind, certificate.subject):
        application.reopen_steps("authority", "check")
    application.exam_certificate_id = certificate.id
    application.kind, application.subject = certificate.kind, certificate.subject


def _use_putonghua(application: Application, answers: Values) -> None:
    chosen = _find_own_record(PutonghuaCertificate, answers.get("putonghua"), application)
    # Of somebody without an exam certificate the kind may not be chosen yet; step 3 asks again.
    reason = _why_putonghua_fails(application, chosen) if application.kind else ""
    if chosen is None and reason:
        raise Invalid({"putonghua": [gettext("请选择一张普通话证书：%(reason)s", reason=reason)]})
    if reason:
        raise Invalid({"putonghua": [gettext("%(reason)s，请选择或添加符合要求的证书", reason=reason)]})
    _set_record(application, "putonghua", chosen)


def _why_putonghua_fails(application: Application, chosen: PutonghuaCertificate | None) -> str:
    # Exemption may hang on the professional title of step 4, which asks again.
    standings = requirements.possible_exemption_grounds(application) if chosen is not None else []
    return requirements.why_putonghua_fails(
        requirements.qualification_request_of(application), chosen, standings
    )


def _use_schooling(application: Application, answers: Values) -> None:
    application.at_school = answers["at_school"]
    enrolment = _find_own_record(Enrolment, answers.get("enrolment"), application)
    before = "previous_" if application.at_school else ""
    diploma = _find_own_record(Diploma, answers.get(f"{before}diploma"), application)
    degree = _find_own_record(Degree, answers.get(f"{before}degree"), application)
    if application.at_school and enrolment is None:
        raise Invalid({"enrolment": [gettext("请选择一条学籍信息")]})
    if not application.at_school and diploma is None:
        raise Invalid({"diploma": [gettext("请选择一份学历证书")]})
    _set_record(application, "enrolment", enrolment if application.at_school else None)
    _set_record(application, "diploma", diploma)
    _set_record(application, "degree", degree)
    _check_previous(enrolment, diploma, at_school=application.at_school)
    _check_schooling(application)


def _check_previous(enrolment: Enrolment | None, diploma: Diploma | None, *, at_school: bool) -> None:
    if at_school and enrolment is not None and enrolment.level in requirements.POSTGRADUATE and not diploma:
        raise Invalid({"previous_diploma": [gettext("研究生在读的，请选择上一学历证书；没有的请先添加")]})


def _use_skill(application: Application, answers: Values) -> None:
    skill = _find_own_record(SkillCertificate, answers.get("skill_certificate"), application)
    # Of somebody without an exam certificate the kind may change at step 3.
    is_open = application.exam_route == exam_routes.OTHER_ROUTE
    needs = is_open or application.kind == requirements.PRACTICE
    _set_record(application, "skill_certificate", skill if needs else None)


def _check_schooling(application: Application) -> None:
    name = "enrolment" if application.at_school else "diploma"
    if application.at_school and application.enrolment is not None:
        province = requirements.province_of(application)
        if reason := requirements.why_enrolment_fails(application.enrolment, province):
            raise Invalid({name: [reason]})
    # Somebody without an exam certificate says the kind at step 3, which asks again; one whose certificate
    # was refused has none yet.
    if application.exam_route == "other" or not application.kind:
        return
    if reason := requirements.why_education_fails(application):
        raise Invalid({name: [reason]})


def _set_record(application: Application, name: str, record: Any) -> None:
    # Both sides: what is checked next reads the record, and nothing is flushed in between.
    setattr(application, name, record)
    setattr(application, f"{name}_id", record.id if record else None)


def _find_own_record(model: Any, number: int | None, application: Application) -> Any:
    found = db.session.get(model, number) if number is not None else None
    return found if found is not None and found.person_id == application.person_id else None


register_step(
    WizardStep(
        name="identity",
        schema=IdentityStepSchema,
        stored=_read_stored,
        choices=_list_choices,
        accept=_accept_answers,
        refuse_besides=_find_missing,
    ),
)
