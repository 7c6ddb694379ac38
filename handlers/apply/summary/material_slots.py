"""The applicant's materials under full online handling: where they stand, and each slot for a page."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask import url_for

from domain.cases import material_counts, material_pages, material_warnings, materials
from domain.cases import materials as kept
from domain.cases.materials import MaterialSlot
from domain.wording import dates, public_states
from handlers.apply.summary import material_slots
from models import db
from models.authorities.states import PlanMode
from models.cases.applications import Application, select_registered
from models.cases.materials import Material, list_material_versions
from models.cases.states import Ability, Standing
from models.processes.instances import WorkItem
from translations import gettext, lazy_gettext
from workflows import engine

UPLOAD, CORRECT = "online_review/upload", "online_review/correct"
STATUS_WORDS = {
    UPLOAD: (lazy_gettext("请上传材料"), lazy_gettext("按清单逐项拍照或选 PDF，传完后提交")),
    CORRECT: (
        lazy_gettext("请替换退回的材料"),
        lazy_gettext("只替换退回的几项，再重新提交；其他材料不用再传"),
    ),
}
# All that must be there is there; it counts only when it has been sent in.
COMPLETE_WORDS = {
    UPLOAD: (lazy_gettext("请提交材料"), lazy_gettext("必须上传的材料已经传齐，检查后还要点“提交材料”")),
    CORRECT: (lazy_gettext("请重新提交材料"), lazy_gettext("退回的材料已经替换，检查后还要点“重新提交”")),
}
REMINDER_UNREAD = (lazy_gettext("请上传材料"), lazy_gettext("先读完申报提醒，再按清单上传材料"))
UNDER_REVIEW = (lazy_gettext("材料已提交，等待审核"), lazy_gettext("不需要您办理，审核结果会通知您"))
VERDICTS = {"not_conform": lazy_gettext("不符合要求"), "missing": lazy_gettext("缺少")}


def upload_form_key(item: WorkItem | None) -> str:
    """The form with which the applicant may put files now; empty when it is not their turn."""
    return item.form_key or "" if item is not None and item.form_key in STATUS_WORDS else ""


def upload_ends_at(item: WorkItem) -> datetime | None:
    """Until when the applicant may act: the deadline that the diagram gives their task."""
    return engine.find_task_deadline(item.instance_id, item.task_id)


def open_slot_keys(form_key: str, found: list[MaterialSlot]) -> frozenset[str]:
    """The keys of the slots that take a file now: all at first, then what was returned or changed since."""
    if form_key == CORRECT:
        return frozenset(slot.key for slot in found if slot.reopened)
    return frozenset(slot.key for slot in found) if form_key == UPLOAD else frozenset()


def describe_slots(application: Application, form_key: str) -> dict[str, Any]:
    """The slots in plain values, and how much of what is asked is there."""
    found = materials.list_slots(application)
    count = material_counts.count_materials(found)
    open_ones = open_slot_keys(form_key, found)
    return {
        "application_id": application.id,
        "stage": form_key.rsplit("/", 1)[-1],
        "slots": [_describe_slot(slot, form_key, open_ones) for slot in found],
        "missing": count.missing,
        "count_words": material_counts.describe_count(count),
        "first_missing": next((slot.key for slot in found if slot.required and slot.current is None), ""),
        "unchanged": [slot.name for slot in list_unchanged(form_key, found)],
        "help_contact": application.authority.contact,
    }


def describe_upload(application: Application, form_key: str) -> dict[str, Any]:
    """The slots with the photographed pages that wait at them: all that is worked on."""
    waiting = material_pages.group_pages(application) if form_key else {}
    return {
        **describe_slots(application, form_key),
        "registration": application.registration_number,
        "waiting": {
            key: [{"id": page.id, "by_edges": page.by_edges} for page in found]
            for key, found in waiting.items()
        },
    }


def find_unready(form_key: str, found: list[MaterialSlot], waiting: Collection[str]) -> dict[str, list[str]]:
    """What keeps the materials from being sent in, at its slot and in the order of the page.

    Photographs that are in no version yet: sending in without them would lose them.
    """
    unready: dict[str, list[str]] = {}
    for slot in found:
        if slot.key not in open_slot_keys(form_key, [slot]):
            continue
        if slot.key in waiting:
            sentence = gettext(
                "“%(name)s”的照片还没有交。请先点“交这一项”，或者点“不要这些照片”。", name=slot.name
            )
            unready[slot_field_name(slot.key)] = [sentence]
        elif slot.required and slot.current is None:
            unready[slot_field_name(slot.key)] = [gettext("还没有上传“%(name)s”。", name=slot.name)]
    return unready


def list_unchanged(form_key: str, found: list[MaterialSlot]) -> list[MaterialSlot]:
    """What was returned and still has the file that was returned."""
    if form_key != CORRECT:
        return []
    return [slot for slot in found if slot.returned and slot.current is not None and not slot.fresh]


def slot_field_name(key: str) -> str:
    """The name under which the file of a slot is sent and its errors are shown."""
    return f"material-{key.replace('_', '-')}"


def material_actions(application: Application) -> list[tuple[str, str]]:
    """The entry of the list of applications that leads to the materials, where there are any."""
    if upload_form_key(materials.read_review_task(application)) or has_unread_reminder(application):
        return [(gettext("上传材料"), "apply.materials")]
    known = list_material_versions(application.id)
    return [(gettext("查看材料"), "apply.materials")] if known else []


def describe_status(application: Application) -> dict[str, Any]:
    """What the status page says instead of the words for a confirmation on site."""
    item = materials.read_review_task(application)
    if item is None:
        unread = has_unread_reminder(application)
        return dict(zip(("meaning", "what_next"), REMINDER_UNREAD, strict=True)) if unread else {}
    form_key = upload_form_key(item)
    online = describe_slots(application, form_key)
    words = STATUS_WORDS if online["missing"] or online["unchanged"] else COMPLETE_WORDS
    title, text = words.get(form_key, UNDER_REVIEW)
    until = upload_ends_at(item) if form_key else None
    return {
        "meaning": title,
        "what_next": text,
        "by_when": until,
        "uploads": bool(form_key),  # a button of its own leads there
        "online": online,
    }


def has_unread_reminder(application: Application) -> bool:
    """Whether the materials are to come and only 申报提醒 stands before them."""
    return (
        application.plan.mode == PlanMode.ONLINE
        and application.standing == Standing.CONFIRMING
        and materials.read_review_task(application) is None
        and not public_states.is_allowed(application, Ability.CORRECT)
    )


def is_under_review(application: Application) -> bool:
    """Whether reviewers have the materials: what they found so far is not told until it is decided."""
    item = materials.read_review_task(application)
    return item is not None and not upload_form_key(item)


def _describe_slot(slot: MaterialSlot, form_key: str, open_ones: frozenset[str]) -> dict[str, Any]:
    told = slot.finding if slot.returned and form_key == CORRECT else None
    return {
        "key": slot.key,
        "field": slot_field_name(slot.key),
        "name": slot.name,
        "hint": slot.hint,
        "required": slot.required,
        "open": slot.key in open_ones,
        "current": _describe_version(slot.current),
        "earlier": [_describe_version(one) for one in reversed(slot.versions[:-1])],
        "verdict": VERDICTS.get(told.verdict, "") if told else "",
        "reason": told.reason if told else "",
        "changed": form_key == CORRECT and not told and slot.reopened,
        "replaced": told is not None and slot.fresh,
        "conform": slot.carried == "conform" and form_key == CORRECT,
        "warnings": material_warnings.describe_warnings(slot.current.warnings) if slot.current else [],
    }


def _describe_version(one: Material | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "number": one.version,
        "name": one.file.name,
        "size": one.file.size,
        "when": dates.format_moment(one.uploaded_at),
        "url": url_for("apply.file", file_id=one.file_id),
    }


def address_after_reminder(person_id: int) -> str:
    """Where somebody goes who wants to upload at once."""
    newest = db.session.scalars(select_registered(person_id)).first()
    if newest is not None and material_slots.upload_form_key(kept.find_review_task(newest)):
        return url_for("apply.materials", application_id=newest.id)
    return url_for("apply.enquiry")
