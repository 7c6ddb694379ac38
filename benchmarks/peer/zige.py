"""The project itself, below HTTP: rights, separation of duties, transaction ids and history are on."""

from __future__ import annotations

import tempfile
from copy import copy
from itertools import count
from typing import Any

from sqlalchemy import bindparam, select

from app import create_app
from benchmarks.peer.work import FORM, GROUP, PAGE, Store, diagram
from models import db
from models.base.database import single_statement, writing
from models.base.prebuilt import Prebuilt
from models.persons.people import Person, Post
from models.processes.instances import WorkItem
from settings import Settings
from workflows import engine, worklist
from workflows.clock import now
from workflows.engine import Environment

ITEM: Any = WorkItem.__table__
LIST = Prebuilt(
    select(ITEM.c.id, ITEM.c.name, ITEM.c.due_at)
    .where(ITEM.c.role == bindparam("role"), ITEM.c.state == "open")
    .order_by(ITEM.c.id)
    .limit(PAGE)
)


class Zige:
    """One client on the work list and the engine."""

    def __init__(self, store: Store) -> None:
        folder = tempfile.mkdtemp(prefix="zige-peer-")
        url = store.place.replace("postgresql://", "postgresql+psycopg://")
        settings = Settings(
            instance_path=folder,
            database_url=url if store.is_pg else f"sqlite:///{store.place}",
            secret_key="only for benchmarks" * 2,
            test_clock=False,
        )
        self.app = create_app(settings)
        self.app.app_context().push()
        self.numbers = count(1)
        db.create_all()
        writing.set(True)
        person = Person(kind="staff", login="clerk", name="clerk", password_hash="", created_at=now())
        person.posts = [Post(role=GROUP)]
        db.session.add(person)
        environment = Environment(roles=frozenset({GROUP}), production=False)
        engine.deploy_files({"bench.bpmn": diagram().encode()}, by=None, environment=environment)
        db.session.commit()
        self.person = person.id
        db.session.commit()

    def as_person(self, person: int) -> Zige:
        """The same desk, with somebody else at it."""
        other = copy(self)
        other.person = person
        return other

    def start(self) -> None:
        """Start one instance."""
        engine.start_instance("bench", business_key=None, variables={}, actor=self.person)
        db.session.commit()

    def list(self) -> list[int]:
        """The oldest open tasks of the role."""
        writing.set(False)
        found = [row.id for row in LIST.all({"role": GROUP})]
        db.session.rollback()
        writing.set(True)
        return found

    def claim(self, task: int) -> bool:
        """Claim with rights, duties and expiry."""
        with single_statement():
            worklist.claim_item(task, self.person)
            db.session.commit()
        return True

    def complete(self, task: int) -> None:
        """Complete with the form checked, the step taken and the history written."""
        worklist.complete_item(task, FORM, actor=self.person, transaction_id=f"bench-{next(self.numbers)}")
        db.session.commit()
