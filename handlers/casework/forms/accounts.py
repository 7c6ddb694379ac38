"""Checking who an account belongs to: the picture of the document decides, and the answer is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from domain.accounts import account_requests
from domain.wording import dates
from domain.wording.masking import mask_email
from handlers.casework.forms.schema_fields import text_field
from handlers.page.printable_text import StandardTextSchema
from models.base.codes import DOCUMENT_KINDS, ETHNICITIES, SEXES
from models.base.errors import Invalid
from models.persons.accounts import SORTS, AccountRequest
from models.persons.people import Person
from models.persons.states import RequestSort
from translations import gettext, lazy_gettext
from workflows.forms import Form, FormContext, register_form

PARTICULARS = {  # column of the person → label
    "name": lazy_gettext("姓名"),
    "mobile": lazy_gettext("手机号"),
    "sex": lazy_gettext("性别"),
    "birth_date": lazy_gettext("出生日期"),
    "ethnicity": lazy_gettext("民族"),
    "local_id_number": lazy_gettext("当地身份证件号码"),
    "pass_number": lazy_gettext("通行证号码"),
}
WORDS: dict[str, Mapping[str, str]] = {"sex": SEXES, "ethnicity": ETHNICITIES}
CHOOSE_OUTCOME = lazy_gettext("请选择核对的结果。")
EFFECTS = {
    "closed": lazy_gettext(
        "原账号名下没有已提交的申请：通过后原账号停用，申诉人可以用这个证件号码重新注册。"
    ),
    "handed_over": lazy_gettext(
        "原账号名下有已提交的申请：通过后账号和申请一并改绑给申诉人，姓名和手机号以申诉为准。"
    ),
    "mobile_changed": lazy_gettext(
        "通过后账号的手机号改为申请人验证过的号码，申请人可以用它重置密码；原号码会收到通知。"
    ),
    "corrected": lazy_gettext(
        "通过后账号的身份信息改为申请的内容，还没有确认的申请随之更新，已经确认的保持原样。"
        "姓名有更正的，要重新实名核验。"
    ),
}
NO_ACCOUNT = lazy_gettext("没有账号使用这个证件号码，或者账号已经停用，不能通过。")
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
        "rows": _compare_particulars(request),
        "holder": _describe_holder(request.person),
        "effect": _describe_effect(request),
    }


def _compare_particulars(request: AccountRequest) -> list[tuple[str, str, str, bool]]:
    """Label, what the account has, what was asked for, whether they differ."""
    holder, wanted = request.person, request.wanted or {}
    asked: dict[str, Any] = {"name": request.name, "mobile": request.mobile} | wanted
    rows = []
    for column, value in asked.items():
        has, wants = (_format_particular(column, one) for one in (getattr(holder, column, None), value))
        rows.append((PARTICULARS[column], has or gettext("没有登记"), wants, has != wants))
    return rows


def _format_particular(column: str, value: Any) -> str:
    if column in WORDS:
        return WORDS[column].get(value or "", value or "")
    if column == "birth_date" and value:
        return dates.format_day(value if isinstance(value, date) else date.fromisoformat(value))
    return value or ""


def _describe_holder(holder: Person | None) -> dict[str, Any]:
    if holder is None:
        return {}
    return {
        "email": mask_email(holder.email),
        "verification": VERIFICATIONS.get(holder.verification, ""),
        "at": holder.created_at,
    }


def _describe_effect(request: AccountRequest) -> str:
    if request.outcome is not None:
        return request.word
    if not account_requests.may_be_granted(request):
        return NO_ACCOUNT
    return EFFECTS[account_requests.outcome_if_granted(request)]


def save_outcome(case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    """Keep who decided and why; the process does what follows."""
    request = account_requests.find_by_instance(case.instance.id)
    if data["accepted"] and not account_requests.may_be_granted(request):
        raise Invalid({"accepted": [NO_ACCOUNT]})
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
