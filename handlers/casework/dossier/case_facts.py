"""An application as those read it who work on it: plain values, with what was found and written so far."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from domain.cases import asked_materials
from domain.reach import opinions
from domain.wording import public_states
from domain.wording.masking import mask_document
from domain.wording.review_labels import ACTS, STAGES, VERDICTS
from handlers.casework.dossier.case_sections import build_sections, kind_name, list_entries, list_resume
from models import db
from models.base import codes
from models.cases import casework
from models.cases.applications import (
    Application,
    Certificate,
    MaterialFinding,
    Opinion,
    RegisterAnswer,
)
from workflows.clock import LOCAL


def build_facts(
    application: Application, stages: Collection[str] | None = opinions.OF_EVERYBODY
) -> dict[str, Any]:
    """What everybody may know who works on an application, as plain values; opinions of some stages."""
    findings = casework.list_material_findings(application.id)
    return {
        "application": build_summary(application),
        "sections": list(build_sections(application)),
        "entries": list_entries(application),
        "resume": list_resume(application),
        "opinions": [opinion_facts(row) for row in opinions.list_told_opinions(application, stages)],
        "findings": [finding_facts(row) for row in findings],
    }


def build_full_facts(application: Application) -> dict[str, Any]:
    """The facts with background checks and every opinion, which only those who check and decide may see."""
    answers = db.session.scalars(casework.select_register_answers(application.id))
    return build_facts(application, None) | {"answers": [answer_facts(row) for row in answers]}


def build_summary(application: Application) -> dict[str, Any]:
    """The head of a case: who, what, where, until when."""
    return {
        "id": application.id,
        "registration_number": application.registration_number,
        "name": application.applicant_name,
        "document": mask_document(application.person.document_number),
        "document_kind": codes.DOCUMENT_KINDS.get(application.person.document_kind or "", ""),
        "kind": kind_name(application.kind),
        "subject": application.subject or "",
        "exam_route": codes.EXAM_ROUTES.get(application.exam_route or "", ""),
        "state": application.state,
        "public_state": describe_state(application),
        "authority": application.authority.name,
        "site": application.site.name if application.site else "",
        "batch": application.plan.batch,
        "revision": application.revision,
        "delivery": codes.DELIVERIES.get(application.delivery or "", ""),
        "delivery_address": application.delivery_address or "",
        "registered_at": iso_moment(application.registered_at),
        "accepted_at": iso_moment(application.accepted_at),
        "due_at": iso_moment(application.due_at),
        "decided_at": iso_moment(application.decided_at),
        "confirm_until": iso_moment(application.plan.confirm_until),
    }


def describe_state(application: Application) -> dict[str, str]:
    """The public state of a case as its tag shows it."""
    state = public_states.find_state(application)
    return {"label": str(state.label), "tone": state.tone, "tag": str(state.tag)}


def material_names(application: Application) -> dict[str, str]:
    """What the materials of a case are called, by key."""
    return asked_materials.name_materials(application)


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
        "at": iso_moment(row.at),
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
        "at": iso_moment(row.answered_at),
    }


def certificate_facts(row: Certificate) -> dict[str, Any]:
    """A certificate's own facts."""
    return {
        "id": row.id,
        "number": row.number,
        "kind": kind_name(row.kind),
        "subject": row.subject,
        "issued_at": iso_moment(row.issued_at),
        "spoiled": row.spoiled,
        "printed_at": iso_moment(row.printed_at),
        "handed_over_at": iso_moment(row.handed_over_at),
        "handed_over_to": row.handed_over_to or "",
        "tracking_number": row.tracking_number or "",
        "archive_number": row.archive_number or "",
    }


def iso_moment(moment: datetime | None) -> str | None:
    """A moment as ISO text in local time."""
    return moment.astimezone(LOCAL).isoformat(timespec="minutes") if moment else None
