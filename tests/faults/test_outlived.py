"""A worker whose database goes away for a while works on when it is back."""

from __future__ import annotations

import time

from flask import Flask
from sqlalchemy import select

from models import db
from models.base.database import writing
from models.cases.notices import Notice
from models.persons.people import Person
from settings import Settings
from simulator.running import RunningSimulator
from tests import stores
from tests.faults import breaking
from tests.faults.processes import PATIENCE, WORKER, running, surroundings
from workflows.background import jobs
from workflows.clock import now


def told(text: str) -> None:
    """Write a notice, and wait until a worker has sent it."""
    writing.set(True)
    person = db.session.scalars(select(Person).where(Person.mobile.is_not(None)).order_by(Person.id)).first()
    assert person is not None
    notice = Notice(person_id=person.id, template="test", title="通知", text=text, created_at=now())
    db.session.add(notice)
    db.session.flush()
    number = notice.id
    jobs.enqueue_job("notices.deliver", {"notice": number}, key=f"notice:{number}")
    db.session.commit()
    writing.set(None)
    until = time.monotonic() + PATIENCE
    while db.session.get_one(Notice, number).sent_at is None:
        assert time.monotonic() < until
        db.session.rollback()
        time.sleep(0.1)
    db.session.rollback()


def test_a_worker_outlives_its_database(
    world: Flask, world_settings: Settings, simulator: RunningSimulator
) -> None:
    with running(WORKER, surroundings(world_settings)):
        told("第一条")
        with breaking.gone() if stores.ON_POSTGRESQL else breaking.locked():
            time.sleep(3)  # it looks once a second
        db.session.remove()
        db.engine.dispose()  # the test's own connection was cut as well
        told("第二条")
    assert [message["text"][-3:] for message in simulator.messages(channel="sms")] == ["第二条", "第一条"]
