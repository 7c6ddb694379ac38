"""The deciding act, and what registers answer, with the process killed: done once, or not yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from handlers.commands.people import new_token
from models import db
from models.base.database import writing
from models.cases.applications import (
    Application,
    Certificate,
    CertificateCounter,
    Opinion,
    RegisterAnswer,
)
from models.cases.notices import Notice
from models.persons.people import Person
from models.processes.instances import Event, Job, ProcessInstance
from settings import Settings
from simulator.running import RunningSimulator
from tests.faults.processes import Caller, Site, armed, killed_worker, served, until_killed
from tests.handlers.casework.conftest import SignedIn, World, office, signed_in, the_item, world
from tests.handlers.casework.test_check import ALL, arrive, judged
from tests.handlers.casework.test_decision import send, take
from tests.handlers.casework.test_journey import answer_registers, registered
from workflows import clock
from workflows.background.jobs import LEASE
from workflows.background.worker import Worker

__all__ = ["office", "registered", "signed_in", "world"]


@pytest.fixture
def settings(settings: Settings, simulator: RunningSimulator) -> Settings:
    """Settings that lead to them."""
    return replace(settings, simulator_url=simulator.url)


@pytest.fixture
def decider(registered: World, signed_in: SignedIn) -> Caller:
    """Somebody who is about to decide."""
    clerk = signed_in("clerk")
    sent = judged(*ALL, materials="conform")
    assert clerk.post(f"/work/tasks/{arrive(clerk, registered)}", data=sent).status_code == 302
    answer_registers()
    for step, who, kept in (
        ("first_review", "first", {"first": "grant"}),
        ("second_review", "second", {"second": "agree"}),
    ):
        send(signed_in(who), take(signed_in(who), step), **kept)
    take(signed_in("decider"), "decide")
    db.session.rollback()
    writing.set(True)
    person = db.session.get_one(Person, registered.people["decider"])
    made = Caller(person_id=person.id, token=new_token(person, days=1))
    db.session.commit()
    writing.set(None)
    return made


def serials() -> tuple[list[int], list[int]]:
    """The serials of certificates, and what the counters say."""
    db.session.rollback()
    given = [one.serial for one in db.session.query(Certificate).order_by(Certificate.id)]
    return given, [one.last for one in db.session.query(CertificateCounter)]


@pytest.mark.parametrize(("point", "moved"), [("before_commit", False), ("after_commit", True)])
def test_a_killed_decision_gives_one_number_or_none(
    settings: Settings, registered: World, decider: Caller, tmp_path: Path, point: str, moved: bool
) -> None:
    item_id, mark = the_item("decide").id, tmp_path / "killed"
    address = f"/tasks/{item_id}/complete"
    body = {"data": {"decision": "granted", "text": "符合条件"}, "transactionId": "decided-once"}
    with served(armed(settings, point, mark), "tests.faults.dying:create()") as url:
        site = Site(url=url, caller=decider)
        until_killed(mark, lambda: site.post(address, body))
        assert serials() == (([1], [1]) if moved else ([], []))
        state = db.session.get_one(Application, registered.application).state
        assert state == ("granted" if moved else "pending_decision")
        again = site.insist(address, body)
        assert again.status_code == 200, again.text
        assert site.insist(address, body).json() == again.json()
        other = site.post(address, {**body, "transactionId": "decided-twice"})
        assert (other.status_code, other.json()["code"]) == (409, "already_done")
    assert serials() == ([1], [1])
    said = db.session.query(Opinion).filter_by(stage="decision", verdict="granted")
    told = db.session.query(Notice).filter_by(template="granted")
    done = db.session.query(Event).filter_by(kind="completed", element="decide")
    assert (said.count(), told.count(), done.count()) == (1, 1, 1)
    assert the_item("print_certificate").state == "open"


@pytest.mark.parametrize(
    ("point", "kept"),
    [
        ("after_commit:1", 0),
        ("begin:2", 0),
        ("before_commit:2", 0),
        ("after_commit:2", 0),
        ("before_commit:3", 0),
        ("after_commit:3", 1),
    ],
)
def test_a_killed_worker_keeps_a_registers_answer_once(
    app: Flask,
    settings: Settings,
    simulator: RunningSimulator,
    world: World,
    tmp_path: Path,
    point: str,
    kept: int,
) -> None:
    check = world.start("background_check", register="offence")
    killed_worker(settings, point, tmp_path / "killed")
    db.session.rollback()
    assert db.session.query(RegisterAnswer).count() == kept
    assert db.session.get_one(ProcessInstance, check).end_element == ("found_clear" if kept else None)
    rest(app)
    assert db.session.query(RegisterAnswer).count() == 1
    assert db.session.get_one(ProcessInstance, check).end_element == "found_clear"
    assert db.session.query(Job).one().state == "done"
    assert len(simulator.answered("offence/query")) == 1  # asked twice at most, under one id


def rest(app: Flask) -> None:
    """Let the lease of the dead worker run out, and another one go on."""
    db.session.rollback()
    writing.set(True)
    clock.advance_clock(LEASE + timedelta(seconds=1))
    db.session.commit()
    writing.set(None)
    Worker(app=app).run_once()
    db.session.rollback()
    db.session.expire_all()
