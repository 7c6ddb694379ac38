"""SMS and mail of one notice go their own ways; what is sent outward never repeats what another said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask

from domain.accounts import email_proofs
from domain.notices import contacts, delivery
from domain.notices.contacts import Contact
from models import db
from models.base.database import write_transaction, writing
from models.cases.notices import Notice
from models.persons.accounts import EmailProof
from models.persons.people import Person, Post
from models.processes.instances import Job
from simulator.running import RunningSimulator
from tests.handlers.commands.test_commands import typed
from workflows import clock
from workflows.background import jobs
from workflows.background.worker import Worker
from workflows.clock import now
from workflows.operations import LASTING

MOBILE, MAIL = "13800001234", "someone@mail.example"


@pytest.fixture
def office(world: Flask) -> Iterator[Flask]:
    """The app; everybody on its staff can be told things."""
    yield world
    writing.set(None)


@pytest.fixture
def notice(office: Flask, simulator: RunningSimulator) -> int:
    """A notice to somebody with a number and an address."""
    return told(MOBILE, MAIL)


def told(mobile: str | None, email: str | None) -> int:
    """Write a notice to somebody; its id."""
    with write_transaction():
        person = Person(kind="applicant", name="某人", password_hash="-", created_at=now())
        person.login, person.mobile, person.email = uuid4().hex, mobile, email
        db.session.add(person)
        db.session.flush()
        made = Notice(person_id=person.id, template="test", title="题", text="文", created_at=now())
        delivery.send_notice(made)
        return made.id


def work(app: Flask, after: timedelta = timedelta()) -> None:
    """Let a worker do what is due after a while."""
    if after:
        with write_transaction():
            clock.advance_clock(after)
    Worker(app=app).run_once()
    db.session.rollback()


def job(operation: str) -> Job:
    """The newest job of an operation."""
    db.session.rollback()
    found = db.session.query(Job).filter_by(operation=operation).order_by(Job.id.desc()).first()
    assert found is not None
    return found


def state(notice: int) -> str:
    """How far a notice has got, as the page of the case says."""
    db.session.rollback()
    with db.session.no_autoflush:
        return delivery.describe_state(db.session.get_one(Notice, notice))


@pytest.mark.found("A10")
def test_mail_does_not_wait_for_a_gateway_that_is_down(
    office: Flask, notice: int, simulator: RunningSimulator
) -> None:
    simulator.behave("sms", "down")
    assert state(notice) == "短信待发出、邮件待发出"
    work(office)
    assert len(simulator.messages(channel="mail", to=MAIL)) == 1
    assert (job("notices.sms").state, job("notices.mail").state) == ("due", "done")
    assert state(notice) == "短信待发出、邮件已发出"
    assert db.session.get_one(Notice, notice).sent_at is None
    simulator.behave("sms", "normal")
    work(office, timedelta(minutes=1))
    assert len(simulator.messages(channel="sms", to=MOBILE)) == 1
    assert state(notice) == "短信已发出、邮件已发出"
    assert db.session.get_one(Notice, notice).sent_at is not None


@pytest.mark.found("A10")
def test_a_notice_is_tried_for_a_day_and_then_told_of(
    office: Flask, notice: int, simulator: RunningSimulator
) -> None:
    simulator.behave("sms", "down")
    begin, pauses = now(), []
    while (found := job("notices.sms")).state != "dead":
        pauses.append(found.run_at - now())
        work(office, max(timedelta(), found.run_at - now()) + timedelta(seconds=1))
    assert now() - begin >= timedelta(hours=24)
    assert max(pauses) <= LASTING.longest * 1.2
    assert state(notice) == "短信未能发出、邮件已发出"
    simulator.behave("sms", "normal")
    assert typed(office, "jobs", "retry", str(found.id)).exit_code == 0
    work(office)
    assert state(notice) == "短信已发出、邮件已发出"


def test_pauses_of_jobs_that_failed_together_differ(office: Flask) -> None:
    assert len({jobs.compute_pause(9, LASTING) for _ in range(20)}) > 1


@pytest.mark.found("A10")
@pytest.mark.parametrize(
    ("wish", "least", "most"),
    [
        (600, timedelta(minutes=9), timedelta(minutes=11)),
        (86400 * 30, timedelta(hours=5), timedelta(hours=7)),
    ],
)
def test_a_gateway_is_left_alone_as_long_as_it_asks_within_bounds(
    office: Flask, notice: int, simulator: RunningSimulator, wish: int, least: timedelta, most: timedelta
) -> None:
    simulator.control(registers={"sms": {"mode": "busy", "seconds": min(wish, 600)}})
    if wish > 600:  # longer than the console takes: what the worker makes of such a wish
        with write_transaction():
            leased = jobs.lease_next("me", "notices.sms")
            assert leased is not None
            jobs.retry_later(leased, "busy", wish=timedelta(seconds=wish))
    else:
        work(office)
    assert least <= job("notices.sms").run_at - now() <= most


@pytest.mark.found("A10")
@pytest.mark.parametrize(
    ("mobile", "email", "failing"), [("123", MAIL, "notices.sms"), (MOBILE, "nobody", "notices.mail")]
)
def test_an_address_that_cannot_be_is_told_at_once(
    office: Flask, simulator: RunningSimulator, mobile: str, email: str, failing: str
) -> None:
    number = told(mobile, email)
    work(office)
    assert (job(failing).state, job(failing).attempts) == ("dead", 1)
    assert "未能发出" in state(number)
    assert "已发出" in state(number)


@pytest.mark.found("X7")
def test_a_database_that_begins_anew_says_nothing_that_was_said_before(
    office: Flask, simulator: RunningSimulator
) -> None:
    """The rows get the numbers that other rows had; the gateway remembers those."""
    first = told(MOBILE, MAIL)
    work(office)
    with write_transaction():
        db.session.execute(db.text("DELETE FROM job"))
        db.session.execute(db.text("DELETE FROM notice"))
        again = Notice(
            id=first, person_id=db.session.query(Person.id).order_by(Person.id.desc()).first()[0],
            template="test", title="题", text="另一件事", created_at=now(),
        )  # fmt: skip
        delivery.send_notice(again)
    work(office)
    assert {one.state for one in db.session.query(Job)} == {"done"}
    texts = [one["text"] for one in simulator.messages(channel="sms", to=MOBILE)]
    assert texts == ["【教师资格】另一件事", "【教师资格】文"]
    assert len(simulator.answered("sms/messages")) == 2


@pytest.mark.found("X7")
def test_a_key_that_is_taken_is_replaced_and_the_notice_goes_out(
    office: Flask, simulator: RunningSimulator
) -> None:
    told(MOBILE, None)
    work(office)
    told(MOBILE, None)
    with write_transaction():  # as the rows of earlier versions were, after a restore
        keys = [one.request_key for one in db.session.query(Job).order_by(Job.id)]
        second = db.session.query(Job).order_by(Job.id.desc()).first()
        assert second is not None
        second.request_key = keys[0]
        db.session.get_one(Notice, second.parameters["notice"]).text = "不同的内容"
    work(office)
    assert job("notices.sms").state == "due"
    work(office, timedelta(minutes=1))
    assert job("notices.sms").state == "done"
    assert len(simulator.messages(channel="sms", to=MOBILE)) == 2


@pytest.mark.found("X7")
def test_a_job_of_the_version_before_goes_on_under_its_key(
    office: Flask, simulator: RunningSimulator
) -> None:
    number = told(MOBILE, MAIL)
    with write_transaction():
        db.session.query(Job).delete()
        jobs.enqueue_job(
            "notices.deliver", {"notice": number}, key=f"notice:{number}", request_key=f"notice:{number}"
        )
    work(office)
    assert state(number) == "短信已发出、邮件已发出"
    assert simulator.answered("sms/messages") == [f"notice:{number}:sms"]
    assert simulator.answered("mail/messages") == [f"notice:{number}:mail"]


@pytest.fixture
def operator(office: Flask) -> str:
    """An administrator, and an address in the settings; the address."""
    office.config["OPERATOR_EMAIL"] = "operator@mail.example"
    with write_transaction():
        person = Person(
            kind="staff",
            login="root1",
            name="运维",
            password_hash="-",
            created_at=now(),
            email="root@mail.example",
        )
        person.posts = [Post(role="admin")]
        db.session.add(person)
    return "operator@mail.example"


def test_operators_hear_of_incidents_together_and_once_an_hour(
    office: Flask, operator: str, simulator: RunningSimulator
) -> None:
    for number in range(30):
        told(f"1{number:02}", None)
    work(office)
    assert simulator.messages(channel="mail") == []
    work(office, timedelta(minutes=3))
    (mail,) = simulator.messages(channel="mail", to=operator)
    assert mail["subject"] == "有 30 项系统任务未能完成"
    assert mail["text"].count("notices.sms") == 20
    assert "refused for good" in mail["text"]
    assert len(simulator.messages(channel="mail", to="root@mail.example")) == 1
    told("99", None)
    work(office, timedelta(minutes=3))
    assert len(simulator.messages(channel="mail", to=operator)) == 1
    work(office, timedelta(hours=1))
    assert len(simulator.messages(channel="mail", to=operator)) == 2
    work(office, timedelta(hours=9))
    assert len(simulator.messages(channel="mail", to=operator)) == 2


@pytest.mark.found("X14")
def test_an_operator_asks_for_incidents_with_case_and_reason(
    office: Flask, simulator: RunningSimulator
) -> None:
    assert typed(office, "jobs", "health").exit_code == 0
    told("123", None)
    work(office)
    sick = typed(office, "jobs", "health")
    assert sick.exit_code == 1
    assert "失败的任务 1 项" in sick.output
    dead = job("notices.sms")
    shown = typed(office, "jobs", "show", str(dead.id)).output
    assert "refused for good" in shown
    assert f"request {dead.request_key}" in shown
    unknown = typed(office, "jobs", "show", "999999")
    assert (unknown.exit_code, "没有编号为 999999 的任务" in unknown.output) == (1, True)


def test_a_worker_that_is_missing_is_no_health(office: Flask, simulator: RunningSimulator) -> None:
    told(MOBILE, None)
    with write_transaction():
        clock.advance_clock(timedelta(minutes=11))
    assert typed(office, "jobs", "health").exit_code == 1
    work(office)
    assert typed(office, "jobs", "health").exit_code == 0


@pytest.mark.found("A10")
@pytest.mark.parametrize(("down", "up"), [("sms", "mail"), ("mail", "sms")])
def test_letters_about_an_account_wait_for_their_own_channel_alone(
    office: Flask, simulator: RunningSimulator, down: str, up: str
) -> None:
    simulator.behave(down, "down")
    with write_transaction():
        contacts.notify_contact(Contact(mobile=MOBILE, email=MAIL), "题", "文")
    work(office)
    assert [one["channel"] for one in simulator.messages()] == [up]
    for _ in range(3):
        work(office, timedelta(hours=3))
    assert {job.operation: job.state for job in db.session.query(Job)} == {
        f"contacts.{down}": "due",
        f"contacts.{up}": "done",
    }
    simulator.behave(down, "normal")
    work(office, timedelta(hours=3))
    assert sorted(one["channel"] for one in simulator.messages()) == ["mail", "sms"]


@pytest.mark.found("A10")
def test_a_link_that_proves_an_address_outlives_an_outage_and_not_its_own_day(
    office: Flask, simulator: RunningSimulator
) -> None:
    simulator.behave("mail", "down")
    with write_transaction():
        for name in ("one", "two"):
            person = Person(kind="applicant", name="某人", password_hash="-", created_at=now(), login=name)
            db.session.add(person)
            db.session.flush()
            email_proofs.propose_address(person, f"{name}@mail.example", now())
    work(office)
    for _ in range(3):
        work(office, timedelta(hours=3))
    simulator.behave("mail", "normal")
    with write_transaction():
        late = db.session.query(EmailProof).filter_by(email="two@mail.example").one()
        late.expires_at = now()
    work(office, timedelta(hours=3))
    assert [one["recipient"] for one in simulator.messages(channel="mail")] == ["one@mail.example"]
    assert {job.state for job in db.session.query(Job)} == {"done"}
