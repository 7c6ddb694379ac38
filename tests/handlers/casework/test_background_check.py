"""The background check through worker and registers: real HTTP, real jobs, the moment moved by the clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from models import db
from models.base.database import writing
from models.cases.applications import RegisterAnswer
from models.processes.instances import Job, ProcessInstance, WorkItem
from settings import Settings
from simulator.running import RunningSimulator, running_simulator
from tests.handlers.casework.conftest import NUMBER, World
from workflows import clock
from workflows.background.jobs import LEASE, MOST_ATTEMPTS, PENDING_PAUSE
from workflows.background.worker import Worker


@pytest.fixture
def simulator() -> Iterator[RunningSimulator]:
    """The registers."""
    with running_simulator() as running:
        yield running


@pytest.fixture
def settings(settings: Settings, simulator: RunningSimulator) -> Settings:
    """Settings that lead to the registers."""
    return replace(settings, simulator_url=simulator.url, registers_timeout=1.0)


@pytest.fixture
def check(world: World) -> int:
    """The instance of a check of the register of offences."""
    return world.start("background_check", register="offence")


def pass_time(app: Flask, by: timedelta = timedelta()) -> None:
    """Let the worker do what is due after a while."""
    writing.set(True)
    if by:
        clock.advance_clock(by)
        db.session.commit()
    writing.set(None)
    Worker(app=app).run_once()
    db.session.rollback()


def answers() -> list[tuple[str, str]]:
    """What was kept of the registers' answers."""
    rows = db.session.query(RegisterAnswer).order_by(RegisterAnswer.id)
    return [(row.register, row.finding) for row in rows]


def open_elements() -> list[str]:
    """The user tasks that wait."""
    return [item.element for item in db.session.query(WorkItem).filter_by(state="open")]


def the_job() -> Job:
    """The query."""
    return db.session.query(Job).filter_by(operation="registers.query").one()


def ended(instance_id: int) -> str | None:
    """Where the check ended."""
    return db.session.get_one(ProcessInstance, instance_id).end_element


def test_a_clear_answer_ends_the_check(app: Flask, check: int) -> None:
    pass_time(app)
    assert (answers(), ended(check), the_job().state) == ([("offence", "clear")], "found_clear", "done")
    assert db.session.query(RegisterAnswer).one().raw.count("CLEAR") == 1


def test_a_hit_goes_to_two_people_and_is_not_settled_by_itself(
    app: Flask, simulator: RunningSimulator, check: int
) -> None:
    simulator.control(people={NUMBER: {"offence": "hit"}})
    pass_time(app)
    assert (answers(), open_elements()) == ([("offence", "hit")], ["verify_finding"])
    assert ended(check) is None


def test_a_pending_answer_is_asked_for_again_and_counts_no_attempt(
    app: Flask, simulator: RunningSimulator, check: int
) -> None:
    simulator.behave("offence", "pending")
    for _ in range(MOST_ATTEMPTS + 2):
        pass_time(app, PENDING_PAUSE)
    assert (the_job().state, the_job().attempts, answers(), open_elements()) == ("due", 0, [], [])
    simulator.behave("offence", "normal")
    pass_time(app, PENDING_PAUSE)
    assert (answers(), ended(check)) == ([("offence", "clear")], "found_clear")


def test_a_pending_answer_becomes_a_task_after_five_days(
    app: Flask, simulator: RunningSimulator, check: int
) -> None:
    simulator.behave("offence", "pending")
    pass_time(app)
    pass_time(app, timedelta(days=5, minutes=1))
    assert (open_elements(), the_job().state, answers()) == (["check_by_hand"], "dropped", [])
    assert ended(check) is None


@pytest.mark.parametrize("mode", ["down", "malformed", "garbled", "oversized", "failing", "truncated"])
def test_no_usable_answer_is_tried_again_and_then_checked_by_hand(
    app: Flask, simulator: RunningSimulator, check: int, mode: str
) -> None:
    simulator.behave("offence", mode)
    pass_time(app)
    assert (the_job().state, the_job().attempts, open_elements()) == ("due", 1, [])
    for _ in range(MOST_ATTEMPTS):
        pass_time(app, timedelta(minutes=10))
    assert (open_elements(), the_job().state, answers()) == (["check_by_hand"], "dropped", [])
    assert ended(check) is None


def test_a_register_that_comes_back_in_time_is_believed(
    app: Flask, simulator: RunningSimulator, check: int
) -> None:
    simulator.behave("offence", "down")
    pass_time(app)
    simulator.behave("offence", "normal")
    pass_time(app, timedelta(minutes=1))
    assert (answers(), ended(check)) == ([("offence", "clear")], "found_clear")


def test_an_answer_slower_than_the_limit_is_no_answer(
    app: Flask, simulator: RunningSimulator, check: int
) -> None:
    simulator.behave("offence", "slow", 2.0)
    pass_time(app)
    assert (answers(), the_job().attempts, the_job().state) == ([], 1, "due")
    assert "offence" not in dict(answers())
    simulator.behave("offence", "normal")
    pass_time(app, timedelta(minutes=1))
    assert (answers(), ended(check)) == ([("offence", "clear")], "found_clear")


def test_a_worker_that_died_before_recording_is_followed_by_one_that_asks_under_the_same_key(
    app: Flask, check: int
) -> None:
    job = the_job()
    key = job.key
    writing.set(True)
    job.state, job.attempts, job.lease_owner = "leased", 1, "a worker that is no more"
    job.lease_until = clock.now() + LEASE
    db.session.commit()
    pass_time(app)
    assert (answers(), the_job().state) == ([], "leased")  # it may still be at work
    pass_time(app, LEASE + timedelta(seconds=1))
    assert (answers(), ended(check)) == ([("offence", "clear")], "found_clear")
    assert db.session.query(RegisterAnswer).one().request_key == key


def test_a_review_waits_for_every_check(app: Flask, simulator: RunningSimulator, world: World) -> None:
    simulator.behave("offence", "pending")
    review = world.start("review")
    pass_time(app)
    kept = dict(answers())
    assert kept
    assert "offence" not in kept
    assert set(kept.values()) == {"clear"}
    assert ended(review) is None
    assert not {"first_review", "second_review", "decide"} & set(open_elements())
    simulator.behave("offence", "normal")
    pass_time(app, PENDING_PAUSE)
    assert dict(answers())["offence"] == "clear"
    assert open_elements() == ["first_review"]
