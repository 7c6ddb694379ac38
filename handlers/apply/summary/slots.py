"""The applicant's materials under full online handling: where they stand, and each slot for a page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import select

from domain.cases import materials
from domain.cases import materials as kept
from domain.cases.materials import Slot
from domain.wording import dates
from handlers.apply.summary import slots
from models import db
from models.applications import Application, registered_by
from models.materials import Material
from models.process import Wait, WorkItem

UPLOAD, CORRECT = "online_review/upload", "online_review/correct"
WORDS = {
    UPLOAD: ("请上传材料", "按清单逐项上传 PDF，传完后提交"),
    CORRECT: ("请替换退回的材料", "只替换退回的几项，再重新提交；其他材料不用再传"),
}
UNREAD = ("请上传材料", "先读完申报提醒，再按清单上传材料")
AWAITED = ("材料已提交，等待审核", "不需要您办理，审核结果会通知您")
VERDICTS = {"not_conform": "不符合要求", "missing": "缺少"}


def own(item: WorkItem | None) -> str:
    """The form with which the applicant may put files now; empty when it is not their turn."""
    return item.form_key or "" if item is not None and item.form_key in WORDS else ""


def ends_at(item: WorkItem) -> datetime | None:
    """Until when the applicant may act: what the process itself waits for; earlier timers only remind."""
    timers = select(Wait.due_at).where(Wait.instance_id == item.instance_id, Wait.kind == "timer")
    return db.session.scalars(timers.order_by(Wait.due_at.desc())).first()


def opened(form_key: str, found: list[Slot]) -> frozenset[str]:
    """The keys of the slots that take a file now: all at first, then what was returned or changed since."""
    if form_key == CORRECT:
        return frozenset(slot.key for slot in found if slot.reopened)
    return frozenset(slot.key for slot in found) if form_key == UPLOAD else frozenset()


def facts(application: Application, form_key: str) -> dict[str, Any]:
    """The slots in plain values, and how many of them are filled."""
    found = materials.slots(application)
    open_ones = opened(form_key, found)
    return {
        "application_id": application.id,
        "stage": form_key.rsplit("/", 1)[-1],
        "slots": [_shown(slot, form_key, open_ones) for slot in found],
        "filled": sum(slot.required and slot.current is not None for slot in found),
        "total": sum(slot.required for slot in found),
        "extra": sum(not slot.required and slot.current is not None for slot in found),
        "empty": sum(slot.required and slot.current is None for slot in found),
        "unchanged": [slot.name for slot in unchanged(form_key, found)],
        "help_contact": {
            "name": application.authority.name,
            "phone": application.authority.phone,
            "hours": application.authority.hours,
        },
    }


def lacking(form_key: str, found: list[Slot]) -> dict[str, list[str]]:
    """What must be put there before sending, at its slot."""
    open_ones = opened(form_key, found)
    empty = [slot for slot in found if slot.required and slot.key in open_ones and slot.current is None]
    return {field(slot.key): [f"还没有上传“{slot.name}”。"] for slot in empty}


def unchanged(form_key: str, found: list[Slot]) -> list[Slot]:
    """What was returned and still has the file that was returned."""
    if form_key != CORRECT:
        return []
    return [slot for slot in found if slot.returned and slot.current is not None and not slot.fresh]


def field(key: str) -> str:
    """The name under which the file of a slot is sent and its errors are shown."""
    return f"material-{key.replace('_', '-')}"


def action(application: Application) -> list[tuple[str, str]]:
    """The entry of the list of applications that leads to the materials, where there are any."""
    if own(materials.task(application)):
        return [("上传材料", "apply.materials")]
    known = select(Material.id).where(Material.application_id == application.id).limit(1)
    return [("查看材料", "apply.materials")] if db.session.scalar(known) else []


def standing(application: Application) -> dict[str, Any]:
    """What the status page says instead of the words for a confirmation on site."""
    item = materials.task(application)
    if item is None:
        unread = application.plan.mode == "online" and application.state == "pending_confirmation"
        return dict(zip(("meaning", "what_next"), UNREAD, strict=True)) if unread else {}
    title, text = WORDS.get(own(item), AWAITED)
    until = ends_at(item) if own(item) else None
    return {"meaning": title, "what_next": text, "by_when": until, "online": facts(application, own(item))}


def awaited(application: Application) -> bool:
    """Whether reviewers have the materials: what they found so far is not told until it is decided."""
    item = materials.task(application)
    return item is not None and not own(item)


def _shown(slot: Slot, form_key: str, open_ones: frozenset[str]) -> dict[str, Any]:
    told = slot.finding if slot.returned and form_key == CORRECT else None
    return {
        "key": slot.key,
        "field": field(slot.key),
        "name": slot.name,
        "hint": slot.hint,
        "required": slot.required,
        "open": slot.key in open_ones,
        "current": _version(slot.current),
        "earlier": [_version(one) for one in reversed(slot.versions[:-1])],
        "verdict": VERDICTS.get(told.verdict, "") if told else "",
        "reason": told.reason if told else "",
        "changed": form_key == CORRECT and not told and slot.reopened,
        "replaced": told is not None and slot.fresh,
        "conform": slot.carried == "conform" and form_key == CORRECT,
    }


def _version(one: Material | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "number": one.version,
        "name": one.file.name,
        "size": one.file.size,
        "when": dates.moment(one.uploaded_at),
        "url": url_for("apply.file", file_id=one.file_id),
    }


def after_reminder(person_id: int) -> str:
    """Where somebody goes who wants to upload at once."""
    newest = db.session.scalars(registered_by(person_id)).first()
    if newest is not None and slots.own(kept.task(newest)):
        return url_for("apply.materials", application_id=newest.id)
    return url_for("apply.enquiry")
