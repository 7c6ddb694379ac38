"""The photographed pages of a material: seen, put in order, turned, cut, and handed in as one PDF."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, request
from marshmallow import ValidationError, fields, validate, validates_schema

from domain.cases import material_pages as page_rows
from domain.cases import materials as kept
from domain.cases.materials import MaterialSlot
from domain.outside import file_storage, page_files
from domain.outside.page_files import WHOLE, Crop
from handlers.apply.applications.material_pages import (
    build_page,
    find_open_slot,
    find_own_application,
    find_slot,
    lead_to_slot,
    why_closed,
)
from handlers.apply.blueprint import pages
from handlers.apply.summary import material_slots
from handlers.entry import row_numbers
from handlers.entry.access import allow
from handlers.page.contract import Page, ShowAgain, Submission, accept, show
from handlers.page.printable_text import StandardTextSchema
from handlers.page.stored_files import pdf_response
from models import db
from models.base.errors import Invalid, NotFound
from models.cases.applications import Application
from models.cases.materials import MaterialPage
from translations import gettext, join_clauses, lazy_gettext
from workflows.clock import now

SIZES = {"small": page_files.SMALL, "large": page_files.LARGE, "whole": page_files.LARGE}
SIDES = ("left", "top", "right", "bottom")
LEAST_PART = 10  # per cent of a page that a crop leaves of either side
NO_PAGES = lazy_gettext("没有照片可以交，请先选择照片。")
CHANGED = lazy_gettext("照片刚刚有变动，没有交上。请看一遍，再点一次。")


def _side_field(label: str) -> fields.Integer:
    wrong = lazy_gettext("请填 0 到 100 的整数")
    return fields.Integer(
        required=True,
        validate=validate.Range(min=0, max=100, error=wrong),
        error_messages={"required": wrong, "invalid": wrong, "null": wrong},
        metadata={"label": label},
    )


class CropSchema(StandardTextSchema):
    """The part of a page that is kept, in per cent from its left and upper side."""

    class Meta:
        unknown = "exclude"

    left = _side_field(lazy_gettext("左边从"))
    top = _side_field(lazy_gettext("上边从"))
    right = _side_field(lazy_gettext("右边到"))
    bottom = _side_field(lazy_gettext("下边到"))

    @validates_schema
    def in_order(self, found: dict[str, Any], **_: Any) -> None:
        """Something has to be left of the page."""
        pairs = [(one, other) for one, other in zip(SIDES[:2], SIDES[2:], strict=True) if other in found]
        scraps = [other for one, other in pairs if found[other] - found.get(one, 0) < LEAST_PART]
        if scraps:
            sentence = gettext("剩下的部分太小，至少留 %(part)s%%", part=LEAST_PART)
            raise ValidationError({side: [sentence] for side in scraps})


@pages.route("/applications/<int:application_id>/materials/<key>/pages", methods=["GET", "POST"])
@allow("applicant")
@show("apply/materials.html")
@accept(page=lambda sent, application_id, key: build_page(sent, application_id))
def arrange_pages(sent: Submission, application_id: int, key: str) -> Page:
    """What a button beside the pages asks for: up, down, turn or delete one; hand all in, or drop them."""
    act, _, number = request.form.get("do", "").partition("-")
    if act == "hand":
        return _hand_in(application_id, key)
    application = find_own_application(application_id)
    kept.lock_uploads(application)
    find_open_slot(application, key)
    found = page_rows.list_pages(application, key)
    if act == "drop":
        page_rows.delete_pages(found)
    else:
        _arrange_page(act, _choose_page(found, number), found)
    db.session.commit()
    return lead_to_slot(application_id, key)


@pages.route(
    "/applications/<int:application_id>/materials/<key>/pages/<int:page_id>", methods=["GET", "POST"]
)
@allow("applicant")
@show("apply/material_page.html")
@accept(CropSchema, buttons=("whole",))
def material_page(sent: Submission, application_id: int, key: str, page_id: int) -> Page:
    """One page in large, to be cut by hand: four numbers, or a frame to draw with script."""
    application = find_own_application(application_id)
    if sent.is_accepted:
        kept.lock_uploads(application)
    slot, found = find_slot(application, key), page_rows.list_pages(application, key)
    page = _choose_page(found, str(page_id))
    if sent.is_accepted:
        if refusal := why_closed(application, slot):
            raise ShowAgain({"_schema": [refusal]})
        page_rows.crop_page(page, WHOLE if sent.button == "whole" else _read_crop(sent.answers))
        db.session.commit()
        return lead_to_slot(application_id, key)
    return _build_crop_page(sent, application, slot, found.index(page) + 1, page), sent.status


@pages.get("/applications/<int:application_id>/materials/<key>/pages/<int:page_id>/<size>.jpg")
@allow("applicant")
def page_picture(application_id: int, key: str, page_id: int, size: str) -> Response:
    """A page as it looks now: small, large, or whole with what is cut off."""
    application = find_own_application(application_id)
    found = page_rows.list_pages(application, find_slot(application, key).key)
    if size not in SIZES:
        raise NotFound
    page = _choose_page(found, str(page_id))
    content = page_files.draw_page(page, SIZES[size], whole=size == "whole")
    response = Response(content, mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@pages.get("/applications/<int:application_id>/materials/<key>/preview.pdf")
@allow("applicant")
def preview_material(application_id: int, key: str) -> Response:
    """What would be handed in: the pages as one PDF, kept nowhere."""
    application = find_own_application(application_id)
    found = page_rows.list_pages(application, find_slot(application, key).key)
    if not found:
        raise NotFound
    looks = [page_files.look_of(page) for page in found]
    db.session.rollback()
    return pdf_response(page_files.compose_pdf(looks), f"{key}.pdf")


def _hand_in(application_id: int, key: str) -> Page:
    """Make the pages one version; made outside the transaction, and kept if they are still the same."""
    application = find_own_application(application_id)
    slot, found = find_open_slot(application, key), page_rows.list_pages(application, key)
    field = material_slots.slot_field_name(key)
    if not found:
        raise ShowAgain({field: [NO_PAGES]})
    order, name = page_rows.describe_order(found), gettext("%(name)s.pdf", name=slot.name)
    looks = [page_files.look_of(page) for page in found]
    db.session.rollback()
    try:
        upload = page_files.store_pdf(name, looks)
    except Invalid as unfit:
        told = join_clauses(sentence for said in unfit.fields.values() for sentence in said)
        raise ShowAgain({field: [told]}) from None
    try:
        application = find_own_application(application_id)
        kept.lock_uploads(application)
        slot, found = find_open_slot(application, key), page_rows.list_pages(application, key)
        if page_rows.describe_order(found) != order:
            raise ShowAgain({field: [CHANGED]}, 409)
    except (NotFound, ShowAgain):
        db.session.rollback()
        file_storage.discard_file(upload.key)
        raise
    kept.add_material_version(application, slot, upload, now())
    page_rows.delete_pages(found)
    db.session.commit()
    flash(gettext("“%(name)s”已上传。", name=slot.name), "ok")
    return lead_to_slot(application_id, key)


def _arrange_page(act: str, page: MaterialPage, found: list[MaterialPage]) -> None:
    if act in ("up", "down"):
        page_rows.move_page(found, page, -1 if act == "up" else 1)
    elif act == "turn":
        page_rows.turn_page(page)
    elif act == "delete":
        page_rows.delete_pages([page])
    else:
        raise NotFound


def _choose_page(found: list[MaterialPage], number: str) -> MaterialPage:
    wanted = int(number) if row_numbers.is_row_number(number) else 0
    page = next((one for one in found if one.id == wanted), None)
    if page is None:
        raise NotFound
    return page


def _read_crop(answers: dict[str, Any]) -> Crop:
    left, top, right, bottom = (10 * answers[side] for side in SIDES)
    return left, top, right, bottom


def _build_crop_page(
    sent: Submission, application: Application, slot: MaterialSlot, number: int, page: MaterialPage
) -> dict[str, Any]:
    shown = dict(zip(SIDES, (round(part / 10) for part in page.crop or WHOLE), strict=True))
    return {
        "form": sent.view(shown),
        "slot": slot,
        "page": page,
        "place": number,
        "application_id": application.id,
        "sides": SIDES,
        "help_contact": application.authority.contact,
    }
