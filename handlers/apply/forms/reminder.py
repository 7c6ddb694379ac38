"""Step 8: the reminder, read back from the database; reading it ends the registration."""

from __future__ import annotations

from typing import Any

from domain.cases import process_hooks
from handlers.apply.forms.wizard_steps import TITLES
from handlers.apply.summary import application_facts
from handlers.page.printable_text import StandardTextSchema
from workflows import forms
from workflows.forms import Form, FormContext


class ReminderSchema(StandardTextSchema):
    """Nothing is typed here."""


def _view_reminder(case: FormContext) -> dict[str, Any]:
    return application_facts.build_reminder(process_hooks.require_case_of(case.instance))


def _finish_reminder(case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    return {}


forms.register_form(
    Form(
        key="registration/reminder",
        title=TITLES["reminder"],
        schema=ReminderSchema,
        view=_view_reminder,
        save=_finish_reminder,
        template="apply/reminder.html",
        decides={},
    )
)
