"""What a page weighs, and how many statements it asks the database for.

`python -m benchmarks.pages` prints one JSON line a page and a form, on SQLite. Bytes are those of the whole
answer, compressed as by the front; beside them with the scripts, sheets and drawings that the page names
and the browser has not fetched yet. Statements are all that the app sends to the database while it answers,
reads and writes, but not those that begin and end transactions and savepoints.

Aims: first page 60 kB, a wizard page 15 kB after the first, a wizard form and a status page 12 statements.
"""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from flask import Flask, request_finished, request_started
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from domain.diagrams.lint_environment import build_environment
from models import db
from settings import Settings
from tests import shared_app
from tests.handlers.apply.conftest import Applicant, change, fill_town, sign_in, sources, the_application
from workflows import engine

ASSET = re.compile(r'(?:src|href)="(/static/[^"#]+)')
CONTROL = re.compile(r"\s*(?:BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|PRAGMA)\b", re.IGNORECASE)
NOWHERE = "http://127.0.0.1:9"  # no register answers
ACCEPTED = {"Accept-Encoding": "br, gzip"}
STEPS = ("agreement", "identity", "authority", "details", "check", "notes", "undertaking", "reminder")


@dataclass(kw_only=True)
class Counted:
    """How many statements the newest request has sent."""

    running: int = 0
    newest: int = 0

    def begin_request(self, _app: Flask, **_: object) -> None:
        """A request has come."""
        self.running = 0

    def end_request(self, _app: Flask, **_: object) -> None:
        """It is answered; what a test asks afterwards does not count."""
        self.newest = self.running

    def add_statement(self, statement: str) -> None:
        """One statement more."""
        self.running += not CONTROL.match(statement)


@dataclass(kw_only=True)
class Visit:
    """A browser that keeps what it has fetched."""

    app: Flask
    client: FlaskClient
    fetched: set[str] = field(default_factory=set)

    def weigh_page(self, address: str) -> dict[str, Any]:
        """Open a page and what it names."""
        with counting(self.app) as statements:
            answer = self.client.get(address, headers=ACCEPTED)
        assert answer.status_code == 200, (address, answer.status_code)
        text = answer.get_data(as_text=True)
        alone = len(gzip.compress(text.encode(), 5))
        new = [one for one in dict.fromkeys(ASSET.findall(text)) if one not in self.fetched]
        self.fetched.update(new)
        return {
            "page": address,
            "kB": kilobytes(alone),
            "with_new_files_kB": kilobytes(alone + sum(map(self._fetch_size, new))),
            "statements": statements.newest,
        }

    def _fetch_size(self, address: str) -> int:
        answer = self.client.get(address, headers=ACCEPTED)
        assert answer.status_code == 200, address
        return len(answer.get_data())


def main() -> None:
    """Walk from the home page to the status page."""
    with tempfile.TemporaryDirectory(prefix="zige-pages-") as folder:
        settings = Settings(instance_path=folder, secret_key="only to measure" * 3, simulator_url=NOWHERE)
        with shared_app.running(settings) as app:
            measure_pages(app)


def measure_pages(app: Flask) -> None:
    """Fill the database and print the figures."""
    app.config["TEST_CLOCK"] = False  # as in production
    db.create_all()
    with change():
        fill_town()
        engine.deploy_files(sources(), by=None, environment=build_environment())
    list(walk_through(app, sign_in(app, 2)))  # what a process reads once is read
    for line in walk_through(app, sign_in(app, 1)):
        print(json.dumps(line, ensure_ascii=False), flush=True)


def walk_through(app: Flask, applicant: Applicant) -> Iterator[dict[str, Any]]:
    """The figures of each page and of each form, in the order in which an applicant meets them."""
    visit = Visit(app=app, client=applicant.client)
    yield visit.weigh_page("/")
    yield visit.weigh_page("/apply/")
    for step, act in acts_of(applicant).items():
        yield {"form": f"before {step}", **measure_form(app, act)}
        yield visit.weigh_page(f"/apply/{step}")
    yield {"form": "after reminder", **measure_form(app, lambda: applicant.send("reminder"))}
    yield visit.weigh_page(f"/apply/applications/{the_application(applicant.id).id}")


def acts_of(applicant: Applicant) -> dict[str, Callable[[], TestResponse]]:
    """Step → the form that leads to it."""
    acts = applicant.acts()
    return {step: acts[step] for step in STEPS}


def measure_form(app: Flask, act: Callable[[], TestResponse]) -> dict[str, Any]:
    """How many statements a form takes."""
    with counting(app) as statements:
        answer = act()
    assert answer.status_code in {302, 303}, answer.status_code
    return {"statements": statements.newest}


@contextmanager
def counting(app: Flask) -> Iterator[Counted]:
    """Count the statements of the requests that come meanwhile."""
    found = Counted()

    class CountingCursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, *more: Any, **options: Any) -> Any:
            found.add_statement(str(query))
            return super().execute(query, *more, **options)

    def watch(connection: Any, *_: Any) -> None:
        # The driver counts: prebuilt statements pass SQLAlchemy by.
        if isinstance(connection, sqlite3.Connection):
            connection.set_trace_callback(found.add_statement)
        else:
            connection.cursor_factory = CountingCursor

    db.session.remove()
    event.listen(db.engine, "checkout", watch)
    try:
        with (
            request_started.connected_to(found.begin_request, app),
            request_finished.connected_to(found.end_request, app),
        ):
            yield found
    finally:
        event.remove(db.engine, "checkout", watch)
        db.session.remove()
        db.engine.dispose()


def kilobytes(number: int) -> float:
    """Bytes as kB."""
    return round(number / 1000, 1)


if __name__ == "__main__":
    main()
