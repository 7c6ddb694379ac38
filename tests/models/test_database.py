"""How transactions begin on SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from models import db
from models.base.database import writing
from tests.workflows import databases


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Connection, Connection]]:
    """Two connections, of which the second does not wait for locks."""
    app = databases.bare_app(f"sqlite:///{tmp_path}/two.db")
    with app.app_context(), db.engine.connect() as one, db.engine.connect() as two:
        two.connection.driver_connection.execute("PRAGMA busy_timeout=0")
        yield one, two
    with app.app_context():
        db.engine.dispose()


def test_a_writer_takes_the_lock_before_it_reads(pair: tuple[Connection, Connection]) -> None:
    token = writing.set(True)
    try:
        with pair[0].begin(), pytest.raises(OperationalError, match="locked"):
            pair[1].begin()
        pair[1].rollback()
        with pair[1].begin():  # free again
            pass
    finally:
        writing.reset(token)


def test_readers_do_not_wait_for_a_writer(pair: tuple[Connection, Connection]) -> None:
    token = writing.set(True)
    with pair[0].begin():
        writing.reset(token)
        with pair[1].begin():
            assert pair[1].exec_driver_sql("SELECT 1").scalar() == 1
