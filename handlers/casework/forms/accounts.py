"""Checking who an account belongs to: the picture of the document decides, and the answer is told."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from domain.accounts import account_requests
from handlers.casework.dossier import request_facts
from handlers.casework.forms.schema_fields import text_field
from handlers.page.printable_text import StandardTextSchema
from models.base.codes import DOCUMENT_KINDS
from models.base.errors import Invalid
from models.persons.accounts import SORTS
from models.persons.states import RequestSort
from translations import gettext, lazy_gettext
from workflows.forms import Form, FormContext, register_form

CHOOSE_OUTCOME = lazy_gettext("请选择核对的结果。")


class CheckRequestSchema(StandardTextSchema):
    """Whether the account is the requester's."""

    accepted = fields.Boolean(
        required=True,
        error_messages={"required": CHOOSE_OUTCOME, "invalid": CHOOSE_OUTCOME, "null": CHOOSE_OUTCOME},
        metadata={
            "label": lazy_gettext("核对结果"),
            "options": {"true": lazy_gettext("属实，通过"), "false": lazy_gettext("不属实，不予通过")},
        },
    )
    answer = text_field(
        lazy_gettext("不予通过的理由"),
        most=300,
        hint=lazy_gettext("不予通过时填写，申请人会原样看到，不超过 300 个字"),
    )

    @validates_schema(skip_on_field_errors=True)
    def reasoned(self, data: dict[str, Any], **_: Any) -> None:
        """Nobody is refused without a reason."""
        if not data["accepted"] and not data["answer"]:
            raise ValidationError(gettext("请填写不予通过的理由。"), "answer")


def view_request(case: FormContext) -> dict[str, Any]:
    """The request beside the account that it is about."""
    request = account_requests.find_by_instance(case.instance.id)
    return {
        "sort": SORTS[request.sort],
        "document": f"{DOCUMENT_KINDS.get(request.document_kind, '')} {request.document_number}",
        "statement": request.statement,
        "at": request.opened_at,
        "proved": request.sort != RequestSort.PARTICULARS,
        "rows": request_facts.compare_particulars(request),
        "holder": request_facts.describe_holder(request.person),
        "effect": request_facts.describe_effect(request),
    }


def save_outcome(case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    """Keep who decided and why; the process does what follows."""
    request = account_requests.find_by_instance(case.instance.id)
    if data["accepted"] and not account_requests.may_be_granted(request):
        raise Invalid({"accepted": [request_facts.NO_ACCOUNT]})
    request.accepted, request.answer = data["accepted"], "" if data["accepted"] else data["answer"]
    request.decided_by = case.actor
    return {"accepted": data["accepted"]}


register_form(
    Form(
        key="account/check_request",
        title=lazy_gettext("核对账号申请"),
        schema=CheckRequestSchema,
        view=view_request,
        save=save_outcome,
        decides={"accepted": {True: lazy_gettext("属实，通过"), False: lazy_gettext("不属实，不予通过")}},
    )
)
