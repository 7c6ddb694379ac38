"""What a correction of particulars asks, by the kind of the document."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, post_load, validate, validates_schema

from handlers.account.proofs import identity_documents
from handlers.account.proofs.schemas import LONGEST, text_field
from handlers.account.requests.request_forms import RequestSchema
from handlers.profile.records import schemas
from translations import lazy_gettext

LAST = ("picture", "picture_problem", "statement")


class NameCorrection(RequestSchema):
    """The name as the document has it."""

    name = text_field(
        lazy_gettext("姓名"),
        validate.Length(max=LONGEST, error=identity_documents.LENGTH),
        hint=lazy_gettext("与证件上的姓名完全一致"),
    )

    @validates_schema(skip_on_field_errors=False)
    def named(self, data: dict[str, Any], **_: Any) -> None:
        """The name is one."""
        name = identity_documents.normal_name(data.get("name") or "")
        if problem := identity_documents.name_problem(name) if name else None:
            raise ValidationError(problem, "name")

    @post_load
    def normal(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Keep the name in one form."""
        return data | {"name": identity_documents.normal_name(data["name"])}


class ResidentCorrection(NameCorrection, schemas.Ethnicity):
    """Of holders of a resident identity card, whose number tells the rest."""

    class Meta(RequestSchema.Meta):
        fields = ("name", "ethnicity", *LAST)  # errors are told in this order


class LocalCorrection(NameCorrection, schemas.LocalHolder):
    """Of holders of travel permits."""

    class Meta(RequestSchema.Meta):
        fields = ("name", "sex", "birth_date", "ethnicity", "local_id_number", *LAST)


class PermitCorrection(NameCorrection, schemas.PermitHolder):
    """Of holders of residence permits."""

    class Meta(RequestSchema.Meta):
        fields = ("name", "sex", "birth_date", "ethnicity", "local_id_number", "pass_number", *LAST)


CORRECTIONS = {"resident_id": ResidentCorrection, "residence_permit": PermitCorrection}
