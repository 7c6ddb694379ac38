"""A small office on a real database: people with posts, drawn processes, a clock that stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

from flask import Flask
from sqlalchemy import select

from models import db
from models.base.database import writing
from models.base.errors import DomainError
from models.persons.people import Person, Post
from models.processes.instances import Event, Job, ProcessInstance, WorkItem
from tests.workflows.engine.diagrams.drawing import NAMESPACES, user
from workflows import engine, forms, operations

LEAVE = Path(__file__).parents[1] / "processes" / "leave_request.bpmn"
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ROLES = frozenset({"site.clerk", "site.supervisor", "clerk", "reviewer", "applicant"})

# login → posts
STAFF: dict[str, tuple[tuple[str, str | None], ...]] = {
    "lin": (("site.clerk", "site:1"), ("clerk", "site:1"), ("reviewer", None)),
    "chen": (("site.supervisor", "site:1"), ("clerk", "site:1")),
    "both": (("site.clerk", None), ("site.supervisor", None), ("clerk", None), ("reviewer", None)),
    "far": (("site.clerk", "site:2"), ("clerk", "site:2")),
    "nobody": (),
}


@dataclass
class Office:
    """People, processes and time of one test."""

    app: Flask
    at: datetime = MONDAY
    people: dict[str, int] = field(default_factory=dict)

    def __call__(self) -> datetime:
        """The office is its own clock."""
        return self.at

    def wait(self, **delta: float) -> None:
        """Let time pass."""
        self.at += timedelta(**delta)

    def hire(self) -> None:
        """Give everybody an account and their posts."""
        with writes():
            for login, posts in STAFF.items():
                held = [Post(role=role, place=place) for role, place in posts]
                person = Person(
                    kind="staff", login=login, name=f"员工{login}", password_hash="-", created_at=self.at
                )
                person.posts = held
                db.session.add(person)
                db.session.flush()
                self.people[login] = person.id

    def deploy(self, source: bytes) -> None:
        """Deploy one file with everything that is registered."""
        known = {
            name: engine.OperationFacts(parameters=frozenset(one.parameters().fields), kind=one.kind)
            for name, one in operations.registered_operations().items()
        }
        names = frozenset(forms.registered_forms())
        environment = engine.Environment(operations=known, forms=names, roles=ROLES, production=False)
        with writes():
            engine.deploy_files({"drawn.bpmn": source}, by=None, environment=environment)

    def start(self, process: str = "leave_request", key: str | None = None, **variables: Any) -> int:
        """Start an instance; its id."""
        with writes():
            return engine.start_instance(process, business_key=key, variables=variables, actor=None).id

    def item(self, instance_id: int, element: str) -> WorkItem:
        """The newest item of an element, read anew."""
        db.session.rollback()
        chosen = select(WorkItem).where(WorkItem.instance_id == instance_id, WorkItem.element == element)
        return db.session.scalars(chosen.order_by(WorkItem.id.desc())).first()

    def instance(self, instance_id: int) -> ProcessInstance:
        """The row of an instance, read anew."""
        db.session.rollback()
        return db.session.get_one(ProcessInstance, instance_id, populate_existing=True)

    def kinds(self, instance_id: int) -> list[str]:
        """What happened to an instance, in order."""
        db.session.rollback()
        chosen = select(Event.kind).where(Event.instance_id == instance_id).order_by(Event.id)
        return list(db.session.scalars(chosen))

    def jobs(self) -> list[Job]:
        """All jobs, read anew, the oldest first."""
        db.session.rollback()
        return list(db.session.scalars(select(Job).order_by(Job.id)))


@contextmanager
def writes() -> Iterator[None]:
    """A write transaction as a handler has it: committed at the end, rolled back on a refusal."""
    token = writing.set(True)
    db.session.rollback()
    try:
        yield
        db.session.commit()
    finally:
        db.session.rollback()
        db.session.expire_all()
        writing.reset(token)


def at_once(office: Office, acts: list[Callable[[], Any]]) -> list[Any]:
    """Do all acts at the same moment, each in a thread and transaction of its own: results or refusals."""
    db.session.rollback()
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        with office.app.app_context():
            barrier.wait()
            try:
                with writes():
                    return act()
            except DomainError as refusal:
                return refusal
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def drawn(body: str, around: str = "", key: str = "drawn") -> bytes:
    """A process of drawn elements."""
    head = f'<?xml version="1.0" encoding="UTF-8"?><definitions {NAMESPACES} id="d" targetNamespace="urn:t">'
    return (
        f'{head}{around}<process id="{key}" name="画" isExecutable="true">{body}</process></definitions>'
    ).encode()


def task(name: str, /, **values: str) -> str:
    """A user task; without a form unless it names one."""
    return user(name, **{"formKey": "", **values})
