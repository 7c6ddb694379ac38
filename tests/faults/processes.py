"""Real processes on the test's database: web, worker, and somebody who calls the API."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from handlers.commands.people import new_token
from models import db
from models.persons.people import Person, Post
from settings import Settings
from tests.faults import warm
from workflows.clock import now

LEAVE = warm.ROOT / "tests" / "processes" / "leave_request.bpmn"
WORKER = ("flask", "worker")
DYING = ("tests.faults.dying",)
PATIENCE = 180  # seconds; whoever needs them all has failed, even where a process takes a minute to start


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Somebody with a token of the API."""

    person_id: int
    token: str


@dataclass(frozen=True, kw_only=True)
class Site:
    """A served app, called by somebody."""

    url: str
    caller: Caller

    def get(self, path: str) -> requests.Response:
        """Ask."""
        return self._call("GET", path)

    def post(self, path: str, body: Any = None) -> requests.Response:
        """Act."""
        return self._call("POST", path, json=body if body is not None else {})

    def insist(self, path: str, body: Any) -> requests.Response:
        """Act again and again until there is an answer."""
        return patiently(lambda: self.post(path, body))

    def _call(self, method: str, path: str, **options: Any) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            headers = {"Authorization": f"Bearer {self.caller.token}"}
            return session.request(
                method, f"{self.url}/api/v1{path}", headers=headers, timeout=PATIENCE, **options
            )


def patiently(act: Callable[[], requests.Response]) -> requests.Response:
    """Ask again and again until there is an answer: the process may not be up, or not up again."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return act()
        except requests.ConnectionError:
            assert time.monotonic() < until
            time.sleep(0.1)


def armed(settings: Settings, point: str, mark: Path) -> dict[str, str]:
    """What a process needs to die at a point; see `dying`."""
    return surroundings(settings, ZIGE_TEST_FAULT=point, ZIGE_TEST_MARK=str(mark))


def until_killed(mark: Path, act: Callable[[], object]) -> None:
    """Act until the process that had it in hand is dead; it answers nothing."""
    db.session.rollback()  # the test itself must hold no lock
    until = time.monotonic() + PATIENCE
    while not mark.exists():
        assert time.monotonic() < until
        try:
            answer = act()
        except requests.ConnectionError:  # not up yet, or just killed
            time.sleep(0.1)
        else:
            raise AssertionError(f"it lived and answered {answer}")


def killed_worker(settings: Settings, point: str, mark: Path) -> None:
    """A worker that works until it dies at a point."""
    db.session.rollback()  # the test itself must hold no lock
    dead = warm.start(DYING, armed(settings, point, mark))
    dead.join(PATIENCE)
    assert dead.exitcode == -signal.SIGKILL
    dead.close()


def hired(login: str, *roles: str) -> Caller:
    """A new employee with a token; the caller commits."""
    person = Person(kind="staff", login=login, name=login, password_hash="-", created_at=now())
    person.posts = [Post(role=role) for role in roles]
    db.session.add(person)
    db.session.flush()
    return Caller(person_id=person.id, token=new_token(person, days=1))


def surroundings(settings: Settings, **more: str) -> dict[str, str]:
    """What a process needs to be on the test's database."""
    return {
        **os.environ,
        "ZIGE_INSTANCE_PATH": settings.instance_path,
        "ZIGE_DATABASE_URL": settings.database_url,
        "ZIGE_SECRET_KEY": settings.secret_key,
        "ZIGE_SIMULATOR_URL": settings.simulator_url,
        **more,
    }


@contextmanager
def served(environment: dict[str, str], factory: str = "app:create_app()") -> Iterator[str]:
    """A web process with its master, as in production."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["gunicorn", factory, "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    more = ["--worker-class", "gthread", "--threads", "4", "--log-level", "critical"]
    with running([*words, *more], environment):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def running(words: Sequence[str], environment: Mapping[str, str]) -> Iterator[None]:
    """A program, as after `python -m`, for as long as a block of code needs it."""
    process = warm.start(words, environment)
    try:
        yield
    finally:
        warm.end(process, PATIENCE)
