"""Service tasks on accounts: codes, proofs of addresses, contested numbers."""

from __future__ import annotations

from functools import partial

from marshmallow import Schema, fields

from domain.accounts import account_requests, email_proofs, one_time_codes, password_resets
from domain.cases import new_names
from domain.notices import contacts
from domain.notices.delivery import CHANNELS
from models.processes.states import OperationKind
from translations import lazy_gettext
from workflows import operations
from workflows.operations import LASTING, Operation, OperationCall


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


class ResetMailParameters(Schema):
    """A reset, and the moment of the link that is to go out."""

    reset = fields.Integer(required=True, strict=True)
    sent = fields.String(required=True)


class CodeParameters(Schema):
    """A code to be sent."""

    code = fields.Integer(required=True, strict=True)
    seed = fields.String(required=True)


def _grant_request(call: OperationCall, request: int) -> None:
    """The cases that are handed over go by the name of their new holder."""
    new_names.keep_handed_over_name(account_requests.grant_request(call, request))


def _correct_particulars(call: OperationCall, request: int) -> None:
    """What is not confirmed yet shows the corrected name."""
    person = account_requests.correct_particulars(call, request)
    new_names.carry_new_name(person, person.id, call.now)


for _name, _perform, _summary, _english in (
    (
        "grant",
        _grant_request,
        lazy_gettext("账号申诉通过：停用或者改绑原账号，并通知双方"),
        "Grant a contested account: close it or hand it over, and tell both",
    ),
    (
        "change_mobile",
        account_requests.change_mobile,
        lazy_gettext("更换手机号的申请通过：账号改用已验证的新号码，并通知新旧号码"),
        "Grant another mobile number: the account has the number that was proved, and both are told",
    ),
    (
        "correct_particulars",
        _correct_particulars,
        lazy_gettext("更正身份信息的申请通过：账号的信息改为证件上的内容，并通知本人"),
        "Grant a correction: the particulars of the account become what the document says",
    ),
    (
        "refuse",
        account_requests.refuse_request,
        lazy_gettext("账号申请未通过：告知申请人理由"),
        "Refuse a request about an account, and tell the reason",
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
        name="password_resets.send",
        kind=OperationKind.OUTWARD,
        summary=lazy_gettext("把重置密码的链接发到注册的电子邮箱"),
        english="Send the link that resets a password",
        parameters=ResetMailParameters,
        prepare=password_resets.prepare_mail,
        perform=password_resets.deliver_mail,
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
