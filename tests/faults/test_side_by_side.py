"""Two web processes and two workers on one database: nothing is done twice, and nothing is lost."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import repeat

import pytest
import requests
from flask import Flask
from sqlalchemy import select

from domain.diagrams.lint_environment import build_environment
from models import db
from models.base.database import writing
from models.cases.notices import Notice
from models.persons.people import Person
from models.processes.instances import Event, Job, ProcessInstance
from settings import Settings
from simulator.running import RunningSimulator
from tests.faults.processes import LEAVE, PATIENCE, WORKER, Caller, Site, hired, running, served, surroundings
from workflows import engine
from workflows.background import jobs
from workflows.clock import now

CASES = 16
NOTICES = 24


@pytest.fixture
def callers(world: Flask) -> list[Caller]:
    """Four people who may do both tasks, cases for them, and notices to be sent."""
    writing.set(True)
    made = [hired(f"clerk{number}", "site.clerk", "site.supervisor") for number in range(4)]
    engine.deploy_files({LEAVE.name: LEAVE.read_bytes()}, by=None, environment=build_environment())
    for number in range(CASES):
        engine.start_instance("leave_request", business_key=f"leave:{number}", variables={}, actor=None)
    person = db.session.scalars(select(Person).where(Person.mobile.is_not(None)).order_by(Person.id)).first()
    assert person is not None
    for number in range(NOTICES):
        _queue(person.id, f"第{number}条")
    db.session.commit()
    writing.set(None)
    return made


def _queue(person: int, text: str) -> None:
    notice = Notice(person_id=person, template="test", title="通知", text=text, created_at=now())
    db.session.add(notice)
    db.session.flush()
    jobs.enqueue_job("notices.deliver", {"notice": notice.id}, key=f"notice:{notice.id}")


def test_two_of_each_do_everything_once(
    world: Flask, world_settings: Settings, simulator: RunningSimulator, callers: list[Caller]
) -> None:
    known = surroundings(world_settings)
    with ExitStack() as stack:
        urls = [stack.enter_context(served(known)) for _ in range(2)]
        for _ in range(2):
            stack.enter_context(running(WORKER, known))
        sites = [Site(url=urls[place % 2], caller=one) for place, one in enumerate(callers)]
        with ThreadPoolExecutor(len(sites)) as pool:
            done: list[int] = []
            list(pool.map(_work, sites, repeat(done)))
        _wait_for_jobs()
    assert len(set(done)) == len(done) == 2 * CASES
    db.session.rollback()
    states = set(db.session.execute(select(ProcessInstance.state, ProcessInstance.end_element)).all())
    assert states == {("completed", "leave_settled")}
    kinds = Counter(db.session.scalars(select(Event.kind)))
    assert (kinds["completed"], kinds["ended"]) == (2 * CASES, CASES)
    texts = Counter(message["text"] for message in simulator.messages(channel="sms"))
    assert set(texts.values()) == {1}
    assert len(texts) == NOTICES


def _work(site: Site, done: list[int]) -> None:
    """Claim and complete whatever is open until everything is done."""
    until = time.monotonic() + PATIENCE
    while len(done) < 2 * CASES:
        assert time.monotonic() < until, f"{len(done)} tasks were done"
        try:
            answer = site.get("/tasks?state=open&process=leave_request")
        except requests.ConnectionError:  # the process is not up yet
            time.sleep(0.1)
            continue
        assert answer.status_code == 200, answer.text
        done += [task["id"] for task in answer.json()["tasks"] if _complete(site, task["id"])]


def _complete(site: Site, task_id: int) -> bool:
    claimed = site.post(f"/tasks/{task_id}/claim")
    assert claimed.status_code in {200, 403, 409}, claimed.text  # 403: did the first task of the case
    if claimed.status_code != 200:
        return False
    body = {"data": {"approved": True}, "transactionId": f"task-{task_id}"}
    answer = site.post(f"/tasks/{task_id}/complete", body)
    assert answer.status_code == 200, answer.text
    return True


def _wait_for_jobs() -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        db.session.rollback()
        if not db.session.scalars(select(Job.id).where(Job.state.in_(("due", "leased")))).all():
            return
        time.sleep(0.2)
    raise AssertionError("the workers left jobs behind")
