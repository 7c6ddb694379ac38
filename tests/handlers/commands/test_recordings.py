"""What was recorded for replays goes when it is told to; what people read of a case stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask

from domain.upkeep import recordings
from models import db
from models.base.database import writing
from models.processes.instances import Event
from models.processes.recordings import find_record
from tests.handlers.commands.test_commands import LEAVE, typed
from workflows import engine
from workflows.clock import LOCAL, now


@contextmanager
def change() -> Iterator[None]:
    """One transaction of the test's own."""
    writing.set(True)
    yield
    db.session.commit()
    writing.set(None)


def recorded(instance: int) -> int:
    """How many events of an instance have a record."""
    db.session.rollback()
    return sum(
        find_record(one.detail) is not None for one in db.session.query(Event).filter_by(instance_id=instance)
    )


@pytest.fixture
def instances(app: Flask) -> tuple[int, int]:
    """An instance that ended, and one that goes on."""
    assert typed(app, "deploy", str(LEAVE)).exit_code == 0
    with change():
        first, second = (
            engine.start_instance("leave_request", business_key=None, variables={"days": 3}, actor=None).id
            for _ in range(2)
        )
    with change():
        db.session.execute(
            db.text("UPDATE process_instance SET state = 'completed', ended_at = started_at WHERE id = :id"),
            {"id": first},
        )
    return first, second


@pytest.mark.corrupts
def test_records_of_what_ended_are_blanked(app: Flask, instances: tuple[int, int]) -> None:
    ended, going = instances
    day = (now() + timedelta(days=1)).astimezone(LOCAL).date().isoformat()
    words = ("recordings", "blank", "--ended-before", day)
    assert typed(app, *words, "--dry-run").output == "可以清除 1 条过程记录，没有改动。\n"
    assert (recorded(ended), recorded(going)) == (1, 1)
    assert (
        typed(app, "recordings", "blank", "--ended-before", "2020-01-01").output == "已清除 0 条过程记录。\n"
    )
    assert typed(app, *words).output == "已清除 1 条过程记录。\n"
    assert (recorded(ended), recorded(going)) == (0, 1)
    (started,) = db.session.query(Event).filter_by(instance_id=ended, kind="started")
    assert started.detail == {"release": 1}


@pytest.mark.corrupts
def test_the_records_of_one_instance_are_blanked_as_it_is_erased(
    app: Flask, instances: tuple[int, int]
) -> None:
    ended, going = instances
    with change():
        assert recordings.blank_instance(going) == 1
    assert (recorded(ended), recorded(going)) == (1, 0)


def test_a_year_before_all_processes_is_refused(app: Flask) -> None:
    told = typed(app, "recordings", "blank", "--ended-before", "0001-01-01")
    assert told.exit_code != 0
    assert "1970" in told.output
