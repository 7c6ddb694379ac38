"""What stands in a letter: the facts of the case at the moment of the act, as texts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import current_app

from domain.cases import materials
from domain.cases.materials import MaterialSlot
from domain.deadlines import legal_limit
from domain.wording import dates, masking
from models import db
from models.authorities.states import PlanMode
from models.base import codes
from models.cases import casework
from models.cases.applications import Application, Opinion
from translations import gettext, lazy_gettext
from workflows.operations import OperationCall

UNSOUND_VERDICTS = {"not_conform": lazy_gettext("不符合"), "missing": lazy_gettext("缺少")}
Facts = dict[str, Any]


def collect_facts(call: OperationCall, case: Application, letter: str) -> Facts:
    """All that a letter of this kind says; addressees read their full particulars."""
    return {**_common_facts(call, case), **_FACTS_OF_LETTER[letter](call, case)}


def _common_facts(call: OperationCall, case: Application) -> Facts:
    person, authority = case.person, case.authority
    return {
        "authority": authority.name,
        "phone": authority.phone,
        "address": authority.address,
        "hours": authority.hours,
        "name": person.name,
        "document_kind": codes.DOCUMENT_KINDS.get(person.document_kind or "", ""),
        "document_number": person.document_number or "",
        "registration_number": masking.group_registration_number(case.registration_number),
        "kind": codes.KINDS.get(case.kind or "", ""),
        "subject": case.subject or "",
        "issued_on": dates.format_day(call.now),
        "verification_code": _verification_code(call, case),
    }


def _acceptance_facts(call: OperationCall, case: Application) -> Facts:
    said = _last_opinion(case, "conform")
    due = case.due_at or legal_limit.compute_limit(legal_limit.limit_begins_at(case), 0)
    return {
        "site": case.site.name if case.site else "",
        "accepted_on": dates.format_day(case.accepted_at or call.now),
        "due_on": dates.format_day(due),
        "materials": [slot.name for slot in materials.list_slots(case) if _is_received(case, slot)],
        "officer": said.person.name if said else "",
    }


def _is_received(case: Application, slot: MaterialSlot) -> bool:
    # At the desk everything that is asked was checked; of what was uploaded only what is there.
    return case.plan.mode == PlanMode.ON_SITE or slot.current is not None


def _correction_facts(call: OperationCall, case: Application) -> Facts:
    said = _last_opinion(case, "incomplete")
    told = call.data.get("correct_until")  # what the boundary timer of the correction waits for
    until = datetime.fromisoformat(told) if told else case.plan.confirm_until
    return {
        "items": _list_unsound_materials(case),
        "opinion": _split_paragraphs(said),
        "until": _format_moment(until),
        "site": case.site.name if case.site and case.plan.mode == PlanMode.ON_SITE else "",
        "site_address": case.site.address if case.site else "",
    }


def _not_accepted_facts(call: OperationCall, case: Application) -> Facts:
    reasons = _split_paragraphs(_last_opinion(case, "ineligible"))
    return {"reasons": reasons, "items": _list_unsound_materials(case), **_remedy_facts(case)}


def _refusal_facts(call: OperationCall, case: Application) -> Facts:
    reasons = _split_paragraphs(_last_opinion(case, "refused"))
    return {"reasons": reasons, "accepted_on": dates.format_day(case.accepted_at), **_remedy_facts(case)}


_FACTS_OF_LETTER: dict[str, Callable[[OperationCall, Application], Facts]] = {
    "acceptance": _acceptance_facts,
    "correction": _correction_facts,
    "not_accepted": _not_accepted_facts,
    "refused": _refusal_facts,
}


def _remedy_facts(case: Application) -> Facts:
    """Who reviews the decision (行政复议法 art. 24: the government of its level), and what is free again."""
    exam = case.exam_certificate
    return {
        "government": gettext("%(name)s人民政府", name=case.authority.region.name),
        "exam": exam.number if exam else "",
    }


def _list_unsound_materials(case: Application) -> list[dict[str, str]]:
    """What the last round found wrong, every item of it (一次告知)."""
    found = list(db.session.scalars(casework.select_material_findings(case.id)))
    last = max((row.round for row in found), default=0)
    names = {one.key: one.name for one in db.session.scalars(casework.select_plan_materials(case.plan_id))}
    return [
        {"name": names.get(row.key, row.key), "verdict": UNSOUND_VERDICTS[row.verdict], "reason": row.reason}
        for row in found
        if row.round == last and row.verdict in UNSOUND_VERDICTS
    ]


def _last_opinion(case: Application, verdict: str) -> Opinion | None:
    said = [one for one in db.session.scalars(casework.select_opinions(case.id)) if one.verdict == verdict]
    return said[-1] if said else None


def _split_paragraphs(said: Opinion | None) -> list[str]:
    return [line.strip() for line in said.text.splitlines() if line.strip()] if said else []


def _format_moment(when: datetime) -> str:
    return dates.format_full_deadline(when)


def _verification_code(call: OperationCall, case: Application) -> str:
    secret = current_app.config["SECRET_KEY"]
    said = f"letter:{case.id}:{call.instance_id}:{call.now.isoformat()}:{secret}"
    return hashlib.sha256(said.encode()).hexdigest()[:12].upper()
