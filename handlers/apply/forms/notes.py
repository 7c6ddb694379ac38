"""Step 6: the notes of the chosen authority and what its site adds."""

from __future__ import annotations

from typing import Any

from handlers.apply.forms.step import Step, StepSchema, Values, nothing, register
from handlers.apply.summary import overview
from models.applications import Application
from workflows.forms import Case


class Notes(StepSchema):
    """Nothing is typed here."""

    step = "notes"


def _choices(case: Case, application: Application, values: Values) -> dict[str, Any]:
    return {"notes": overview.notes(application), "materials": overview.materials(application)}


def _accept(case: Case, application: Application, answers: Values) -> None:
    return None


register(
    Step(name="notes", schema=Notes, stored=nothing, choices=_choices, accept=_accept),
)
