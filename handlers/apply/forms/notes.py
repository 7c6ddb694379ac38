"""Step 6: the notes of the chosen authority and what its site adds."""

from __future__ import annotations

from typing import Any

from handlers.apply.forms.wizard_steps import (
    StepSchema,
    Values,
    WizardStep,
    no_values,
    register_step,
)
from handlers.apply.summary import application_facts
from models.cases.applications import Application
from workflows.forms import FormContext


class NotesStepSchema(StepSchema):
    """Nothing is typed here."""

    step = "notes"


def _list_choices(case: FormContext, application: Application, values: Values) -> dict[str, Any]:
    return {
        "notes": application_facts.list_notes(application),
        "materials": application_facts.list_materials(application),
    }


def _accept_answers(case: FormContext, application: Application, answers: Values) -> None:
    return None


register_step(
    WizardStep(
        name="notes", schema=NotesStepSchema, stored=no_values, choices=_list_choices, accept=_accept_answers
    ),
)
