"""Timers that wait since the version before become what their release draws."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade

from models import db
from models.base.database import writing
from tests.models.test_migrations import FOLDER, empty
from tests.workflows.engine import library
from workflows.engine.state import specs

__all__ = ["empty"]
AT = datetime(2026, 3, 2, tzinfo=UTC)
WAITS = ("correction_missed", "check_overdue", "gone")
INSERTS = (
    "INSERT INTO release (process_key, number, digest, specs, created_at) VALUES ('p', 1, '-', :specs, :at)",
    "INSERT INTO process_instance (release_id, process_key, state, revision, blob, elements, started_at)"
    " VALUES (1, 'p', 'active', 0, :specs, '[]', :at)",
    *(
        "INSERT INTO wait (instance_id, task_id, element, kind, due_at)"
        f" VALUES (1, '{element}', '{element}', 'timer', :at)"
        for element in WAITS
    ),
    "INSERT INTO wait (instance_id, task_id, element, kind) VALUES (1, 'm', 'arrived_again', 'message')",
)


def released() -> bytes:
    """The specs of a release of the library's confirmation, as they are kept."""
    files = [(name, source) for name, source in library.SOURCES.items() if name == "confirmation.bpmn"]
    return specs.dump_specs(specs.parse_files(files, {})["confirmation"])


def kept() -> dict[str, str | None]:
    """What the rows say."""
    found = db.session.execute(sa.text("SELECT element, purpose FROM wait")).all()
    db.session.rollback()
    return dict(map(tuple, found))


@pytest.mark.parametrize("readable", [True, False])
def test_timers_become_what_their_release_draws(empty: Flask, *, readable: bool) -> None:
    upgrade(directory=FOLDER, revision="0012")
    content = released() if readable else b"damaged"
    token = writing.set(True)
    for insert in INSERTS:
        moment = sa.bindparam("at", type_=sa.DateTime(timezone=True))
        known = {"specs": content} if ":specs" in insert else {}
        moments = [moment] if ":at" in insert else []
        db.session.execute(sa.text(insert).bindparams(*moments), known | ({"at": AT} if moments else {}))
    db.session.commit()
    writing.reset(token)
    upgrade(directory=FOLDER, revision="0013")
    known_now = ("deadline", "reminder") if readable else (None, None)
    assert kept() == dict(zip(WAITS[:2], known_now, strict=True)) | {"gone": None, "arrived_again": None}
    downgrade(directory=FOLDER, revision="0012")
    assert db.session.execute(sa.text("SELECT count(*) FROM wait")).scalar_one() == 4
    db.session.rollback()
