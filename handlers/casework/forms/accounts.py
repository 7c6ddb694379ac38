"""Checking who an account belongs to: the picture of the document decides, and the answer is told."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from domain.accounts import account_requests
from domain.wording.masking import mask_email, mask_phone
from handlers.casework.forms.schema_fields import text_field
from handlers.page.printable_text import StandardTextSchema
from models.base.codes import DOCUMENT_KINDS
from translations import gettext, lazy_gettext
from workflows.forms import Form, FormContext, register_form

CHOOSE_OUTCOME = lazy_gettext("请选择核对的结果。")
EFFECTS = {
    "closed": lazy_gettext(
        "原账号名下没有已提交的申请：通过后原账号停用，申诉人可以用这个证件号码重新注册。"
    ),
    "handed_over": lazy_gettext(
        "原账号名下有已提交的申请：通过后账号和申请一并改绑给申诉人，姓名和手机号以申诉为准。"
    ),
}
VERIFICATIONS = {
    "verified": lazy_gettext("核验通过"),
    "accepted": lazy_gettext("人工核对通过"),
    "mismatch": lazy_gettext("不一致"),
    "unavailable": lazy_gettext("未核验"),
    "none": lazy_gettext("未核验"),
}


class CheckRequestSchema(StandardTextSchema):
    """Whether the account is the requester's."""

    accepted = fields.Boolean(
        required=True,
        error_messages={"required": CHOOSE_OUTCOME, "invalid": CHOOSE_OUTCOME, "null": CHOOSE_OUTCOME},
        metadata={
            "label": lazy_gettext("核对结果"),
            "options": {"true": lazy_gettext("属实，通过申诉"), "false": lazy_gettext("不属实，不予通过")},
        },
    )
    answer = text_field(
        lazy_gettext("不予通过的理由"),
        most=300,
        hint=lazy_gettext("不予通过时填写，申诉人会原样看到，不超过 300 个字"),
    )

    @validates_schema(skip_on_field_errors=True)
    def reasoned(self, data: dict[str, Any], **_: Any) -> None:
        """Nobody is refused without a reason."""
        if not data["accepted"] and not data["answer"]:
            raise ValidationError(gettext("请填写不予通过的理由。"), "answer")


def view_request(case: FormContext) -> dict[str, Any]:
    """The request beside the account that it is about."""
    request = account_requests.find_by_instance(case.instance.id)
    holder = request.person
    return {
        "document": f"{DOCUMENT_KINDS.get(request.document_kind, '')} {request.document_number}",
        "requester": {"name": request.name, "mobile": request.mobile, "at": request.opened_at},
        "statement": request.statement,
        "holder": {
            "name": holder.name,
            "mobile": mask_phone(holder.mobile),
            "email": mask_email(holder.email),
            "verification": VERIFICATIONS.get(holder.verification, ""),
            "at": holder.created_at,
        },
        "effect": EFFECTS[account_requests.outcome_if_granted(request)]
        if request.outcome is None
        else request.word,
    }


def save_outcome(case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    """Keep who decided and why; the process does what follows."""
    request = account_requests.find_by_instance(case.instance.id)
    request.accepted, request.answer = data["accepted"], "" if data["accepted"] else data["answer"]
    request.decided_by = case.actor
    return {"accepted": data["accepted"]}


register_form(
    Form(
        key="account/check_request",
        title=lazy_gettext("核对账号申诉"),
        schema=CheckRequestSchema,
        view=view_request,
        save=save_outcome,
        decides={"accepted": {True: lazy_gettext("属实，通过申诉"), False: lazy_gettext("不属实，不予通过")}},
    )
)
