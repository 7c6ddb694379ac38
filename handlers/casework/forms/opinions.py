"""What the forms share: the application of a case, and the written acts on it."""

from __future__ import annotations

from domain.cases import process_hooks
from models import db
from models.base.errors import NotFound
from models.cases.applications import Application, Opinion
from workflows.forms import FormContext


def application_of(case: FormContext) -> Application:
    """The application that a case is about."""
    found = process_hooks.find_case_of(case.instance)
    if found is None:
        raise NotFound
    return found


def write_opinion(case: FormContext, stage: str, verdict: str, text: str = "") -> Opinion:
    """Put what the person wrote on record."""
    opinion = Opinion(
        application_id=application_of(case).id,
        stage=stage,
        verdict=verdict,
        text=text,
        person_id=case.actor,
        at=case.now,
    )
    db.session.add(opinion)
    return opinion
