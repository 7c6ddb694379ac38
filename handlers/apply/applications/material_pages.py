"""上传材料: a slot for each item of the authority's list, each with a form of its own."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from flask import flash, g, redirect, request, url_for

from domain.cases import material_pages as page_rows
from domain.cases import materials as kept
from domain.cases.materials import MaterialSlot
from domain.wording import dates
from handlers.apply.blueprint import pages
from handlers.apply.changing import pending_changes
from handlers.apply.pictures import received_pages
from handlers.apply.pictures.received_pages import ReceivedMaterial
from handlers.apply.summary import material_slots
from handlers.entry.access import allow
from handlers.page.contract import Page, ShowAgain, Submission, accept, show
from models import db
from models.base.errors import NotFound
from models.cases.applications import Application, select_registered
from translations import gettext, gettext_plural, lazy_gettext
from workflows import forms
from workflows.clock import now

UPLOAD_OVER = lazy_gettext("上传时间已于 {end} 结束，文件没有保存。")
CLOSED = lazy_gettext("这件申请目前不能上传材料，文件没有保存。")
ALREADY_SENT = lazy_gettext("材料已经提交，现在不能更换；需要更换的，请等待审核结果。")
MOST_VERSIONS = 30  # versions of one material: all of them are kept for ever
TOO_MANY_VERSIONS = lazy_gettext("这一项已上传 {most} 次，不能再更换，请联系认定机构。")
NOT_RETURNED = lazy_gettext("“{name}”没有退回，不用更换。")
BY_SCRIPT = "X-Upload"  # a script sends one file after the other and looks at the page once


@pages.get("/applications/<int:application_id>/materials")
@allow("applicant")
@show("apply/materials.html")
@accept()
def materials(sent: Submission, application_id: int) -> Page:
    """The slots: to be filled while it is the applicant's turn, afterwards to be read."""
    page = build_page(sent, application_id)
    return redirect(url_for("apply.step", step="reminder"), 303) if page["unread"] else page


@pages.route("/applications/<int:application_id>/materials/<key>", methods=["GET", "POST"])
@allow("applicant")
@show("apply/materials.html")
@accept(page=lambda sent, application_id, key: build_page(sent, application_id))
def put_material(sent: Submission, application_id: int, key: str) -> Page:
    """Put files into a slot; whatever is wrong with one is said there, and other slots keep theirs."""
    application = find_own_application(application_id)
    waiting = page_rows.count_pages(application, find_slot(application, key).key)
    db.session.rollback()
    received = received_pages.receive_material(waiting)
    try:
        slot = _keep_received(application_id, key, received)
    except (NotFound, ShowAgain):
        db.session.rollback()
        received.discard()
        raise
    db.session.commit()
    if received.refusals:
        raise ShowAgain({material_slots.slot_field_name(key): received.refusals})
    if BY_SCRIPT in request.headers:
        return "", 204  # the page is shown again when all have come, and shows what is there
    flash(_tell_of_success(slot, received), "ok")
    return lead_to_slot(application_id, key)


def find_open_slot(application: Application, key: str) -> MaterialSlot:
    """A slot that takes something now; raises what its page tells where it does not."""
    slot = find_slot(application, key)
    if refusal := why_closed(application, slot):
        raise ShowAgain({material_slots.slot_field_name(key): [refusal]})
    return slot


def find_slot(application: Application, key: str) -> MaterialSlot:
    """A slot of an application, open or not."""
    slot = next((one for one in kept.list_slots(application) if one.key == key), None)
    if slot is None:
        raise NotFound
    return slot


def lead_to_slot(application_id: int, key: str) -> Page:
    """The page again, at one slot."""
    return redirect(url_for("apply.materials", application_id=application_id, _anchor=f"slot-{key}"), 303)


def build_page(sent: Submission, application_id: int) -> dict[str, Any]:
    """All that the page of the slots shows."""
    application = find_own_application(application_id)
    item = kept.find_review_task(application)
    form_key = material_slots.upload_form_key(item)
    schema = forms.get_form(form_key).schema() if form_key else None
    return {
        "unread": item is None and material_slots.has_unread_reminder(application),
        **material_slots.describe_upload(application, form_key),
        "form": replace(sent, typed={}, schema=schema).view(),
        "item": item if form_key else None,
        "title": forms.get_form(form_key).title if form_key else gettext("上传的材料"),
        "number": application.id,
        "unsaved": pending_changes.list_unsaved_parts(application) if form_key else [],
        "until": material_slots.upload_ends_at(item) if item and form_key else None,
        "transaction": secrets.token_hex(16),
    }


def find_own_application(application_id: int) -> Application:
    """An application of the person who asks."""
    found = db.session.scalars(
        select_registered(g.principal.person_id).where(Application.id == application_id)
    ).first()
    if found is None:
        raise NotFound
    return found


def _keep_received(application_id: int, key: str, received: ReceivedMaterial) -> MaterialSlot:
    """Keep what is fit; refuses where there is nothing to keep, or the slot takes nothing."""
    application = find_own_application(application_id)
    kept.lock_uploads(application)
    slot = find_open_slot(application, key)
    if received.upload is None and not received.pages:
        raise ShowAgain({material_slots.slot_field_name(key): received.refusals})
    if received.upload is not None:
        kept.add_material_version(application, slot, received.upload, now())
    page_rows.add_pages(application, key, received.pages, now())
    return slot


def _tell_of_success(slot: MaterialSlot, received: ReceivedMaterial) -> str:
    if received.upload is not None:
        return gettext("“%(name)s”已上传。", name=slot.name)
    return gettext_plural(
        "“%(name)s”收到 %(num)s 页。请看一遍，再点“交这一项”。", name=slot.name, num=len(received.pages)
    )


def why_closed(application: Application, slot: MaterialSlot) -> str:
    """Why a slot takes no file now; empty when it does."""
    item = kept.find_review_task(application)
    form_key = material_slots.upload_form_key(item)
    if item is None:
        return str(CLOSED)
    if not form_key:
        return str(ALREADY_SENT)
    ends = material_slots.upload_ends_at(item)
    if ends is not None and now() > ends:
        return UPLOAD_OVER.format(end=dates.format_deadline(ends))
    if slot.key not in material_slots.open_slot_keys(form_key, [slot]):
        return NOT_RETURNED.format(name=slot.name)
    return TOO_MANY_VERSIONS.format(most=MOST_VERSIONS) if len(slot.versions) >= MOST_VERSIONS else ""
