"""What the rules ask of an application: exam route, Putonghua, schooling; each refusal names its article."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from domain.rules import policy
from domain.rules.policy import EnrolmentFacts, ExemptionGrounds, QualificationRequest
from models.base.codes import (
    EDUCATION,
    EDUCATION_OF_LEVEL,
    EXAM_ROUTES,
    KINDS,
    PROFESSIONAL_TITLES,
    PUTONGHUA_LEVELS,
    STUDY_LEVELS,
)
from models.cases.applications import Application
from models.cases.credentials import Degree, Diploma, Enrolment, PutonghuaCertificate, SkillCertificate
from models.cases.refusals import EducationTooLow, NotEnrolled, PutonghuaTooLow, WrongRoute
from models.cases.states import RecordSource
from translations import gettext
from workflows.clock import LOCAL, now

PUTONGHUA_RANKS = tuple(PUTONGHUA_LEVELS)
EDUCATION_RANKS = tuple(EDUCATION)
LOWEST_SKILL = "4"  # 中级工
PRACTICE = "vocational_practice"  # the kind that asks for a certificate of vocational skill, or a title
POSTGRADUATE = frozenset({"11", "14", "17"})  # studies that begin after a diploma
NO_YEAR = 9999  # of a graduation that is not known: rules for earlier years do not apply


@dataclass(frozen=True, kw_only=True)
class Schooling:
    """A level of schooling, finished or about to be."""

    level: str  # GB/T 4658
    graduated: int  # year


def province_of(application: Application) -> str:
    """The code of the province whose rules apply: that of the authority."""
    return application.authority.region_code[:2] + "0000"


def qualification_request_of(application: Application) -> QualificationRequest:
    """What an application is for."""
    return QualificationRequest(
        kind=application.kind or "",
        subject=application.subject or "",
        exam_route=application.exam_route or "",
        province=province_of(application),
    )


def exemption_grounds_of(application: Application) -> ExemptionGrounds:
    """What may exempt its applicant: title, and a doctor's degree."""
    doctor = is_doctor(application.diploma, application.degree)
    return ExemptionGrounds(
        title=application.professional_title or "none", degree="doctor" if doctor else "none"
    )


def is_doctor(diploma: Diploma | None, degree: Degree | None) -> bool:
    """Whether the schooling or the degree is a doctor's; an honorary one is not."""
    if diploma is not None and EDUCATION_OF_LEVEL.get(diploma.level) == "doctor":
        return True
    return degree is not None and "博士" in degree.name and "名誉" not in degree.name


def cite_article(reason: str, article: str) -> str:
    """A reason with the article it rests on."""
    if not article:
        return reason
    return gettext("%(reason)s（%(article)s）", reason=reason, article=article)


def why_route_fails(asked: QualificationRequest) -> str:
    """Why a kind cannot be applied for by an exam route; empty when it can."""
    ruling = policy.rule_on_exam_route(asked)
    if ruling.holds:
        return ""
    reason = ruling.reason or gettext(
        "%(route)s不能申请%(kind)s",
        route=EXAM_ROUTES.get(asked.exam_route, ""),
        kind=KINDS.get(asked.kind, ""),
    )
    return cite_article(reason, ruling.article)


def reaches_minimum(level: str, minimum: str) -> bool:
    """Whether a Putonghua level is the minimum or better; 免测 counts only where nothing is asked."""
    if minimum == "none":
        return True
    return level in PUTONGHUA_RANKS and PUTONGHUA_RANKS.index(level) <= PUTONGHUA_RANKS.index(minimum)


def why_putonghua_fails(
    asked: QualificationRequest, own: PutonghuaCertificate | None, standings: Iterable[ExemptionGrounds]
) -> str:
    """Why a Putonghua certificate is not enough; empty when it is, or when one of the standings exempts."""
    needed = policy.minimum_putonghua(asked)
    if own is not None and own.source != RecordSource.EXEMPT and reaches_minimum(own.level, needed.level):
        return ""
    rulings = [policy.rule_on_exemption("putonghua", asked, standing) for standing in standings]
    if needed.level == "none" or any(ruling.holds for ruling in rulings):
        return ""
    if own is not None and own.source == RecordSource.EXEMPT and rulings:
        return cite_article(rulings[0].reason, rulings[0].article)
    level = PUTONGHUA_LEVELS[needed.level]
    return cite_article(
        gettext(
            "%(qualification)s要求普通话%(level)s及以上",
            qualification=qualification_title(asked),
            level=level,
        ),
        needed.article,
    )


def qualification_title(asked: QualificationRequest) -> str:
    """初级中学教师资格数学; the kindergarten's has no subject of its own."""
    kind = KINDS.get(asked.kind, "")
    return kind if asked.subject in kind else f"{kind}{asked.subject}"


def possible_exemption_grounds(application: Application) -> list[ExemptionGrounds]:
    """Every standing that may still be given: the title is asked last, at step 4."""
    doctor = exemption_grounds_of(application).degree
    return [ExemptionGrounds(title=title, degree=doctor) for title in PROFESSIONAL_TITLES]


def why_schooling_fails(asked: QualificationRequest, schooling: Schooling, category: str = "") -> str:
    """Why a level of schooling is not enough; empty when it is."""
    needed = policy.minimum_education(asked, schooling.graduated)
    if EDUCATION_RANKS.index(_education_rank(schooling.level, category)) >= EDUCATION_RANKS.index(
        needed.level
    ):
        return ""
    level = STUDY_LEVELS.get(schooling.level, gettext("其他学历"))
    kind = KINDS.get(asked.kind, "")
    told = gettext(
        "%(kind)s要求%(education)s毕业及以上学历，所选的是%(level)s",
        kind=kind,
        education=EDUCATION[needed.level],
        level=level,
    )
    return cite_article(told, needed.article)


def why_enrolment_fails(enrolment: Enrolment, province: str) -> str:
    """Why nobody can apply on this enrolment, whatever the kind; empty when one can."""
    studies = EnrolmentFacts(
        status=enrolment.status,
        study_form=enrolment.study_form,
        level=enrolment.level,
        months_left=_months_until(enrolment.expected_graduation),
    )
    ruling = policy.rule_on_enrolment(studies, province)
    return "" if ruling.holds else cite_article(ruling.reason, ruling.article)


def why_skill_is_low(skill: SkillCertificate) -> str:
    """Why a certificate of vocational skill is too low for those who teach practice; empty when it is not."""
    if skill.level <= LOWEST_SKILL:  # 1 is the highest
        return ""
    return cite_article(
        gettext("低于四级（中级工），另须具有助理工程师以上专业技术职务"), gettext("《教师资格条例》第七条")
    )


def schooling_of_diploma(diploma: Diploma) -> Schooling:
    """The schooling that a diploma proves."""
    return Schooling(level=diploma.level, graduated=_graduation_year(diploma.graduated_on))


def schooling_of_enrolment(enrolment: Enrolment) -> Schooling:
    """The schooling that an enrolment will lead to."""
    return Schooling(level=enrolment.level, graduated=_graduation_year(enrolment.expected_graduation))


def check_route(application: Application) -> None:
    """The kind may be applied for by the exam route."""
    if reason := why_route_fails(qualification_request_of(application)):
        raise WrongRoute(gettext("%(reason)s。", reason=reason))


def check_putonghua(application: Application) -> None:
    """The Putonghua certificate is the person's own and reaches the level that the rules ask."""
    own = application.putonghua
    if own is not None and own.person_id != application.person_id:
        raise PutonghuaTooLow
    if reason := why_putonghua_fails(
        qualification_request_of(application), own, [exemption_grounds_of(application)]
    ):
        raise PutonghuaTooLow(gettext("%(reason)s，请返回第二步更换证书。", reason=reason))


def check_enrolment(application: Application) -> None:
    """Somebody at school may apply on the enrolment."""
    own = application.enrolment
    if not application.at_school or own is None:
        return
    if reason := why_enrolment_fails(own, province_of(application)):
        raise NotEnrolled(gettext("%(reason)s。", reason=reason))


def check_education(application: Application) -> None:
    """The diploma, or what the enrolment leads to, is as high as the rules ask."""
    if reason := why_education_fails(application):
        raise EducationTooLow(gettext("%(reason)s。", reason=reason))


def why_education_fails(application: Application) -> str:
    """Why the schooling of an application is not enough; empty when it is, or when none is chosen yet."""
    schooling = schooling_of(application)
    if schooling is None:
        return ""
    return why_schooling_fails(
        qualification_request_of(application), schooling, application.major_category or ""
    )


def schooling_of(application: Application) -> Schooling | None:
    """The schooling that an application is made with: at school the enrolment's, else the diploma's."""
    if application.at_school:
        return schooling_of_enrolment(application.enrolment) if application.enrolment is not None else None
    return schooling_of_diploma(application.diploma) if application.diploma is not None else None


def _education_rank(level: str, category: str) -> str:
    rank = EDUCATION_OF_LEVEL.get(level, "secondary")
    # Only what trained teachers is a school for teachers; which it was, 专业类别 says at step 4.
    return "secondary" if rank == "secondary_normal" and category == "other" else rank


def _graduation_year(day: date | None) -> int:
    return day.year if day else NO_YEAR


def _months_until(day: date | None) -> int:
    if day is None:
        return 0
    today = now().astimezone(LOCAL).date()
    return (day.year - today.year) * 12 + day.month - today.month
