"""The legal limit of a decision: 30 working days after the confirmation window (实施办法 art. 20)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from domain.notices import case_notices
from models import db
from models.applications import Application
from workflows import working_days
from workflows.operations import Call

AT_SITE = {"acceptance": "review_overdue", "approval": "approval_overdue"}
LIMIT = 30  # working days
WARNING = 5  # working days before the end

Clock = dict[str, str]


def start(call: Call, application: int) -> Clock:
    """Work out the limit and keep it on the application, where lists and pages read it."""
    _set(application, paused_days=0)
    case = db.session.get_one(Application, application)
    db.session.refresh(case)
    return renew(case)


def pause(call: Call, application: int) -> Clock:
    """Stop counting while experts work; that time is not part of the limit (行政许可法 art. 45)."""
    due = db.session.execute(select(Application.due_at).where(Application.id == application)).scalar_one()
    if due is None:
        return start(call, application) | {"paused_at": call.now.isoformat()}
    return _keep(application, due) | {"paused_at": call.now.isoformat()}


def resume(call: Call, application: int) -> Clock:
    """Count again: the working days that the experts took are added to the limit."""
    paused = datetime.fromisoformat(call.data["clock"]["paused_at"])
    case = db.session.get_one(Application, application)
    days = case.paused_days + working_days.between(paused, call.now)
    _set(application, paused_days=days)
    return _keep(application, limit(begins(case), days))


def begins(case: Application) -> datetime:
    """The end of the window; for a case that was accepted after it, its acceptance."""
    # 实施办法 art. 20, 行政许可法 art. 42; a case that was set back must not be late when it is accepted.
    ends = case.plan.confirm_until
    return max(ends, case.accepted_at or ends)


def limit(begins_at: datetime, paused_days: int) -> datetime:
    """The end of the last working day on which the decision is in time."""
    return working_days.after(begins_at, LIMIT + paused_days)


def renew(case: Application) -> Clock:
    """Work the limit out anew from the plan and the calendar as they are now."""
    return _keep(case.id, limit(begins(case), case.paused_days))


def warn(call: Call, application: int, deadline: str) -> None:
    """Tell those who work on the case that its limit comes near."""
    case_notices.tell_staff(call, application, "deadline_near")


def escalate(call: Call, application: int, deadline: str) -> None:
    """Tell those who must act that a limit has passed: people of the site, or the deciders."""
    if deadline in AT_SITE:
        case_notices.urge(call, application, AT_SITE[deadline])
        return
    case_notices.tell_staff(call, application, "deadline_passed")


def _set(application: int, **values: Any) -> None:
    db.session.execute(update(Application).where(Application.id == application).values(values))


def _keep(application: int, due: datetime) -> Clock:
    _set(application, due_at=due)
    return {"warn_at": working_days.before(due, WARNING).isoformat(), "due_at": due.isoformat()}
