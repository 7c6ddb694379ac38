"""What the pages of the personal centre accept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validate

from domain.wording import dates
from handlers.account.proofs.schemas import (
    CODE,
    LONGEST_PASSWORD,
    PageSchema,
    digits_field,
    email,
    missing_messages,
    mobile,
    text_field,
    within,
)
from models.base.codes import EDUCATION_LEVELS, ETHNICITIES, SEXES, SKILL_LEVELS, STUDY_FORMS, STUDY_LEVELS
from translations import gettext, lazy_gettext
from workflows.clock import LOCAL

SCORE_INVALID = lazy_gettext("分数应为数字，最多一位小数，如 87.5")
# An empty field is told once, that it is empty; so each pattern lets nothing pass.
STATUSES = (
    lazy_gettext("注册学籍"),
    lazy_gettext("休学"),
    lazy_gettext("退学"),
    lazy_gettext("毕业"),
    lazy_gettext("其他"),
)
PUTONGHUA_NUMBER = validate.Regexp(
    r"([0-9]{13,17})?$", error=lazy_gettext("普通话证书编号为 13 至 17 位数字")
)
NUMBER = validate.Regexp(
    r"([0-9A-Za-z（）()第号字-]{4,40})?$",
    error=lazy_gettext("证书编号只含数字和字母，请照证书填写"),
)


def choice_field(label: str, options: dict[str, str], **metadata: Any) -> fields.String:
    """A required choice from a code list."""
    return fields.String(
        required=True,
        validate=validate.OneOf(options, error=gettext("请选择%(label)s", label=label)),
        error_messages={"required": gettext("请选择%(label)s", label=label)},
        metadata={"label": label, "options": tuple(options.items()), **metadata},
    )


def past_date_field(label: str, **metadata: Any) -> fields.Date:
    """A required day that is not in the future."""
    return fields.Date(
        required=True,
        validate=_build_past_check(label),
        error_messages={
            "required": gettext("请填写%(label)s", label=label),
            "invalid": gettext("请填写正确的%(label)s，如 2024 年 6 月 20 日", label=label),
        },
        metadata={"label": label, **metadata},
    )


def short_text_field(label: str, most: int = 100, **metadata: Any) -> fields.String:
    """A required line of limited length."""
    return text_field(
        label,
        validate.Length(max=most, error=gettext("%(label)s不超过 %(most)s 个字", label=label, most=most)),
        **metadata,
    )


def _check_one_decimal(score: Decimal) -> None:
    if 0 <= score <= 100 and score * 10 % 1:  # beyond them it has been refused already, and may be endless
        raise ValidationError(SCORE_INVALID)


def _build_past_check(label: str) -> Any:
    def check(day: date) -> None:
        if day.year < 1900 or day > dates.request_time().astimezone(LOCAL).date():
            raise ValidationError(gettext("%(label)s不正确或晚于今天，请核对", label=label))

    return check


def _check_near_today(day: date) -> None:
    # Nobody studies for decades, and an enrolment of long ago is no enrolment.
    here = dates.request_time().astimezone(LOCAL).year
    if not here - 10 <= day.year <= here + 10:
        raise ValidationError(gettext("预计毕业时间不正确，请核对"))


class Ethnicity(PageSchema):
    """What a resident identity card does not tell."""

    ethnicity = choice_field(lazy_gettext("民族"), ETHNICITIES)


class LocalHolder(PageSchema):
    """What the travel permits of Hong Kong, Macao and Taiwan do not tell."""

    sex = choice_field(lazy_gettext("性别"), SEXES)
    birth_date = past_date_field(lazy_gettext("出生日期"), hint=lazy_gettext("与证件一致"))
    ethnicity = choice_field(lazy_gettext("民族"), ETHNICITIES, hint=lazy_gettext("不属于任何民族的选“其他”"))
    local_id_number = short_text_field(
        lazy_gettext("当地身份证件号码"), 40, hint=lazy_gettext("香港、澳门或者台湾的身份证号码")
    )


class PermitHolder(LocalHolder):
    """A residence permit needs the number of the travel permit too."""

    pass_number = digits_field(
        lazy_gettext("通行证号码"),
        validate.Regexp(
            r"([HM]([0-9]{8}|[0-9]{10})|[0-9]{8}|[0-9]{10})?$",
            error=lazy_gettext("通行证号码为 8 位或 10 位数字，港澳居民前加 H 或 M"),
        ),
        hint=lazy_gettext("港澳居民来往内地通行证或者台湾居民来往大陆通行证的号码"),
    )


class Proof(PageSchema):
    """A change that needs the password."""

    current_password = fields.String(
        required=True,
        validate=[
            validate.Length(min=1, error=lazy_gettext("请填写登录密码")),
            within(lazy_gettext("密码"), LONGEST_PASSWORD),
        ],
        error_messages=missing_messages(lazy_gettext("登录密码")),
        metadata={"label": lazy_gettext("登录密码"), "hint": lazy_gettext("确认是您本人在修改")},
    )


class NewMobile(Proof):
    """Another mobile number."""

    class Meta(PageSchema.Meta):
        fields = ("mobile", "current_password")  # errors are told in this order

    mobile = mobile(lazy_gettext("新手机号"), hint=lazy_gettext("会收到一条验证码短信"))


class MobileCode(PageSchema):
    """The code that came to the new number."""

    code = digits_field(lazy_gettext("短信验证码"), CODE, hint=lazy_gettext("5 分钟内有效"))


class NewEmail(Proof):
    """Another e-mail address."""

    class Meta(PageSchema.Meta):
        fields = ("email", "current_password")

    email = email(lazy_gettext("新电子邮箱"), lazy_gettext("用于接收办理通知"))


class PutonghuaNumber(PageSchema):
    """A certificate to be looked up."""

    number = digits_field(
        lazy_gettext("普通话证书编号"), PUTONGHUA_NUMBER, hint=lazy_gettext("13 至 17 位数字，印在证书上")
    )


class PutonghuaByHand(PutonghuaNumber):
    """A certificate that the register does not have; the level follows from the score."""

    score = fields.Decimal(
        required=True,
        validate=[validate.Range(0, 100, error=lazy_gettext("分数在 0 到 100 之间")), _check_one_decimal],
        error_messages={
            "required": lazy_gettext("请填写分数"),
            "invalid": SCORE_INVALID,
            "special": SCORE_INVALID,
        },
        metadata={"label": lazy_gettext("分数"), "hint": lazy_gettext("最多一位小数，等级由分数得出")},
    )
    tested_on = past_date_field(lazy_gettext("测试日期"))
    issuer = short_text_field(lazy_gettext("发证机构"), hint=lazy_gettext("如 浙江省语言文字工作委员会"))


class CertificateNumber(PageSchema):
    """A diploma or degree to be looked up."""

    number = digits_field(lazy_gettext("证书编号"), NUMBER)


class DiplomaByHand(CertificateNumber):
    """A diploma that the register does not have."""

    school = short_text_field(lazy_gettext("毕业学校"))
    major = short_text_field(lazy_gettext("专业"))
    level = choice_field(lazy_gettext("学历"), EDUCATION_LEVELS)
    study_form = choice_field(lazy_gettext("学习形式"), STUDY_FORMS)
    graduated_on = past_date_field(lazy_gettext("毕业日期"))


class DegreeByHand(CertificateNumber):
    """A degree that the register does not have."""

    name = short_text_field(lazy_gettext("学位名称"), 60, hint=lazy_gettext("如 教育学学士"))
    school = short_text_field(lazy_gettext("授予单位"))
    awarded_on = past_date_field(lazy_gettext("授予日期"))


class SkillByHand(CertificateNumber):
    """A certificate of vocational skill; no register of them is asked."""

    occupation = short_text_field(lazy_gettext("职业（工种）"), 60, hint=lazy_gettext("如 电工、中式烹调师"))
    level = choice_field(lazy_gettext("等级"), SKILL_LEVELS)
    issuer = short_text_field(lazy_gettext("发证机构"))
    issued_on = past_date_field(lazy_gettext("发证日期"))


class EnrolmentByHand(PageSchema):
    """An enrolment that the register has wrong, or does not have."""

    school = short_text_field(lazy_gettext("学校"))
    major = short_text_field(lazy_gettext("专业"))
    level = choice_field(lazy_gettext("学历层次"), STUDY_LEVELS)
    study_form = choice_field(lazy_gettext("学习形式"), STUDY_FORMS)
    status = choice_field(
        lazy_gettext("学籍状态"),
        dict(zip(STATUSES, STATUSES, strict=True)),
        hint=lazy_gettext("只有“注册学籍”符合认定要求"),
    )
    entered_on = past_date_field(lazy_gettext("入学日期"))
    expected_graduation = fields.Date(
        required=True,
        validate=_check_near_today,
        error_messages={
            "required": lazy_gettext("请填写预计毕业时间"),
            "invalid": lazy_gettext("请填写正确的预计毕业时间"),
        },
        metadata={"label": lazy_gettext("预计毕业时间")},
    )
