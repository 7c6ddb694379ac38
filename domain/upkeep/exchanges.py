"""Blanking the raw answers of registers that were asked long enough ago; hash, time and outcome stay."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update

from models import db
from models.base.database import table_of
from models.persons.exchanges import RegisterExchange

SLICE = 500  # rows of one transaction
EXCHANGES = table_of(RegisterExchange)


def count_raw(before: datetime) -> int:
    """How many questions from before a moment still have their raw answers."""
    counting = select(func.count()).select_from(EXCHANGES).where(*_with_raw(before))
    return int(db.session.scalar(counting) or 0)


def blank_slice(before: datetime) -> int:
    """Take some of the raw answers away; how many they were, none when there are no more."""
    slice_ids = select(EXCHANGES.c.id).where(*_with_raw(before)).order_by(EXCHANGES.c.id).limit(SLICE)
    ids = list(db.session.scalars(slice_ids))
    if ids:
        db.session.execute(update(EXCHANGES).where(EXCHANGES.c.id.in_(ids)).values(raw=None))
    return len(ids)


def _with_raw(before: datetime) -> tuple[ColumnElement[bool], ...]:
    return EXCHANGES.c.asked_at < before, EXCHANGES.c.raw.is_not(None)
