"""The clock of the app: what tests hand in, and the test clock that operators may move forward."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from models import db
from models.base.clock import ClockOffset
from models.base.errors import NotAllowed
from models.persons.files import StoredFile
from workflows import clock

EVENING = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)  # the next morning, half past midnight, in Shanghai


@pytest.fixture
def timed(bare_app: Flask) -> Flask:
    """An app whose clock stands, with the test clock on."""
    bare_app.config["TEST_CLOCK"] = True
    clock.install(bare_app, lambda: EVENING)
    return bare_app


def test_the_clock_is_handed_in(timed: Flask) -> None:
    assert clock.now() == EVENING


def test_without_one_the_machine_s_is_read(bare_app: Flask) -> None:
    clock.install(bare_app)
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().tzinfo is UTC


def test_today_is_the_local_day(timed: Flask) -> None:
    assert clock.today() == "2026-03-03"


def test_the_test_clock_goes_forward_and_stays(timed: Flask) -> None:
    assert clock.advance_clock(timedelta(days=3)) == EVENING + timedelta(days=3)
    assert clock.advance_clock(timedelta(minutes=90)) == EVENING + timedelta(days=3, minutes=90)
    db.session.commit()
    db.session.remove()
    assert clock.now() == EVENING + timedelta(days=3, minutes=90)
    assert db.session.scalar(select(func.count()).select_from(ClockOffset)) == 1


def test_what_is_rolled_back_did_not_move_it(timed: Flask) -> None:
    clock.advance_clock(timedelta(days=3))
    db.session.rollback()
    assert clock.now() == EVENING


@pytest.mark.parametrize("by", [timedelta(), timedelta(seconds=-1)])
def test_the_test_clock_goes_only_forward(timed: Flask, by: timedelta) -> None:
    with pytest.raises(NotAllowed):
        clock.advance_clock(by)
    assert clock.now() == EVENING


def test_an_app_without_test_clock_refuses_and_does_not_look(timed: Flask) -> None:
    clock.advance_clock(timedelta(days=3))
    db.session.commit()
    timed.config["TEST_CLOCK"] = False
    assert clock.now() == EVENING
    with pytest.raises(NotAllowed):
        clock.advance_clock(timedelta(days=1))


def test_asking_the_time_writes_nothing_that_is_unfinished(timed: Flask) -> None:
    db.session.add(StoredFile())  # has not got its columns yet; a flush would fail
    assert clock.now() == EVENING
    db.session.rollback()
