"""What a new name and a correction of particulars ask, by the kind of the document."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, post_load, validate, validates_schema

from handlers.account.proofs import identity_documents
from handlers.account.proofs.schemas import LONGEST, PageSchema, text_field
from handlers.account.requests.request_forms import RequestSchema
from handlers.profile.records import schemas
from translations import lazy_gettext

LAST = ("picture", "picture_problem", "statement")


class Named(PageSchema):
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


class NewName(Named, schemas.Proof):
    """Another name of one's own, with the password."""

    class Meta(PageSchema.Meta):
        fields = ("name", "current_password")


class ResidentCorrection(Named, RequestSchema, schemas.Ethnicity):
    """Of holders of a resident identity card, whose number tells the rest."""

    class Meta(PageSchema.Meta):
        fields = ("name", "ethnicity", *LAST)  # errors are told in this order


class LocalCorrection(Named, RequestSchema, schemas.LocalHolder):
    """Of holders of travel permits."""

    class Meta(PageSchema.Meta):
        fields = ("name", "sex", "birth_date", "ethnicity", "local_id_number", *LAST)


class PermitCorrection(Named, RequestSchema, schemas.PermitHolder):
    """Of holders of residence permits."""

    class Meta(PageSchema.Meta):
        fields = ("name", "sex", "birth_date", "ethnicity", "local_id_number", "pass_number", *LAST)


CORRECTIONS = {"resident_id": ResidentCorrection, "residence_permit": PermitCorrection}
