"""What the pages of the account accept."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import (
    EXCLUDE,
    ValidationError,
    fields,
    post_load,
    pre_load,
    validate,
    validates_schema,
)

from handlers.account.proofs import identity_documents
from handlers.entry.typed_input import Digits, Mobile
from handlers.page.printable_text import PrintedTextSchema
from models.base import spelling
from models.base.codes import DOCUMENT_KINDS
from translations import gettext, lazy_gettext

CLASSES = (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z0-9]")
MOBILE = validate.Regexp(
    rf"({spelling.MOBILE_AS_KEPT})?\Z",
    error=lazy_gettext("请填写 11 位手机号，港澳台号码加区号，如 +852 9123 4567"),
)
MOBILE_HINT = lazy_gettext("接收验证码和办理通知；港澳台号码加区号，如 +852 9123 4567")
CODE = validate.Regexp(r"([0-9]{6})?$", error=lazy_gettext("短信验证码是 6 位数字"))
LONGEST = 100  # characters of a number or a name, with what is taken out of it: spaces, hyphens
LONGEST_PASSWORD = 200  # of one that was chosen long ago
PASSWORD_LENGTH = lazy_gettext("密码须为 8 到 64 个字符")
KIND_OPTIONS = tuple(DOCUMENT_KINDS.items())
CHOOSE_WAY = lazy_gettext("请选择重置方式")
RESET_WAYS = {
    "sms": lazy_gettext("短信验证：验证码发到注册的手机号"),
    "mail": lazy_gettext("邮件重置：链接发到注册的电子邮箱，24 小时内有效"),
    "wechat": lazy_gettext("微信验证：用绑定过的微信扫码"),
}


def missing_messages(label: str) -> dict[str, str]:
    """The sentence for an empty field."""
    return {
        "required": gettext("请填写%(label)s", label=label),
        "null": gettext("请填写%(label)s", label=label),
        "invalid": gettext("请填写%(label)s", label=label),
    }


def within(label: str, most: int = LONGEST) -> validate.Length:
    """A bound far beyond what is right, so that nothing endless is worked upon."""
    return validate.Length(
        max=most, error=gettext("%(label)s不超过 %(most)s 个字符，请核对", label=label, most=most)
    )


def text_field(label: str, *rules: Any, **metadata: Any) -> fields.String:
    """A required line of text."""
    return _make_field(fields.String, label, rules, metadata)


def digits_field(label: str, *rules: Any, **metadata: Any) -> fields.String:
    """A required number, however wide its digits were typed."""
    return _make_field(Digits, label, rules, metadata)


def mobile(label: str, **metadata: Any) -> fields.String:
    """A required mobile number, however it was grouped."""
    return _make_field(Mobile, label, (MOBILE,), metadata)


def _make_field(
    sort: type[fields.String], label: str, rules: tuple[Any, ...], metadata: dict[str, Any]
) -> fields.String:
    needed = validate.Length(min=1, error=gettext("请填写%(label)s", label=label))
    return sort(
        required=True,
        validate=[needed, *rules],
        error_messages=missing_messages(label),
        metadata={"label": label, **metadata},
    )


def email(label: str, hint: str) -> fields.Email:
    """A required address of e-mail, as long as one can be."""
    return fields.Email(
        required=True,
        validate=validate.Length(max=200, error=gettext("电子邮箱不超过 200 个字符")),
        error_messages={
            **missing_messages(gettext("电子邮箱")),
            "invalid": gettext("请填写正确的电子邮箱，如 name@example.com"),
        },
        metadata={"label": label, "hint": hint},
    )


class PageSchema(PrintedTextSchema):
    """Pages send a form token and buttons too; those are not answers."""

    class Meta:
        unknown = EXCLUDE

    @pre_load
    def trim(self, typed: Any, **_: Any) -> dict[str, Any]:
        """Take blanks away from both ends, except of passwords."""
        return {
            name: value.strip() if isinstance(value, str) and "password" not in name else value
            for name, value in dict(typed).items()
        }


class DocumentSchema(PageSchema):
    """A document with its holder's name."""

    document_kind = fields.String(
        required=True,
        validate=validate.OneOf(DOCUMENT_KINDS, error=lazy_gettext("请选择证件类型")),
        error_messages=missing_messages(lazy_gettext("证件类型")),
        metadata={"label": lazy_gettext("证件类型"), "options": KIND_OPTIONS},
    )
    document_number = text_field(lazy_gettext("证件号码"), within(lazy_gettext("证件号码")))
    name = text_field(
        lazy_gettext("姓名"),
        validate.Length(max=LONGEST, error=identity_documents.LENGTH),
        hint=lazy_gettext("与证件上的姓名完全一致"),
    )

    @validates_schema(skip_on_field_errors=False)
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """The number fits its kind, and the name is one; each is told although another field is wrong too."""
        kind, number = (
            data.get("document_kind"),
            identity_documents.normal_number(data.get("document_number") or ""),
        )
        name = identity_documents.normal_name(data.get("name") or "")
        problems = {
            "document_number": identity_documents.number_problem(kind, number) if kind and number else None,
            "name": identity_documents.name_problem(name) if name else None,
        }
        found = {name: [sentence] for name, sentence in problems.items() if sentence}
        if found:
            raise ValidationError(found)

    @post_load
    def normal(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Keep number and name in one form."""
        number = identity_documents.normal_number(data["document_number"])
        return data | {"document_number": number, "name": identity_documents.normal_name(data["name"])}


class MobileNumberSchema(PageSchema):
    """A mobile number to which a code is sent."""

    mobile = mobile(lazy_gettext("手机号"), hint=MOBILE_HINT)


class PasswordSchema(PageSchema):
    """A new password, typed twice."""

    password = fields.String(
        required=True,
        validate=validate.Length(max=64, error=PASSWORD_LENGTH),
        error_messages=missing_messages(lazy_gettext("密码")),
        metadata={
            "label": lazy_gettext("密码"),
            "hint": lazy_gettext("8 到 64 个字符，至少含大写字母、小写字母、数字、符号中的两种"),
        },
    )
    password_again = fields.String(
        required=True,
        validate=validate.Length(max=64, error=lazy_gettext("两次填写的密码不一致")),
        error_messages=missing_messages(lazy_gettext("确认密码")),
        metadata={"label": lazy_gettext("确认密码")},
    )

    @validates_schema(skip_on_field_errors=False)
    def strong(self, data: dict[str, Any], **_: Any) -> None:
        """Long enough, not of one kind, and typed alike."""
        password = data.get("password") or ""
        found: dict[str, list[str]] = {}
        if "password" in data and (problem := password_problem(password)):
            found["password"] = [problem]
        if data.get("password_again", password) != password:
            found["password_again"] = [gettext("两次填写的密码不一致")]
        if found:  # both at once
            raise ValidationError(found)


class CodeSchema(PasswordSchema):
    """A code from an SMS, and the new password that it allows."""

    class Meta(PageSchema.Meta):
        fields: tuple[str, ...] = ("code", "password", "password_again")  # errors are told in this order

    code = digits_field(lazy_gettext("短信验证码"), CODE, hint=lazy_gettext("6 位数字"))


class SmsCodeSchema(PageSchema):
    """A code from an SMS, and nothing else."""

    code = digits_field(lazy_gettext("短信验证码"), CODE, hint=lazy_gettext("6 位数字"))


class FindRequestSchema(PageSchema):
    """The number of a request, and whose it is."""

    code = text_field(
        lazy_gettext("查询码"),
        within(lazy_gettext("查询码"), 40),
        hint=lazy_gettext("提出申请时短信里的 16 位字母和数字"),
    )
    mobile = mobile(lazy_gettext("手机号"), hint=lazy_gettext("收到查询码的手机号"))


class ResetWaySchema(PageSchema):
    """In which way a password is reset."""

    way = fields.String(
        required=True,
        validate=validate.OneOf(RESET_WAYS, error=CHOOSE_WAY),
        error_messages={"required": CHOOSE_WAY, "null": CHOOSE_WAY},
        metadata={"label": lazy_gettext("重置方式"), "options": RESET_WAYS},
    )


class ConfirmSchema(CodeSchema):
    """The last page of registering."""

    class Meta(CodeSchema.Meta):
        fields = ("code", "email", "password", "password_again", "agree")

    email = email(lazy_gettext("电子邮箱"), lazy_gettext("用于接收通知"))
    agree = fields.Boolean(load_default=False, metadata={"label": lazy_gettext("同意用户协议")})

    @validates_schema(skip_on_field_errors=False)
    def agreed(self, data: dict[str, Any], **_: Any) -> None:
        """Nobody is registered without agreeing."""
        if not data.get("agree"):
            raise ValidationError(gettext("请阅读并同意用户协议和隐私说明"), "agree")


class SignInSchema(PageSchema):
    """Signing in."""

    login = text_field(
        lazy_gettext("证件号码"),
        within(lazy_gettext("证件号码或者登录名")),
        hint=lazy_gettext("工作人员填写登录名"),
    )
    password = fields.String(
        required=True,
        validate=[
            validate.Length(min=1, error=lazy_gettext("请填写密码")),
            within(lazy_gettext("密码"), LONGEST_PASSWORD),
        ],
        error_messages=missing_messages(lazy_gettext("密码")),
        metadata={"label": lazy_gettext("密码")},
    )


class OwnPasswordSchema(PageSchema):
    """The password that one has, as a proof."""

    current_password = fields.String(
        required=True,
        validate=[
            validate.Length(min=1, error=lazy_gettext("请填写当前密码")),
            within(lazy_gettext("密码"), LONGEST_PASSWORD),
        ],
        error_messages=missing_messages(lazy_gettext("当前密码")),
        metadata={"label": lazy_gettext("当前密码")},
    )


class ChangePasswordSchema(OwnPasswordSchema, PasswordSchema):
    """Another password, proved by the old one."""

    class Meta(PageSchema.Meta):
        fields = ("current_password", "password", "password_again")


def password_problem(password: str) -> str | None:
    """What is wrong with a password."""
    if not 8 <= len(password) <= 64:
        return PASSWORD_LENGTH
    if sum(bool(re.search(kind, password)) for kind in CLASSES) < 2:
        return gettext("密码至少含大写字母、小写字母、数字、符号中的两种")
    return None
