"""Step 4: the fields of the application form, the photo, the signature, delivery and résumé."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields, pre_load, validate, validates_schema

from domain.rules import requirements
from domain.wording import agreements
from handlers.apply.forms.wizard_steps import (
    Problems,
    StepSchema,
    Values,
    WizardStep,
    register_step,
)
from handlers.apply.resume.rows import RESUME_ROWS, ResumeRow, judge_rows, required_text
from handlers.entry.typed_input import Digits, Mobile
from models.base import codes, spelling
from models.base.errors import Invalid
from models.cases.applications import Application
from translations import gettext, lazy_gettext
from workflows.forms import FormContext

POSTCODE = re.compile(r"^[0-9]{6}\Z")
ABROAD = r"\+852[2-9][0-9]{7}|\+853[268][0-9]{7}|\+886[2-9][0-9]{7,8}"  # telephones at home besides
PHONE = re.compile(rf"^({spelling.MOBILE_AS_KEPT}|0[0-9]{{2,3}}-?[0-9]{{7,8}}|{ABROAD})\Z")
PHONE_WRONG = lazy_gettext("请填写 11 位手机号码，或者带区号的固定电话；港澳台号码加区号，如 +852 9123 4567")


def _code_field(label: str, options: dict[str, str], **more: Any) -> fields.String:
    return fields.String(
        required=True,
        validate=validate.OneOf(list(options), error=gettext("请选择%(label)s", label=label)),
        error_messages={
            "required": gettext("请选择%(label)s", label=label),
            "null": gettext("请选择%(label)s", label=label),
        },
        metadata={"label": label, "options": tuple(options.items()), **more},
    )


class DetailsStepSchema(StepSchema):
    """What is not read from the personal centre."""

    step = "details"
    drawn_above = ("photo", "undertaking")  # pictures, which are received beside the answers

    political_status = _code_field(lazy_gettext("政治面貌"), codes.POLITICAL_STATUSES)
    household_place = required_text(
        lazy_gettext("户籍所在地"), 60, hint=lazy_gettext("写到乡镇或街道，不超过 60 个字")
    )
    birth_place = required_text(
        lazy_gettext("出生地"), 60, hint=lazy_gettext("写到县（市、区），不超过 60 个字")
    )
    mailing_address = required_text(
        lazy_gettext("通讯地址"), 100, hint=lazy_gettext("能收到信件的地址，不超过 100 个字")
    )
    postcode = Digits(
        required=True,
        validate=validate.Regexp(POSTCODE, error=lazy_gettext("邮政编码为 6 位数字")),
        error_messages={"required": lazy_gettext("请填写邮政编码")},
        metadata={"label": lazy_gettext("邮政编码"), "hint": lazy_gettext("6 位数字")},
    )
    phone = Mobile(
        required=True,
        validate=validate.Regexp(PHONE, error=PHONE_WRONG),
        error_messages={"required": lazy_gettext("请填写联系电话")},
        metadata={
            "label": lazy_gettext("联系电话"),
            "hint": lazy_gettext(
                "11 位手机号码，或者带区号的固定电话，如 0570-8015000；港澳台如 +852 9123 4567"
            ),
        },
    )
    major_category = _code_field(lazy_gettext("专业类别"), codes.MAJOR_CATEGORIES)
    delivery = _code_field(lazy_gettext("证书领取方式"), codes.DELIVERIES)
    delivery_address = fields.String(
        validate=validate.Length(max=200, error=lazy_gettext("收件信息不超过 200 个字")),
        metadata={
            "label": lazy_gettext("收件人、电话和地址"),
            "hint": lazy_gettext("如：郑雨桐，138…，浙江省衢州市…"),
        },
    )
    employer = required_text(
        lazy_gettext("工作单位"), 60, hint=lazy_gettext("没有工作单位的填“无”，不超过 60 个字")
    )
    occupation = _code_field(lazy_gettext("现从事职业"), codes.OCCUPATIONS)
    professional_title = _code_field(lazy_gettext("专业技术职务"), codes.PROFESSIONAL_TITLES)
    resume = fields.List(
        fields.Nested(ResumeRow), load_default=list, metadata={"label": lazy_gettext("个人简历")}
    )

    @pre_load
    def _without_empty_resume(self, data: Any, **_: Any) -> Any:
        # The page offers two empty rows; left empty they are one thing to mend, not ten.
        rows = data.get("resume")
        filled = isinstance(rows, list) and any(any(row.values()) for row in rows if isinstance(row, dict))
        return data if filled else {name: value for name, value in data.items() if name != "resume"}

    @validates_schema(skip_on_field_errors=False)
    def _check_together(self, data: Values, **_: Any) -> None:
        errors: dict[str, list[str]] = {}
        if data.get("delivery") == "post" and not data.get("delivery_address"):
            errors["delivery_address"] = [gettext("选择邮寄的，请填写收件人、电话和地址")]
        rows = data.get("resume", [])
        wrong = judge_rows(rows) if all(len(row) == 5 for row in rows) else {}
        if errors | wrong:
            raise ValidationError(errors | wrong)


FIELD_NAMES = tuple(name for name in DetailsStepSchema().fields if name not in {"go", "resume"})


def _read_stored(application: Application) -> dict[str, Any]:
    stored = {name: getattr(application, name) for name in FIELD_NAMES}
    stored["phone"] = stored["phone"] or application.person.mobile
    deliveries = application.plan.deliveries
    stored["delivery"] = stored["delivery"] or (deliveries[0] if len(deliveries) == 1 else None)
    return stored | {"resume": application.resume or [{}, {}]}


def _list_choices(case: FormContext, application: Application, values: Values) -> dict[str, Any]:
    offered = application.plan.deliveries or list(codes.DELIVERIES)
    return {
        "photo": application.photo_id,
        "undertaking": application.undertaking_id,
        "deliveries": tuple((key, label) for key, label in codes.DELIVERIES.items() if key in offered),
        "rows": RESUME_ROWS,
        "name": application.person.name,
        "promises": agreements.UNDERTAKING,
    }


def _find_missing(application: Application) -> dict[str, list[str]]:
    errors = {} if application.photo_id else {"photo": [gettext("请上传证件照")]}
    return errors | ({} if application.undertaking_id else {"undertaking": [gettext("请在个人承诺书上签名")]})


def _accept_answers(case: FormContext, application: Application, answers: Values) -> None:
    problems = Problems()
    if answers["delivery"] not in (application.plan.deliveries or codes.DELIVERIES):
        problems.found["delivery"] = [gettext("该机构不提供这种领取方式，请改选")]
    for name in FIELD_NAMES:
        setattr(application, name, answers.get(name))
    application.resume = answers["resume"]
    with problems.gathered():
        _check_rules(application)
    problems.refuse()


def _check_rules(application: Application) -> None:
    """What hangs on this step: the exemption on the title, the sort of secondary school on 专业类别."""
    errors: dict[str, list[str]] = {}
    asked, standing = (
        requirements.qualification_request_of(application),
        requirements.exemption_grounds_of(application),
    )
    if reason := requirements.why_putonghua_fails(asked, application.putonghua, [standing]):
        errors["professional_title"] = [reason]
    if reason := requirements.why_education_fails(application):
        errors["major_category"] = [reason]
    if errors:
        raise Invalid(errors)


register_step(
    WizardStep(
        name="details",
        schema=DetailsStepSchema,
        stored=_read_stored,
        choices=_list_choices,
        accept=_accept_answers,
        refuse_besides=_find_missing,
    ),
)
