"""What the deciders' conclusion does to the case."""

from __future__ import annotations

from sqlalchemy import update

from handlers.services import exams
from handlers.services.parameters import OfApplication, OfDecision
from models import db
from models.applications import Application, RegisterAnswer
from workflows import operations
from workflows.operations import Call, Operation


def record(call: Call, application: int, decision: str) -> None:
    """Keep the moment of the decision; a refusal gives the exam certificate back."""
    db.session.execute(update(Application).where(Application.id == application).values(decided_at=call.now))
    if decision == "refused":
        exams.release(call, application)


def request_recheck(call: Call, application: int) -> str:
    """Mark what the registers answered as out of date, so that all of them are asked again."""
    answers = update(RegisterAnswer).where(RegisterAnswer.application_id == application)
    db.session.execute(answers.values(stale=True))
    return "recheck"


operations.register(
    Operation(
        name="decisions.record",
        kind="inward",
        summary="记录认定结论的时间；不予认定时释放考试合格证明",
        parameters=OfDecision,
        perform=record,
    )
)
operations.register(
    Operation(
        name="decisions.request_recheck",
        kind="inward",
        summary="核查结果已过时，全部重新核查",
        parameters=OfApplication,
        perform=request_recheck,
    )
)
