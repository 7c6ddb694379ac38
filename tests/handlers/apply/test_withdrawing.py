"""撤回, and what the register of exams is told of a certificate on the way."""

from __future__ import annotations

import secrets

import pytest
from flask import Flask

from domain import outside
from domain.outside.records import register_records
from models import db
from models.cases.applications import Application
from models.cases.credentials import ExamCertificate
from models.persons.people import Person
from models.processes.instances import Job
from simulator.running import RunningSimulator
from tests.handlers.apply.conftest import Applicant, change, errors, the_application
from tests.handlers.apply.test_changing import PLACE, another_certificate, identity, put
from tests.handlers.pagecheck import faults
from workflows.background.worker import Worker

NUMBER = "20251122330201845"  # of the certificate that the register knows


@pytest.fixture
def known(applicant: Applicant, registers: RunningSimulator) -> Applicant:
    """Somebody whose exam certificate the register knows."""
    with change():
        person = db.session.get_one(Person, 1)
        person.document_number, person.mobile, person.email = "330802200403120023", None, None
        certificate = db.session.query(ExamCertificate).filter_by(person_id=1, subject="数学").one()
        certificate.number = NUMBER
    return applicant


def is_used() -> bool:
    """What the register says of the certificate, asked directly."""
    holder = register_records.read_holder(1)
    found = outside.get_registers().exams.ask(holder, request_id=secrets.token_hex(16)).records
    return next(one.used for one in found if one.number == NUMBER)


def of_exams() -> set[str]:
    """How the jobs about exam certificates stand."""
    db.session.rollback()
    return {job.state for job in db.session.query(Job).filter_by(operation="exams.mark")}


@pytest.mark.manual("W8", "W10")
def test_the_certificate_is_reserved_at_w8_and_free_after_withdrawing(app: Flask, known: Applicant) -> None:
    known.until("undertaking")
    assert the_application(1).live_exam_certificate_id is None
    assert not is_used()
    answer = known.send("undertaking", answer="agree")
    assert answer.headers["Location"].endswith("/apply/reminder"), errors(answer)
    application = the_application(1)
    assert application.live_exam_certificate_id == application.exam_certificate_id
    Worker(app=app).run_once()
    assert is_used()
    assert the_application(1).exam_certificate.used  # type: ignore[union-attr]
    # The reminder was not read yet: withdrawing does not wait for it.
    page = known.open("applications/1/withdraw")
    assert faults(page) == []
    assert NUMBER in page
    assert known.client.post("/apply/applications/1/withdraw").status_code == 303
    assert the_application(1).state == "withdrawn"
    # Free here at once, and in the register as soon as it was told.
    assert not db.session.query(ExamCertificate).filter_by(number=NUMBER).one().used
    Worker(app=app).run_once()
    assert not is_used()
    assert of_exams() == {"done"}
    known.until("reminder")
    again = the_application(1)
    assert again.id != application.id
    assert again.live_exam_certificate_id == application.exam_certificate_id


@pytest.mark.manual("Q4")
def test_late_jobs_tell_the_register_what_holds_now(app: Flask, known: Applicant) -> None:
    known.until("reminder")
    known.send("reminder", go="next")
    other = another_certificate()
    first = the_application(1).exam_certificate_id
    for chosen in (other, first):
        put(known, "identity", **identity(exam_certificate=chosen))
        known.client.post("/apply/applications/1/change/clearing")
        assert put(known, "identity", **identity(exam_certificate=chosen)).status_code == 303
        assert put(known, "authority", **PLACE).status_code == 303
    assert the_application(1).live_exam_certificate_id == first
    with change():  # the jobs come in the wrong order: the release of the first certificate is the last one
        jobs = db.session.query(Job).filter_by(operation="exams.mark", state="due").order_by(Job.id).all()
        late = [job for job in jobs if job.parameters == _asked("release", first)]
        assert len(late) == 1
        late[0].state = "held"
    Worker(app=app).run_once()
    with change():
        db.session.query(Job).filter_by(state="held").one().state = "due"
    Worker(app=app).run_once()
    assert is_used()
    assert db.session.get_one(ExamCertificate, first).used


def _asked(act: str, certificate: int | None) -> dict[str, object]:
    return {"certificate": certificate, "act": act, "application": 1, "route": "national_exam"}


def test_somebody_elses_application_is_not_withdrawn(applicant: Applicant, stranger: Applicant) -> None:
    applicant.until("reminder")
    assert stranger.client.get("/apply/applications/1/withdraw").status_code == 404
    assert stranger.client.post("/apply/applications/1/withdraw").status_code == 404
    assert the_application(1).state == "pending_confirmation"


def test_a_draft_is_abandoned_not_withdrawn(applicant: Applicant) -> None:
    applicant.until("check")
    assert applicant.client.post("/apply/applications/1/withdraw").status_code == 404


@pytest.mark.corrupts
@pytest.mark.found("T2")
@pytest.mark.parametrize("state", ["granted", "refused", "lapsed"])
def test_what_was_decided_is_not_withdrawn(applicant: Applicant, state: str) -> None:
    applicant.until("reminder")
    with change():
        db.session.query(Application).filter_by(person_id=1).one().state = state
    for answer in (
        applicant.client.get("/apply/applications/1/withdraw"),
        applicant.client.post("/apply/applications/1/withdraw"),
    ):
        assert answer.status_code == 409
        assert "不能撤回" in answer.text
    assert the_application(1).state == state
