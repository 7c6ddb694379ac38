"""Step 5: everything from steps 2 to 4, each with a way back to change it."""

from __future__ import annotations

from typing import Any

from domain.papers import form_facts, unprintable_text
from handlers.apply.forms.wizard_steps import (
    TITLES,
    StepSchema,
    Values,
    WizardStep,
    no_values,
    register_step,
)
from handlers.apply.summary import application_facts
from models.base.errors import Invalid
from models.cases.applications import Application
from translations import gettext
from workflows.forms import FormContext

NEEDED_STEPS = ("agreement", "identity", "authority", "details")


class CheckStepSchema(StepSchema):
    """Nothing is typed here."""

    step = "check"


def _list_choices(case: FormContext, application: Application, values: Values) -> dict[str, Any]:
    return {
        "sections": application_facts.build_sections(application),
        "missing": _missing_steps(application),
        "undrawn": unprintable_text.list_unprintable_entries(form_facts.collect_texts(application)),
    }


def _missing_steps(application: Application) -> list[str]:
    return [step for step in NEEDED_STEPS if step not in application.steps]


def _accept_answers(case: FormContext, application: Application, answers: Values) -> None:
    missing = _missing_steps(application)
    if missing:
        raise Invalid({"go": [gettext("“%(titles)s”需要重新填写", titles=TITLES[step]) for step in missing]})


register_step(
    WizardStep(
        name="check", schema=CheckStepSchema, stored=no_values, choices=_list_choices, accept=_accept_answers
    ),
)
