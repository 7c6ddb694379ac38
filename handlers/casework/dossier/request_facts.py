"""A request about an account beside the account, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.accounts import account_requests
from domain.wording import dates
from domain.wording.masking import mask_email
from models.base.codes import ETHNICITIES, SEXES
from models.persons.accounts import AccountRequest
from models.persons.people import Person
from translations import gettext, lazy_gettext

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
VERIFICATIONS = {
    "verified": lazy_gettext("核验通过"),
    "accepted": lazy_gettext("人工核对通过"),
    "mismatch": lazy_gettext("不一致"),
    "unavailable": lazy_gettext("未核验"),
    "none": lazy_gettext("未核验"),
}
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
        "通过后账号的身份信息改为申请的内容，还没有确认的申请随之更新，已经确认的保持确认时的姓名。"
        "姓名有更正的，要重新实名核验。"
    ),
}
NO_ACCOUNT = lazy_gettext("没有账号使用这个证件号码，或者账号已经停用，不能通过。")


def compare_particulars(request: AccountRequest) -> list[tuple[str, str, str, bool]]:
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


def describe_holder(holder: Person | None) -> dict[str, Any]:
    """What else is known of the account; nothing where there is none."""
    if holder is None:
        return {}
    return {
        "email": mask_email(holder.email),
        "verification": VERIFICATIONS.get(holder.verification, ""),
        "at": holder.created_at,
    }


def describe_effect(request: AccountRequest) -> str:
    """What accepting the request does, or what came of it."""
    if request.outcome is not None:
        return request.word
    if not account_requests.may_be_granted(request):
        return NO_ACCOUNT
    return EFFECTS[account_requests.outcome_if_granted(request)]
