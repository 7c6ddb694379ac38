"""Step 7: the undertaking; agreeing submits the application, disagreeing abandons it."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from domain.wording import promises
from handlers.apply.forms.step import ABANDON, Step, StepSchema, Values, nothing, register
from models.applications import Application
from workflows.forms import Case

ANSWERS = {"agree": "同意，提交认定申请", "disagree": "不同意，放弃本次报名"}


class Undertaking(StepSchema):
    """One choice of two."""

    step = "undertaking"

    answer = fields.String(
        required=True,
        validate=validate.OneOf(list(ANSWERS), error="请选择是否同意"),
        error_messages={"required": "请选择是否同意"},
        metadata={"label": "是否同意以上承诺", "options": tuple(ANSWERS.items())},
    )


def _choices(case: Case, application: Application, values: Values) -> dict[str, Any]:
    return {"paragraphs": promises.UNDERTAKING, "answers": ANSWERS}


def _accept(case: Case, application: Application, answers: Values) -> str | None:
    if answers["answer"] == "disagree":
        return ABANDON
    application.undertaken_at = case.now
    return None


register(
    Step(name="undertaking", schema=Undertaking, stored=nothing, choices=_choices, accept=_accept),
)
