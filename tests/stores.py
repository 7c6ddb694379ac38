"""Where the tests' databases are: SQLite files, or databases of one PostgreSQL server of the run.

`ZIGE_TEST_DATABASE` chooses: `sqlite` (the default) or `postgresql`. A template is filled once a process and
copied for each test.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import event, make_url
from sqlalchemy.pool import Pool

from models import db
from models.database import writing
from settings import Settings
from tests import shared_app
from tests.workflows import databases

ON_POSTGRESQL = os.environ.get("ZIGE_TEST_DATABASE", "sqlite") == "postgresql"
SERVER = "ZIGE_TEST_SERVER"  # its address, which the processes of pytest-xdist inherit
QUICK = ("fsync", "synchronous_commit", "full_page_writes")  # nothing here outlives the run
_numbers = count(1)


@event.listens_for(Pool, "checkout")
def _wait_for_no_disk(connection: object, *_: object) -> None:
    if isinstance(connection, sqlite3.Connection):  # what SQLite has beside the QUICK of PostgreSQL
        connection.execute("PRAGMA synchronous=OFF")


@dataclass(frozen=True, kw_only=True)
class Store:
    """A database with the instance folder that belongs to it."""

    folder: Path
    name: str = ""  # of the database on the server

    @property
    def url(self) -> str:
        """SQLAlchemy's address of the database; empty where it is the file in the folder."""
        return address(self.name) if self.name else ""

    @property
    def settings(self) -> Settings:
        """Settings of an app on it."""
        secret = "only for tests" * 3
        return Settings(instance_path=str(self.folder), database_url=self.url, secret_key=secret)


def start(stack: ExitStack) -> None:
    """Start the run's server, unless the run needs none or its first process has started it."""
    if not ON_POSTGRESQL or SERVER in os.environ:
        return
    running = stack.enter_context(databases.server())
    os.environ[SERVER] = running.get_uri()
    stack.callback(os.environ.pop, SERVER)
    for setting in QUICK:
        _order(f"ALTER SYSTEM SET {setting} = off")
    _order("SELECT pg_reload_conf()")


def address(name: str) -> str:
    """SQLAlchemy's address of a database of the server."""
    url = make_url(os.environ[SERVER]).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False)


@contextmanager
def fresh(folder: Path) -> Iterator[Store]:
    """A folder and a database without tables."""
    folder.mkdir(parents=True)
    with _database(folder, "CREATE DATABASE {}") as store:
        yield store


@contextmanager
def copied(template: Store, folder: Path) -> Iterator[Store]:
    """A copy of a template that nobody is connected to."""
    shutil.copytree(template.folder, folder)
    with _database(folder, f"CREATE DATABASE {{}} TEMPLATE {template.name} STRATEGY file_copy") as store:
        yield store


@contextmanager
def filled(template: Store, folder: Path, fill: Callable[[], None]) -> Iterator[Store]:
    """A copy of a template with more in it, to be a template itself."""
    with copied(template, folder) as store:
        with shared_app.running(store.settings):
            writing.set(True)
            fill()
            db.session.commit()
            writing.set(None)
        yield store


@contextmanager
def _database(folder: Path, order: str) -> Iterator[Store]:
    if not ON_POSTGRESQL:
        yield Store(folder=folder)
        return
    name = f"test_{os.getpid()}_{next(_numbers)}"
    _order(order.format(name))
    try:
        yield Store(folder=folder, name=name)
    finally:
        _order(f"DROP DATABASE {name} WITH (FORCE)")


def _order(words: str) -> None:
    with psycopg.connect(os.environ[SERVER], autocommit=True) as connection:
        connection.execute(words.encode())
