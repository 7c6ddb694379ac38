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
from models.base.errors import DomainError, Invalid, NotAllowed
from models.base.prebuilt import Prebuilt, on_postgresql
from models.processes.states import EventKind, ItemState
from translations import gettext
from workflows.clock import now
from workflows.worklist import drafts, item_access, statements


@dataclass(frozen=True, kw_only=True)
class ClaimOutcome:
    """What became of one item of a bulk act."""

    item_id: int
    refusal: DomainError | None


def claim_item(item_id: int, actor: int) -> None:
    """Claim an item for a person; claiming one's own again prolongs it."""
    values = _claim_values(item_id, actor)
    if _try_claim(values):
        return
    _check_own_claim(item_id, actor)
    if statements.TOUCH.first(values) is None:
        raise _explain_refusal(item_id, actor)


def _try_claim(values: dict[str, Any]) -> bool:
    if on_postgresql():
        return statements.CLAIM_NOTED.first(values) is not None
    taken = statements.CLAIM.first(values)
    if taken is not None:
        _add_event(taken, EventKind.CLAIMED, values["person"])
    return taken is not None


def claim_items(item_ids: Iterable[int], actor: int) -> list[ClaimOutcome]:
    """Claim several items, with a result for each."""
    return [_try_one(item_id, actor) for item_id in item_ids]


def prolong_claim(item_id: int, actor: int) -> None:
    """Prolong a claim that is being worked on."""
    _change_item(statements.TOUCH, item_id, actor)


def release_item(item_id: int, actor: int) -> None:
    """Give a claimed item back."""
    _add_event(_change_item(statements.RELEASE, item_id, actor), EventKind.RELEASED, actor)


def hand_over_item(item_id: int, to: int, *, actor: int, reason: str) -> None:
    """Hand an item that one holds, or that waits by name for whom one supervises, to who may work on it."""
    if not reason.strip():
        raise Invalid({"reason": [gettext("请填写转交原因。")]})
    theirs = item_access.find_item(item_id, to)
    if not theirs.holds_role or statements.NAME_OF.scalar({"person": to}) is None:
        raise NotAllowed(gettext("对方没有办理这件任务的岗位，请另选一位。"))
    item_access.check_duties(theirs, to)
    named = statements.HAND_OVER_NAMED.first({"item": item_id, "person": actor, "to": to})
    changed = named or _change_item(statements.HAND_OVER, item_id, actor, to=to)
    _add_event(changed, EventKind.RELEASED, actor, {"to": to, "reason": reason.strip()})


def save_draft(item_id: int, data: Any, actor: int) -> None:
    """Keep what the holder typed; it prolongs the claim."""
    prolong_claim(item_id, actor)
    drafts.keep_draft(item_id, data, actor)


def _change_item(statement: Prebuilt, item_id: int, actor: int, **more: Any) -> Any:
    changed = statement.first({**_claim_values(item_id, actor), **more})
    if changed is None:
        raise item_access.explain_not_held(item_id, actor)
    return changed


def _claim_values(item_id: int, actor: int) -> dict[str, Any]:
    at = now()
    idle = timedelta(minutes=current_app.config["CLAIM_MINUTES"])
    return {"item": item_id, "person": actor, "at": at, "until": at + idle}


def _check_own_claim(item_id: int, actor: int) -> None:
    # A post may have been taken away, or an earlier stage done, since the item was claimed.
    found = item_access.find_item(item_id, actor)
    if found.state == ItemState.CLAIMED and found.assignee_id == actor:
        item_access.check_may_claim(found, actor)


def _explain_refusal(item_id: int, actor: int) -> DomainError:
    found = item_access.find_item(item_id, actor)
    item_access.check_may_claim(found, actor)
    item_access.check_live(found)
    return item_access.build_already_claimed(found)


def _try_one(item_id: int, actor: int) -> ClaimOutcome:
    try:
        with db.session.begin_nested():
            claim_item(item_id, actor)
    except DomainError as refusal:
        return ClaimOutcome(item_id=item_id, refusal=refusal)
    return ClaimOutcome(item_id=item_id, refusal=None)


def _add_event(changed: Any, kind: str, actor: int, detail: Any = None) -> None:
    row = {
        "instance_id": changed.instance_id,
        "at": now(),
        "kind": kind,
        "element": changed.element,
        "actor_id": actor,
        "detail": detail,
    }
    statements.ADD_EVENT.run(row)
