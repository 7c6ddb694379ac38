"""Claim, prolong, give back, hand over, keep a draft: each is one conditional UPDATE.

Rights, separation of duties and expiry are part of the UPDATE; only when it changes nothing is the reason
looked up. Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app

from models import db
from models.errors import DomainError, Invalid, NotAllowed
from models.prebuilt import Prebuilt, on_postgresql
from workflows.clock import now
from workflows.worklist import drafts, standing, statements


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one item of a bulk act."""

    item_id: int
    refusal: DomainError | None


def claim(item_id: int, actor: int) -> None:
    """Claim an item for a person; claiming one's own again prolongs it."""
    values = _values(item_id, actor)
    if _take(values):
        return
    _check_own(item_id, actor)
    if statements.TOUCH.first(values) is None:
        raise _why_not(item_id, actor)


def _take(values: dict[str, Any]) -> bool:
    if on_postgresql():
        return statements.CLAIM_NOTED.first(values) is not None
    taken = statements.CLAIM.first(values)
    if taken is not None:
        _note(taken, "claimed", values["person"])
    return taken is not None


def claim_many(item_ids: Iterable[int], actor: int) -> list[Outcome]:
    """Claim several items, with a result for each."""
    return [_attempt(item_id, actor) for item_id in item_ids]


def touch(item_id: int, actor: int) -> None:
    """Prolong a claim that is being worked on."""
    _change(statements.TOUCH, item_id, actor)


def release(item_id: int, actor: int) -> None:
    """Give a claimed item back."""
    _note(_change(statements.RELEASE, item_id, actor), "released", actor)


def hand_over(item_id: int, to: int, *, actor: int, reason: str) -> None:
    """Hand an item that one holds, or that waits by name for whom one supervises, to who may work on it."""
    if not reason.strip():
        raise Invalid({"reason": ["请填写转交原因。"]})
    theirs = standing.of(item_id, to)
    if not theirs.holds_role or statements.NAME_OF.scalar({"person": to}) is None:
        raise NotAllowed("对方没有办理这件任务的岗位，请另选一位。")
    standing.check_duties(theirs, to)
    named = statements.HAND_OVER_NAMED.first({"item": item_id, "person": actor, "to": to})
    changed = named or _change(statements.HAND_OVER, item_id, actor, to=to)
    _note(changed, "released", actor, {"to": to, "reason": reason.strip()})


def save_draft(item_id: int, data: Any, actor: int) -> None:
    """Keep what the holder typed; it prolongs the claim."""
    touch(item_id, actor)
    drafts.keep(item_id, data, actor)


def _change(statement: Prebuilt, item_id: int, actor: int, **more: Any) -> Any:
    changed = statement.first({**_values(item_id, actor), **more})
    if changed is None:
        raise standing.not_held(item_id, actor)
    return changed


def _values(item_id: int, actor: int) -> dict[str, Any]:
    at = now()
    idle = timedelta(minutes=current_app.config["CLAIM_MINUTES"])
    return {"item": item_id, "person": actor, "at": at, "until": at + idle}


def _check_own(item_id: int, actor: int) -> None:
    # A post may have been taken away, or an earlier stage done, since the item was claimed.
    found = standing.of(item_id, actor)
    if found.state == "claimed" and found.assignee_id == actor:
        standing.check_reach(found, actor)


def _why_not(item_id: int, actor: int) -> DomainError:
    found = standing.of(item_id, actor)
    standing.check_reach(found, actor)
    standing.check_live(found)
    return standing.taken(found)


def _attempt(item_id: int, actor: int) -> Outcome:
    try:
        with db.session.begin_nested():
            claim(item_id, actor)
    except DomainError as refusal:
        return Outcome(item_id=item_id, refusal=refusal)
    return Outcome(item_id=item_id, refusal=None)


def _note(changed: Any, kind: str, actor: int, detail: Any = None) -> None:
    row = {
        "instance_id": changed.instance_id,
        "at": now(),
        "kind": kind,
        "element": changed.element,
        "actor_id": actor,
        "detail": detail,
    }
    statements.ADD_EVENT.run(row)
