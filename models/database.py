"""The database object, and how a transaction begins on SQLite."""

from __future__ import annotations

import sqlite3
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, MetaData, event
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

# What a request means to do: True takes SQLite's write lock before the first read, as a read transaction
# there cannot become a writing one when another writer came between. False promises to read only: then
# PostgreSQL is asked without a transaction, which READ COMMITTED makes no difference to; it saves two ways
# to the server, and the ROLLBACK at the end, at which psycopg forgets every prepared statement.
writing: ContextVar[bool | None] = ContextVar("writing", default=None)


def install(app: Flask) -> None:
    """Bind the database to the app and set each connection up."""
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _prepare_sqlite(db.engine)
        else:
            _prepare_postgresql(db.engine)


def _prepare_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        driver, alone = connection.connection.driver_connection, writing.get() is False
        if driver.autocommit != alone:
            driver.autocommit = alone


@event.listens_for(db.session, "before_flush")
def _refuse_to_write(*_: Any) -> None:
    if writing.get() is False:
        raise RuntimeError("a request that promised to read only has something to write")


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=20000", "synchronous=NORMAL"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        words = "BEGIN IMMEDIATE" if writing.get() else "BEGIN"
        try:  # straight to the driver: three transactions a task would feel SQLAlchemy's own way
            connection.connection.driver_connection.execute(words)
        except sqlite3.OperationalError as error:
            raise OperationalError(words, None, error) from error
