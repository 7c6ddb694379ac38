"""What a step keeps in the detail of its first event, so that it can be replayed."""

from __future__ import annotations

from typing import Any

RECORD = "record"  # the key in an event's detail


def find_record(detail: object) -> dict[str, Any] | None:
    """The record of a step; nothing on its other events, and on those from before it was kept."""
    found = detail.get(RECORD) if isinstance(detail, dict) else None
    return found if isinstance(found, dict) else None


def drop_record(detail: Any) -> Any:
    """What an event tells people: its detail without the record."""
    if find_record(detail) is None:
        return detail
    return {name: value for name, value in detail.items() if name != RECORD} or None
