"""What the deciders' conclusion does to the case."""

from __future__ import annotations

from sqlalchemy import update

from domain.cases import exam_reservations
from models import db
from models.cases.applications import Application, RegisterAnswer
from workflows.operations import OperationCall


def record_decision(call: OperationCall, application: int, decision: str) -> None:
    """Keep the moment of the decision; a refusal gives the exam certificate back."""
    db.session.execute(update(Application).where(Application.id == application).values(decided_at=call.now))
    if decision == "refused":
        exam_reservations.release_certificate(call, application)


def request_recheck(call: OperationCall, application: int) -> str:
    """Mark what the registers answered as out of date, so that all of them are asked again."""
    answers = update(RegisterAnswer).where(RegisterAnswer.application_id == application)
    db.session.execute(answers.values(stale=True))
    return "recheck"
