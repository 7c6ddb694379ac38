"""What is told to the outside while it is down: tried again, then an incident, set due again, done once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from models import db
from models.base.database import writing
from models.cases.credentials import ExamCertificate
from models.cases.notices import Notice
from models.persons.people import Person
from models.processes.instances import Job
from simulator.running import RunningSimulator
from tests.handlers.apply.conftest import (
    Applicant,
    applicant,
    change,
    registers,
    the_application,
    town,
    world,
)
from tests.handlers.commands.test_commands import typed
from workflows import clock
from workflows.background.worker import Worker
from workflows.operations import LASTING

__all__ = ["applicant", "registers", "town", "world"]
NUMBER = "20251122330201845"  # of 郑雨桐, as the register knows it
MAIL = "zheng@mail.example"


@pytest.fixture
def sent_in(applicant: Applicant, registers: RunningSimulator) -> Applicant:
    """Somebody who has just got the 报名号; nobody outside knows it yet."""
    with change():
        person = db.session.get_one(Person, 1)
        person.document_number, person.email = "330802200403120023", MAIL
        db.session.query(ExamCertificate).filter_by(person_id=1, subject="数学").one().number = NUMBER
    applicant.until("reminder")
    return applicant


def work(app: Flask, times: int = 1) -> None:
    """Let a worker do what is due, some time apart."""
    for _ in range(times):
        with change():
            clock.advance_clock(timedelta(hours=3))
        Worker(app=app).run_once()
        db.session.rollback()


def states() -> dict[str, str]:
    """How the jobs stand."""
    db.session.rollback()
    others = ("incidents.tell", "records.sync")
    return {job.operation: job.state for job in db.session.query(Job) if job.operation not in others}


@pytest.mark.parametrize("way", ["down", "truncated", "malformed"])
def test_an_outage_becomes_an_incident_that_is_retried_once(
    app: Flask, sent_in: Applicant, registers: RunningSimulator, way: str
) -> None:
    for name in ("exam", "mail"):
        registers.behave(name, way)
    work(app, LASTING.attempts - 1)
    assert states() == {"exams.mark": "due", "notices.mail": "due", "notices.sms": "done"}
    work(app)
    assert states() == {"exams.mark": "dead", "notices.mail": "dead", "notices.sms": "done"}
    work(app, 2)  # a dead job rests
    lines = typed(app, "jobs", "list", "--dead").output.splitlines()
    assert sorted(line.split()[1:3] for line in lines) == [
        ["dead", "exams.mark"],
        ["dead", "notices.mail"],
    ]
    assert "报名号" in sent_in.open(f"applications/{the_application(1).id}")  # the case itself is sound
    assert registers.used() == {}
    for name in ("exam", "mail"):
        registers.behave(name, "normal")
    for line in lines:
        assert typed(app, "jobs", "retry", line.split()[0]).exit_code == 0
    work(app)
    assert states() == {"exams.mark": "done", "notices.mail": "done", "notices.sms": "done"}
    assert registers.used() == {NUMBER: "application:1"}
    mobile = db.session.get_one(Person, 1).mobile or ""
    assert len(registers.messages(channel="sms", to=mobile)) == 1  # it had gone out at the first try
    assert len(registers.messages(channel="mail", to=MAIL)) == 1
    assert db.session.query(Notice).one().sent_at is not None
    writing.set(None)
