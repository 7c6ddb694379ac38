"""The particulars of an application by the document that proves them, each with its register's answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from domain.cases.entered_facts import ENTERED
from domain.rules.requirements import PRACTICE
from domain.wording.dates import format_day
from domain.wording.masking import mask_document
from models.base import codes
from models.cases.applications import Application
from models.cases.states import RecordSource
from models.persons.states import Verification
from translations import gettext

VERIFIED, BY_HAND, EXEMPT, NONE = "verified", "by_hand", "exempt", "none"  # how a record was verified

ParticularRow = dict[str, Any]
# The head of a case names the place, a list of its own the résumé, the papers the pictures.
SHOWN_ELSEWHERE = frozenset({"region_code", "site_id", "resume", "photo_id", "undertaking_id"})


def build_sections(application: Application) -> Iterator[dict[str, Any]]:
    """The particulars that rest on a document, grouped by the key of the material that proves them."""
    for section in (
        _identity_section,
        _exam_section,
        _putonghua_section,
        _enrolment_section,
        _diploma_section,
        _degree_section,
        _skill_section,
        _photo_section,
        _undertaking_section,
    ):
        found = section(application)
        if found:
            yield found


def list_entries(application: Application) -> list[ParticularRow]:
    """What the applicant filled in without a document behind it."""
    told = {"kind": kind_name(application.kind), "at_school": _tell_whether(application.at_school)}
    shown = (one for one in ENTERED if one.column not in SHOWN_ELSEWHERE)
    return [_build_row(str(one.label), told.get(one.column) or one.read(application)) for one in shown]


def _tell_whether(at_school: bool | None) -> str | None:
    return None if at_school is None else gettext("是") if at_school else gettext("否")


def list_resume(application: Application) -> list[ParticularRow]:
    """The parts of the applicant's life, the earliest first, as they were typed."""
    names = ("from", "until", "organisation", "post", "witness")
    return [{name: part.get(name) or "" for name in names} for part in application.resume or ()]


def kind_name(kind: str | None) -> str:
    """The kind without the word that all kinds end in."""
    return codes.SHORT_KINDS.get(kind or "", kind or "")


def _identity_section(application: Application) -> dict[str, Any]:
    person = application.person
    rows = [
        _build_row(gettext("姓名"), application.applicant_name, _find_other_name(application)),
        _build_row(gettext("证件种类"), codes.DOCUMENT_KINDS.get(person.document_kind or "")),
        _build_row(gettext("证件号码"), mask_document(person.document_number)),
        _build_row(gettext("性别"), codes.SEXES.get(person.sex or "")),
        _build_row(gettext("出生日期"), format_day(person.birth_date)),
        _build_row(gettext("民族"), codes.ETHNICITIES.get(person.ethnicity or "")),
    ]
    return _build_section(
        "identity",
        gettext("身份证件"),
        rows,
        VERIFIED if person.verification == Verification.VERIFIED else BY_HAND,
    )


def _find_other_name(application: Application) -> str:
    """A name that differs from the one the application goes by: at its number, or of the person since."""
    at_number = str((application.particulars or {}).get("name") or "")
    names = (at_number, application.person.name)
    return next((one for one in names if one and one != application.applicant_name), at_number)


def _exam_section(application: Application) -> dict[str, Any] | None:
    certificate = application.exam_certificate
    if certificate is None:
        return None
    normal = certificate.route == "normal_student"
    rows = [
        _build_row(gettext("证书编号"), certificate.number),
        _build_row(gettext("资格种类"), kind_name(application.kind), kind_name(certificate.kind)),
        _build_row(gettext("学科"), application.subject, certificate.subject),
        _build_row(gettext("有效期至"), format_day(certificate.valid_until)),
    ]
    return _build_section(
        "exam", gettext("师范生教师职业能力证书") if normal else gettext("考试合格证明"), rows, VERIFIED
    )


def _putonghua_section(application: Application) -> dict[str, Any] | None:
    certificate = application.putonghua
    if certificate is None:
        return None
    rows = [
        _build_row(gettext("等级"), codes.PUTONGHUA_LEVELS.get(certificate.level, certificate.level)),
        _build_row(gettext("分数"), "" if certificate.score is None else f"{certificate.score:.1f}"),
        _build_row(gettext("证书编号"), certificate.number),
        _build_row(gettext("测试日期"), format_day(certificate.tested_on)),
        _build_row(gettext("发证单位"), certificate.issuer),
    ]
    word = {"verified": VERIFIED, "exempt": EXEMPT}.get(certificate.source, BY_HAND)
    return _build_section("putonghua", gettext("普通话证书"), rows, word)


def _enrolment_section(application: Application) -> dict[str, Any] | None:
    enrolment = application.enrolment
    if enrolment is None:
        return None
    rows = [
        _build_row(gettext("学校"), enrolment.school),
        _build_row(gettext("专业"), enrolment.major),
        _build_row(gettext("层次"), codes.STUDY_LEVELS.get(enrolment.level, enrolment.level)),
        _build_row(
            gettext("学习形式"),
            codes.STUDY_FORMS.get(enrolment.study_form, enrolment.study_form),
        ),
        _build_row(gettext("学籍状态"), enrolment.status),
        _build_row(gettext("入学日期"), format_day(enrolment.entered_on)),
        _build_row(gettext("预计毕业"), format_day(enrolment.expected_graduation)),
    ]
    return _build_section(
        "student", gettext("学籍"), rows, VERIFIED if enrolment.source == RecordSource.SYNCED else BY_HAND
    )


def _diploma_section(application: Application) -> dict[str, Any] | None:
    diploma = application.diploma
    if diploma is None:
        return None
    rows = [
        _build_row(gettext("毕业学校"), diploma.school),
        _build_row(gettext("专业"), diploma.major),
        _build_row(gettext("学历"), _level_name(diploma.level)),
        _build_row(gettext("学习形式"), codes.STUDY_FORMS.get(diploma.study_form, diploma.study_form)),
        _build_row(gettext("证书编号"), diploma.number),
        _build_row(gettext("毕业日期"), format_day(diploma.graduated_on)),
    ]
    return _build_section(
        "diploma",
        gettext("学历证书"),
        rows,
        VERIFIED if diploma.source == RecordSource.VERIFIED else BY_HAND,
    )


def _degree_section(application: Application) -> dict[str, Any] | None:
    degree = application.degree
    if degree is None:
        return None
    rows = [
        _build_row(gettext("学位"), degree.name),
        _build_row(gettext("授予单位"), degree.school),
        _build_row(gettext("证书编号"), degree.number),
        _build_row(gettext("授予日期"), format_day(degree.awarded_on)),
    ]
    return _build_section(
        "degree", gettext("学位证书"), rows, VERIFIED if degree.source == RecordSource.VERIFIED else BY_HAND
    )


def _skill_section(application: Application) -> dict[str, Any] | None:
    skill = application.skill_certificate
    if skill is None or application.kind != PRACTICE:
        return None
    rows = [
        _build_row(gettext("职业（工种）"), skill.occupation),
        _build_row(gettext("等级"), codes.SKILL_LEVELS.get(skill.level, skill.level)),
        _build_row(gettext("证书编号"), skill.number),
        _build_row(gettext("发证机构"), skill.issuer),
        _build_row(gettext("发证日期"), format_day(skill.issued_on)),
    ]
    return _build_section("skill", gettext("职业技能等级证书"), rows, BY_HAND)


def _photo_section(application: Application) -> dict[str, Any]:
    return _build_section(
        "photo",
        gettext("证件照片"),
        [_build_row(gettext("照片"), gettext("已上传") if application.photo_id else gettext("未上传"))],
        NONE,
    )


def _undertaking_section(application: Application) -> dict[str, Any]:
    rows = [
        _build_row(gettext("签名"), gettext("已签") if application.undertaking_id else gettext("未签")),
        _build_row(gettext("签署日期"), format_day(application.undertaken_at)),
    ]
    return _build_section("undertaking", gettext("个人承诺书"), rows, NONE)


def _build_section(key: str, title: str, rows: list[ParticularRow], word: str) -> dict[str, Any]:
    return {"key": key, "title": title, "rows": rows, "verification": word}


def _build_row(label: str, value: str | None, answer: str | None = None) -> ParticularRow:
    """A particular, and what the register holds where that can differ."""
    mark = "none" if answer is None else ("same" if answer == value else "different")
    return {"label": label, "value": value or "", "answer": answer or "", "mark": mark}


def _level_name(code: str) -> str:
    return codes.EDUCATION_LEVELS.get(code, code)
