"""What a bearer of a token may see: tasks in their reach, and instances as the pages tell of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g
from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from domain.reach import visibility
from domain.reach.principal import Principal
from domain.reach.visibility import Visibility
from domain.wording.masking import mask_document
from handlers.api.schemas import LARGEST_NUMBER
from handlers.casework.dossier import audit_trail
from models import db
from models.base.errors import NotAllowed, NotFound
from models.persons.people import Person
from models.persons.states import PersonKind
from models.processes.instances import Event, ProcessInstance, Release, WorkItem

Assignee = aliased(Person)
Actor = aliased(Person)


@dataclass(frozen=True, kw_only=True)
class VisibleInstance:
    """An instance, and what is told of it to whoever asks."""

    instance: ProcessInstance
    sight: Visibility


def current_principal() -> Principal:
    """Who asks."""
    found: Principal = g.principal
    return found


def require_role(roles: frozenset[str]) -> None:
    """Only holders of one of the roles."""
    if not current_principal().roles & roles:
        raise NotAllowed


def select_tasks() -> Select[Any]:
    """The visible tasks, each with its assignee."""
    named = select(WorkItem, Assignee).outerjoin(Assignee, Assignee.id == WorkItem.assignee_id)
    return named.where(visibility.listed_items_filter(current_principal()))


def find_task(task_id: int) -> Any:
    """One visible task: (item, assignee)."""
    found = db.session.execute(select_tasks().where(WorkItem.id == _check_number(task_id))).first()
    if found is None:
        raise NotFound
    return found


def view_instance(instance_id: int) -> VisibleInstance:
    """An instance that the person may see; the look at somebody's case is recorded before it is told."""
    seen = _find_visible(_check_number(instance_id))
    record_view(seen.sight)
    return _find_visible(instance_id)


def find_moved_instance(instance_id: int) -> VisibleInstance:
    """An instance that the person has just moved, though they may not see the whole of it."""
    found = db.session.get_one(ProcessInstance, instance_id)
    return VisibleInstance(instance=found, sight=visibility.visibility_after_act(current_principal(), found))


def may_see_instance(instance_id: int) -> bool:
    """Whether there is an instance that the person may see."""
    found = db.session.get(ProcessInstance, instance_id)
    return found is not None and visibility.find_visibility(current_principal(), found) is not None


def record_view(seen: Visibility) -> None:
    """Leave a row on a look at somebody's case, as the page of the case does."""
    if seen.application is not None:
        audit_trail.record_view(current_principal(), "case.viewed", seen.application, api=True)


def release_number(found: ProcessInstance) -> int:
    """The number of the release that an instance runs on."""
    return db.session.execute(select(Release.number).where(Release.id == found.release_id)).scalar_one()


def select_events(seen: VisibleInstance) -> Select[Any]:
    """What is told of what happened to an instance, with those who acted."""
    named = select(Event, Actor).outerjoin(Actor, Actor.id == Event.actor_id)
    told = named.where(Event.instance_id == seen.instance.id, visibility.event_filter(seen.sight))
    return told.order_by(Event.id)


def shown_login(person: Person | None) -> str | None:
    """How a person is named; applicants sign in with their document number, which pages do not show whole."""
    if person is None:
        return None
    own = person.kind == PersonKind.STAFF or person.id == current_principal().person_id
    return person.login if own else mask_document(person.login)


def _find_visible(instance_id: int) -> VisibleInstance:
    found = db.session.get(ProcessInstance, instance_id)
    told = visibility.find_visibility(current_principal(), found) if found is not None else None
    if found is None or told is None:
        raise NotFound
    return VisibleInstance(instance=found, sight=told)


def _check_number(number: int) -> int:
    if number > LARGEST_NUMBER:  # PostgreSQL would refuse to compare; it names nothing
        raise NotFound
    return number
