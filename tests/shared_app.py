"""The one app of a test process, which is led to one store after another.

Opening an app takes longer than most tests: its pages are described, its routes registered, its statements
and templates compiled. All that stays; each test brings its own database, files and settings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event, make_url

from app import create_app
from domain import outside
from handlers.entry import rate_limits
from models import db
from models.base.database import writing
from settings import Settings
from tests.solving import SolvingClient

LIVE: Mapping[str, Any] = {}  # as people meet it
TESTING: Mapping[str, Any] = {"TESTING": True, "WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": False}
READS = re.compile(r"\s*(SELECT|PRAGMA|SAVEPOINT|RELEASE|ROLLBACK|BEGIN|SET)\b")
WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)')
UNKNOWN = "?"  # the table of a statement that is neither
_opened: list[_SharedApp] = []


@contextmanager
def running(settings: Settings, config: Mapping[str, Any] = TESTING) -> Iterator[Flask]:
    """The app on a store, within its context; nothing of the test stays in it."""
    if not _opened:
        _opened.append(_SharedApp(settings))
    shared = _opened[0]
    shared.lead_to(settings, config)
    writing.set(None)  # tests with an app of their own may have left a promise
    try:
        with shared.app.app_context():
            yield shared.app
            db.session.remove()
    finally:
        shared.leave()
    # What a command or a test leaves set makes a later one wait for a lock, or refuses it.
    left = writing.get()
    writing.set(None)  # and the next test is not to suffer for it
    assert left is None, "what was promised about writing is left set"


def written() -> frozenset[str]:
    """The tables that were written since the app was led to its store, as far as this process did it."""
    return frozenset(_opened[0].written)


@contextmanager
def opened(settings: Settings, config: Mapping[str, Any] = TESTING) -> Iterator[Flask]:
    """An app beside the one of the process, for tests of what an app is as it starts; nothing stays open."""
    app = create_app(settings)
    app.test_client_class = SolvingClient
    app.config.update(config)
    try:
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


class _SharedApp:
    """The app with what it was before any test changed it."""

    def __init__(self, settings: Settings) -> None:
        self.app = create_app(settings)
        self.app.test_client_class = SolvingClient
        self.config = dict(self.app.config)
        self.extensions = dict(self.app.extensions)
        self.busy = False
        self.written: set[str] = set()
        with self.app.app_context():
            # Compiled statements belong to an engine, so the engine stays and its connections change.
            event.listen(db.engine, "do_connect", self._connect)
            event.listen(db.engine, "after_cursor_execute", self._note_table)

    def lead_to(self, settings: Settings, config: Mapping[str, Any]) -> None:
        """Give the app other settings, with all that is made from them."""
        assert not self.busy, "a test asks for the app of the process twice"
        self.busy = True
        self.written.clear()
        self.app.instance_path = settings.instance_path
        self.app.config.clear()
        self.app.config.update(self.config | settings.flask_config() | dict(config))
        self.app.extensions.clear()
        self.app.extensions.update(self.extensions | {"settings": settings})
        outside.install(self.app)
        rate_limits.install(self.app)

    def leave(self) -> None:
        """Let go of the store."""
        self.busy = False
        with self.app.app_context():
            db.engine.dispose()

    def _note_table(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not READS.match(statement):
            table = WRITES.match(statement)
            self.written.add(table[1] if table else UNKNOWN)

    def _connect(self, dialect: Any, _record: Any, args: list[Any], parameters: dict[str, Any]) -> Any:
        url = make_url(self.app.config["SQLALCHEMY_DATABASE_URI"])
        if dialect.name == "sqlite":
            return dialect.connect(url.database, **parameters)
        return dialect.connect(*args, **parameters | {"dbname": url.database})
