"""A person's records as radio cards: what stands on them, and why one cannot be chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from domain.rules import policy, requirements
from domain.rules.policy import QualificationRequest
from domain.wording import dates
from handlers.apply.choices.exam_routes import CERTIFICATE_INPUTS, build_request, why_useless
from models import db
from models.base import codes
from models.cases.applications import Application
from models.cases.credentials import (
    Degree,
    Diploma,
    Enrolment,
    ExamCertificate,
    PutonghuaCertificate,
    SkillCertificate,
    select_putonghua,
    select_records,
)
from models.cases.states import RecordSource
from models.persons.people import Person
from translations import gettext, join_facts, lazy_gettext

READ_AT_ONCE = 2  # sentences on a level; more of them are a list that one unfolds
CHINESE = lazy_gettext("语文")  # its teachers need more Putonghua than others
VERIFIED = {"state": "ok", "icon": "ok", "text": lazy_gettext("系统核验通过")}
UNVERIFIED = {"state": "warn", "icon": "warn", "text": lazy_gettext("未经系统核验")}


def list_particulars(person: Person) -> list[tuple[str, str]]:
    """The particulars as the personal centre has them."""
    rows = [
        (gettext("姓名"), person.name),
        (gettext("性别"), codes.SEXES.get(person.sex or "", "")),
        (gettext("民族"), codes.ETHNICITIES.get(person.ethnicity or "", "")),
        (gettext("证件类型"), codes.DOCUMENT_KINDS.get(person.document_kind or "", "")),
        (gettext("证件号码"), person.document_number or ""),
        (gettext("出生日期"), dates.format_day(person.birth_date)),
        (gettext("当地身份证件号码"), person.local_id_number or ""),
        (gettext("通行证号码"), person.pass_number or ""),
    ]
    local = {gettext("当地身份证件号码"), gettext("通行证号码")}
    return [(key, value) for key, value in rows if value or key not in local]


def build_exam_cards(judged: Iterable[tuple[ExamCertificate, str]]) -> dict[str, list[dict[str, Any]]]:
    """The person's exam certificates by exam route; unusable ones say why."""
    cards: dict[str, list[dict[str, Any]]] = {route: [] for route in CERTIFICATE_INPUTS}
    for one, reason in judged:
        cards.setdefault(one.route, []).append(_exam_card(one, reason))
    return cards


def _exam_card(one: ExamCertificate, reason: str) -> dict[str, Any]:
    return {
        "value": one.id,
        "title": f"{short_kind_name(one.kind)}　{one.subject}",
        "meta": [
            gettext("编号 %(number)s", number=one.number),
            gettext("有效期至 %(day)s", day=dates.format_day(one.valid_until)),
            one.school,
        ],
        "reason": reason,
    }


def build_putonghua_choice(
    application: Application,
    wanted: Sequence[QualificationRequest],
    judged: Iterable[tuple[ExamCertificate, str]],
    chosen: QualificationRequest | None,
) -> dict[str, Any]:
    """The person's Putonghua certificates, and the level that is asked for what is chosen."""
    found = db.session.scalars(select_putonghua(application.person_id))
    standings = requirements.possible_exemption_grounds(application)
    levels = _describe_levels(application, wanted)
    return {
        "cards": [
            _putonghua_card(one, why_useless(wanted, partial(_why_putonghua_fails, one, standings)))
            for one in found
        ],
        "chosen": _describe_level(chosen) if chosen is not None else "",
        "by_certificate": [
            (one, _describe_level(build_request(application, one))) for one, reason in judged if not reason
        ],
        "hint": "".join(levels) if len(levels) <= READ_AT_ONCE else "",
        "levels": levels if len(levels) > READ_AT_ONCE else [],
    }


def list_level_hints(choice: Mapping[str, Any], values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A sentence for each certificate, of which a script shows the one that is about the chosen one.

    Without a script the sentence stands that was right when the page was made.
    """
    hints = [_build_level_hint(one, sentence, values) for one, sentence in choice["by_certificate"]]
    is_chosen = any(not hint["hidden"] for hint in hints)
    general = choice["hint"] if is_chosen else choice["chosen"] or choice["hint"]
    instead = ["or", *(["not", hint["hide"]] for hint in hints)] if hints else []
    return [*hints, {"text": general, "hide": instead, "hidden": is_chosen}]


def _build_level_hint(one: ExamCertificate, sentence: str, values: Mapping[str, Any]) -> dict[str, Any]:
    name = CERTIFICATE_INPUTS[one.route][0]
    other_route = ["!=", ["name", "exam_route"], ["value", one.route]]
    other_certificate = ["!=", ["name", name], ["value", str(one.id)]]
    is_chosen = (values.get("exam_route"), str(values.get(name))) == (one.route, str(one.id))
    return {"text": sentence, "hide": ["or", other_route, other_certificate], "hidden": not is_chosen}


def _describe_levels(application: Application, wanted: Sequence[QualificationRequest]) -> list[str]:
    """Which level is asked for what is chosen; before that, for everything that still may be chosen."""
    chosen = [requirements.qualification_request_of(application)] if application.subject else []
    told = dict.fromkeys(_describe_level(one) for one in chosen or wanted if one.kind)
    return [sentence for sentence in told if sentence]


def _describe_level(asked: QualificationRequest) -> str:
    level = policy.minimum_putonghua(asked).level
    if level not in codes.PUTONGHUA_LEVELS:
        return ""
    said = {"qualification": requirements.qualification_title(asked), "level": codes.PUTONGHUA_LEVELS[level]}
    if asked.subject == "" and CHINESE in codes.SUBJECTS[asked.kind]:
        strictest = policy.minimum_putonghua(replace(asked, subject=CHINESE)).level
        if strictest not in (level, "none"):
            return gettext(
                "%(qualification)s要求%(level)s及以上，%(subject)s%(strictest)s及以上。",
                **said,
                subject=CHINESE,
                strictest=codes.PUTONGHUA_LEVELS[strictest],
            )
    return gettext("%(qualification)s要求%(level)s及以上。", **said)


def _why_putonghua_fails(
    one: PutonghuaCertificate, standings: list[policy.ExemptionGrounds], asked: QualificationRequest
) -> str:
    # Who is exempt chooses 免测; a certificate is of use for its level only.
    return requirements.why_putonghua_fails(
        asked, one, standings if one.source == RecordSource.EXEMPT else []
    )


def _putonghua_card(one: PutonghuaCertificate, reason: str) -> dict[str, Any]:
    if one.source == RecordSource.EXEMPT:
        return {
            "value": one.id,
            "title": gettext("免测"),
            "meta": [gettext("仅适用于高等学校教师资格")],
            "reason": reason,
        }
    score = gettext("%(score)s 分", score=f"{one.score:g}") if one.score is not None else None
    by_hand = "" if one.source == RecordSource.VERIFIED else gettext("手工录入，确认时带原件")
    return {
        "value": one.id,
        "title": join_facts((codes.PUTONGHUA_LEVELS.get(one.level, one.level), score)),
        "meta": [
            gettext("编号 %(number)s", number=one.number),
            dates.format_day(one.tested_on),
            one.issuer,
            by_hand,
        ],
        "tag": VERIFIED if one.source == RecordSource.VERIFIED else UNVERIFIED,
        "reason": reason,
    }


def build_enrolment_cards(
    application: Application, wanted: Sequence[QualificationRequest]
) -> list[dict[str, Any]]:
    """The person's enrolments; those on which nobody can apply say why."""
    found = db.session.scalars(select_records(Enrolment, application.person_id))
    province = requirements.province_of(application)
    return [
        {
            "value": one.id,
            "title": f"{one.school}　{one.major}",
            "meta": [
                codes.STUDY_LEVELS.get(one.level, one.level),
                codes.STUDY_FORMS.get(one.study_form, one.study_form),
                one.status,
                gettext("预计 %(day)s毕业", day=dates.format_day(one.expected_graduation))
                if one.expected_graduation
                else "",
            ],
            "tag": {"state": "ok", "icon": "ok", "text": gettext("已同步")}
            if one.source == RecordSource.SYNCED
            else UNVERIFIED,
            "reason": requirements.why_enrolment_fails(one, province)
            or why_useless(wanted, partial(_why_schooling_fails, requirements.schooling_of_enrolment(one))),
            "postgraduate": one.level in requirements.POSTGRADUATE,
        }
        for one in found
    ]


def has_synced_enrolment(person_id: int) -> bool:
    """Whether the enrolment was synchronised before: it succeeds once, never again."""
    return (
        db.session.scalar(select_records(Enrolment, person_id).filter_by(source=RecordSource.SYNCED))
        is not None
    )


def _why_schooling_fails(schooling: requirements.Schooling, asked: QualificationRequest) -> str:
    return requirements.why_schooling_fails(asked, schooling)


def build_diploma_cards(
    application: Application, wanted: Sequence[QualificationRequest]
) -> list[dict[str, Any]]:
    """The person's diplomas; those that are enough for nothing one may apply for say why."""
    found = db.session.scalars(select_records(Diploma, application.person_id))
    return [
        {
            "value": one.id,
            "title": f"{one.school}　{one.major}",
            "meta": [
                codes.EDUCATION_LEVELS.get(one.level, one.level),
                codes.STUDY_FORMS.get(one.study_form, one.study_form),
                gettext("证书编号 %(number)s", number=one.number),
                dates.format_day(one.graduated_on),
            ],
            "tag": VERIFIED if one.source == RecordSource.VERIFIED else UNVERIFIED,
            "reason": why_useless(
                wanted, partial(_why_schooling_fails, requirements.schooling_of_diploma(one))
            ),
        }
        for one in found
    ]


def build_degree_cards(person_id: int) -> list[dict[str, Any]]:
    """The person's degrees."""
    found = db.session.scalars(select_records(Degree, person_id))
    return [
        {
            "value": one.id,
            "title": f"{one.name}　{one.school}",
            "meta": [gettext("证书编号 %(number)s", number=one.number), dates.format_day(one.awarded_on)],
            "tag": VERIFIED if one.source == RecordSource.VERIFIED else UNVERIFIED,
            "reason": "",
        }
        for one in found
    ]


def build_skill_cards(person_id: int) -> list[dict[str, Any]]:
    """The person's certificates of vocational skill; those below the level that the law asks say so.

    They can be chosen: a professional title may take the place of the level, and provinces may relax it.
    """
    found = db.session.scalars(select_records(SkillCertificate, person_id))
    return [
        {
            "value": one.id,
            "title": f"{one.occupation}　{codes.SKILL_LEVELS.get(one.level, one.level)}",
            "meta": [
                gettext("证书编号 %(number)s", number=one.number),
                one.issuer,
                dates.format_day(one.issued_on),
                requirements.why_skill_is_low(one),
            ],
            "tag": UNVERIFIED,
            "reason": "",
        }
        for one in found
    ]


def short_kind_name(kind: str | None) -> str:
    """初级中学 for 初级中学教师资格."""
    return codes.SHORT_KINDS.get(kind or "", "")
