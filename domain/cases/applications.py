"""What happens to an application as a whole: accepted, declined, lapsed, withdrawn, set back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from domain.cases import exam_reservations
from domain.notices import case_notices
from models import db
from models.cases.applications import Application, Opinion, RegisterAnswer
from workflows.operations import OperationCall


def accept_application(call: OperationCall, application: int) -> str:
    """Accept the application; the acceptance receipt is made from this moment."""
    _update_application(application, accepted_at=call.now, declined_at=None, typed={})
    return "accepted"


def decline_application(call: OperationCall, application: int) -> str:
    """Do not accept the application; its applicant may apply anew, its reasons are in the clerk's opinion."""
    exam_reservations.release_certificate(call, application)
    _update_application(application, declined_at=call.now)
    return "declined"


def lapse_application(call: OperationCall, application: int) -> str:
    """End an application whose applicant did not come or answer in time."""
    exam_reservations.release_certificate(call, application)
    _update_application(application, ended_at=call.now)
    return "lapsed"


def withdraw_application(
    call: OperationCall, application: int, withdrawal: dict[str, Any] | None = None
) -> None:
    """End an application at the applicant's wish."""
    exam_reservations.release_certificate(call, application)
    _update_application(application, ended_at=call.now)
    _add_opinion(call, application, "withdrawal", (withdrawal or {}).get("reason", ""))


def reopen_application(
    call: OperationCall, application: int, reopening: dict[str, Any] | None = None
) -> None:
    """Set an application back to 网报待确认; earlier results no longer count."""
    exam_reservations.restore_reservation(call, application)
    _update_application(application, accepted_at=None, declined_at=None, due_at=None)
    answers = update(RegisterAnswer).where(RegisterAnswer.application_id == application)
    db.session.execute(answers.values(stale=True))
    reason = str((reopening or {}).get("reason", ""))
    _add_opinion(call, application, "set_back", reason)
    case_notices.notify_set_back(call, application, reason)


def _update_application(application: int, **values: Any) -> None:
    db.session.execute(update(Application).where(Application.id == application).values(values))


def _add_opinion(call: OperationCall, application: int, stage: str, text: str) -> None:
    if call.actor is None:
        return
    db.session.add(
        Opinion(
            application_id=application,
            stage=stage,
            verdict=stage,
            text=str(text),
            person_id=call.actor,
            at=call.now,
        )
    )
