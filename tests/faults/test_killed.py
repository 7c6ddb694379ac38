"""Processes killed at named points: a case is before or after, never between, and nothing happens twice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from domain.diagrams.lint_environment import build_environment
from models import db
from models.base.database import writing
from models.cases.notices import Notice
from models.persons.people import Person
from models.processes.instances import Event, Job, ProcessInstance, WorkItem
from settings import Settings
from simulator.running import RunningSimulator
from tests.faults.processes import LEAVE, Caller, Site, armed, hired, killed_worker, served, until_killed
from workflows import clock, engine, worklist
from workflows.background import jobs
from workflows.background.jobs import LEASE
from workflows.background.worker import Worker
from workflows.clock import now


@pytest.fixture
def caller(world: Flask) -> Caller:
    """Somebody with a task that they claimed."""
    writing.set(True)
    made = hired("lin", "site.clerk")
    engine.deploy_files({LEAVE.name: LEAVE.read_bytes()}, by=None, environment=build_environment())
    engine.start_instance("leave_request", business_key=None, variables={}, actor=made.person_id)
    item = db.session.scalars(select(WorkItem).where(WorkItem.state == "open")).one()
    worklist.claim_item(item.id, made.person_id)
    db.session.commit()
    writing.set(None)
    return made


@pytest.mark.parametrize(("point", "moved"), [("before_commit", False), ("after_commit", True)])
def test_a_killed_web_process_leaves_a_case_before_or_after(
    world_settings: Settings, caller: Caller, tmp_path: Path, point: str, moved: bool
) -> None:
    item = db.session.scalars(select(WorkItem).where(WorkItem.state == "claimed")).one()
    item_id, instance_id, mark = item.id, item.instance_id, tmp_path / "killed"
    body = {"data": {"days": 3}, "transactionId": "once-and-for-all"}
    db.session.rollback()
    with served(armed(world_settings, point, mark), "tests.faults.dying:create()") as url:
        site = Site(url=url, caller=caller)
        until_killed(mark, lambda: site.post(f"/tasks/{item_id}/complete", body))
        assert (_state(item_id) == "done") == moved
        again = site.insist(f"/tasks/{item_id}/complete", body)
        assert again.status_code == 200, again.text
        assert site.insist(f"/tasks/{item_id}/complete", body).json() == again.json()
    db.session.rollback()
    kinds = list(db.session.scalars(select(Event.kind).where(Event.instance_id == instance_id)))
    assert kinds.count("completed") == 1
    assert db.session.get_one(ProcessInstance, instance_id).elements == ["approve_leave"]
    assert len(db.session.scalars(select(WorkItem).where(WorkItem.state == "open")).all()) == 1


def _state(item_id: int) -> str:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(WorkItem, item_id).state


def test_a_worker_killed_after_the_answer_sends_no_second_message(
    world: Flask, world_settings: Settings, simulator: RunningSimulator, tmp_path: Path
) -> None:
    person = db.session.scalars(select(Person).where(Person.mobile.is_not(None)).order_by(Person.id)).first()
    assert person is not None
    mobile = person.mobile or ""
    writing.set(True)
    notice = Notice(person_id=person.id, template="test", title="通知", text="只发一次", created_at=now())
    db.session.add(notice)
    db.session.flush()
    notice_id = notice.id
    jobs.enqueue_job("notices.sms", {"notice": notice_id}, key=f"notice:{notice_id}:sms")
    db.session.commit()
    writing.set(None)
    killed_worker(world_settings, "begin:2", tmp_path / "killed")
    db.session.rollback()
    assert db.session.scalars(select(Job.state)).all() == ["leased"]
    assert len(simulator.messages(channel="sms", to=mobile)) == 1  # it was sent, and nobody wrote that down
    writing.set(True)
    clock.advance_clock(LEASE + timedelta(seconds=1))
    db.session.commit()
    writing.set(None)
    Worker(app=world).run_once()
    db.session.rollback()
    assert db.session.scalars(select(Job.state)).all() == ["done"]
    assert len(simulator.messages(channel="sms", to=mobile)) == 1
    assert db.session.get_one(Notice, notice_id).sent_at is not None
