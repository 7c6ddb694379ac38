"""The life of a work item: claimed, released, handed over, kept as a draft, completed.

Claiming is one conditional UPDATE that carries rights, separation of duties and expiry; only when it changes
nothing is the reason looked up. Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import and_, bindparam, exists, func, insert, literal, or_, select, update
from sqlalchemy.exc import IntegrityError

from models import db
from models.codes import ROLES
from models.errors import (
    AlreadyClaimed,
    AlreadyDone,
    DomainError,
    NotAllowed,
    NotClaimed,
    NotFound,
    SeparationOfDuties,
    Withdrawn,
)
from models.people import Person, Post
from models.process import Act, Duty, Event, WorkItem
from workflows import engine, forms
from workflows.clock import now
from workflows.forms import Case

ITEM: Any = WorkItem.__table__
POST: Any = Post.__table__
DUTY: Any = Duty.__table__
ACT: Any = Act.__table__

holds_role = or_(
    ITEM.c.role.is_(None),
    exists().where(
        POST.c.person_id == bindparam("person"),
        POST.c.role == ITEM.c.role,
        or_(POST.c.place.is_(None), ITEM.c.place.is_(None), POST.c.place == ITEM.c.place),
    ),
)
# duties are few words without commas, so a pattern over the comma separated list is exact
excluding_duty = (
    select(DUTY.c.duty)
    .where(
        DUTY.c.instance_id == ITEM.c.instance_id,
        DUTY.c.person_id == bindparam("person"),
        literal(",").concat(ITEM.c.not_by).concat(",").like(literal("%,").concat(DUTY.c.duty).concat(",%")),
        DUTY.c.element != ITEM.c.element,
    )
    .limit(1)
    .correlate(ITEM)
)
free = or_(
    and_(
        ITEM.c.state == "open", or_(ITEM.c.assignee_id.is_(None), ITEM.c.assignee_id == bindparam("person"))
    ),
    and_(ITEM.c.state == "claimed", ITEM.c.claim_expires_at <= bindparam("at")),
)
CLAIM = (
    update(ITEM)
    .where(ITEM.c.id == bindparam("item"), free, holds_role, ~exists(excluding_duty))
    .values(
        state="claimed",
        assignee_id=bindparam("person"),
        claimed_at=bindparam("at"),
        claim_expires_at=bindparam("until"),
    )
    .returning(ITEM.c.instance_id, ITEM.c.element)
)
STANDING = select(
    ITEM,
    holds_role.label("holds_role"),
    excluding_duty.scalar_subquery().label("excluded_by"),
).where(ITEM.c.id == bindparam("item"))
FIND_ACT = select(ACT.c.person_id, ACT.c.kind, ACT.c.work_item_id, ACT.c.answer).where(
    ACT.c.transaction_id == bindparam("id")
)
ADD_ACT, ADD_EVENT, ADD_DUTY = insert(ACT), insert(Event), insert(DUTY)
OWN_DUTY = select(DUTY.c.element).where(
    DUTY.c.instance_id == bindparam("instance"),
    DUTY.c.duty == bindparam("group"),
    DUTY.c.person_id == bindparam("person"),
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one item of a bulk act."""

    item_id: int
    refusal: DomainError | None


class TransactionTaken(DomainError):
    """这个提交编号已用于另一项操作，请刷新页面后重新提交。"""

    code = "transaction_taken"


def claim(item_id: int, actor: int) -> None:
    """Claim an item for a person; claiming one's own again prolongs it."""
    at = now()
    values = {"item": item_id, "person": actor, "at": at, "until": at + _idle()}
    taken = db.session.execute(CLAIM, values).first()
    if taken is not None:
        _note(taken.instance_id, taken.element, "claimed", actor)
        return
    found = _standing(item_id, actor)
    _check_reach(found)
    if found.state == "claimed" and found.assignee_id == actor:
        _update(item_id, claim_expires_at=at + _idle())
        return
    _check_live(found)
    raise AlreadyClaimed(_held_by(found))


def claim_many(item_ids: Iterable[int], actor: int) -> list[Outcome]:
    """Claim several items, with a result for each."""
    return [_attempt(item_id, actor) for item_id in item_ids]


def release(item_id: int, actor: int) -> None:
    """Give a claimed item back."""
    found = _own_claim(item_id, actor)
    _update(item_id, state="open", assignee_id=None, claimed_at=None, claim_expires_at=None)
    _note(found.instance_id, found.element, "released", actor)


def hand_over(item_id: int, to: int, *, actor: int, reason: str) -> None:
    """Hand a claimed item to a colleague who may work on it."""
    found = _own_claim(item_id, actor)
    theirs = _standing(item_id, to)
    if not theirs.holds_role:
        raise NotAllowed("对方没有办理这件任务的岗位，请另选一位。")
    _check_duties(theirs)
    at = now()
    _update(item_id, state="claimed", assignee_id=to, claimed_at=at, claim_expires_at=at + _idle())
    _note(found.instance_id, found.element, "released", actor, {"to": to, "reason": reason})


def save_draft(item_id: int, data: Any, actor: int) -> None:
    """Keep what was typed; it prolongs the claim."""
    _own_claim(item_id, actor)
    _update(item_id, draft=data, claim_expires_at=now() + _idle())


def complete(
    item_id: int, data: Mapping[str, Any], *, actor: int, transaction_id: str | None = None
) -> engine.Result | None:
    """Complete an item with the form's answers; the same transaction id again answers None."""
    if transaction_id and _seen(transaction_id, item_id, actor):
        return None
    found = _standing(item_id, actor)
    _check_mine(found, actor)
    form = forms.find(found.form_key)
    answers = forms.load(form, data)
    variables = form.save(_case(item_id, actor), answers) if form else answers
    if found.duty:
        _take_duty(found, actor)
    result = engine.complete_task(item_id, found.instance_id, found.task_id, variables=variables, actor=actor)
    if transaction_id:
        _keep_act(transaction_id, item_id, actor, result)
    db.session.expire_all()
    return result


def _case(item_id: int, actor: int) -> Case:
    item = db.session.get_one(WorkItem, item_id)
    return Case(instance=item.instance, item=item, actor=actor, now=now())


def _seen(transaction_id: str, item_id: int, actor: int) -> bool:
    before = db.session.execute(FIND_ACT, {"id": transaction_id}).first()
    if before is None:
        return False
    if (before.person_id, before.kind, before.work_item_id) != (actor, "complete", item_id):
        raise TransactionTaken
    return True


def _keep_act(transaction_id: str, item_id: int, actor: int, result: engine.Result) -> None:
    row = {
        "transaction_id": transaction_id,
        "person_id": actor,
        "kind": "complete",
        "work_item_id": item_id,
        "answer": {"state": result.state, "elements": list(result.elements)},
        "at": now(),
    }
    db.session.execute(ADD_ACT, row)


def _take_duty(found: Any, actor: int) -> None:
    known = {"instance": found.instance_id, "group": found.duty, "person": actor}
    own = db.session.execute(OWN_DUTY, known).scalar_one_or_none()
    if own is not None:
        return  # repeating one's own element, or one of the same group, reuses the row
    row = {"instance_id": found.instance_id, "duty": found.duty, "person_id": actor, "element": found.element}
    try:
        db.session.execute(ADD_DUTY, row)
    except IntegrityError as error:
        raise SeparationOfDuties from error


def _standing(item_id: int, person: int) -> Any:
    found = db.session.execute(STANDING, {"item": item_id, "person": person}).first()
    if found is None:
        raise NotFound
    return found


def _own_claim(item_id: int, actor: int) -> Any:
    found = _standing(item_id, actor)
    _check_live(found)
    if found.state != "claimed" or found.assignee_id != actor:
        raise AlreadyClaimed(_held_by(found)) if found.state == "claimed" else NotClaimed
    return found


def _check_mine(found: Any, actor: int) -> None:
    """Completing needs the claim; an item that was assigned to the person directly needs none."""
    if found.state in ("done", "withdrawn"):
        _check_live(found)
    if found.assignee_id != actor:
        _check_reach(found)
        raise AlreadyClaimed(_held_by(found)) if found.state == "claimed" else NotClaimed
    if found.state == "claimed" and not found.holds_role:
        raise NotAllowed
    _check_duties(found)


def _check_reach(found: Any) -> None:
    if not found.holds_role:
        raise NotAllowed
    _check_duties(found)


def _check_duties(found: Any) -> None:
    if found.excluded_by is not None:
        earlier = _earlier_name(found)
        raise SeparationOfDuties(f"“{earlier}”由同一人办理过，“{found.name}”须由另一人办理。")


def _earlier_name(found: Any) -> str:
    name = db.session.scalar(
        select(ITEM.c.name)
        .where(ITEM.c.instance_id == found.instance_id, ITEM.c.duty == found.excluded_by)
        .limit(1)
    )
    return name or "前一环节"


def _check_live(found: Any) -> None:
    if found.state == "done":
        raise AlreadyDone
    if found.state == "withdrawn":
        cause = f"（{found.withdrawn_by}）" if found.withdrawn_by else ""
        raise Withdrawn(f"流程已经前进{cause}，这件任务已撤销；已填写的内容仍可查看。")


def _held_by(found: Any) -> str | None:
    if found.assignee_id is None:
        return None
    name = db.session.scalar(select(Person.name).where(Person.id == found.assignee_id))
    return f"这件任务已由{name}领取。" if name else None


def _attempt(item_id: int, actor: int) -> Outcome:
    try:
        with db.session.begin_nested():
            claim(item_id, actor)
    except DomainError as refusal:
        return Outcome(item_id=item_id, refusal=refusal)
    return Outcome(item_id=item_id, refusal=None)


def _update(item_id: int, **values: Any) -> None:
    db.session.execute(update(WorkItem).where(WorkItem.id == item_id).values(**values))


def _note(instance_id: int, element: str, kind: str, actor: int, detail: Any = None) -> None:
    row = {"instance_id": instance_id, "at": now(), "kind": kind, "element": element, "actor_id": actor}
    db.session.execute(ADD_EVENT, row | {"detail": detail})


def _idle() -> timedelta:
    return timedelta(minutes=current_app.config["CLAIM_MINUTES"])


def role_name(role: str | None) -> str:
    """What the holders of a role are called."""
    return ROLES.get(role or "", role or "")


def open_count(person: int) -> int:
    """How many items a person may claim now."""
    counted = select(func.count()).select_from(ITEM).where(ITEM.c.state == "open", holds_role)
    return int(db.session.execute(counted, {"person": person}).scalar_one())
