"""Processes killed at named points: a case is before or after, never between, and nothing happens twice."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from sqlalchemy import select

from handlers.commands.people import new_token
from handlers.services.vocabulary import environment
from models import db
from models.database import writing
from models.notices import Notice
from models.people import Person, Post
from models.process import Event, Job, ProcessInstance, WorkItem
from settings import Settings
from simulator.running import Running, running_simulator
from tests.handlers.api.calling import Caller
from workflows import clock, engine, jobs
from workflows.clock import now
from workflows.jobs import LEASE
from workflows.worker import Worker

ROOT = Path(__file__).parents[2]
LEAVE = ROOT / "tests" / "processes" / "leave_request.bpmn"
PATIENCE = 60  # seconds; whoever needs them all has failed


@dataclass(frozen=True, kw_only=True)
class Site:
    """A served app, called by somebody."""

    url: str
    caller: Caller

    def post(self, path: str, body: Any) -> requests.Response:
        """Act."""
        with requests.Session() as session:
            session.trust_env = False
            headers = {"Authorization": f"Bearer {self.caller.token}"}
            return session.post(f"{self.url}/api/v1{path}", json=body, headers=headers, timeout=PATIENCE)

    def insist(self, path: str, body: Any) -> requests.Response:
        """Act again and again until there is an answer."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return self.post(path, body)
            except requests.ConnectionError:
                assert time.monotonic() < until
                time.sleep(0.1)


@pytest.fixture
def simulator() -> Iterator[Running]:
    """The channels outside."""
    with running_simulator() as running:
        yield running


@pytest.fixture
def world_settings(world_settings: Settings, simulator: Running) -> Settings:
    """The sample world, with its ways to the outside."""
    return replace(world_settings, simulator_url=simulator.url)


def surroundings(settings: Settings, point: str, mark: Path) -> dict[str, str]:
    """What a process needs to be on the test's database, and to die at a point."""
    return {
        **os.environ,
        "ZIGE_INSTANCE_PATH": settings.instance_path,
        "ZIGE_DATABASE_URL": settings.database_url,
        "ZIGE_SECRET_KEY": settings.secret_key,
        "ZIGE_SIMULATOR_URL": settings.simulator_url,
        "ZIGE_TEST_FAULT": point,
        "ZIGE_TEST_MARK": str(mark),
    }


@contextmanager
def served(settings: Settings, point: str, mark: Path) -> Iterator[str]:
    """A web process with its master, as in production."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["gunicorn", "tests.faults.dying:create()", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    more = ["--worker-class", "gthread", "--threads", "4", "--log-level", "critical"]
    command = [sys.executable, "-m", *words, *more]
    process = subprocess.Popen(command, cwd=ROOT, env=surroundings(settings, point, mark))
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture
def caller(world: Flask) -> Caller:
    """Somebody with a task that they claimed."""
    described = world.test_client().get("/api/v1/openapi.json").get_json()
    writing.set(True)
    person = Person(kind="staff", login="lin", name="林", password_hash="-", created_at=now())
    person.posts = [Post(role="site.clerk")]
    db.session.add(person)
    db.session.flush()
    engine.deploy({LEAVE.name: LEAVE.read_bytes()}, by=None, environment=environment())
    made = Caller(app=world, person_id=person.id, token=new_token(person, days=1), described=described)
    db.session.commit()
    writing.set(None)
    started = made.post("/processes/leave_request/instances", {"variables": {}})
    assert started.status_code == 201, started.text
    item = db.session.scalars(select(WorkItem).where(WorkItem.state == "open")).one()
    assert made.post(f"/tasks/{item.id}/claim").status_code == 200
    db.session.rollback()
    return made


@pytest.mark.parametrize(("point", "moved"), [("before_commit", False), ("after_commit", True)])
def test_a_killed_web_process_leaves_a_case_before_or_after(
    world_settings: Settings, caller: Caller, tmp_path: Path, point: str, moved: bool
) -> None:
    item = db.session.scalars(select(WorkItem).where(WorkItem.state == "claimed")).one()
    item_id, instance_id, mark = item.id, item.instance_id, tmp_path / "killed"
    body = {"data": {"days": 3}, "transactionId": "once-and-for-all"}
    db.session.rollback()
    with served(world_settings, point, mark) as url:
        site = Site(url=url, caller=caller)
        first = _killed(site, f"/tasks/{item_id}/complete", body, mark)
        assert first is None
        assert (_state(item_id) == "done") == moved
        again = site.insist(f"/tasks/{item_id}/complete", body)
        assert again.status_code == 200, again.text
        assert site.insist(f"/tasks/{item_id}/complete", body).json() == again.json()
    db.session.rollback()
    kinds = list(db.session.scalars(select(Event.kind).where(Event.instance_id == instance_id)))
    assert kinds.count("completed") == 1
    assert db.session.get_one(ProcessInstance, instance_id).elements == ["approve_leave"]
    assert len(db.session.scalars(select(WorkItem).where(WorkItem.state == "open")).all()) == 1


def _killed(site: Site, path: str, body: Any, mark: Path) -> requests.Response | None:
    """Send until the process that had it in hand is dead; nothing is answered."""
    until = time.monotonic() + PATIENCE
    while not mark.exists():
        assert time.monotonic() < until
        try:
            return site.post(path, body)
        except requests.ConnectionError:  # not up yet, or just killed
            time.sleep(0.1)
    return None


def _state(item_id: int) -> str:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(WorkItem, item_id).state


def test_a_worker_killed_after_the_answer_sends_no_second_message(
    world: Flask, world_settings: Settings, simulator: Running, tmp_path: Path
) -> None:
    person = db.session.scalars(select(Person).where(Person.mobile.is_not(None)).order_by(Person.id)).first()
    assert person is not None
    mobile = person.mobile or ""
    writing.set(True)
    notice = Notice(person_id=person.id, template="test", title="通知", text="只发一次", created_at=now())
    db.session.add(notice)
    db.session.flush()
    notice_id = notice.id
    jobs.enqueue("notices.deliver", {"notice": notice_id}, key=f"notice:{notice_id}")
    db.session.commit()
    writing.set(None)
    known = surroundings(world_settings, "after_answer", tmp_path / "killed")
    command = [sys.executable, "-m", "tests.faults.dying"]
    dead = subprocess.run(command, cwd=ROOT, env=known, timeout=PATIENCE, check=False)
    assert dead.returncode == -signal.SIGKILL
    db.session.rollback()
    assert db.session.scalars(select(Job.state)).all() == ["leased"]
    assert len(simulator.messages(channel="sms", to=mobile)) == 1  # it was sent, and nobody wrote that down
    writing.set(True)
    clock.advance(LEASE + timedelta(seconds=1))
    db.session.commit()
    writing.set(None)
    Worker(app=world).run_once()
    db.session.rollback()
    assert db.session.scalars(select(Job.state)).all() == ["done"]
    assert len(simulator.messages(channel="sms", to=mobile)) == 1
    assert db.session.get_one(Notice, notice_id).sent_at is not None
