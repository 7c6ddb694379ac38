"""Lanes of real workers: nothing slow holds up another lane, and no death loses or doubles anything."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from domain.diagrams.lint_environment import build_environment
from models import db
from models.base.database import write_transaction
from models.cases.notices import Notice
from models.processes.instances import Job, ProcessInstance
from settings import Settings
from simulator.running import RunningSimulator
from tests.faults import warm
from tests.faults.processes import PATIENCE, WORKER, killed_worker, running, surroundings
from tests.faults.test_channels import MAIL, MOBILE, office, told
from tests.workflows.engine.diagrams.drawing import END, START, boundary, flows, timer
from tests.workflows.office import drawn, task
from workflows import clock, engine, publishing
from workflows.background import job_runner, jobs
from workflows.background.jobs import LEASE

__all__ = ["office"]
SEVERAL = 8


def until(happened: Callable[[], bool]) -> None:
    """Wait for something that another process does."""
    last = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < last, states()
        db.session.rollback()
        time.sleep(0.1)


def states() -> Counter[tuple[str, str]]:
    """How many jobs of each operation are in each state."""
    db.session.rollback()
    return Counter((one.operation, one.state) for one in db.session.query(Job))


def waiting_case() -> int:
    """A case whose timer is due."""
    late = boundary("late", "a", timer("'PT1M'"))
    source = drawn(START + task("a", role="site.clerk") + late + END + flows("s a", "a e", "late e"))
    with write_transaction():
        engine.deploy_files({"drawn.bpmn": source}, by=None, environment=build_environment())
        case = engine.start_instance("drawn", business_key=None, variables={}, actor=None).id
        clock.advance_clock(timedelta(minutes=2))
    return case


@pytest.mark.found("P3")
def test_a_slow_gateway_holds_up_neither_mail_nor_timers(
    office: Flask, world_settings: Settings, simulator: RunningSimulator
) -> None:
    simulator.behave("sms", "slow", 4)
    case = waiting_case()
    for _ in range(SEVERAL):
        told(MOBILE, MAIL)
    with running(WORKER, surroundings(world_settings)):
        until(lambda: db.session.get_one(ProcessInstance, case).state == "completed")
        until(lambda: states()["notices.mail", "done"] == SEVERAL)
        assert states()["notices.sms", "done"] < SEVERAL
        simulator.behave("sms", "normal")
        until(lambda: states()["notices.sms", "done"] == SEVERAL)


@pytest.mark.parametrize("point", ["begin:4", "before_commit:5", "after_commit:6"])
def test_two_workers_lose_and_double_nothing_when_one_is_killed(
    office: Flask, world_settings: Settings, simulator: RunningSimulator, tmp_path: Path, point: str
) -> None:
    case = waiting_case()
    notices = [told(f"1380000{number:04}", MAIL) for number in range(SEVERAL)]
    killed_worker(world_settings, point, tmp_path / "killed")
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(running(WORKER, surroundings(world_settings)))
        with write_transaction():
            clock.advance_clock(LEASE + timedelta(seconds=1))
        until(lambda: not db.session.query(Job).filter(Job.state.in_(("due", "leased"))).count())
        until(lambda: db.session.get_one(ProcessInstance, case).state == "completed")
    assert set(states()) == {("notices.sms", "done"), ("notices.mail", "done")}
    assert Counter(one["recipient"] for one in simulator.messages(channel="sms")) == Counter(
        f"1380000{number:04}" for number in range(SEVERAL)
    )
    assert len(simulator.messages(channel="mail", to=MAIL)) == SEVERAL
    db.session.rollback()
    assert all(db.session.get_one(Notice, number).sent_at for number in notices)


def test_a_worker_that_is_told_to_stop_hands_back_what_is_not_answered(
    office: Flask, world_settings: Settings, simulator: RunningSimulator
) -> None:
    simulator.behave("sms", "slow", 40)
    told(MOBILE, None)
    patient = surroundings(world_settings, ZIGE_REGISTERS_TIMEOUT="60")
    stopped = warm.start(WORKER, patient)
    try:
        until(lambda: states()["notices.sms", "leased"] == 1)
        stopped.terminate()
        stopped.join(30)
        assert stopped.exitcode == 0
    finally:
        stopped.kill()
        warm.end(stopped, PATIENCE)
    db.session.rollback()
    (job,) = db.session.query(Job)
    assert (job.state, job.lease_owner, job.attempts) == ("due", None, 0)


def test_one_job_is_run_by_its_id_once(office: Flask, simulator: RunningSimulator) -> None:
    told(MOBILE, None)
    number = db.session.query(Job.id).scalar()
    assert job_runner.run_job_by_id(number, "one")
    assert not job_runner.run_job_by_id(number, "two")
    assert len(simulator.messages(channel="sms", to=MOBILE)) == 1


def test_jobs_are_published_after_their_commit_and_not_without(office: Flask) -> None:
    heard: list[list[int]] = []
    publishing.add_publisher(seen := lambda ids: heard.append(list(ids)) if ids else None)
    try:
        jobs.enqueue_job("notices.sms", {"notice": 1}, key="lost")
        db.session.rollback()
        assert heard == []
        told(MOBILE, MAIL)
        assert heard == [[number for (number,) in db.session.query(Job.id).order_by(Job.id)]]
    finally:
        publishing._publishers.remove(seen)
