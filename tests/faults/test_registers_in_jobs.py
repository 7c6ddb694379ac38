"""Every job that asks a register or channel × every way to fail: asked again, then a person sees to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask

from domain import outside
from domain.outside import exchanges
from models import db
from models.base.database import write_transaction
from models.cases.applications import RegisterAnswer
from models.persons.exchanges import RegisterExchange
from models.processes.instances import Job, ProcessInstance, WorkItem
from settings import Settings
from simulator.running import RunningSimulator, running_simulator
from tests.faults.misbehaving import KEPT, break_register, mend_register, newest_exchange
from tests.handlers.casework.conftest import World, office, world
from workflows import clock
from workflows.background.jobs import MOST_ATTEMPTS
from workflows.background.worker import Worker
from workflows.operations import OperationPending, OperationRejected, OperationUnavailable

__all__ = ["office", "world"]
CHECKS = {
    "offence": "offences",
    "criminal_record": "criminal_records",
    "restriction": "restrictions",
    "certificate_history": "certificate_history",
}
# An answer that is awaited or refused for good goes ways of its own.
RETRIED = tuple(way for way in KEPT if way not in {"pending", "refusing"})


@pytest.fixture
def simulator() -> Iterator[RunningSimulator]:
    """The registers and channels."""
    with running_simulator() as running:
        yield running


@pytest.fixture
def settings(settings: Settings, simulator: RunningSimulator) -> Settings:
    """Settings that lead there."""
    return replace(settings, simulator_url=simulator.url)


def work(app: Flask, after: timedelta = timedelta()) -> None:
    """Let a worker do what is due after a while."""
    if after:
        with write_transaction():
            clock.advance_clock(after)
    Worker(app=app).run_once()
    db.session.rollback()


def newest_job() -> Job:
    """The newest question."""
    db.session.rollback()
    return db.session.query(Job).filter_by(operation="registers.query").order_by(Job.id.desc()).first()


def open_checks() -> int:
    """How many checks wait for a person."""
    return db.session.query(WorkItem).filter_by(element="check_by_hand", state="open").count()


@pytest.mark.parametrize("register", CHECKS)
def test_a_background_check_is_asked_again_and_then_done_by_hand(
    app: Flask, simulator: RunningSimulator, world: World, register: str
) -> None:
    for number, way in enumerate(RETRIED):
        break_register(app, simulator, register, way)
        world.start("background_check", register=register)
        work(app)
        job, kept = newest_job(), newest_exchange(CHECKS[register])
        assert (job.state, job.attempts) == ("due", 1), way
        assert (kept.outcome, kept.request_id, kept.asked_by) == (KEPT[way], job.request_key, None), way
        assert open_checks() == number, way
        for _ in range(MOST_ATTEMPTS - 1):
            work(app, timedelta(minutes=10))
        assert (newest_job().state, open_checks()) == ("dropped", number + 1), way
    assert db.session.query(RegisterAnswer).count() == 0, "no failure is a finding"


@pytest.mark.parametrize("register", CHECKS)
def test_what_is_refused_for_good_goes_to_a_person_at_once_and_what_is_awaited_waits(
    app: Flask, simulator: RunningSimulator, world: World, register: str
) -> None:
    break_register(app, simulator, register, "refusing")
    world.start("background_check", register=register)
    work(app)
    assert (newest_job().state, open_checks()) == ("dropped", 1)
    break_register(app, simulator, register, "pending")
    instance = world.start("background_check", register=register)
    for _ in range(MOST_ATTEMPTS + 2):
        work(app, timedelta(minutes=1))
    assert (newest_job().state, newest_job().attempts) == ("due", 0)
    mend_register(app, simulator, register)
    work(app, timedelta(minutes=2))
    assert db.session.query(RegisterAnswer).one().finding == "clear"
    assert db.session.get_one(ProcessInstance, instance).end_element == "found_clear"
    kept = newest_exchange(CHECKS[register])
    assert kept.raw == db.session.query(RegisterAnswer).one().raw.encode()


MARK = {
    "act": "use",
    "document_kind": "resident_id",
    "document_number": "330802200403120023",
    "name": "郑雨桐",
    "number": "20251122330201845",
    "purpose": "2611000001",
}


def mark(route: str, key: str) -> None:
    """Tell a register that a certificate is used."""
    outside.mark_exam(MARK | {"route": route}, key)


ACTS = {
    "exam": ("exams", partial(mark, "national_exam")),
    "normal_student": ("normal_students", partial(mark, "normal_student")),
    "sms": ("sms", partial(outside.send_sms, "13805700126", "验证码 102938")),
    "mail": ("mail", partial(outside.send_mail, "a@mail.example", "题", "文")),
}


@pytest.mark.parametrize("register", ACTS)
def test_what_jobs_tell_is_told_once_however_often_the_answer_fails(
    app: Flask, simulator: RunningSimulator, register: str
) -> None:
    setting, act = ACTS[register]
    for way in KEPT:
        break_register(app, simulator, register, way)
        known = {"pending": OperationPending, "refusing": OperationRejected}
        with pytest.raises(known.get(way, OperationUnavailable)) as failed:
            act("told-once")
        assert way not in {"busy", "limited"} or failed.value.retry_after == timedelta(seconds=2)
        kept = newest_exchange(setting)
        assert (kept.outcome, kept.request_id) == (KEPT[way], "told-once"), way
    mend_register(app, simulator, register)
    act("told-once")
    assert newest_exchange(setting).outcome in {"ok", "not_found", "accepted"}
    if register in {"sms", "mail"}:
        assert len(simulator.messages(channel=register)) == 1


def test_jobs_ask_each_time_however_silent_a_register_is(app: Flask, simulator: RunningSimulator) -> None:
    break_register(app, simulator, "exam", "down")
    for _ in range(7):
        with pytest.raises(OperationUnavailable):
            mark("national_exam", "again")
    assert db.session.query(RegisterExchange).filter_by(register="exams").count() == 7
    assert exchanges.list_recent_outcomes("exams") == ["no_answer"] * 7
