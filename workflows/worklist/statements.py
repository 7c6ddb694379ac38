"""The statements of the work list, built once: claiming and completing are what the office does all day."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)

from models.base.prebuilt import Prebuilt
from models.listing import claims
from models.listing.ways import match_ways
from models.persons.people import Person
from models.processes.instances import Act, Duty, Event, WorkItem
from models.processes.item_drafts import ItemDraft
from models.processes.states import ItemState
from workflows import engine

ITEM: Any = WorkItem.__table__
DUTY: Any = Duty.__table__
ACT: Any = Act.__table__
PERSON: Any = Person.__table__
EVENT: Any = Event.__table__
DRAFT: Any = ItemDraft.__table__

WHO: Any = bindparam("person")
WHICH: Any = bindparam("item")
AT: Any = bindparam("at")
UNTIL: Any = bindparam("until")

holds_role = claims.holds_role(WHO)
excluding_duty = claims.excluding_duty(WHO)
_claimable = claims.may_claim(WHO, AT)
_held = and_(ITEM.c.id == WHICH, match_ways(claims.held_ways(WHO)))
_prolonged = case((ITEM.c.state == ItemState.CLAIMED, UNTIL), else_=ITEM.c.claim_expires_at)
_noted = (ITEM.c.instance_id, ITEM.c.element)

_claim = (
    update(ITEM)
    .where(ITEM.c.id == WHICH, _claimable)
    .values(state=ItemState.CLAIMED, assignee_id=WHO, claimed_at=AT, claim_expires_at=UNTIL)
    .returning(*_noted)
)
_taken = _claim.cte("taken")
_claimed = select(_taken.c.instance_id, AT, literal_column("'claimed'"), _taken.c.element, WHO)
CLAIM = Prebuilt(_claim)
# What PostgreSQL does with one way to the server: claim, and note it.
CLAIM_NOTED = Prebuilt(
    insert(EVENT)
    .from_select(["instance_id", "at", "kind", "element", "actor_id"], _claimed)
    .returning(EVENT.c.instance_id, EVENT.c.element)
)
TOUCH = Prebuilt(update(ITEM).where(_held).values(claim_expires_at=_prolonged).returning(*_noted))
RELEASE = Prebuilt(
    update(ITEM)
    .where(ITEM.c.id == WHICH, match_ways(claims.claimed_ways(WHO)))
    .values(state=ItemState.OPEN, assignee_id=None, claimed_at=None, claim_expires_at=None)
    .returning(*_noted)
)
HAND_OVER = Prebuilt(
    update(ITEM)
    .where(_held)
    .values(assignee_id=bindparam("to"), claim_expires_at=_prolonged)
    .returning(*_noted)
)
# A superior moves what waits by name for somebody who may be away.
HAND_OVER_NAMED = Prebuilt(
    update(ITEM)
    .where(ITEM.c.id == WHICH, claims.supervises_assignee(WHO))
    .values(assignee_id=bindparam("to"))
    .returning(*_noted)
)
SUPERVISES = Prebuilt(select(ITEM.c.id).where(ITEM.c.id == WHICH, claims.supervises_assignee(WHO)))
_own_draft = select(DRAFT.c.person_id).where(DRAFT.c.work_item_id == ITEM.c.id, DRAFT.c.person_id == WHO)
_shown = ("id", "instance_id", "task_id", "element", "name", "form_key", "duty", "state")
_standing = select(
    *(ITEM.c[name] for name in (*_shown, "assignee_id", "done_by", "withdrawn_by")),
    _own_draft.exists().label("has_draft"),
    holds_role.label("holds_role"),
    excluding_duty.scalar_subquery().label("excluded_by"),
).where(ITEM.c.id == WHICH)
STANDING = Prebuilt(_standing)
LOCKED = Prebuilt(engine.add_instance_lock(_standing, ITEM.c.instance_id))
FORGET_DRAFT = Prebuilt(delete(DRAFT).where(DRAFT.c.work_item_id == WHICH, DRAFT.c.person_id == WHO))
FIND_ACT = Prebuilt(
    select(ACT.c.person_id, ACT.c.kind, ACT.c.work_item_id, ACT.c.answer).where(
        ACT.c.transaction_id == bindparam("id")
    )
)
OWN_DUTY = Prebuilt(
    select(DUTY.c.element).where(
        DUTY.c.instance_id == bindparam("instance"),
        DUTY.c.duty == bindparam("group"),
        DUTY.c.person_id == WHO,
    )
)
DUTY_DONE_AS = Prebuilt(
    select(ITEM.c.name)
    .where(
        ITEM.c.instance_id == bindparam("instance"),
        ITEM.c.duty == bindparam("group"),
        ITEM.c.done_by == WHO,
    )
    .limit(1)
)
NAME_OF = Prebuilt(select(PERSON.c.name).where(PERSON.c.id == WHO, PERSON.c.disabled_at.is_(None)))
COUNT_OPEN = Prebuilt(
    select(func.count()).select_from(ITEM).where(_claimable, match_ways(claims.other_ways(WHO)))
)
ADD_ACT = Prebuilt(insert(ACT).returning(literal_column("1").label("id")))
ADD_DUTY = Prebuilt(insert(DUTY))
ADD_EVENT = Prebuilt(insert(EVENT))
