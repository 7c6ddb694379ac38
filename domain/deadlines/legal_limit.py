"""The legal limit of a decision: 30 working days after the confirmation window (实施办法 art. 20)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from domain.notices import case_notices
from models import db
from models.cases.applications import Application
from workflows import working_days
from workflows.engine.state import drawn_facts
from workflows.operations import OperationCall

AT_SITE = {"acceptance": "review_overdue", "approval": "approval_overdue"}  # deadline → occasion
LIMIT = 30  # working days
WARNING = 5  # working days before the end

LimitTimes = dict[str, str]


def start_limit(call: OperationCall, application: int) -> LimitTimes:
    """Work out the limit and keep it on the application, where lists and pages read it."""
    _update_application(application, paused_days=0)
    case = db.session.get_one(Application, application)
    db.session.refresh(case)
    return renew_limit(case)


def pause_limit(call: OperationCall, application: int) -> LimitTimes:
    """Stop counting while experts work; that time is not part of the limit (行政许可法 art. 45)."""
    due = db.session.execute(select(Application.due_at).where(Application.id == application)).scalar_one()
    if due is None:
        return start_limit(call, application) | {"paused_at": call.now.isoformat()}
    return _store_limit(application, due) | {"paused_at": call.now.isoformat()}


def resume_limit(call: OperationCall, application: int, clock: dict[str, str] | None = None) -> LimitTimes:
    """Count again: the working days that the experts took are added to the limit."""
    kept = clock if clock is not None else _find_clock(call)
    paused = datetime.fromisoformat(kept["paused_at"])
    case = db.session.get_one(Application, application)
    days = case.paused_days + working_days.count_working_days(paused, call.now)
    _update_application(application, paused_days=days)
    return _store_limit(application, compute_limit(limit_begins_at(case), days))


def _find_clock(call: OperationCall) -> dict[str, str]:
    """Diagrams of before did not hand it over: it is where they keep what the pause answered."""
    names = drawn_facts.drawn_facts_of(call.instance_id).results.get("deadlines.pause", ())
    return next(
        (call.data[name] for name in sorted(names) if name in call.data), {"paused_at": call.now.isoformat()}
    )


def limit_begins_at(case: Application) -> datetime:
    """The end of the window; for a case that was accepted after it, its acceptance."""
    # 实施办法 art. 20, 行政许可法 art. 42; a case that was set back must not be late when it is accepted.
    ends = case.plan.confirm_until
    return max(ends, case.accepted_at or ends)


def compute_limit(begins_at: datetime, paused_days: int) -> datetime:
    """The end of the last working day on which the decision is in time."""
    return working_days.add_working_days(begins_at, LIMIT + paused_days)


def renew_limit(case: Application) -> LimitTimes:
    """Work the limit out anew from the plan and the calendar as they are now."""
    return _store_limit(case.id, compute_limit(limit_begins_at(case), case.paused_days))


def warn_staff(call: OperationCall, application: int, deadline: str) -> None:
    """Tell those who work on the case that its limit comes near."""
    case_notices.notify_staff(call, application, "limit_near")


def escalate_overdue(call: OperationCall, application: int, deadline: str) -> None:
    """Tell those who must act that a limit has passed: people of the site, or the deciders."""
    if deadline in AT_SITE:
        case_notices.urge_site_staff(call, application, AT_SITE[deadline])
        return
    case_notices.notify_staff(call, application, "limit_passed")


def _update_application(application: int, **values: Any) -> None:
    db.session.execute(update(Application).where(Application.id == application).values(values))


def _store_limit(application: int, due: datetime) -> LimitTimes:
    _update_application(application, due_at=due)
    return {
        "warn_at": working_days.subtract_working_days(due, WARNING).isoformat(),
        "due_at": due.isoformat(),
    }
