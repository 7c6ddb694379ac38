"""An application as its applicant reads it: sections of rows, the notes, the reminder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from domain.cases import asked_materials
from domain.rules.requirements import PRACTICE
from domain.wording import dates
from handlers.apply.choices import offers, record_cards
from handlers.apply.choices.exam_routes import CERTIFICATE_INPUTS
from models.authorities.plans import PlanSite
from models.authorities.states import PlanMode
from models.base import codes
from models.cases.applications import Application
from models.cases.states import RecordSource
from translations import gettext, join_facts, lazy_gettext

MODES = {"on_site": lazy_gettext("现场确认"), "online": lazy_gettext("全程网办")}


@dataclass(frozen=True, kw_only=True)
class SummaryRow:
    """A key, its lines, and the step that changes it (none: it cannot be changed here)."""

    key: str
    lines: tuple[str, ...]
    step: str = ""
    field: str = ""  # the input of the step that it is about
    equal: bool = False  # lines of one rank; else the first one leads


@dataclass(frozen=True, kw_only=True)
class SummarySection:
    """Rows under a heading."""

    title: str
    rows: tuple[SummaryRow, ...]


def build_sections(application: Application) -> list[SummarySection]:
    """Everything from steps 2 to 4."""
    return [
        SummarySection(title=gettext("身份信息"), rows=_identity_rows(application)),
        SummarySection(title=gettext("认定机构"), rows=_authority_rows(application)),
        SummarySection(title=gettext("认定信息"), rows=_details_rows(application)),
    ]


def list_notes(application: Application) -> list[str]:
    """The paragraphs of 注意事项: the plan's, then the site's own."""
    part = _find_plan_site(application)
    texts = (application.plan.notes, part.notes if part else "")
    return [line.strip() for text in texts for line in text.split("\n\n") if line.strip()]


def list_materials(application: Application) -> list[dict[str, str]]:
    """What this applicant has to bring (or upload) under the plan."""
    return [{"name": one.name, "hint": one.hint} for one in asked_materials.list_asked_materials(application)]


def build_reminder(application: Application) -> dict[str, Any]:
    """What 申报提醒 shows, read back from the database."""
    site = application.site
    plan = application.plan
    return {
        "number": application.registration_number,
        "authority": application.authority.name,
        "phone": application.authority.phone,
        "site": site.name if site else "",
        "site_address": site.address if site else "",
        "confirm": dates.format_window((plan.confirm_from, plan.confirm_until)),
        "mode": plan.mode,
        "kind": codes.KINDS.get(application.kind or "", ""),
        "subject": application.subject or "",
        "notes": list_notes(application),
        "materials": list_materials(application),
    }


def kind_and_subject(application: Application) -> str:
    """初级中学教师资格　数学."""
    return join_facts((codes.KINDS.get(application.kind or ""), application.subject))


def _identity_rows(application: Application) -> tuple[SummaryRow, ...]:
    person = application.person
    who = join_facts(
        (
            application.applicant_name,
            codes.SEXES.get(person.sex or ""),
            codes.ETHNICITIES.get(person.ethnicity or ""),
            dates.format_day(person.birth_date),
        )
    )
    papers = (codes.DOCUMENT_KINDS.get(person.document_kind or "", ""), person.document_number or "")
    rows = [SummaryRow(key=gettext("姓名"), lines=(who,)), SummaryRow(key=gettext("证件"), lines=papers)]
    rows.append(
        _build_row(
            gettext("考试形式"), "identity.exam_route", codes.EXAM_ROUTES.get(application.exam_route or "")
        )
    )
    exam = application.exam_certificate
    if exam is not None:
        label = (
            gettext("考试合格证明") if exam.route == "national_exam" else gettext("师范生教师职业能力证书")
        )
        what = f"{record_cards.short_kind_name(exam.kind)}　{exam.subject}"
        until = gettext(
            "编号 %(number)s，有效期至 %(day)s", number=exam.number, day=dates.format_day(exam.valid_until)
        )
        rows.append(
            _build_row(
                label, f"identity.{CERTIFICATE_INPUTS.get(exam.route, ('exam_route', ''))[0]}", what, until
            )
        )
    rows.append(_build_row(gettext("普通话证书"), "identity.putonghua", *_putonghua_lines(application)))
    at_school = {True: gettext("是，在校最后一学期"), False: gettext("否")}.get(
        bool(application.at_school), ""
    )
    rows.append(
        _build_row(
            gettext("是否在校生"), "identity.at_school", "" if application.at_school is None else at_school
        )
    )
    return (*rows, *_schooling_rows(application))


def _putonghua_lines(application: Application) -> tuple[str, ...]:
    one = application.putonghua
    if one is None:
        return ()
    if one.source == RecordSource.EXEMPT:
        return (gettext("免测"),)
    score = gettext("%(score)s 分", score=f"{one.score:g}") if one.score is not None else None
    if one.source == RecordSource.VERIFIED:
        checked = gettext("编号 %(number)s，系统核验通过", number=one.number)
    elif application.plan.mode == PlanMode.ONLINE:
        checked = gettext("编号 %(number)s，未经系统核验，请上传扫描件", number=one.number)
    else:
        checked = gettext("编号 %(number)s，未经系统核验，确认时带原件", number=one.number)
    return (
        join_facts((codes.PUTONGHUA_LEVELS.get(one.level, one.level), score)),
        checked,
    )


def _schooling_rows(application: Application) -> list[SummaryRow]:
    rows = []
    if (enrolment := application.enrolment) is not None:
        level = codes.STUDY_LEVELS.get(enrolment.level, "")
        form = codes.STUDY_FORMS.get(enrolment.study_form, enrolment.study_form)
        graduation = dates.format_day(enrolment.expected_graduation)
        known = join_facts((level, form, enrolment.status))
        ends = gettext("预计 %(day)s毕业", day=graduation) if graduation else ""
        rows.append(
            _build_row(
                gettext("学籍"), "identity.enrolment", f"{enrolment.school}　{enrolment.major}", known, ends
            )
        )
    before = "previous_" if application.at_school else ""
    if (diploma := application.diploma) is not None:
        level = codes.EDUCATION_LEVELS.get(diploma.level, diploma.level)
        what = f"{diploma.school}　{diploma.major}"
        rows.append(
            _build_row(
                gettext("上一学历证书") if application.at_school else gettext("学历证书"),
                f"identity.{before}diploma",
                what,
                gettext("%(level)s，编号 %(number)s", level=level, number=diploma.number),
            )
        )
    if (degree := application.degree) is not None:
        rows.append(
            _build_row(
                gettext("上一学位证书") if application.at_school else gettext("学位证书"),
                f"identity.{before}degree",
                degree.name,
                gettext("%(school)s，编号 %(number)s", school=degree.school, number=degree.number),
            )
        )
    return [*rows, *_skill_rows(application)]


def _skill_rows(application: Application) -> list[SummaryRow]:
    skill = application.skill_certificate
    if skill is None or application.kind != PRACTICE:
        return []
    level = codes.SKILL_LEVELS.get(skill.level, skill.level)
    numbered = gettext("%(level)s，编号 %(number)s", level=level, number=skill.number)
    return [
        _build_row(
            gettext("职业技能等级证书"),
            "identity.skill_certificate",
            skill.occupation,
            numbered,
            skill.issuer,
        )
    ]


def _authority_rows(application: Application) -> tuple[SummaryRow, ...]:
    plan, site = application.plan, application.site
    where = f"{offers.full_region_name(application.region_code)}{application.street or ''}"
    times = f"{MODES[plan.mode]}　{dates.format_window((plan.confirm_from, plan.confirm_until))}"
    part = _find_plan_site(application)
    scope = gettext("确认范围：%(scope)s", scope=part.scope) if part and part.scope else ""
    fixed = "" if application.exam_route != "other" else "authority.kind"
    return (
        _build_row(gettext("资格种类与学科"), fixed, kind_and_subject(application)),
        _build_row(gettext("申请依据"), "authority.basis", codes.BASES.get(application.basis or "")),
        _build_row(gettext("申请地"), "authority.province", where),
        _build_row(gettext("认定机构"), "authority.authority", application.authority.name),
        _build_row(
            gettext("确认点"), "authority.site", *((site.name, scope, site.address, times) if site else ())
        ),
    )


def _details_rows(application: Application) -> tuple[SummaryRow, ...]:
    a = application
    post = f"{codes.DELIVERIES.get(a.delivery or '', '')}"
    work = gettext(
        "职业：%(occupation)s\u3000专业技术职务：%(title)s",
        occupation=codes.OCCUPATIONS.get(a.occupation or "", ""),
        title=_professional_title(a),
    )
    return (
        _build_row(
            gettext("政治面貌"),
            "details.political_status",
            codes.POLITICAL_STATUSES.get(a.political_status or ""),
        ),
        _build_row(gettext("户籍所在地"), "details.household_place", a.household_place),
        _build_row(gettext("出生地"), "details.birth_place", a.birth_place),
        _build_row(gettext("通讯地址"), "details.mailing_address", a.mailing_address, a.postcode),
        _build_row(gettext("联系电话"), "details.phone", a.phone),
        _build_row(
            gettext("专业类别"), "details.major_category", codes.MAJOR_CATEGORIES.get(a.major_category or "")
        ),
        SummaryRow(
            key=gettext("工作"),
            lines=(gettext("工作单位：%(employer)s", employer=a.employer or ""), work),
            step="details",
            field="employer",
            equal=True,
        ),
        _build_row(
            gettext("证书领取"), "details.delivery", post, a.delivery_address if a.delivery == "post" else ""
        ),
        SummaryRow(
            key=gettext("个人简历"),
            lines=tuple(format_resume_line(row) for row in a.resume or []),
            step="details",
            field="resume",
            equal=True,
        ),
    )


def _professional_title(application: Application) -> str:
    return codes.PROFESSIONAL_TITLES.get(application.professional_title or "", "")


def format_resume_line(row: dict[str, str]) -> str:
    """2016年9月 – 2019年6月　衢州市实验学校　学生　证明人 余建华."""
    return gettext(
        "%(from)s – %(until)s\u3000%(organisation)s\u3000%(post)s\u3000证明人 %(witness)s",
        **{**row, "from": dates.format_month(row["from"]), "until": dates.format_resume_end(row["until"])},
    )


def _build_row(key: str, where: str, *lines: str | None) -> SummaryRow:
    """A row that `step.field` changes."""
    step, _, field = where.partition(".")
    return SummaryRow(key=key, lines=tuple(line for line in lines if line), step=step, field=field)


def _find_plan_site(application: Application) -> PlanSite | None:
    for part in application.plan.sites:
        if part.site_id == application.site_id:
            return part
    return None
