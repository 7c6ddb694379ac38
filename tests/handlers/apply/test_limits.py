"""Who may not apply, and that two at the same time get one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from domain.rules import requirements
from models import db
from models.authorities.plans import Plan
from models.cases.applications import Application, Certificate
from models.cases.credentials import ExamCertificate
from models.persons.people import Person
from models.processes.instances import ProcessInstance
from simulator import world
from simulator.running import RunningSimulator
from tests.handlers.apply.conftest import Applicant, change, errors, of, the_application
from workflows.clock import now


def _certificate(application: Application, **values: object) -> Certificate:
    known = {
        "application_id": application.id,
        "person_id": application.person_id,
        "authority_id": 1,
        "number": "20263390121000001",
        "year": 2026,
        "serial": 1,
        "kind": "junior",
        "subject": "数学",
        "issued_at": now(),
    }
    return Certificate(**{**known, **values})


def _end(application: Application, state: str) -> None:
    db.session.execute(
        update(ProcessInstance).where(ProcessInstance.id == application.instance_id).values(state="completed")
    )
    application.state = state


@pytest.mark.manual("W10")
def test_one_live_application_a_person(applicant: Applicant) -> None:
    applicant.until("reminder")
    applicant.client.post("/apply/start", data={"place": 1, "kind": "junior"})
    assert "您已有一件正在办理的认定申请" in applicant.open("")


@pytest.mark.manual("W10")
@pytest.mark.corrupts
def test_the_database_holds_one_live_application(applicant: Applicant, stranger: Applicant) -> None:
    stranger.until("reminder")
    applicant.until("undertaking")
    with change():  # as if the same person had just sent another one from elsewhere
        the_application(2).live_person_id = 1
    answer = applicant.send("undertaking", answer="agree")
    assert answer.status_code == 409
    assert "正在办理" in errors(answer)
    assert the_application(1).registration_number is None


@pytest.mark.manual("W10")
@pytest.mark.corrupts
def test_a_reserved_exam_certificate_is_refused(applicant: Applicant, stranger: Applicant) -> None:
    stranger.until("reminder")
    applicant.until("identity")
    mine = of(ExamCertificate, 1, subject="数学")
    with change():
        the_application(2).live_exam_certificate_id = mine
    assert "已用于其他认定申请" in errors(applicant.identify())


@pytest.mark.manual("W10")
@pytest.mark.corrupts
def test_one_qualification_a_calendar_year(applicant: Applicant) -> None:
    applicant.until("reminder")
    with change():
        application = the_application(1)
        _end(application, "granted")
        db.session.add(_certificate(application, subject="英语"))
    applicant.client.post("/apply/start", data={"place": 1, "kind": "junior"})
    assert "同一自然年内只能申请一种教师资格" in applicant.open("")


@pytest.mark.manual("W10")
@pytest.mark.corrupts
def test_never_the_same_kind_and_subject(applicant: Applicant) -> None:
    applicant.until("reminder")
    with change():
        application = the_application(1)
        _end(application, "granted")
        db.session.add(_certificate(application, issued_at=now() - timedelta(days=800)))
    applicant.start()
    applicant.agree()
    with change():  # the exam certificate stays with the first application for good
        db.session.execute(update(Application).values(live_exam_certificate_id=None))
    assert "已经取得相同种类、相同学科" in errors(applicant.identify())


@pytest.mark.manual("W10")
def test_a_qualification_known_to_the_register_is_not_given_twice(
    applicant: Applicant, registers: RunningSimulator
) -> None:
    with change():  # 叶青 holds 初级中学 数学 since 2018
        holder = db.session.get_one(Person, 1)
        holder.name, holder.document_number = "叶青", "330802199608181377"
    applicant.until("check")
    answer = applicant.send("check")
    assert answer.status_code == 409
    assert "已经取得相同种类、相同学科" in errors(answer)


@pytest.mark.manual("W10")
def test_a_certificate_that_is_no_longer_valid_is_not_held(
    applicant: Applicant, registers: RunningSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = world._SEED["330802199608181377"]  # 叶青
    ended = tuple(replace(one, state="revoked") for one in holder.teacher_certificates)
    monkeypatch.setitem(world._SEED, holder.document_number, replace(holder, teacher_certificates=ended))
    with change():
        person = db.session.get_one(Person, 1)
        person.name, person.document_number = holder.name, holder.document_number
    applicant.until("check")
    assert applicant.send("check").status_code == 303


def test_a_silent_register_does_not_stop_anybody(applicant: Applicant, registers: RunningSimulator) -> None:
    registers.behave("certificate_history", "down")
    applicant.until("reminder")
    assert the_application(1).registration_number


@pytest.mark.manual("W10")
@pytest.mark.corrupts
def test_after_a_refusal_one_may_apply_again(applicant: Applicant) -> None:
    applicant.until("reminder")
    with change():
        _end(the_application(1), "not_accepted")
    applicant.until("reminder")
    assert db.session.query(Application).filter(Application.registration_number.is_not(None)).count() == 2


@pytest.mark.manual("W10")
def test_the_window_may_close_while_filling_in(applicant: Applicant) -> None:
    applicant.until("undertaking")
    with change():
        db.session.get_one(Plan, 1).apply_until = now() - timedelta(seconds=1)
    answer = applicant.send("undertaking", answer="agree")
    assert answer.status_code == 409
    assert "当前时间不在该机构的网报时间段内" in errors(answer)
    with change():
        db.session.get_one(Plan, 1).apply_until = now() + timedelta(days=1)
    assert applicant.send("undertaking", answer="agree").headers["Location"] == "/apply/reminder"


def test_particulars_are_kept_as_they_were(applicant: Applicant) -> None:
    applicant.until("reminder")
    with change():
        db.session.get_one(Person, 1).name = "郑语桐"
    assert the_application(1).particulars["name"] == "郑雨桐"


@pytest.mark.parametrize(
    ("level", "minimum", "enough"),
    [("1A", "2B", True), ("2B", "2B", True), ("3A", "2B", False), ("", "2B", False), ("", "none", True)],
)
def test_levels_of_putonghua(level: str, minimum: str, enough: bool) -> None:
    assert requirements.reaches_minimum(level, minimum) is enough
