"""Named queries of instances: what they wait for, what happened to them, and from which sources they run."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, case, func, or_, select

from models.base.database import db, read_once
from models.processes.instances import (
    Definition,
    Event,
    Job,
    ProcessInstance,
    Release,
    ReleasePart,
    Wait,
    WorkItem,
)
from models.processes.states import (
    LIVE_ITEMS,
    DefinitionSort,
    EventKind,
    InstanceState,
    TimerPurpose,
    WaitKind,
)


def select_live_items(instance_id: int | None) -> Select[WorkItem]:
    """The work items of an instance that are still to be done, the oldest first."""
    return (
        select(WorkItem)
        .where(WorkItem.instance_id == instance_id, WorkItem.state.in_(LIVE_ITEMS))
        .order_by(WorkItem.id)
    )


def list_items(instance_id: int | None) -> tuple[WorkItem, ...]:
    """All work items of an instance, done ones too, for the parts of a page; the oldest first."""
    query = select(WorkItem).where(WorkItem.instance_id == instance_id).order_by(WorkItem.id)
    return read_once(("work items", instance_id), lambda: tuple(db.session.scalars(query)))


def list_live_items(instance_id: int | None) -> list[WorkItem]:
    """Those of them that are still to be done."""
    return [item for item in list_items(instance_id) if item.state in LIVE_ITEMS]


def select_timers(instance_id: int) -> Select[str, datetime | None, TimerPurpose]:
    """The timers of an instance, each with its element, its moment and what it is, the nearest first."""
    purpose = func.coalesce(Wait.purpose, TimerPurpose.DEADLINE, type_=Wait.purpose.type)
    return (
        select(Wait.element, Wait.due_at, purpose)
        .where(Wait.instance_id == instance_id, Wait.kind == WaitKind.TIMER, Wait.due_at.is_not(None))
        .order_by(Wait.due_at, Wait.id)
    )


def select_awaited_messages(instance_id: int | None) -> Select[str | None]:
    """The names of the messages that an instance waits for."""
    return select(Wait.message).where(Wait.instance_id == instance_id, Wait.kind == WaitKind.MESSAGE)


def select_shown_waits(instance_id: int) -> Select[Wait]:
    """What an instance waits for of whom a diagram names, in the order in which it began."""
    shown = select(Wait).where(Wait.instance_id == instance_id, Wait.waits_for.is_not(None))
    return shown.order_by(Wait.id)


def select_element_jobs(instance_id: int, states: Iterable[str]) -> Select[Job]:
    """The jobs of an instance's elements that are in some states, the oldest first."""
    of_elements = select(Job).where(Job.instance_id == instance_id, Job.element.is_not(None))
    return of_elements.where(Job.state.in_(list(states))).order_by(Job.id)


def list_told_events(instance_id: int | None) -> tuple[Row[EventKind, str | None, datetime, Any], ...]:
    """What happened at elements of an instance, and its changes of public state, which alone keep a detail.

    For the parts of a page: kind, element, moment, detail; the first one first.
    """
    changed = case((Event.kind == EventKind.STATE, Event.detail)).label("detail")
    query = select(Event.kind, Event.element, Event.at, changed).where(Event.instance_id == instance_id)
    named = query.where(or_(Event.element.is_not(None), Event.kind == EventKind.STATE)).order_by(Event.id)
    return read_once(("told events", instance_id), lambda: tuple(db.session.execute(named)))


def select_process_sources(instance_id: int | None) -> Select[bytes]:
    """The diagrams of the release that an instance runs on."""
    return (
        select(Definition.source)
        .join(ReleasePart, ReleasePart.definition_id == Definition.id)
        .join(ProcessInstance, ProcessInstance.release_id == ReleasePart.release_id)
        .where(ProcessInstance.id == instance_id, Definition.sort == DefinitionSort.PROCESS)
    )


def select_process_names(key: str) -> Select[str]:
    """What a process was called in its versions, the newest first."""
    named = select(Definition.name).where(Definition.sort == DefinitionSort.PROCESS, Definition.key == key)
    return named.order_by(Definition.version.desc())


def select_reached_keys(roots: Iterable[str]) -> Select[str]:
    """The processes that the releases of some lock, themselves included."""
    return (
        select(Definition.key)
        .join(ReleasePart, ReleasePart.definition_id == Definition.id)
        .join(Release, Release.id == ReleasePart.release_id)
        .where(Release.process_key.in_(list(roots)), Definition.sort == DefinitionSort.PROCESS)
        .distinct()
    )


def select_newest_releases() -> Select[str, int]:
    """Each process with the number of its newest release."""
    newest = select(Release.process_key, func.max(Release.number)).group_by(Release.process_key)
    return newest.order_by(Release.process_key)


def select_running_counts() -> Select[str, int]:
    """Each process with the number of its instances that are running."""
    return (
        select(ProcessInstance.process_key, func.count())
        .where(ProcessInstance.state == InstanceState.ACTIVE)
        .group_by(ProcessInstance.process_key)
    )
