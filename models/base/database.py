"""The database object, and how a transaction begins on SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, MetaData, Table, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What every table class descends from."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base, disable_autonaming=True)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


def table_of(model: type[Base]) -> Table:
    """The table of a class, for statements whose rows become no objects."""
    found = model.__table__
    assert isinstance(found, Table)  # every class of ours has one of its own
    return found


# What a request means to do: True takes SQLite's write lock before the first read, as a read transaction
# there cannot become a writing one when another writer came between. False promises to read only: then
# PostgreSQL is asked without a transaction, which READ COMMITTED makes no difference to; it saves two ways
# to the server, and the ROLLBACK at the end, at which psycopg forgets every prepared statement.
writing: ContextVar[bool | None] = ContextVar("writing", default=None)

# All that the request writes is one statement, which is a transaction by itself.
_single: ContextVar[bool] = ContextVar("single", default=False)
_OPEN, _KNOWN, _LASTING = "open connection", "what was read once", "what no request writes"
T = TypeVar("T")


@contextmanager
def single_statement() -> Iterator[None]:
    """Promise that what is written here is one prebuilt statement: PostgreSQL then needs no BEGIN and COMMIT.

    SQLite takes its write lock as ever. What reads before and after sees each its own moment.
    """
    db.session.rollback()
    before = _single.set(True)
    try:
        yield
    finally:
        db.session.rollback()
        _single.reset(before)


@contextmanager
def single_write() -> Iterator[None]:
    """One statement that is committed by itself, so that it stays whatever becomes of the request."""
    if db.session.new or db.session.dirty or db.session.deleted:
        raise RuntimeError("what is kept by itself is written before anything is written")
    before = writing.set(True)
    try:
        with single_statement():
            yield
            db.session.commit()
    finally:
        writing.reset(before)


@contextmanager
def write_transaction() -> Iterator[None]:
    """A write transaction by itself: committed at the end, rolled back on any exception.

    What was read before is read anew afterwards, also in a request that otherwise only reads.
    """
    # The rows must begin their transaction: SQLite cannot turn a reading one into a writing one.
    db.session.rollback()
    before = writing.set(True)
    try:
        yield
        db.session.commit()
    finally:
        db.session.rollback()
        db.session.expire_all()
        writing.reset(before)


def current_connection() -> Connection:
    """The connection of the session's transaction: the session's own way to it is long."""
    session = db.session()
    if session.in_nested_transaction():
        return session.connection()  # which sets the savepoint when nothing has yet
    found: Connection | None = session.info.get(_OPEN)
    if found is None:
        found = session.info[_OPEN] = session.connection()
    return found


def read_once(key: tuple[str, Any], read: Callable[[], T]) -> T:
    """What a question is answered with, asked of the database once in a transaction or until a flush.

    A page asks many times for the table of a rule, or for a region: of each kind, or for each line. What a
    statement of INSERT, UPDATE or DELETE writes by itself, or somebody else meanwhile, is not noticed: it is
    for what pages ask, not for rows that a lock protects.
    """
    session = db.session()
    if session.autoflush and (session.new or session.dirty or session.deleted):
        session.flush()  # as a query would
    known = session.info.setdefault(_KNOWN, {})
    if key not in known:
        known[key] = read()
    found: T = known[key]
    return found


def read_lasting(key: tuple[str, Any], read: Callable[[], T]) -> T:
    """The same for what the request itself does not write, regions and rules: a flush does not matter."""
    known = db.session().info.setdefault(_LASTING, {})
    if key not in known:
        with db.session.no_autoflush:
            known[key] = read()
    found: T = known[key]
    return found


PATIENCE = 20  # seconds that a writer waits for another one before the person is asked to try again


def install(app: Flask) -> None:
    """Bind the database to the app and set each connection up."""
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _prepare_sqlite(db.engine)
        else:
            _prepare_postgresql(db.engine)


def _prepare_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.execute(f"SET lock_timeout = '{PATIENCE}s'")
        connection.commit()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        driver = connection.connection.driver_connection
        alone = writing.get() is False or _single.get()
        if driver.autocommit != alone:
            driver.autocommit = alone


@event.listens_for(db.session, "before_flush")
def _refuse_to_write(*_: Any) -> None:
    if writing.get() is False:
        raise RuntimeError("a request that promised to read only has something to write")
    if _single.get():
        raise RuntimeError("what promised to be one statement has more to write")


@event.listens_for(db.session, "after_transaction_end")
def _forget_connection(session: Any, transaction: Any) -> None:
    # Each flush is a transaction within the session's own, so what was read once is forgotten with it, too.
    session.info.pop(_OPEN, None)
    session.info.pop(_KNOWN, None)
    if transaction.parent is None:
        session.info.pop(_LASTING, None)


@event.listens_for(db.session, "after_soft_rollback")
def _forget_rolled_back(session: Any, _transaction: Any) -> None:
    # A failed flush leaves the session refusing to go on; its own way to the connection says so.
    session.info.pop(_OPEN, None)
    session.info.pop(_KNOWN, None)
    session.info.pop(_LASTING, None)


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        waiting = f"busy_timeout={PATIENCE * 1000}"
        # FULL: what was answered, such as a certificate number, outlives a loss of power. docs/operators.md
        # says what it costs.
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", waiting, "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        words = "BEGIN IMMEDIATE" if writing.get() else "BEGIN"
        try:  # straight to the driver: three transactions a task would feel SQLAlchemy's own way
            connection.connection.driver_connection.execute(words)
        except sqlite3.OperationalError as error:
            raise OperationalError(words, None, error) from error
