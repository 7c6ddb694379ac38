"""Counts of tries in the database: one statement counts and tells, so that no two count the same try."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Any

from flask import current_app
from limits.storage import Storage
from sqlalchemy import bindparam, case, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from models import db
from models.base.database import single_write, writing
from models.persons.limits import TryCount
from workflows.clock import wall_time

COUNT: Any = TryCount.__table__
SWEPT = 20  # rows that are over, taken away with each window that begins: more than can come, few at a time
AT = bindparam("at", type_=COUNT.c.expires_at.type)
OVER = COUNT.c.expires_at <= AT


def _counting_statement(dialect: Any) -> Any:
    row = dialect.insert(COUNT).values(
        key_hash=bindparam("key"), tries=bindparam("first"), expires_at=bindparam("until")
    )
    fresh = row.excluded
    return row.on_conflict_do_update(
        index_elements=["key_hash"],
        set_={
            "tries": case((OVER, fresh.tries), else_=COUNT.c.tries + bindparam("amount")),
            "expires_at": case((OVER, fresh.expires_at), else_=COUNT.c.expires_at),
        },
    ).returning(COUNT.c.tries, COUNT.c.expires_at == window_end())


def window_end() -> Any:
    """The end of a window that begins now."""
    return bindparam("until", type_=COUNT.c.expires_at.type)


COUNTING = {"postgresql": _counting_statement(postgresql), "sqlite": _counting_statement(sqlite)}
ENDED = select(COUNT.c.key_hash).where(OVER).order_by(COUNT.c.expires_at).limit(SWEPT)
# Those that somebody counts on at this moment are left, or two sweeps would wait for each other.
SWEEP = delete(COUNT).where(COUNT.c.key_hash.in_(ENDED.with_for_update(skip_locked=True)), OVER)


class DatabaseStorage(Storage):
    """`database://` for the library `limits`: the app's database, each count a transaction of its own."""

    STORAGE_SCHEME = ["database"]  # noqa: RUF012  (as the library declares it)

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the library may turn into an error of its own."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count and tell how many there are in the window, which begins with its first try."""
        at = wall_time()
        values = {"key": _hash_key(key), "at": at, "until": at + timedelta(seconds=expiry)}
        with single_write():
            counting = COUNTING[db.engine.dialect.name]
            row = db.session.execute(counting, {**values, "amount": amount, "first": max(amount, 0)}).one()
            if row[1]:
                db.session.execute(SWEEP, {"at": at})
        return int(row[0])

    def get(self, key: str) -> int:
        """How many there are in the window."""
        found = _read_count(select(COUNT.c.tries), key)
        return int(found or 0)

    def get_expiry(self, key: str) -> float:
        """The end of the window as a timestamp; now where none has begun."""
        found = _read_count(select(COUNT.c.expires_at), key)
        return float((found or wall_time()).timestamp())

    def clear(self, key: str) -> None:
        """Let the next try begin a window."""
        with single_write():
            db.session.execute(delete(COUNT).where(COUNT.c.key_hash == _hash_key(key)))

    def check(self) -> bool:
        """Whether the database answers."""
        self.get("")
        return True

    def reset(self) -> int | None:
        """Forget everything."""
        with single_write():
            db.session.execute(delete(COUNT))
        return None


def _read_count(columns: Any, key: str) -> Any:
    # Judging takes its time afterwards, so no transaction may stay open.
    db.session.rollback()
    before = writing.set(False)
    try:
        return db.session.scalar(
            columns.where(COUNT.c.key_hash == _hash_key(key), ~OVER), {"at": wall_time()}
        )
    finally:
        db.session.rollback()
        writing.reset(before)


def _hash_key(key: str) -> str:
    # A key names people by their numbers; a copy of the table must not tell who tried what.
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, key.encode(), "sha256").hexdigest()
