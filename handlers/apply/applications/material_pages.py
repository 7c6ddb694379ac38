"""上传材料: a slot for each item of the authority's list, each with a form of its own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Any

from flask import flash, g, redirect, request, url_for

from domain.cases import materials as kept
from domain.outside import file_storage, uploads
from domain.outside.uploads import Upload
from domain.wording import dates
from handlers.apply.blueprint import pages
from handlers.apply.changing import pending_changes
from handlers.apply.pictures import picture_uploads
from handlers.apply.summary import material_slots
from handlers.entry.access import allow
from handlers.page.contract import Page, ShowAgain, Submission, accept, show
from models import db
from models.base.errors import Invalid, NotFound
from models.cases.applications import Application, select_registered
from translations import gettext, join_clauses, lazy_gettext
from workflows import forms
from workflows.clock import now

NO_FILE = lazy_gettext("没有收到文件，请选择 PDF 文件")
UPLOAD_OVER = lazy_gettext("上传时间已于 {end} 结束，文件没有保存。")
CLOSED = lazy_gettext("这件申请目前不能上传材料，文件没有保存。")
ALREADY_SENT = lazy_gettext("材料已经提交，现在不能更换；需要更换的，请等待审核结果。")
MOST_VERSIONS = 30  # versions of one material: all of them are kept for ever
TOO_MANY_VERSIONS = lazy_gettext("这一项已上传 {most} 次，不能再更换，请联系认定机构。")
NOT_RETURNED = lazy_gettext("“{name}”没有退回，不用更换。")


@dataclass(frozen=True, kw_only=True)
class ReceivedMaterial:
    """A fit file, or why the one that was sent is not."""

    upload: Upload | None = None
    refusal: str = ""


@pages.get("/applications/<int:application_id>/materials")
@allow("applicant")
@show("apply/materials.html")
@accept()
def materials(sent: Submission, application_id: int) -> Page:
    """The slots: to be filled while it is the applicant's turn, afterwards to be read."""
    return _build_page(_find_own_application(application_id), sent)


@pages.post("/applications/<int:application_id>/materials/<key>")
@allow("applicant")
@show("apply/materials.html")
@accept(page=lambda sent, application_id, key: _build_page(_find_own_application(application_id), sent))
def put_material(sent: Submission, application_id: int, key: str) -> Page:
    """Put a file into a slot; whatever is wrong with it is said there, and other slots keep theirs."""
    received = _receive_file()
    application = _find_own_application(application_id)
    kept.lock_uploads(application)
    slot = next((one for one in kept.list_slots(application) if one.key == key), None)
    if slot is None:
        _discard_file(received)
        raise NotFound
    refusal = _why_closed(application, slot) or received.refusal
    if refusal or received.upload is None:
        _discard_file(received)
        raise ShowAgain({material_slots.slot_field_name(key): [refusal]})
    kept.add_material_version(application, slot, received.upload, now())
    db.session.commit()
    flash(gettext("“%(name)s”已上传。", name=slot.name), "ok")
    return redirect(url_for("apply.materials", application_id=application_id, _anchor=f"slot-{key}"), 303)


def _receive_file() -> ReceivedMaterial:
    """Judge and store the file before the first query, as it takes its time."""
    sent = request.files.get("file")
    if sent is None:
        return ReceivedMaterial(refusal=NO_FILE)
    content = sent.read()
    if sent.filename and not content:
        return ReceivedMaterial(refusal=picture_uploads.EMPTY_FILE)
    try:
        return ReceivedMaterial(upload=uploads.store_upload("material", sent.filename or "", content))
    except Invalid as unfit:
        return ReceivedMaterial(refusal=join_clauses(unfit.fields["material"]))


def _discard_file(received: ReceivedMaterial) -> None:
    """Take a file that is not kept out of the store again."""
    db.session.rollback()
    if received.upload is not None:
        file_storage.discard_file(received.upload.key)


def _why_closed(application: Application, slot: kept.MaterialSlot) -> str:
    """Why a slot takes no file now; empty when it does."""
    item = kept.find_review_task(application)
    form_key = material_slots.upload_form_key(item)
    if item is None:
        return CLOSED
    if not form_key:
        return ALREADY_SENT
    ends = material_slots.upload_ends_at(item)
    if ends is not None and now() > ends:
        return UPLOAD_OVER.format(end=dates.format_deadline(ends))
    if slot.key not in material_slots.open_slot_keys(form_key, [slot]):
        return NOT_RETURNED.format(name=slot.name)
    return TOO_MANY_VERSIONS.format(most=MOST_VERSIONS) if len(slot.versions) >= MOST_VERSIONS else ""


def _build_page(application: Application, sent: Submission) -> dict[str, Any]:
    item = kept.find_review_task(application)
    form_key = material_slots.upload_form_key(item)
    schema = forms.get_form(form_key).schema() if form_key else None
    return {
        **material_slots.describe_slots(application, form_key),
        "form": replace(sent, typed={}, schema=schema).view(),
        "item": item if form_key else None,
        "title": forms.get_form(form_key).title if form_key else gettext("上传的材料"),
        "number": application.id,
        "unsaved": pending_changes.list_unsaved_parts(application) if form_key else [],
        "until": material_slots.upload_ends_at(item) if item and form_key else None,
        "transaction": secrets.token_hex(16),
    }


def _find_own_application(application_id: int) -> Application:
    found = db.session.scalars(
        select_registered(g.principal.person_id).where(Application.id == application_id)
    ).first()
    if found is None:
        raise NotFound
    return found
