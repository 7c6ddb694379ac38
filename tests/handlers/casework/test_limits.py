"""The legal limit of a decision: staff are warned before it and told after it, once for each limit."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from handlers.services import deadlines
from models import db
from models.applications import Application
from models.database import writing
from models.notices import Notice
from models.plans import Plan
from tests.handlers.casework.conftest import World
from workflows import clock, engine, jobs
from workflows.clock import LOCAL, now
from workflows.worker import Worker

TOLD = 3  # first, second and decider of the authority hold a post there


@pytest.fixture
def case(world: World) -> int:
    """A case under review, with its clock running; its checks are under way."""
    return world.start("review", exam_route="national_exam", kind="junior", document_kind="resident_id")


def until(moment: datetime, case: int) -> None:
    """Let the time go on to just after a moment, and do what is due then."""
    writing.set(True)
    clock.advance(moment - now() + timedelta(minutes=1))
    engine.fire_due(case)
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
    return deadlines.working_days.before(due, deadlines.WARNING)


def lengthen(app: Flask, world: World, days: int) -> None:
    """Move the window from whose end the limit is counted, and have the worker re-date the case."""
    writing.set(True)
    db.session.get_one(Application, world.application).state = "pending_decision"
    db.session.query(Plan).one().confirm_until += timedelta(days=days)
    jobs.enqueue("cases.redate", {"application": world.application}, key=f"redate:{days}")
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
