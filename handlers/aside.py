"""A short writing transaction within a request that otherwise only reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from models import db
from models.database import writing


@contextmanager
def written_aside() -> Iterator[None]:
    """Write and commit in a transaction of its own; what was read before is read anew afterwards."""
    # The rows must begin their transaction: SQLite cannot turn a reading one into a writing one.
    db.session.rollback()
    before = writing.set(True)
    try:
        yield
        db.session.commit()
    finally:
        db.session.rollback()
        writing.reset(before)
