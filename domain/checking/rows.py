"""How a check reads many rows with little memory, and names what it found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row

from models import db

Found = Iterator[tuple[str, str]]  # name of the check, row
SLICE = 500  # rows in memory at once


def sliced(query: Any, key: Any) -> Iterator[Row[Any]]:
    """The rows of a query in the order of a unique key, its first column, in slices."""
    ordered, last = query.order_by(key).limit(SLICE), None
    while True:
        rows = db.session.execute(ordered if last is None else ordered.where(key > last)).all()
        yield from rows
        if len(rows) < SLICE:
            return
        last = rows[-1][0]


def named(name: str, model: Any, query: Any) -> Found:
    """Each id that a query finds, as a row of the model's table."""
    for found, *_ in sliced(query, model.id):
        yield name, f"{model.__tablename__}:{found}"
