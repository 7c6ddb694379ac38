"""Jobs, timers and notices of the version before go on; what it could not do keeps it from coming back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade

from models import db
from models.base.database import writing
from tests.models.test_migrations import FOLDER, empty

__all__ = ["empty"]
AT = datetime(2026, 3, 2, tzinfo=UTC)
ROWS = {
    "definition": {"sort": "process", "key": "p", "version": 1, "name": "", "file_name": "", "source": b"-",
                   "sha256": "-", "deployed_at": AT},
    "release": {"process_key": "p", "number": 1, "digest": "-", "specs": b"-", "created_at": AT},
    "process_instance": {"release_id": 1, "process_key": "p", "state": "active", "revision": 0, "blob": b"-",
                         "elements": "[]", "started_at": AT},
    "wait": {"instance_id": 1, "task_id": "t", "element": "e", "kind": "timer", "due_at": AT},
    "person": {"kind": "applicant", "login": "a", "name": "", "verification": "-",
               "password_hash": "-", "created_at": AT},
    "notice": {"person_id": 1, "template": "t", "title": "-", "text": "-", "created_at": AT},
    "job": {"key": "notice:7", "operation": "notices.deliver", "parameters": "{}", "state": "due",
            "attempts": 2, "run_at": AT, "created_at": AT},
}  # fmt: skip


def fill() -> None:
    """Rows as the version before wrote them."""
    for table, values in ROWS.items():
        columns = ", ".join(f'"{name}"' for name in values)
        places = ", ".join(f":{name}" for name in values)
        statement = sa.text(f"INSERT INTO {table} ({columns}) VALUES ({places})")
        moments = [sa.bindparam(n, type_=sa.DateTime(timezone=True)) for n, v in values.items() if v is AT]
        db.session.execute(statement.bindparams(*moments), values)
    db.session.commit()


def change(statement: str) -> None:
    """Change rows as the newer version would."""
    token = writing.set(True)
    db.session.rollback()
    db.session.execute(sa.text(statement))
    db.session.commit()
    writing.reset(token)


def row(query: str) -> tuple[object, ...]:
    """The only row of a query."""
    found = tuple(db.session.execute(sa.text(query)).one())
    db.session.rollback()
    return found


def test_jobs_keep_the_key_that_they_were_tried_with(empty: Flask) -> None:
    upgrade(directory=FOLDER, revision="0007")
    fill()
    upgrade(directory=FOLDER, revision="0010")
    assert row("SELECT request_key, lane, losses, attempts FROM job") == ("notice:7", "notices.deliver", 0, 2)
    assert row("SELECT count(*) FROM wait WHERE fire_at = due_at") == (1,)
    change("UPDATE job SET operation = 'exams.mark', key = 'exam', request_key = 'tried', losses = 1")
    change("UPDATE wait SET fire_at = NULL")
    downgrade(directory=FOLDER, revision="0007")
    assert row("SELECT key, state FROM job") == ("tried", "due")
    assert row("SELECT count(*) FROM wait WHERE due_at IS NOT NULL") == (1,)


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ("UPDATE job SET operation = 'notices.sms'", "还有 1 项任务没有完成"),
        ("UPDATE job SET operation = 'contacts.mail', state = 'dead'", "还有 1 项任务没有完成"),
        ("UPDATE notice SET sms_state = 'failed'", "有 1 条通知没有全部发出"),
    ],
)
def test_nobody_goes_back_while_something_is_on_its_way(
    empty: Flask, caplog: pytest.LogCaptureFixture, made: str, told: str
) -> None:
    upgrade(directory=FOLDER, revision="0007")
    fill()
    upgrade(directory=FOLDER, revision="0010")
    change(made)
    before = row("SELECT key, operation, state FROM job")
    with pytest.raises(SystemExit):
        downgrade(directory=FOLDER, revision="0007")
    assert told in caplog.text
    assert row("SELECT key, operation, state FROM job") == before
