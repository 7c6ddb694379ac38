"""The step that gives the 报名号, and what the outside is told of it, with the process killed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from flask import Flask

from handlers.entry.access import COOKIE
from models import db
from models.base.database import writing
from models.cases.applications import RegistrationCounter
from models.cases.credentials import ExamCertificate
from models.cases.notices import Notice
from models.persons.people import Person
from models.processes.instances import Job
from settings import Settings
from simulator.running import RunningSimulator
from tests.faults.processes import (
    PATIENCE,
    armed,
    killed_worker,
    patiently,
    served,
    surroundings,
    until_killed,
)
from tests.handlers.apply.conftest import (
    Applicant,
    applicant,
    change,
    registers,
    the_application,
    town,
    world,
)
from workflows import clock
from workflows.background.jobs import LEASE
from workflows.background.worker import Worker

__all__ = ["applicant", "registers", "town", "world"]
NUMBER = "20251122330201845"  # of 郑雨桐, as the register knows it


@pytest.fixture
def ready(applicant: Applicant, registers: RunningSimulator) -> Applicant:
    """Somebody whom the register of exams knows, one click before the number."""
    with change():
        person = db.session.get_one(Person, 1)
        person.document_number, person.email = "330802200403120023", None
        db.session.query(ExamCertificate).filter_by(person_id=1, subject="数学").one().number = NUMBER
    applicant.until("undertaking")
    db.session.rollback()
    return applicant


def reached(settings: Settings, registers: RunningSimulator) -> Settings:
    """Settings of processes that reach the simulator."""
    return replace(settings, simulator_url=registers.url)


def browser() -> requests.Session:
    """The applicant's browser, before another process."""
    made = requests.Session()
    made.trust_env = False
    made.cookies.set(COOKIE, '"token of 1"')
    return made


def agree(visit: requests.Session, url: str, typed: dict[str, str]) -> requests.Response:
    """Agree to the undertaking."""
    address = f"{url}/apply/undertaking"
    return visit.post(address, data=typed, timeout=PATIENCE, allow_redirects=False)


def page(visit: requests.Session, url: str) -> dict[str, str]:
    """The open page's hidden fields with the answer."""
    answer = patiently(lambda: visit.get(f"{url}/apply/undertaking", timeout=PATIENCE))
    found = dict(re.findall(r'name="(csrf_token|form_owner|transaction)" value="([^"]+)"', answer.text))
    assert {*found} == {"csrf_token", "form_owner", "transaction"}
    return {**found, "go": "next", "answer": "agree"}


def queued() -> list[str]:
    """The operations of the jobs that the step has left; records are asked for from the beginning on."""
    jobs = db.session.query(Job).filter(Job.operation != "records.sync").order_by(Job.operation)
    return [job.operation for job in jobs]


@pytest.mark.manual("W8")
# What the register of certificates answered is kept first, in a transaction of its own.
@pytest.mark.parametrize(
    ("point", "moved"),
    [("after_commit:1", False), ("before_commit:2", False), ("after_commit:2", True)],
)
def test_a_killed_web_process_gives_one_number_or_none(
    settings: Settings, ready: Applicant, registers: RunningSimulator, tmp_path: Path, point: str, moved: bool
) -> None:
    known, visit, mark = reached(settings, registers), browser(), tmp_path / "killed"
    with served(surroundings(known)) as url:
        typed = page(visit, url)
    with served(armed(known, point, mark), "tests.faults.dying:create()") as url:
        until_killed(mark, lambda: agree(visit, url, typed))
        row = the_application(1)
        assert (row.registration_number is not None, row.live_person_id) == (moved, 1 if moved else None)
        assert len(queued()) == (2 if moved else 0)
        for _ in range(2):
            again = patiently(lambda: agree(visit, url, typed))
            assert again.headers["Location"].endswith("/apply/reminder")
    row = the_application(1)
    assert (row.registration_number or "")[-6:] == "000001"
    assert db.session.query(RegistrationCounter).one().last == 1
    assert (row.live_person_id, row.live_exam_certificate_id) == (1, row.exam_certificate_id)
    assert queued() == ["exams.mark", "notices.sms"]
    assert db.session.query(Notice).count() == 1


@pytest.mark.manual("W8")
@pytest.mark.parametrize(
    "point",
    [
        "after_commit:1",
        "begin:2",
        "after_commit:2",
        "before_commit:3",
        "after_commit:3",
        "begin:5",
        "before_commit:6",
    ],
)
def test_a_killed_worker_tells_everybody_once(
    app: Flask, settings: Settings, ready: Applicant, registers: RunningSimulator, tmp_path: Path, point: str
) -> None:
    mobile = db.session.get_one(Person, 1).mobile or ""
    assert ready.send("undertaking", answer="agree").status_code == 303
    killed_worker(reached(settings, registers), point, tmp_path / "killed")
    with change():
        clock.advance_clock(LEASE + timedelta(seconds=1))
    writing.set(None)
    Worker(app=app).run_once()
    row = the_application(1)
    assert {job.state for job in db.session.query(Job)} == {"done"}
    assert registers.used() == {NUMBER: "application:1"}
    assert len(registers.answered("exam/use")) == 1
    assert len(registers.messages(channel="sms", to=mobile)) == 1
    assert row.exam_certificate is not None
    assert row.exam_certificate.used
    assert db.session.query(Notice).one().sent_at is not None
