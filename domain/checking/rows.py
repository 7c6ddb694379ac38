"""How a check reads many rows with little memory, and names what it found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Row

from models import db

FoundRows = Iterator[tuple[str, str]]  # name of the check, row
SLICE = 500  # rows in memory at once


def read_in_slices(query: Any, key: Any) -> Iterator[Row[Any]]:
    """The rows of a query in the order of a unique key, its first column, in slices."""
    ordered, last = query.order_by(key).limit(SLICE), None
    while True:
        rows = db.session.execute(ordered if last is None else ordered.where(key > last)).all()
        yield from rows
        if len(rows) < SLICE:
            return
        last = rows[-1][0]


def report_rows(name: str, model: Any, query: Any) -> FoundRows:
    """Each id that a query finds, as a row of the model's table."""
    for found, *_ in read_in_slices(query, model.id):
        yield name, f"{model.__tablename__}:{found}"


def all_of_type(kind: type, *values: object) -> bool:
    """Whether all values are of a kind; SQLite keeps any value in any column."""
    return all(isinstance(value, kind) for value in values)


@contextmanager
def undecodable_as_bytes() -> Iterator[None]:
    """SQLite's text that is no UTF-8 comes as bytes within, instead of ending the whole query."""
    if db.engine.dialect.name != "sqlite":
        yield
        return
    connection: Any = db.session.connection().connection.driver_connection
    before, connection.text_factory = connection.text_factory, _decode_text
    try:
        yield
    finally:
        connection.text_factory = before


def _decode_text(raw: bytes) -> str | bytes:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw
