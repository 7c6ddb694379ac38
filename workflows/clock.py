"""The clock of the app: the only place that reads the time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask, current_app
from sqlalchemy import select

from models import db
from models.base.clock import ClockOffset
from models.base.errors import NotAllowed
from models.base.prebuilt import Prebuilt
from translations import gettext
from workflows.working_days import LOCAL

__all__ = ["LOCAL", "advance_clock", "install", "now", "today", "wall_time"]

FIND_OFFSET = Prebuilt(select(ClockOffset.seconds).where(ClockOffset.id == 1))


def install(app: Flask, read: Callable[[], datetime] | None = None) -> None:
    """Give the app its clock; tests hand in their own."""
    app.extensions["clock"] = read or (lambda: datetime.now(UTC))


def now() -> datetime:
    """The moment it is for the app, aware and in UTC."""
    read: Callable[[], datetime] = current_app.extensions["clock"]
    if not current_app.config["TEST_CLOCK"]:
        return read()
    return read() + timedelta(seconds=FIND_OFFSET.scalar({}) or 0)


def wall_time() -> datetime:
    """The moment on the wall, whatever the test clock says: trying a deadline must sign nobody out."""
    read: Callable[[], datetime] = current_app.extensions["clock"]
    return read()


def today() -> str:
    """The local date in Asia/Shanghai, ISO 8601."""
    return now().astimezone(LOCAL).date().isoformat()


def advance_clock(by: timedelta) -> datetime:
    """Move the test clock forward; the caller commits."""
    if not current_app.config["TEST_CLOCK"]:
        raise NotAllowed(gettext("本系统没有启用测试时钟。"))
    if by <= timedelta():
        raise NotAllowed(gettext("测试时钟只能向前拨。"))
    row = db.session.get(ClockOffset, 1, with_for_update=True)
    if row is None:
        row = ClockOffset(id=1, seconds=0)
        db.session.add(row)
    row.seconds += int(by.total_seconds())
    db.session.flush()
    return now()
