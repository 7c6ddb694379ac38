"""What the forms share: the application of a case, and the written acts on it."""

from __future__ import annotations

from domain.cases import process_hooks
from models import db
from models.cases.applications import Opinion
from workflows.forms import FormContext


def write_opinion(case: FormContext, stage: str, verdict: str, text: str = "") -> Opinion:
    """Put what the person wrote on record."""
    opinion = Opinion(
        application_id=process_hooks.require_case_of(case.instance).id,
        stage=stage,
        verdict=verdict,
        text=text,
        person_id=case.actor,
        at=case.now,
    )
    db.session.add(opinion)
    return opinion
