"""Real trouble with a database and a disk, for as long as a block of code needs it."""

from __future__ import annotations

import os
import re
import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

import psycopg
from flask import current_app
from sqlalchemy import URL, event, make_url

from models import db
from tests import stores

FULL = "53100"
PASSING = ("40P01", "40001", "57014", "53300")  # deadlock, serialization, cancelled, too many connections


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Something that a database does."""

    name: str
    begin: Callable[[], AbstractContextManager[None]]


def troubles(table: str, *, growing: bool) -> list[Trouble]:
    """What a database may do while somebody writes to a table; full is noticed by what makes it grow."""
    known = [
        Trouble(name="locked", begin=partial(locked, "process_instance", "work_item")),
        Trouble(name="gone", begin=gone),
    ]
    if growing or stores.ON_POSTGRESQL:
        known.append(Trouble(name="full", begin=partial(full, table)))
    own = PASSING if stores.ON_POSTGRESQL else ()
    return known + [Trouble(name=state, begin=partial(refusing, table, state)) for state in own]


@contextmanager
def locked(*tables: str) -> Iterator[None]:
    """Another connection keeps all from writing to some tables, or to SQLite; nobody waits for long."""
    if stores.ON_POSTGRESQL:
        with _each_begin("SET lock_timeout = '200ms'"), psycopg.connect(_url()) as other:
            # Rows would not do: a table without any would be free.
            other.execute(f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE".encode())
            yield
        return
    other = sqlite3.connect(_file(), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with _each_begin("PRAGMA busy_timeout = 0"):
            yield
    finally:
        other.close()


@contextmanager
def full(table: str) -> Iterator[None]:
    """The database has no room for another page; on PostgreSQL, for another row or version in a table."""
    if stores.ON_POSTGRESQL:
        with refusing(table, FULL):
            yield
        return
    pages = _sqlite("PRAGMA page_count")
    with _each_begin(f"PRAGMA max_page_count = {pages}"):
        yield


@contextmanager
def refusing(table: str, state: str) -> Iterator[None]:
    """PostgreSQL answers every write to a table with an error of its own, as it does when it has to."""
    made = (
        f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION 'made by a test' USING ERRCODE = '{state}'; END $$",
        f"CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()",
    )
    _order(_url(), *made)
    try:
        yield
    finally:
        db.session.rollback()
        _order(_url(), "DROP FUNCTION refuse CASCADE")


@contextmanager
def gone() -> Iterator[None]:
    """Nobody can reach the database, and whoever was connected is no more."""
    with ExitStack() as stack:
        stack.enter_context(_shut_out() if stores.ON_POSTGRESQL else _moved_away())
        yield


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """No file of this process can grow beyond a size: writing more fails as on a full disk."""
    _, most = before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def fields(page: str) -> dict[str, str]:
    """What the page of a passing fault would send again."""
    refusal = re.search(r'<section class="refusal.*?</section>', page, re.DOTALL)
    assert refusal, page
    found = re.findall(r'type="hidden" name="([\w.]+)" value="([^"]*)"', refusal[0])
    return {name: unescape(value) for name, value in found}


def settle() -> None:
    """Empty SQLite's log, so that what is written next is small."""
    db.session.rollback()
    if not stores.ON_POSTGRESQL:
        db.session.remove()
        db.engine.dispose()
        _sqlite("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _each_begin(order: str) -> Iterator[None]:
    def give(connection: Any) -> None:
        connection.exec_driver_sql(order)

    _reconnect()
    event.listen(db.engine, "begin", give, insert=True)
    try:
        yield
    finally:
        event.remove(db.engine, "begin", give)
        _reconnect()


@contextmanager
def _shut_out() -> Iterator[None]:
    name = _address().database
    server = os.environ[stores.SERVER]
    end = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    _order(server, f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false", end)
    try:
        yield
    finally:
        _order(server, f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")


@contextmanager
def _moved_away() -> Iterator[None]:
    settle()
    file = _file()
    aside = file.with_suffix(".aside")
    file.rename(aside)
    file.mkdir()  # so that no empty database is made in its place
    try:
        yield
    finally:
        _reconnect()
        file.rmdir()
        aside.rename(file)


def _reconnect() -> None:
    db.session.remove()
    db.engine.dispose()


def _order(address: str, *orders: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        for order in orders:
            connection.execute(order.encode())


def _sqlite(order: str) -> Any:
    connection = sqlite3.connect(_file())
    try:
        return connection.execute(order).fetchone()[0]
    finally:
        connection.close()


def _file() -> Path:
    return Path(_address().database or "")


def _url() -> str:
    return _address().set(drivername="postgresql").render_as_string(hide_password=False)


def _address() -> URL:
    # Of the test's own database: the engine outlives it and tells of another one.
    return make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
