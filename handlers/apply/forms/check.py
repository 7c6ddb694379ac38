"""Step 5: everything from steps 2 to 4, each with a way back to change it."""

from __future__ import annotations

from typing import Any

from domain.papers import form_facts, undrawable
from handlers.apply.forms.step import TITLES, Step, StepSchema, Values, nothing, register
from handlers.apply.summary import overview
from models.applications import Application
from models.errors import Invalid
from workflows.forms import Case

NEEDED = ("agreement", "identity", "authority", "details")


class Check(StepSchema):
    """Nothing is typed here."""

    step = "check"


def _choices(case: Case, application: Application, values: Values) -> dict[str, Any]:
    return {
        "sections": overview.sections(application),
        "missing": _missing(application),
        "undrawn": undrawable.lines(form_facts.words(application)),
    }


def _missing(application: Application) -> list[str]:
    return [step for step in NEEDED if step not in application.steps]


def _accept(case: Case, application: Application, answers: Values) -> None:
    missing = _missing(application)
    if missing:
        raise Invalid({"go": [f"“{TITLES[step]}”需要重新填写" for step in missing]})


register(
    Step(name="check", schema=Check, stored=nothing, choices=_choices, accept=_accept),
)
