"""Blanking what was recorded of instances for their replay, when they ended long enough ago."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from models import db
from models.base.database import table_of
from models.processes.instances import Event, ProcessInstance
from models.processes.recordings import drop_record, find_record
from models.processes.states import InstanceState

SLICE = 500  # events of one transaction
EVENTS = table_of(Event)


def select_recorded(instance_id: int | None, before: datetime | None, after: int) -> list[Event]:
    """A slice of events beyond an id: of one instance, or of those that ended before a moment."""
    found = select(Event).where(Event.id > after, Event.detail.is_not(None)).order_by(Event.id).limit(SLICE)
    if instance_id is not None:
        found = found.where(Event.instance_id == instance_id)
    if before is not None:
        ended = (ProcessInstance.state == InstanceState.COMPLETED, ProcessInstance.ended_at < before)
        found = found.join(ProcessInstance, ProcessInstance.id == Event.instance_id).where(*ended)
    return list(db.session.scalars(found))


def blank_slice(events: list[Event]) -> int:
    """Take the records out of some events; what people are told of them stays. How many had one."""
    recorded = [event for event in events if find_record(event.detail) is not None]
    for event in recorded:
        db.session.execute(
            update(EVENTS).where(EVENTS.c.id == event.id).values(detail=drop_record(event.detail))
        )
    return len(recorded)


def count_recorded(events: list[Event]) -> int:
    """How many of some events have a record."""
    return sum(find_record(event.detail) is not None for event in events)


def blank_instance(instance_id: int) -> int:
    """Take the records out of all events of one instance, as when its case is erased; how many there were."""
    blanked, after = 0, 0
    while events := select_recorded(instance_id, None, after):
        after = events[-1].id
        blanked += blank_slice(events)
    return blanked
