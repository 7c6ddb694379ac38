"""Who is told when the public state of an instance changes, inside the transaction that changes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class StateChange:
    """A change of public state of one instance."""

    instance_id: int
    business_key: str | None
    release: tuple[int, str]  # number and digest of the release on which it runs
    old: str | None
    new: str | None
    now: datetime


_listeners: list[Callable[[StateChange], None]] = []


def on_state_change(listener: Callable[[StateChange], None]) -> None:
    """Have a listener called at every change."""
    if listener not in _listeners:
        _listeners.append(listener)


def announce_change(change: StateChange) -> None:
    """Tell everybody who asked."""
    for listener in _listeners:
        listener(change)
