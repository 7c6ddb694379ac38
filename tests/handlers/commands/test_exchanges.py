"""Raw answers of registers go when they are told to; hashes stay, and the doctor tells how answers were."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from flask import Flask

from domain import outside
from domain.upkeep.doctor import connections
from domain.upkeep.doctor.checks import CheckFailed
from models import db
from models.base.database import write_transaction
from models.persons.exchanges import RegisterExchange
from simulator.running import RunningSimulator
from tests.faults.misbehaving import reach
from tests.handlers.commands.test_commands import typed
from tests.handlers.conftest import simulator
from workflows.clock import LOCAL
from workflows.operations import OperationUnavailable

__all__ = ["simulator"]


@pytest.fixture(autouse=True)
def kept(app: Flask, simulator: RunningSimulator) -> None:
    """Three messages went out."""
    reach(app, simulator)
    for number in range(3):
        outside.send_sms("13805700126", f"第 {number} 条", f"sms-{number}")


def exchanges() -> list[RegisterExchange]:
    """What is kept, the oldest first."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.query(RegisterExchange).order_by(RegisterExchange.id).all()


def day(after: timedelta) -> str:
    """A day as a command takes it; evidence has the time at which things really happen."""
    return (datetime.now(LOCAL) + after).date().isoformat()


def test_raw_answers_from_before_a_day_are_blanked_and_hashes_stay(app: Flask) -> None:
    raw = [one.raw for one in exchanges()]
    assert [hashlib.sha256(one).hexdigest() for one in raw] == [one.sha256 for one in exchanges()]
    with write_transaction():
        exchanges()[0].asked_at -= timedelta(days=40)
    words = ("exchanges", "blank", "--asked-before")
    limit = day(timedelta(days=-30))
    assert typed(app, *words, limit, "--dry-run").output == "可以清除 1 条核验库原始应答，没有改动。\n"
    assert [one.raw for one in exchanges()] == raw
    assert typed(app, *words, limit).output == "已清除 1 条核验库原始应答。\n"
    assert [one.raw for one in exchanges()] == [None, *raw[1:]]
    assert typed(app, *words, day(timedelta(days=1))).output == "已清除 2 条核验库原始应答。\n"
    assert typed(app, *words, day(timedelta(days=1))).output == "已清除 0 条核验库原始应答。\n"
    assert [one.raw for one in exchanges()] == [None] * 3
    assert all(one.sha256 and one.outcome == "accepted" for one in exchanges())


def look(app: Flask) -> str:
    """What the doctor says of the answers of the SMS gateway."""
    (check,) = (one for one in connections.CHECKS if one.what == "answers of sms")
    return check.look(app.extensions["settings"])


def test_the_doctor_counts_the_questions_of_the_last_hour(app: Flask, simulator: RunningSimulator) -> None:
    assert look(app).startswith("近一小时询问 3 次，其中没有可用应答的：0")
    simulator.behave("sms", "garbled")
    for number in range(5):
        told = look(app)
        assert told.startswith(f"近一小时询问 {3 + number} 次，其中没有可用应答的：{number}")
        with suppress(OperationUnavailable):
            outside.send_sms("13805700126", "又一条", "again")
    with pytest.raises(CheckFailed, match=r"最后 5 次询问都没有可用的应答（最后一次：malformed）"):
        look(app)
    simulator.behave("sms", "normal")
    outside.send_sms("13805700126", "又一条", "again")
    assert look(app).startswith("近一小时询问 9 次，其中没有可用应答的：5")
