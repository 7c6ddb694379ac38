"""When a plan's window or the calendar changes: which cases get other times, and giving them these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from domain.deadlines import confirmation_window, legal_limit
from domain.notices import case_notices
from models import db
from models.authorities.plans import Plan
from models.base.business_keys import CASE
from models.cases.applications import Application
from models.cases.states import RUNNING_STANDINGS, Standing
from models.processes.instances import WorkItem
from models.processes.states import LIVE_ITEMS
from workflows import engine
from workflows.background import jobs
from workflows.definitions import contents
from workflows.engine.state import drawn_facts
from workflows.operations import OperationCall

ARRANGEMENT, CLOCK = "plans.arrangement", ("deadlines.start", "deadlines.pause", "deadlines.resume")


@dataclass(frozen=True, kw_only=True)
class TimeChange:
    """What a change does to one case."""

    application: Application
    sort: str  # window | limit
    before: datetime
    after: datetime


def select_affected_cases(plan: Plan | None = None) -> Select[Application]:
    """The cases whose times hang on a plan, or on the calendar."""
    chosen = (
        select(Application)
        .options(joinedload(Application.plan))
        .where(Application.standing.in_(RUNNING_STANDINGS))
    )
    mine = chosen if plan is None else chosen.where(Application.plan_id == plan.id)
    return mine.order_by(Application.id)


def list_case_times(plan: Plan | None = None) -> dict[int, datetime]:
    """The time that counts for each case, as plans and calendar are at this moment in the transaction."""
    db.session.flush()
    cases = db.session.scalars(select_affected_cases(plan))
    return {case.id: moment for case in cases if (moment := _case_time(case)) is not None}


def cases_with_own_days(plan: Plan | None = None) -> frozenset[int]:
    """The cases with days of their own after the window, which no window that ends sooner takes away."""
    cases = db.session.scalars(select_affected_cases(plan))
    return frozenset(
        case.id
        for case in cases
        if case.standing == Standing.CONFIRMING
        and confirmation_window.applicant_deadline(case) > case.plan.confirm_until
    )


def compare_times(before: dict[int, datetime], after: dict[int, datetime]) -> list[TimeChange]:
    """The cases whose time is another one now."""
    moved = [number for number, moment in after.items() if before.get(number, moment) != moment]
    cases = {case.id: case for case in db.session.scalars(select_affected_cases()) if case.id in set(moved)}
    return [_build_change(cases[number], before[number], after[number]) for number in moved]


def cases_with_targets() -> list[int]:
    """The cases in which somebody has a target in working days, which the calendar moves."""
    waiting = select(WorkItem.instance_id).where(WorkItem.due_at.is_not(None), WorkItem.state.in_(LIVE_ITEMS))
    cases = select(Application.id).where(Application.standing.in_(RUNNING_STANDINGS))
    return list(db.session.scalars(cases.where(Application.instance_id.in_(waiting))))


def queue_redating(cases: list[int], change: str) -> None:
    """Have each case re-dated by the worker, in a transaction of its own; once for each change."""
    for number in cases:
        jobs.enqueue_job("cases.redate", {"application": number}, key=f"redate:{change}:{number}")


def redate_case(call: OperationCall, parameters: dict[str, Any], _answer: None) -> None:
    """Give one case the times that follow from plan and calendar as they are now."""
    case = db.session.get_one(Application, parameters["application"])
    if case.standing not in RUNNING_STANDINGS or case.instance_id is None:
        return
    known = engine.read_variables(case.instance_id)
    results = _find_results(case.instance_id)
    if case.standing == Standing.CONFIRMING:
        names = [name for name in results.get(ARRANGEMENT, ()) if name in known]
        before = known[names[0]] if names else {}
        plan = confirmation_window.renew_arrangement(case, before, call.now)
        values = dict.fromkeys(names, plan)
        moved = plan != before and not confirmation_window.is_with_authority(case)
        tell = case_notices.notify_window_moved
    else:
        due, limit = case.due_at, legal_limit.renew_limit(case)
        names = [name for one in CLOCK for name in results.get(one, ()) if name in known]
        values = {name: {**known[name], **limit} for name in names}
        db.session.refresh(case)
        moved, tell = case.due_at != due, _tell_limit
    db.session.flush()
    engine.reschedule_instance(case.instance_id, values, actor=None)
    db.session.expire_all()
    if moved:
        tell(call, case.id)


def _find_results(instance_id: int) -> Mapping[str, frozenset[str]]:
    """Where the diagrams keep what operations answer; of a part alone, where the whole service does."""
    own = drawn_facts.drawn_facts_of(instance_id).results
    service = contents.find_service(CASE)
    if ARRANGEMENT in own or service is None:
        return own
    newest = engine.find_newest_release(service.entry)
    return drawn_facts.find_drawn_facts(newest.id, newest.digest).results


def _tell_limit(call: OperationCall, application: int) -> None:
    due = db.session.get_one(Application, application).due_at
    if due is not None:
        case_notices.notify_limit_moved(call, application, due)


def _case_time(case: Application) -> datetime | None:
    if case.standing == Standing.CONFIRMING:
        return (
            None
            if confirmation_window.is_with_authority(case)
            else confirmation_window.applicant_deadline(case)
        )
    if case.due_at is None:
        return None
    return legal_limit.compute_limit(legal_limit.limit_begins_at(case), case.paused_days)


def _build_change(case: Application, before: datetime, after: datetime) -> TimeChange:
    sort = "window" if case.standing == Standing.CONFIRMING else "limit"
    return TimeChange(application=case, sort=sort, before=before, after=after)
