"""How a check names what it found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from models import db

Found = Iterator[tuple[str, str]]  # name of the check, row


def named(name: str, model: Any, query: Any) -> Found:
    """Each id that a query finds, as a row of the model's table."""
    for found in db.session.scalars(query.order_by(model.id)):
        yield name, f"{model.__tablename__}:{found}"
