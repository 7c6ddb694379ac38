"""Step 1: the agreement and the consent to the record check."""

from __future__ import annotations

from typing import Any

from flask import has_request_context, request
from marshmallow import ValidationError, fields, validate, validates

from domain.site import agreed_texts
from domain.wording import agreements
from handlers.apply.forms.wizard_steps import StepSchema, Values, WizardStep, register_step
from models.cases.applications import Application
from translations import lazy_gettext
from workflows.clock import wall_time
from workflows.forms import FormContext

STALE = lazy_gettext("协议内容已经更新，请重新阅读后再勾选")


class AgreementStepSchema(StepSchema):
    """Two boxes, both required, under the text that was shown."""

    step = "agreement"

    version = fields.String(
        required=True,
        validate=validate.Length(max=64, error=STALE),
        error_messages={"required": lazy_gettext("请刷新页面，重新阅读协议")},
    )
    agree = fields.Boolean(
        required=True,
        validate=validate.Equal(True, error=lazy_gettext("请勾选同意申报协议")),
        error_messages={"required": lazy_gettext("请勾选同意申报协议")},
        metadata={"label": agreements.CONSENTS["agree"]},
    )
    consent = fields.Boolean(
        required=True,
        validate=validate.Equal(True, error=lazy_gettext("请勾选授权查询性侵违法犯罪信息")),
        error_messages={"required": lazy_gettext("请勾选授权查询性侵违法犯罪信息")},
        metadata={"label": agreements.CONSENTS["consent"]},
    )

    @validates("version")
    def _check_version(self, version: str, **_: Any) -> None:
        if version != agreements.AGREEMENT_VERSION:
            raise ValidationError(STALE)


def _read_stored(application: Application) -> dict[str, Any]:
    agreed = application.agreement_version == agreements.AGREEMENT_VERSION
    return {"agree": agreed, "consent": agreed}


def _list_choices(case: FormContext, application: Application, values: Values) -> dict[str, Any]:
    return {
        "paragraphs": agreements.AGREEMENT,
        "consents": agreements.CONSENTS,
        "version": agreements.AGREEMENT_VERSION,
        "texts": agreed_texts.list_in_force(wall_time()),
        "text_titles": agreed_texts.TITLES,
    }


def _accept_answers(case: FormContext, application: Application, answers: Values) -> None:
    application.agreed_at = case.now
    application.agreed_from = (request.remote_addr or "") if has_request_context() else ""
    application.agreement_version = answers["version"]
    # Nobody comes as far as this who has not agreed to the versions in force.
    application.agreed_texts = [one.id for one in agreed_texts.list_in_force(wall_time())]


register_step(
    WizardStep(
        name="agreement",
        schema=AgreementStepSchema,
        stored=_read_stored,
        choices=_list_choices,
        accept=_accept_answers,
    ),
)
