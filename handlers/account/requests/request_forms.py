"""What every request brings: a picture of the document, which a refused form keeps, and a sentence."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import request
from marshmallow import ValidationError, fields, validate, validates_schema

from domain.outside import pictures
from domain.outside.pictures import StoredPicture
from handlers.account.proofs.schemas import PageSchema, text_field
from handlers.page import signed_values
from models.base.errors import Invalid
from translations import lazy_gettext

MOST = 500
PURPOSE = "request.picture"
NO_PICTURE = lazy_gettext("请选择证件照片")
EXPIRED = lazy_gettext("刚才的照片已经过期，请重新选择")
PACKED = validate.Length(max=3_000, error=EXPIRED)  # what we write ourselves is shorter


class RequestSchema(PageSchema):
    """A picture, stored already, and why."""

    picture = fields.String(load_default="", validate=PACKED)
    picture_problem = fields.String(load_default="", validate=PACKED)
    statement = text_field(
        lazy_gettext("说明"),
        validate.Length(max=MOST, error=lazy_gettext("说明不超过 %(most)s 个字", most=MOST)),
    )

    @validates_schema(skip_on_field_errors=False)
    def pictured(self, data: dict[str, Any], **_: Any) -> None:
        """There is a picture, and it can be read."""
        if not data.get("picture"):
            raise ValidationError(data.get("picture_problem") or str(NO_PICTURE), "picture")


def read_with_picture() -> dict[str, Any]:
    """The form with its picture judged and stored, or the one that it carried; no transaction may be open."""
    typed: dict[str, Any] = request.form.to_dict() | {"picture_problem": ""}
    file = request.files.get("picture_file")
    content = file.read() if file and file.filename else b""
    if content:
        try:
            stored = asdict(pictures.store_picture("document", content))
            return typed | {"picture": signed_values.pack_values(PURPOSE, stored)}
        except Invalid as refusal:
            return typed | {"picture": "", "picture_problem": refusal.fields["document"][0]}
    return typed | _check_carried(typed.get("picture", ""))


def unpack_picture(packed: str) -> StoredPicture:
    """The stored picture that a form brought."""
    return StoredPicture(**signed_values.unpack_values(PURPOSE, packed))


def _check_carried(packed: str) -> dict[str, str]:
    if not packed:
        return {}
    try:
        signed_values.unpack_values(PURPOSE, packed)
    except signed_values.PageExpired:
        return {"picture": "", "picture_problem": str(EXPIRED)}
    return {}
