"""The legal limit of a decision: staff are warned before it and told after it, once for each limit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from domain.deadlines import confirmation_window, legal_limit
from models import db
from models.authorities.plans import Plan
from models.base.database import writing
from models.cases.applications import Application
from models.cases.notices import Notice
from tests.handlers.casework.conftest import World
from tests.standings import standing_in
from workflows import clock, engine
from workflows.background import jobs
from workflows.background.worker import Worker
from workflows.clock import LOCAL, now
from workflows.operations import OperationCall

TOLD = 3  # first, second and decider of the authority hold a post there


@pytest.fixture
def case(world: World) -> int:
    """A case under review, with its clock running; its checks are under way."""
    return world.start("review", exam_route="national_exam", kind="junior", document_kind="resident_id")


def until(moment: datetime, case: int) -> None:
    """Let the time go on to just after a moment, and do what is due then."""
    writing.set(True)
    clock.advance_clock(moment - now() + timedelta(minutes=1))
    engine.fire_due_timers(case)
    db.session.commit()
    writing.set(None)


def told(template: str) -> list[str]:
    """The texts of the notices of a kind, in the order in which they were written."""
    db.session.rollback()
    return [row.text for row in db.session.query(Notice).filter_by(template=template).order_by(Notice.id)]


def limit(world: World) -> datetime:
    """When the decision is due now."""
    db.session.rollback()
    due = db.session.get_one(Application, world.application).due_at
    assert due is not None
    return due


def day(moment: datetime) -> str:
    """A date as notices write it."""
    local = moment.astimezone(LOCAL)
    return f"{local.year}年{local.month}月{local.day}日"


def warning(due: datetime) -> datetime:
    """When a warning comes before a limit."""
    return legal_limit.working_days.subtract_working_days(due, legal_limit.WARNING)


def lengthen(app: Flask, world: World, days: int) -> None:
    """Move the window from whose end the limit is counted, and have the worker re-date the case."""
    writing.set(True)
    found = db.session.get_one(Application, world.application)
    found.state, found.standing = standing_in("pending_decision").values()
    db.session.query(Plan).one().confirm_until += timedelta(days=days)
    jobs.enqueue_job("cases.redate", {"application": world.application}, key=f"redate:{days}")
    db.session.commit()
    writing.set(None)
    Worker(app=app).run_once()


@pytest.mark.manual("R6")
def test_staff_are_warned_before_the_limit_and_told_after_it(world: World, case: int) -> None:
    due = limit(world)
    until(warning(due), case)
    assert len(told("deadline_near")) == TOLD
    assert all(f"到 {day(due)} 届满" in text for text in told("deadline_near"))
    assert told("deadline_passed") == []
    until(due, case)
    assert len(told("deadline_passed")) == TOLD
    assert len(told("deadline_near")) == TOLD


def test_a_limit_that_moves_after_the_warning_warns_again(app: Flask, world: World, case: int) -> None:
    first = limit(world)
    until(warning(first), case)
    lengthen(app, world, 20)
    second = limit(world)
    assert second > first
    assert len(told("deadline_near")) == TOLD
    until(warning(second), case)
    texts = told("deadline_near")
    assert len(texts) == 2 * TOLD
    assert all(day(second) in text for text in texts[TOLD:])
    assert told("deadline_passed") == []
    until(second, case)
    assert len(told("deadline_passed")) == TOLD


def at(text: str) -> datetime:
    """A moment in Asia/Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def call(moment: datetime, **data: Any) -> OperationCall:
    """The circumstances of a service task at a moment."""
    return OperationCall(instance_id=0, business_key=None, actor=None, now=moment, data=data)


@pytest.mark.found("T2")
@pytest.mark.parametrize(
    ("begins", "paused", "last"),
    [  # no holidays lie in July and August; National Day takes 1 to 7 October 2026, Mid-Autumn 25 September
        ("2026-07-01 10:00", 0, "2026-08-12"),
        ("2026-07-01 10:00", 4, "2026-08-18"),
        ("2026-07-04 10:00", 0, "2026-08-14"),  # a Saturday
    ],
)
def test_the_legal_limit_is_thirty_working_days(case: int, begins: str, paused: int, last: str) -> None:
    assert legal_limit.compute_limit(at(begins), paused) == at(f"{last} 23:59:59")


@pytest.mark.found("T2")
def test_the_days_of_the_experts_are_added_to_the_limit(world: World, case: int) -> None:
    began = at("2026-07-01 10:00")
    writing.set(True)
    db.session.get_one(Application, world.application).plan.confirm_until = began
    db.session.flush()
    assert legal_limit.start_limit(call(began), world.application)["due_at"][:10] == "2026-08-12"
    clock_then = legal_limit.pause_limit(call(at("2026-07-08 09:00")), world.application)
    resumed = legal_limit.resume_limit(call(at("2026-07-14 17:00")), world.application, clock_then)
    assert resumed["due_at"][:10] == "2026-08-18"  # four working days: 9, 10, 13, 14 July
    again = legal_limit.pause_limit(call(at("2026-07-20 09:00")), world.application)
    resumed = legal_limit.resume_limit(call(at("2026-07-21 17:00")), world.application, again)
    assert resumed["due_at"][:10] == "2026-08-19"  # and one more
    assert resumed["warn_at"][:10] == "2026-08-12"  # five working days before
    afresh = legal_limit.start_limit(call(at("2026-07-22 09:00")), world.application)
    assert afresh["due_at"][:10] == "2026-08-12"  # a new round has no days of an earlier one
    db.session.rollback()
    writing.set(None)


@pytest.mark.found("T2")
def test_nobody_is_told_of_one_limit_again_and_again(world: World, case: int) -> None:
    writing.set(True)
    for _ in range(3):
        legal_limit.warn_staff(call(now()), world.application, "decision")
        legal_limit.escalate_overdue(call(now()), world.application, "decision")
    db.session.commit()
    writing.set(None)
    assert len(told("deadline_near")) == TOLD
    assert len(told("deadline_passed")) == TOLD


@pytest.mark.found("T2")
@pytest.mark.parametrize(
    ("until_day", "own", "expected"),
    [
        (9, True, 9),  # days of its own beyond the new end of the window stay
        (9, False, 2),  # the old end of the window is followed by the new one
        (1, True, 2),  # the new window is longer than what it was given
        (2, False, 2),
    ],
)
def test_a_case_keeps_days_of_its_own_when_the_window_moves(
    world: World, case: int, until_day: int, own: bool, expected: int
) -> None:
    ends, moment = at("2026-07-10 17:00"), at("2026-07-01 10:00")
    application = db.session.get_one(Application, world.application)
    application.plan.confirm_until = ends + timedelta(days=2)
    known = {"mode": "site", "until": (ends + timedelta(days=until_day)).isoformat(), "own": own}
    with db.session.no_autoflush:
        renewed = confirmation_window.renew_arrangement(application, known, moment)
    assert datetime.fromisoformat(renewed["until"]) == ends + timedelta(days=expected)
    assert renewed["mode"] == "site"
    db.session.rollback()
