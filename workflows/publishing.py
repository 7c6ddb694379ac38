"""Telling workers of jobs that a transaction has queued: a NOTIFY on PostgreSQL, and whoever else asked.

A worker that hears nothing finds them a second or two later by looking.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import event

from models import db

CHANNEL = "zige_jobs"
_QUEUED = "queued jobs"

Publisher = Callable[[Sequence[int]], None]
_publishers: list[Publisher] = []


def add_publisher(publisher: Publisher) -> None:
    """Have a publisher called with the ids of new jobs after each commit; another engine begins here."""
    if publisher not in _publishers:
        _publishers.append(publisher)


def publish_after_commit(ids: Iterable[int]) -> None:
    """Publish these jobs when the transaction is committed."""
    if found := list(ids):
        db.session().info.setdefault(_QUEUED, []).extend(found)


def publish_jobs(ids: Sequence[int]) -> None:
    """Hand committed jobs to every publisher."""
    for publisher in _publishers:
        publisher(ids)


@event.listens_for(db.session, "before_commit")
def _notify_workers(session: Any) -> None:
    # Within the transaction: listeners hear of it when it is committed, and no second connection is needed.
    if session.in_nested_transaction() or _QUEUED not in session.info:
        return
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"NOTIFY {CHANNEL}")


@event.listens_for(db.session, "after_commit")
def _publish_queued(session: Any) -> None:
    if not session.in_nested_transaction():
        publish_jobs(session.info.pop(_QUEUED, []))


@event.listens_for(db.session, "after_rollback")
def _forget_queued(session: Any) -> None:
    session.info.pop(_QUEUED, None)
