"""Sending uploaded materials in, the first time and after a return; the files are in their slots by then."""

from __future__ import annotations

from functools import partial
from typing import Any

from marshmallow import fields

from domain.cases import material_pages, materials, process_hooks
from domain.wording import dates
from handlers.apply.summary import material_slots
from handlers.page.printable_text import StandardTextSchema
from models.base.errors import Invalid
from translations import gettext, join_facts, lazy_gettext
from workflows import forms
from workflows.forms import Form, FormContext


class UploadSchema(StandardTextSchema):
    """Nothing is typed: the slots say what is there."""


class CorrectSchema(StandardTextSchema):
    """Something that was returned may stay as it is, when the applicant says so."""

    unchanged = fields.Boolean(
        load_default=False,
        error_messages={"invalid": lazy_gettext("请勾选，或者替换退回的材料。")},
        metadata={"label": lazy_gettext("这几项不替换，仍按现有文件提交"), "optional": True},
    )


def _view_slots(form_key: str, case: FormContext) -> dict[str, Any]:
    return material_slots.describe_upload(process_hooks.require_case_of(case.instance), form_key)


def _send_materials(form_key: str, case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    """Send in what is in the slots, unless something is missing or the time is over."""
    application = process_hooks.require_case_of(case.instance)
    ends = material_slots.upload_ends_at(case.item)
    if ends is not None and case.now > ends:
        raise Invalid(
            {
                "_schema": [
                    gettext(
                        "提交时间已于 %(deadline)s 结束，材料没有提交。", deadline=dates.format_deadline(ends)
                    )
                ]
            }
        )
    found = materials.list_slots(application)
    waiting = material_pages.group_pages(application)
    if unready := material_slots.find_unready(form_key, found, waiting):
        raise Invalid(unready)
    kept = material_slots.list_unchanged(form_key, found)
    if kept and not data.get("unchanged"):
        told = gettext(
            "%(materials)s退回后还没有替换。请替换，或者说明不替换。",
            materials=join_facts((gettext("“%(material)s”", material=slot.name) for slot in kept), ""),
        )
        raise Invalid({material_slots.slot_field_name(kept[0].key): [told]})
    return {}


for _key, _title, _schema in (
    (material_slots.UPLOAD, lazy_gettext("上传材料"), UploadSchema),
    (material_slots.CORRECT, lazy_gettext("替换材料"), CorrectSchema),
):
    forms.register_form(
        Form(
            key=_key,
            title=_title,
            schema=_schema,
            view=partial(_view_slots, _key),
            save=partial(_send_materials, _key),
            template="apply/materials.html",
            decides={},
        )
    )
