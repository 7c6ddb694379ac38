"""Where the tests' databases are: SQLite files, or databases of one PostgreSQL server of the run.

`ZIGE_TEST_DATABASE` chooses: `sqlite` (the default) or `postgresql`. A template is filled once a process and
copied for each test.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakSet

import psycopg
from sqlalchemy import event
from sqlalchemy.pool import Pool

from models import db
from models.base.database import writing
from settings import Settings
from tests import shared_app
from tests.workflows import databases
from tests.workflows.databases import Server

ON_POSTGRESQL = os.environ.get("ZIGE_TEST_DATABASE", "sqlite") == "postgresql"
SERVER = "ZIGE_TEST_SERVER"  # its address, which the processes of pytest-xdist inherit
MEMORY = Path("/dev/shm")  # a file system, where a database is copied ten times as fast as on a busy disk
ROOM = 4 * 2**30  # bytes
NOWHERE = "http://127.0.0.1:9"  # a site that is being developed has its simulator on the usual port


_connected: WeakSet[psycopg.Connection[Any]] = WeakSet()


@event.listens_for(Pool, "connect")
def _remember_connection(connection: object, *_: object) -> None:
    if isinstance(connection, psycopg.Connection):
        _connected.add(connection)


@event.listens_for(Pool, "checkout")
def _wait_for_no_disk(connection: object, *_: object) -> None:
    if isinstance(connection, sqlite3.Connection):  # what SQLite has beside `databases.QUICK`
        connection.execute("PRAGMA synchronous=OFF")


@dataclass(frozen=True, kw_only=True)
class Store:
    """A database with the instance folder that belongs to it."""

    folder: Path
    name: str = ""  # of the database on the server

    @property
    def url(self) -> str:
        """SQLAlchemy's address of the database; empty where it is the file in the folder."""
        return server().address(self.name) if self.name else ""

    @property
    def settings(self) -> Settings:
        """Settings of an app on it; registers and channels are nowhere unless a test says where."""
        secret = "only for tests" * 3
        return Settings(
            instance_path=str(self.folder), database_url=self.url, secret_key=secret, simulator_url=NOWHERE
        )


def write_in_memory() -> None:
    """Have what the run writes for itself written in memory, where there is room; processes inherit it."""
    if MEMORY.is_dir() and "TMPDIR" not in os.environ and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def start(stack: ExitStack) -> None:
    """Start the run's server, unless the run needs none or its first process has started it."""
    if not ON_POSTGRESQL or SERVER in os.environ:
        return
    os.environ[SERVER] = stack.enter_context(databases.server()).uri
    stack.callback(os.environ.pop, SERVER)


def server() -> Server:
    """The server of the run."""
    return Server(uri=os.environ[SERVER])


@contextmanager
def fresh(folder: Path) -> Iterator[Store]:
    """A folder and a database without tables."""
    folder.mkdir(parents=True)
    with _database(folder) as store:
        yield store


@contextmanager
def copied(template: Store, folder: Path) -> Iterator[Store]:
    """A copy of a template that nobody is connected to."""
    shutil.copytree(template.folder, folder)
    with _database(folder, template.name) as store:
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
def _database(folder: Path, template: str = "template1") -> Iterator[Store]:
    if not ON_POSTGRESQL:
        yield Store(folder=folder)
        return
    with server().database(template) as name:
        yield Store(folder=folder, name=name)
        # Python would warn of it whenever it collects, in the middle of a test that has no part in it.
        left = [one for one in _connected if not one.closed and one.info.dbname == name]
        assert left == [], "an app, a session or a thread of the test is still connected to its database"
