"""Jobs of 邮件咨询: a letter to the office, and its copy to the sender."""

from __future__ import annotations

from functools import partial

from marshmallow import Schema, fields

from domain.site import enquiries
from models.processes.states import OperationKind
from translations import lazy_gettext
from workflows import operations
from workflows.operations import LASTING, Operation


class EnquiryParameters(Schema):
    """The id of a letter."""

    enquiry = fields.Integer(required=True, strict=True)


for _way, _prepare, _summary, _english in (
    (
        "office",
        enquiries.prepare_office_mail,
        lazy_gettext("把一封咨询来信发到认定机构的电子邮箱"),
        "Send a letter of enquiry to the authority",
    ),
    (
        "copy",
        enquiries.prepare_copy,
        lazy_gettext("把咨询来信的副本发给来信人"),
        "Send the copy of a letter of enquiry to its sender",
    ),
):
    operations.register_operation(
        Operation(
            name=f"enquiries.{_way}",
            kind=OperationKind.OUTWARD,
            summary=_summary,
            english=_english,
            parameters=EnquiryParameters,
            prepare=_prepare,
            perform=enquiries.deliver_mail,
            record=partial(enquiries.record_delivery, _way),
            abandon=partial(enquiries.abandon_delivery, _way),
            patience=LASTING,
        )
    )
