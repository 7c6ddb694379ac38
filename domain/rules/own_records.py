"""还差什么: what the records of somebody's personal centre say to the rules, at any moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from domain.rules import eligibility, requirements
from domain.rules.self_check import FAILED, MET, OPEN, Finding, SelfDescription, judge_description
from models import db
from models.base import codes
from models.base.errors import DomainError
from models.cases.credentials import (
    Degree,
    Diploma,
    Enrolment,
    ExamCertificate,
    select_exam_certificates,
    select_putonghua,
    select_records,
)
from models.cases.states import RecordSource
from models.persons.people import Person
from models.persons.states import Verification
from translations import gettext, join_words
from workflows.clock import LOCAL

OTHER_ROUTE = "other"
R = TypeVar("R", Enrolment, Degree)


@dataclass(frozen=True, kw_only=True)
class OwnWish:
    """What somebody wants to apply for; without it the best certificate says the kind."""

    kind: str = ""
    province: str = ""


def list_findings(person: Person, wish: OwnWish, moment: datetime) -> list[Finding]:
    """What is there, and what is still missing, of whoever is signed in."""
    described = describe_person(person, wish, moment)
    return [
        *_judge_account(person, moment),
        *_judge_exam(person, described, moment),
        *(judge_description(described) if described.kind else [_ask_for_kind()]),
        *_judge_records(person, described),
    ]


def describe_person(person: Person, wish: OwnWish, moment: datetime) -> SelfDescription:
    """What the records say of a person, as somebody would describe themselves."""
    exam = next((one for one in _list_usable(person.id, moment) if wish.kind in ("", one.kind)), None)
    diploma, enrolment = _find_best_diploma(person.id), _find_newest(Enrolment, person.id)
    degree = _find_newest(Degree, person.id)
    at_school = diploma is None and enrolment is not None
    ended = diploma.graduated_on if diploma else enrolment.expected_graduation if enrolment else None
    return SelfDescription(
        kind=exam.kind if exam else wish.kind,
        subject=exam.subject if exam else "",
        exam_route=exam.route if exam else OTHER_ROUTE if wish.kind else "",
        province=wish.province,
        at_school=at_school,
        level=(enrolment.level if at_school and enrolment else diploma.level if diploma else ""),
        graduated=ended.year if ended else None,
        study_form=enrolment.study_form if enrolment else "",
        status=enrolment.status if enrolment else "",
        months_left=_months_until(ended, moment) if at_school else None,
        putonghua=_find_best_level(person.id),
        doctor=requirements.is_doctor(diploma, degree),
    )


def _judge_account(person: Person, moment: datetime) -> Iterator[Finding]:
    if person.verification != Verification.VERIFIED:
        yield Finding(rule="verification", state=FAILED, text=gettext("还没有通过实名核验"))
    if lacking := eligibility.missing_particulars(person):
        told = gettext("个人身份信息还缺%(particulars)s", particulars=join_words(lacking))
        yield Finding(rule="particulars", state=FAILED, text=told)
    if person.verification == Verification.VERIFIED and not lacking:
        yield Finding(rule="particulars", state=MET, text=gettext("实名核验通过，个人身份信息完整"))
    try:
        eligibility.check_person(person.id, moment)
    except DomainError as refused:
        yield Finding(rule="live", state=FAILED, text=refused.sentence)


def _judge_exam(person: Person, described: SelfDescription, moment: datetime) -> Iterator[Finding]:
    usable = _list_usable(person.id, moment)
    if usable:
        names = join_words(_name_certificate(one) for one in usable)
        yield Finding(rule="exam", state=MET, text=gettext("可用的证书：%(names)s", names=names))
        return
    found = db.session.scalars(select_exam_certificates(person.id)).first()
    told = (
        gettext("考试合格证明和师范生教师职业能力证书都已用过、过期或者已取得同样的资格")
        if found
        else gettext("还没有同步到考试合格证明或者师范生教师职业能力证书；按规定免考的除外")
    )
    yield Finding(rule="exam", state=OPEN if described.exam_route == OTHER_ROUTE else FAILED, text=told)


def _judge_records(person: Person, described: SelfDescription) -> Iterator[Finding]:
    """What is there and has to be shown in the original, as no register confirmed it."""
    rows = [
        *db.session.scalars(select_putonghua(person.id)),
        *db.session.scalars(select_records(Diploma, person.id)),
    ]
    if any(one.source == RecordSource.MANUAL for one in rows):
        told = gettext("有手工录入、未经系统核验的证书，确认时带原件")
        yield Finding(rule="originals", state=OPEN, text=told)


def _ask_for_kind() -> Finding:
    return Finding(rule="kind", state=OPEN, text=gettext("请选择要申请的资格种类，再看学历和普通话的要求"))


def _list_usable(person_id: int, moment: datetime) -> list[ExamCertificate]:
    """The certificates that are valid today, free, and not of what the person holds already."""
    today, held = moment.astimezone(LOCAL).date(), eligibility.list_held_qualifications(person_id)
    found = db.session.scalars(select_exam_certificates(person_id))
    return [
        one
        for one in found
        if not one.used and one.valid_until >= today and (one.kind, one.subject) not in held
    ]


def _find_best_diploma(person_id: int) -> Diploma | None:
    found = list(db.session.scalars(select_records(Diploma, person_id)))
    return max(found, key=lambda one: _rank(one.level), default=None)


def _find_newest(model: type[R], person_id: int) -> R | None:
    return next(reversed(list(db.session.scalars(select_records(model, person_id)))), None)


def _find_best_level(person_id: int) -> str:
    levels = [one.level for one in db.session.scalars(select_putonghua(person_id))]
    return min((one for one in levels if one in codes.PUTONGHUA_LEVELS), default="")


def _rank(level: str) -> int:
    return requirements.EDUCATION_RANKS.index(codes.EDUCATION_OF_LEVEL.get(level, "secondary"))


def _name_certificate(one: ExamCertificate) -> str:
    kind = codes.SHORT_KINDS.get(one.kind, one.kind)
    return gettext("%(kind)s %(subject)s", kind=kind, subject=one.subject)


def _months_until(day: date | None, moment: datetime) -> int | None:
    if day is None:
        return None
    today = moment.astimezone(LOCAL).date()
    return (day.year - today.year) * 12 + day.month - today.month
