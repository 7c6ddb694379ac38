"""What stands in a letter: the facts of the case at the moment of the act, by the names that letters use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from domain.cases import asked_materials, materials
from domain.cases.materials import MaterialSlot
from domain.deadlines import legal_limit
from domain.papers import paper_codes
from domain.papers.paper_codes import PaperKind, PaperReference
from domain.wording import dates, masking
from domain.wording import terms as terms  # those of notices come first, as letters take some of them too
from models import db
from models.authorities.places import Site
from models.authorities.states import PlanMode
from models.base import codes
from models.cases import casework
from models.cases.applications import Application, Opinion
from models.cases.letters import Letter
from translations import gettext, lazy_gettext
from workflows import vocabulary
from workflows.clock import LOCAL
from workflows.definitions.letters import ITEMS, LIST, TEXT, USE
from workflows.operations import OperationCall
from workflows.vocabulary import Term, TermSort

UNSOUND_VERDICTS = {"not_conform": lazy_gettext("不符合"), "missing": lazy_gettext("缺少")}
Facts = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class LetterOccasion:
    """The act by which a letter is issued: by what call, on whose case, until when something is asked."""

    call: OperationCall
    case: Application
    until: datetime


@dataclass(frozen=True, kw_only=True)
class LetterField:
    """A datum that letters may take."""

    label: str
    english: str
    read: Callable[[LetterOccasion], Any]
    kind: str = TEXT


def collect_facts(occasion: LetterOccasion, names: Iterable[str]) -> Facts:
    """What a letter takes, and nothing else; addressees read their full particulars."""
    return {name: FIELDS[name].read(occasion) for name in sorted(names)}


def _read_verification_code(at: LetterOccasion) -> str:
    """The code of the letter that is being issued: it will be the last one of its case."""
    issued = db.session.scalar(select(func.count(Letter.id)).where(Letter.application_id == at.case.id))
    return paper_codes.write_code(
        PaperReference(
            kind=PaperKind.LETTER,
            row=at.case.id,
            version=issued or 0,
            day=at.call.now.astimezone(LOCAL).date(),
        )
    )


def _read_limit(at: LetterOccasion) -> str:
    begins_at = legal_limit.limit_begins_at(at.case)
    return dates.format_day(at.case.due_at or legal_limit.compute_limit(begins_at, 0))


def _list_received(at: LetterOccasion) -> list[str]:
    return [slot.name for slot in materials.list_slots(at.case) if _is_received(at.case, slot)]


def _is_received(case: Application, slot: MaterialSlot) -> bool:
    # At the desk everything that is asked was checked; of what was uploaded only what is there.
    return case.plan.mode == PlanMode.ON_SITE or slot.current is not None


def _list_unsound(at: LetterOccasion) -> list[dict[str, str]]:
    """What the last round found wrong, every item of it (一次告知)."""
    found = list(db.session.scalars(casework.select_material_findings(at.case.id)))
    last = max((row.round for row in found), default=0)
    names = asked_materials.name_materials(at.case)
    return [
        {"name": names.get(row.key, row.key), "verdict": UNSOUND_VERDICTS[row.verdict], "reason": row.reason}
        for row in found
        if row.round == last and row.verdict in UNSOUND_VERDICTS
    ]


def _find_desk(case: Application) -> Site | None:
    """Where somebody has to come; with full online handling nowhere."""
    return case.site if case.plan.mode == PlanMode.ON_SITE else None


def _read_officer(at: LetterOccasion) -> str:
    said = _find_opinion(at.case, "conform")
    return said.person.name if said else ""


def _quote_opinion(verdict: str) -> Callable[[LetterOccasion], list[str]]:
    """The paragraphs of what was written last with this verdict."""

    def read(at: LetterOccasion) -> list[str]:
        said = _find_opinion(at.case, verdict)
        return [line.strip() for line in said.text.splitlines() if line.strip()] if said else []

    return read


def _find_opinion(case: Application, verdict: str) -> Opinion | None:
    said = [one for one in db.session.scalars(casework.select_opinions(case.id)) if one.verdict == verdict]
    return said[-1] if said else None


def _read_exam_number(at: LetterOccasion) -> str:
    exam = at.case.exam_certificate
    return exam.number if exam else ""


def _read_site(site: Site | None) -> str:
    return site.name if site else ""


FIELDS = {
    "authority": LetterField(
        label=lazy_gettext("认定机构"), english="authority", read=lambda at: at.case.authority.name
    ),
    "phone": LetterField(
        label=lazy_gettext("认定机构的电话"),
        english="telephone of the authority",
        read=lambda at: at.case.authority.phone,
    ),
    "address": LetterField(
        label=lazy_gettext("认定机构的地址"),
        english="address of the authority",
        read=lambda at: at.case.authority.address,
    ),
    "hours": LetterField(
        label=lazy_gettext("认定机构的办公时间"),
        english="hours of the authority",
        read=lambda at: at.case.authority.hours,
    ),
    "government": LetterField(
        # 行政复议法 art. 24: the government of the authority's level reviews the decision.
        label=lazy_gettext("受理行政复议的人民政府"),
        english="government that reviews the decision",
        read=lambda at: gettext("%(name)s人民政府", name=at.case.authority.region.name),
    ),
    "name": LetterField(
        label=lazy_gettext("申请人姓名"),
        english="name of the applicant",
        read=lambda at: at.case.applicant_name,
    ),
    "document_kind": LetterField(
        label=lazy_gettext("证件类型"),
        english="kind of identity document",
        read=lambda at: codes.DOCUMENT_KINDS.get(at.case.person.document_kind or "", ""),
    ),
    "document_number": LetterField(
        label=lazy_gettext("证件号码"),
        english="number of the identity document",
        read=lambda at: at.case.person.document_number or "",
    ),
    "registration_number": LetterField(
        label=lazy_gettext("报名号"),
        english="registration number",
        read=lambda at: masking.group_registration_number(at.case.registration_number),
    ),
    "kind": LetterField(
        label=lazy_gettext("资格种类"),
        english="kind of qualification",
        read=lambda at: codes.KINDS.get(at.case.kind or "", ""),
    ),
    "subject": LetterField(
        label=lazy_gettext("任教学科"), english="teaching subject", read=lambda at: at.case.subject or ""
    ),
    "site": LetterField(
        label=lazy_gettext("确认点"),
        english="confirmation site",
        read=lambda at: _read_site(at.case.site),
    ),
    "accepted_on": LetterField(
        label=lazy_gettext("受理日期"),
        english="day of acceptance",
        read=lambda at: dates.format_day(at.case.accepted_at or at.call.now),
    ),
    "due_on": LetterField(
        label=lazy_gettext("法定办理期限"), english="day when the decision is due", read=_read_limit
    ),
    "materials": LetterField(
        label=lazy_gettext("收到的材料"), english="materials received", kind=LIST, read=_list_received
    ),
    "confirming_officer": LetterField(
        label=lazy_gettext("办理确认的人员"), english="officer who confirmed", read=_read_officer
    ),
    "unsound_materials": LetterField(
        label=lazy_gettext("不符合和缺少的材料"),
        english="materials that are wrong or missing",
        kind=ITEMS,
        read=_list_unsound,
    ),
    "unsound_count": LetterField(
        label=lazy_gettext("不符合和缺少的材料有几项"),
        english="number of these materials",
        read=lambda at: str(len(_list_unsound(at))),
    ),
    "return_note": LetterField(
        label=lazy_gettext("退回补正的说明"),
        english="note on the correction",
        kind=LIST,
        read=_quote_opinion("incomplete"),
    ),
    "correct_until": LetterField(
        label=lazy_gettext("补正截止时间"),
        english="end of the time for the correction",
        read=lambda at: dates.format_full_deadline(at.until),
    ),
    "return_site": LetterField(
        label=lazy_gettext("到场补正的确认点（全程网办没有）"),
        english="site where the correction is made (none online)",
        read=lambda at: _read_site(_find_desk(at.case)),
    ),
    "return_site_address": LetterField(
        label=lazy_gettext("到场补正的确认点的地址"),
        english="address of that site",
        read=lambda at: desk.address if (desk := _find_desk(at.case)) else "",
    ),
    "reasons_of_confirmation": LetterField(
        label=lazy_gettext("不予受理的理由"),
        english="reasons not to accept",
        kind=LIST,
        read=_quote_opinion("ineligible"),
    ),
    "reasons_of_decision": LetterField(
        label=lazy_gettext("不予认定的理由"),
        english="reasons to refuse",
        kind=LIST,
        read=_quote_opinion("refused"),
    ),
    "exam_number": LetterField(
        label=lazy_gettext("考试合格证明编号"),
        english="number of the exam certificate",
        read=_read_exam_number,
    ),
    "issued_on": LetterField(
        label=lazy_gettext("送达日期"), english="day of issue", read=lambda at: dates.format_day(at.call.now)
    ),
    "verification_code": LetterField(
        label=lazy_gettext("校验码"), english="verification code", read=_read_verification_code
    ),
}


def register_fields() -> None:
    """Make the data known to designers; notices may use some of the same names."""
    for name, one in FIELDS.items():
        known = vocabulary.find_term(TermSort.FIELD, name)
        others = known.details["used_by"] if known else ()
        vocabulary.register_term(
            Term(
                sort=TermSort.FIELD,
                name=name,
                label=one.label,
                english=one.english,
                details={"kind": one.kind, "used_by": (*(use for use in others if use != USE), USE)},
            )
        )


register_fields()
