"""Service tasks on accounts: codes, proofs of addresses, contested numbers."""

from __future__ import annotations

from functools import partial

from marshmallow import Schema, fields

from domain.accounts import account_requests, email_proofs, one_time_codes
from domain.notices import contacts
from domain.notices.delivery import CHANNELS
from models.processes.states import OperationKind
from translations import lazy_gettext
from workflows import operations
from workflows.operations import LASTING, Operation


class AccountRequestParameters(Schema):
    """The id of a request about an account."""

    request = fields.Integer(required=True, strict=True)


class ContactMessageParameters(Schema):
    """A number or an address, and what is told there."""

    address = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)


class EmailProofParameters(Schema):
    """A proof, and the moment of the letter that is to go out."""

    proof = fields.Integer(required=True, strict=True)
    sent = fields.String(required=True)


class CodeParameters(Schema):
    """A code to be sent."""

    code = fields.Integer(required=True, strict=True)
    seed = fields.String(required=True)


for _name, _perform, _summary, _english in (
    (
        "grant",
        account_requests.grant_request,
        lazy_gettext("账号申诉通过：停用或者改绑原账号，并通知双方"),
        "Grant a contested account: close it or hand it over, and tell both",
    ),
    (
        "refuse",
        account_requests.refuse_request,
        lazy_gettext("账号申诉未通过：告知申诉人理由"),
        "Refuse a contested account, and tell the reason",
    ),
):
    operations.register_operation(
        Operation(
            name=f"account_requests.{_name}",
            kind=OperationKind.INWARD,
            summary=_summary,
            english=_english,
            parameters=AccountRequestParameters,
            perform=_perform,
        )
    )
for _channel, _summary, _english in zip(
    CHANNELS,
    (lazy_gettext("把一条账号通知发到指定的手机号"), lazy_gettext("把一条账号通知发到指定的电子邮箱")),
    ("Send a notice about an account to a mobile number", "Send a notice about an account to an address"),
    strict=True,
):
    operations.register_operation(
        Operation(
            name=f"contacts.{_channel.name}",
            kind=OperationKind.OUTWARD,
            summary=_summary,
            english=_english,
            parameters=ContactMessageParameters,
            perform=partial(contacts.deliver_message, _channel),
            patience=LASTING,
        )
    )
operations.register_operation(
    Operation(
        name="email_proofs.send",
        kind=OperationKind.OUTWARD,
        summary=lazy_gettext("把验证链接发到待验证的电子邮箱"),
        english="Send the link that proves an e-mail address",
        parameters=EmailProofParameters,
        prepare=email_proofs.prepare_mail,
        perform=email_proofs.deliver_mail,
        patience=LASTING,
    )
)
operations.register_operation(
    Operation(
        name="codes.deliver",
        kind=OperationKind.OUTWARD,
        summary=lazy_gettext("把一次性验证码用短信发出"),
        english="Send a one-time code by text message",
        parameters=CodeParameters,
        prepare=one_time_codes.prepare_sms,
        perform=one_time_codes.deliver_sms,
    )
)
