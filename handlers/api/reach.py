"""What a bearer of a token may see: tasks in their reach, and the instances these belong to."""

from __future__ import annotations

from typing import Any

from flask import g
from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import aliased

from handlers.access import Principal
from handlers.api.schemas import MOST
from models import db
from models.errors import NotAllowed, NotFound
from models.people import Person
from models.process import Event, ProcessInstance, Release, WorkItem
from models.worklists import addressed

DESIGNERS = frozenset({"admin", "process.designer"})  # they see every instance
Assignee = aliased(Person)
Actor = aliased(Person)


def principal() -> Principal:
    """Who asks."""
    found: Principal = g.principal
    return found


def require(roles: frozenset[str]) -> None:
    """Only holders of one of the roles."""
    if not principal().roles & roles:
        raise NotAllowed


def visible() -> ColumnElement[bool]:
    """Items for a role that the person holds, or given to them, or done by them; designers see all."""
    me = principal()
    if me.roles & DESIGNERS:
        return true()
    posts = {post for post in me.posts if post[0] != "applicant"}
    own = or_(WorkItem.assignee_id == me.person_id, WorkItem.done_by == me.person_id)
    if me.kind != "staff":
        return own
    return or_(own, addressed(posts))


def tasks() -> Select[Any]:
    """The visible tasks with the login of their assignee."""
    named = select(WorkItem, Assignee.login.label("assignee"))
    return named.outerjoin(Assignee, Assignee.id == WorkItem.assignee_id).where(visible())


def task(task_id: int) -> Any:
    """One visible task: (item, login of the assignee)."""
    found = db.session.execute(tasks().where(WorkItem.id == _known(task_id))).first()
    if found is None:
        raise NotFound
    return found


def is_addressed(item: WorkItem) -> bool:
    """Whether the person may work on an item, or did; designers see that it exists, and no more."""
    me = principal()
    if me.person_id in (item.assignee_id, item.done_by):
        return True
    return me.kind == "staff" and any(
        role == item.role and (place is None or item.place in (None, place)) for role, place in me.posts
    )


def instance(instance_id: int) -> ProcessInstance:
    """An instance that the person may see."""
    found = find(_known(instance_id))
    if found is None:
        raise NotFound
    return found


def find(instance_id: int) -> ProcessInstance | None:
    """An instance, if there is one that the person may see."""
    found = db.session.get(ProcessInstance, instance_id)
    return found if found is not None and _may_see(found) else None


def row(instance_id: int) -> tuple[ProcessInstance, int]:
    """An instance with the number of its release; whether it may be seen has been asked before."""
    rows = select(ProcessInstance, Release.number).join(Release, Release.id == ProcessInstance.release_id)
    found = db.session.execute(rows.where(ProcessInstance.id == instance_id)).one()
    return found[0], found[1]


def events(instance_id: int) -> Select[Any]:
    """What happened to an instance, with the logins of those who acted."""
    named = select(Event, Actor.login.label("actor")).outerjoin(Actor, Actor.id == Event.actor_id)
    return named.where(Event.instance_id == instance_id).order_by(Event.id)


def _may_see(found: ProcessInstance) -> bool:
    # Applicants see their tasks; where their case stands inside the authority is not theirs to see.
    me = principal()
    if me.kind != "staff":
        return False
    if me.roles & DESIGNERS or found.started_by == me.person_id:
        return True
    theirs = select(WorkItem.id).where(WorkItem.instance_id == found.id, visible()).limit(1)
    return db.session.scalar(theirs) is not None


def _known(number: int) -> int:
    if number > MOST:  # PostgreSQL would refuse to compare; it names nothing
        raise NotFound
    return number
