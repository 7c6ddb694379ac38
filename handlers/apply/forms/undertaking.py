"""Step 7: the undertaking; agreeing submits the application, disagreeing abandons it."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from domain.wording import agreements
from handlers.apply.forms.wizard_steps import (
    ABANDON,
    StepSchema,
    Values,
    WizardStep,
    no_values,
    register_step,
)
from models.cases.applications import Application
from translations import lazy_gettext
from workflows.forms import FormContext

ANSWERS = {"agree": lazy_gettext("同意，提交认定申请"), "disagree": lazy_gettext("不同意，放弃本次报名")}


class UndertakingStepSchema(StepSchema):
    """One choice of two."""

    step = "undertaking"

    answer = fields.String(
        required=True,
        validate=validate.OneOf(list(ANSWERS), error=lazy_gettext("请选择是否同意")),
        error_messages={"required": lazy_gettext("请选择是否同意")},
        metadata={"label": lazy_gettext("是否同意以上承诺"), "options": tuple(ANSWERS.items())},
    )


def _list_choices(case: FormContext, application: Application, values: Values) -> dict[str, Any]:
    return {"paragraphs": agreements.UNDERTAKING, "answers": ANSWERS}


def _accept_answers(case: FormContext, application: Application, answers: Values) -> str | None:
    if answers["answer"] == "disagree":
        return ABANDON
    application.undertaken_at = case.now
    return None


register_step(
    WizardStep(
        name="undertaking",
        schema=UndertakingStepSchema,
        stored=no_values,
        choices=_list_choices,
        accept=_accept_answers,
    ),
)
