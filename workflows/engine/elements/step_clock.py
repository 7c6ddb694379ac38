"""The moment at which a step happens: timers and operations of one step all see the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

_moment: ContextVar[datetime] = ContextVar("step_moment")


def current_moment() -> datetime:
    """The moment of the running step, aware."""
    return _moment.get()


@contextmanager
def at_moment(moment: datetime) -> Iterator[None]:
    """Run a step at a moment."""
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)
