"""An application as reviewers read it: plain values, in sections, each with what its register said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from handlers.dates import day
from handlers.display import mask_document
from models import casework, codes, db
from models.applications import (
    Application,
    Certificate,
    MaterialFinding,
    Opinion,
    RegisterAnswer,
)
from workflows.clock import LOCAL

VERIFIED, BY_HAND, NONE = "核验通过", "人工核验", "无外部核验"
VERDICTS = {"conform": "符合", "not_conform": "不符合", "missing": "缺少"}
STAGES = {
    "confirmation": "确认",
    "return": "再次退回审批",
    "check": "人工核查",
    "verify": "核实不利结果",
    "confirm": "复核不利结果",
    "experts": "指定评审专家",
    "expert": "专家评审",
    "committee": "评审结论",
    "first": "初审",
    "second": "复审",
    "decision": "认定结论",
    "withdrawal": "申请人撤回",
    "set_back": "调整状态",
}
# What was found of offences and records is shown to those who check and decide, to nobody else.
BACKGROUND = frozenset({"check", "verify", "confirm"})
ACTS = {
    "conform": "材料符合，受理",
    "incomplete": "退回补正",
    "ineligible": "不予受理",
    "allowed": "批准再次退回",
    "kept": "不批准再次退回",
    "clear": "无不利结果",
    "hit": "有不利结果",
    "appointed": "已指定",
    "pass": "评审通过",
    "fail": "评审不通过",
    "again": "重新评议",
    "grant": "拟予以认定",
    "refuse": "拟不予认定",
    "recheck": "退回重新核查",
    "agree": "同意",
    "return": "退回初审",
    "granted": "认定通过",
    "refused": "认定未通过",
    "withdrawal": "撤回申请",
    "set_back": "退回网报待确认",
}

Row = dict[str, Any]


def facts(application: Application) -> dict[str, Any]:
    """What everybody may know who works on an application, as plain values."""
    opinions = db.session.scalars(casework.opinions(application.id))
    findings = db.session.scalars(casework.material_findings(application.id))
    return {
        "application": summary(application),
        "sections": list(sections(application)),
        "entries": entries(application),
        "opinions": [opinion_facts(row) for row in opinions if row.stage not in BACKGROUND],
        "findings": [finding_facts(row) for row in findings],
    }


def full_facts(application: Application) -> dict[str, Any]:
    """The facts with the background checks, which only those who check and decide may see."""
    answers = db.session.scalars(casework.register_answers(application.id))
    opinions = db.session.scalars(casework.opinions(application.id))
    return facts(application) | {
        "answers": [answer_facts(row) for row in answers],
        "opinions": [opinion_facts(row) for row in opinions],
    }


def summary(application: Application) -> dict[str, Any]:
    """The head of a case: who, what, where, until when."""
    return {
        "id": application.id,
        "registration_number": application.registration_number,
        "name": application.person.name,
        "document": mask_document(application.person.document_number),
        "document_kind": codes.DOCUMENT_KINDS.get(application.person.document_kind or "", ""),
        "kind": kind_name(application.kind),
        "subject": application.subject or "",
        "exam_route": codes.EXAM_ROUTES.get(application.exam_route or "", ""),
        "state": application.state,
        "state_name": codes.PUBLIC_STATES.get(application.state, application.state),
        "authority": application.authority.name,
        "site": application.site.name if application.site else "",
        "batch": application.plan.batch,
        "revision": application.revision,
        "delivery": codes.DELIVERIES.get(application.delivery or "", ""),
        "delivery_address": application.delivery_address or "",
        "registered_at": iso(application.registered_at),
        "accepted_at": iso(application.accepted_at),
        "due_at": iso(application.due_at),
        "decided_at": iso(application.decided_at),
        "confirm_until": iso(application.plan.confirm_until),
    }


def sections(application: Application) -> Iterator[dict[str, Any]]:
    """The particulars that rest on a document, grouped by the key of the material that proves them."""
    for section in (
        _identity,
        _exam,
        _putonghua,
        _enrolment,
        _diploma,
        _degree,
        _photo,
        _undertaking,
    ):
        found = section(application)
        if found:
            yield found


def entries(application: Application) -> list[Row]:
    """What the applicant filled in without a document behind it."""
    return [
        _row("申请资格种类", kind_name(application.kind)),
        _row("任教学科", application.subject),
        _row("考试形式", codes.EXAM_ROUTES.get(application.exam_route or "")),
        _row("认定依据", codes.BASES.get(application.basis or "")),
        _row("是否在校生", {True: "是", False: "否"}.get(application.at_school)),  # type: ignore[call-overload]
        _row("政治面貌", codes.POLITICAL_STATUSES.get(application.political_status or "")),
        _row("户籍所在地", application.household_place),
        _row("出生地", application.birth_place),
        _row("通讯地址", application.mailing_address),
        _row("邮编", application.postcode),
        _row("联系电话", application.phone),
        _row("专业类别", codes.MAJOR_CATEGORIES.get(application.major_category or "")),
        _row("工作单位", application.employer),
        _row("现从事职业", codes.OCCUPATIONS.get(application.occupation or "")),
        _row(
            "专业技术职务",
            codes.PROFESSIONAL_TITLES.get(application.professional_title or ""),
        ),
        _row("证书领取方式", codes.DELIVERIES.get(application.delivery or "")),
        _row("邮寄地址", application.delivery_address),
    ]


def material_names(application: Application) -> dict[str, str]:
    """What the materials of the plan are called, by key."""
    return {row.key: row.name for row in db.session.scalars(casework.materials(application.plan_id))}


def masked_name(name: str) -> str:
    """A name of which only the first character shows."""
    return name[:1] + "*" * max(len(name) - 1, 1)


def kind_name(kind: str | None) -> str:
    """The kind without the word that all kinds end in."""
    return codes.KINDS.get(kind or "", kind or "").removesuffix("教师资格").removesuffix("资格")


def finding_facts(row: MaterialFinding) -> dict[str, Any]:
    """One verdict on one material."""
    return {
        "round": row.round,
        "key": row.key,
        "verdict": row.verdict,
        "verdict_name": VERDICTS.get(row.verdict, row.verdict),
        "reason": row.reason,
    }


def opinion_facts(row: Opinion) -> dict[str, Any]:
    """One written act."""
    return {
        "stage": row.stage,
        "stage_name": STAGES.get(row.stage, row.stage),
        "verdict": row.verdict,
        "verdict_name": ACTS.get(row.verdict, row.verdict),
        "text": row.text,
        "round": row.round,
        "by": row.person.name,
        "at": iso(row.at),
    }


def answer_facts(row: RegisterAnswer) -> dict[str, Any]:
    """One register's answer."""
    return {
        "register": row.register,
        "register_name": codes.REGISTERS.get(row.register, row.register),
        "finding": row.finding,
        "finding_name": ACTS.get(row.finding, row.finding),
        "by_hand": row.by_hand is not None,
        "request_key": row.request_key,
        "document": row.raw if row.by_hand is not None else "",
        "stale": row.stale,
        "at": iso(row.answered_at),
    }


def certificate_facts(row: Certificate) -> dict[str, Any]:
    """A certificate's own facts."""
    return {
        "id": row.id,
        "number": row.number,
        "kind": kind_name(row.kind),
        "subject": row.subject,
        "issued_at": iso(row.issued_at),
        "spoiled": row.spoiled,
        "printed_at": iso(row.printed_at),
        "handed_over_at": iso(row.handed_over_at),
        "handed_over_to": row.handed_over_to or "",
        "tracking_number": row.tracking_number or "",
        "archive_number": row.archive_number or "",
    }


def iso(moment: datetime | None) -> str | None:
    """A moment as ISO text in local time."""
    return moment.astimezone(LOCAL).isoformat(timespec="minutes") if moment else None


def _identity(application: Application) -> dict[str, Any]:
    person = application.person
    at_number = application.particulars or {}
    rows = [
        _row("姓名", person.name, at_number.get("name")),
        _row("证件种类", codes.DOCUMENT_KINDS.get(person.document_kind or "")),
        _row("证件号码", mask_document(person.document_number)),
        _row("性别", codes.SEXES.get(person.sex or "")),
        _row("出生日期", day(person.birth_date)),
        _row("民族", codes.ETHNICITIES.get(person.ethnicity or "")),
    ]
    return _section(
        "identity",
        "身份证件",
        rows,
        VERIFIED if person.verification == "verified" else BY_HAND,
    )


def _exam(application: Application) -> dict[str, Any] | None:
    certificate = application.exam_certificate
    if certificate is None:
        return None
    normal = certificate.route == "normal_student"
    rows = [
        _row("证书编号", certificate.number),
        _row("资格种类", kind_name(application.kind), kind_name(certificate.kind)),
        _row("学科", application.subject, certificate.subject),
        _row("有效期至", day(certificate.valid_until)),
    ]
    return _section("exam", "师范生教师职业能力证书" if normal else "考试合格证明", rows, VERIFIED)


def _putonghua(application: Application) -> dict[str, Any] | None:
    certificate = application.putonghua
    if certificate is None:
        return None
    rows = [
        _row("等级", codes.PUTONGHUA_LEVELS.get(certificate.level, certificate.level)),
        _row("分数", "" if certificate.score is None else f"{certificate.score:.1f}"),
        _row("证书编号", certificate.number),
        _row("测试日期", day(certificate.tested_on)),
        _row("发证单位", certificate.issuer),
    ]
    word = {"verified": VERIFIED, "exempt": "免测"}.get(certificate.source, BY_HAND)
    return _section("putonghua", "普通话证书", rows, word)


def _enrolment(application: Application) -> dict[str, Any] | None:
    enrolment = application.enrolment
    if enrolment is None:
        return None
    rows = [
        _row("学校", enrolment.school),
        _row("专业", enrolment.major),
        _row("层次", _level(enrolment.level)),
        _row(
            "学习形式",
            codes.STUDY_FORMS.get(enrolment.study_form, enrolment.study_form),
        ),
        _row("学籍状态", enrolment.status),
        _row("入学日期", day(enrolment.entered_on)),
        _row("预计毕业", day(enrolment.expected_graduation)),
    ]
    return _section("student", "学籍", rows, VERIFIED if enrolment.source == "synced" else BY_HAND)


def _diploma(application: Application) -> dict[str, Any] | None:
    diploma = application.diploma
    if diploma is None:
        return None
    rows = [
        _row("毕业学校", diploma.school),
        _row("专业", diploma.major),
        _row("学历", _level(diploma.level)),
        _row("学习形式", codes.STUDY_FORMS.get(diploma.study_form, diploma.study_form)),
        _row("证书编号", diploma.number),
        _row("毕业日期", day(diploma.graduated_on)),
    ]
    return _section(
        "diploma",
        "学历证书",
        rows,
        VERIFIED if diploma.source == "verified" else BY_HAND,
    )


def _degree(application: Application) -> dict[str, Any] | None:
    degree = application.degree
    if degree is None:
        return None
    rows = [
        _row("学位", degree.name),
        _row("授予单位", degree.school),
        _row("证书编号", degree.number),
        _row("授予日期", day(degree.awarded_on)),
    ]
    return _section("degree", "学位证书", rows, VERIFIED if degree.source == "verified" else BY_HAND)


def _photo(application: Application) -> dict[str, Any]:
    return _section(
        "photo",
        "证件照片",
        [_row("照片", "已上传" if application.photo_id else "未上传")],
        NONE,
    )


def _undertaking(application: Application) -> dict[str, Any]:
    rows = [
        _row("签名", "已签" if application.undertaking_id else "未签"),
        _row("签署日期", day(application.undertaken_at)),
    ]
    return _section("undertaking", "个人承诺书", rows, NONE)


def _section(key: str, title: str, rows: list[Row], word: str) -> dict[str, Any]:
    return {"key": key, "title": title, "rows": rows, "verification": word}


def _row(label: str, value: str | None, answer: str | None = None) -> Row:
    """A particular, and what the register holds where that can differ."""
    mark = "none" if answer is None else ("same" if answer == value else "different")
    return {"label": label, "value": value or "", "answer": answer or "", "mark": mark}


def _level(code: str) -> str:
    return codes.EDUCATION_LEVELS.get(code, code)
