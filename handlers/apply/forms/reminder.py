"""Step 8: the reminder, read back from the database; reading it ends the registration."""

from __future__ import annotations

from typing import Any

from handlers.apply.forms.step import TITLES, application_of
from handlers.apply.summary import overview
from handlers.page.glyphs import Standard
from workflows import forms
from workflows.forms import Case, Form


class Reminder(Standard):
    """Nothing is typed here."""


def _view(case: Case) -> dict[str, Any]:
    return overview.reminder(application_of(case))


def _save(case: Case, data: dict[str, Any]) -> dict[str, Any]:
    return {}


forms.register(
    Form(
        key="registration/reminder",
        title=TITLES["reminder"],
        schema=Reminder,
        view=_view,
        save=_save,
        template="apply/reminder.html",
    )
)
