"""The write transactions of a worker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from models import db
from models.database import writing


@contextmanager
def written() -> Iterator[None]:
    """A write transaction of the worker: committed at the end, rolled back on any exception."""
    token = writing.set(True)
    db.session.rollback()
    try:
        yield
        db.session.commit()
    finally:
        db.session.rollback()
        db.session.expire_all()
        writing.reset(token)
