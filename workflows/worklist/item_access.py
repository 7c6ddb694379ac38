"""Where a work item stands for a person, and why an act on it is refused."""

from __future__ import annotations

from typing import Any

from models.base.errors import (
    AlreadyClaimed,
    AlreadyDone,
    DomainError,
    NotAllowed,
    NotClaimed,
    NotFound,
    SeparationOfDuties,
    Withdrawn,
)
from models.processes.states import ItemState
from translations import gettext
from workflows import engine
from workflows.worklist import statements


def find_item(item_id: int, person: int) -> Any:
    """The row of an item, with `holds_role` and `excluded_by` for a person."""
    known = {"item": item_id, "person": person}
    found = statements.STANDING.first(known)
    if found is None:
        raise NotFound
    return found


def lock_item(item_id: int, person: int) -> tuple[Any, Any]:
    """The same under the lock of the item's instance, and the instance's row for the engine."""
    known = {"item": item_id, "person": person}
    found = statements.LOCKED.first(known)
    if found is None:
        raise NotFound
    return (find_item(item_id, person) if found.stale else found), engine.extract_instance_row(found)


def check_may_claim(found: Any, person: int) -> None:
    """Whether the person may claim: by role and place, and by separation of duties."""
    if not found.holds_role:
        raise NotAllowed
    check_duties(found, person)


def check_may_complete(found: Any, person: int) -> None:
    """Completing needs the claim; an item that was assigned to the person directly needs none."""
    check_live(found)
    if found.assignee_id != person:
        check_may_claim(found, person)
        raise AlreadyClaimed(_describe_held_by(found)) if found.state == ItemState.CLAIMED else NotClaimed
    if found.state == ItemState.CLAIMED and not found.holds_role:
        raise NotAllowed
    check_duties(found, person)


def check_duties(found: Any, person: int) -> None:
    """Whoever did an earlier stage that excludes this one is told which it was."""
    if found.excluded_by is not None:
        known = {"instance": found.instance_id, "group": found.excluded_by, "person": person}
        earlier = statements.DUTY_DONE_AS.scalar(known) or gettext("前一环节")
        raise SeparationOfDuties(
            gettext(
                "“%(earlier)s”由同一人办理过，“%(name)s”须由另一人办理。", earlier=earlier, name=found.name
            )
        )


def explain_bar(item_id: int, person: int) -> str:
    """Why a person may not take an item, empty when they may."""
    try:
        check_may_claim(find_item(item_id, person), person)
    except DomainError as refusal:
        return refusal.sentence
    return ""


def supervises_assignee(item_id: int, person: int) -> bool:
    """Whether an item waits by name for somebody whom the person supervises."""
    return statements.SUPERVISES.first({"item": item_id, "person": person}) is not None


def check_live(found: Any) -> None:
    """Whether the item can still be worked on."""
    if found.state == ItemState.DONE:
        raise AlreadyDone(_describe_done_by(found))
    if found.state == ItemState.WITHDRAWN:
        if not found.withdrawn_by:
            raise Withdrawn
        raise Withdrawn(
            gettext(
                "流程已经前进（%(cause)s），这件任务已撤销；已填写的内容仍可查看。", cause=found.withdrawn_by
            )
        )


def explain_not_held(item_id: int, person: int) -> DomainError:
    """Why an act that needs the claim changed nothing."""
    found = find_item(item_id, person)
    check_live(found)
    if found.state == ItemState.CLAIMED and found.assignee_id != person:
        return AlreadyClaimed(_describe_held_by(found))
    return NotClaimed()


def build_already_claimed(found: Any) -> DomainError:
    """The refusal of an item that somebody else holds."""
    return AlreadyClaimed(_describe_held_by(found))


def _describe_done_by(found: Any) -> str | None:
    name = statements.NAME_OF.scalar({"person": found.done_by}) if found.done_by else None
    return gettext("这件任务已由%(name)s办结，没有重复提交。", name=name) if name else None


def _describe_held_by(found: Any) -> str | None:
    if found.assignee_id is None:
        return None
    name = statements.NAME_OF.scalar({"person": found.assignee_id})
    return gettext("这件任务已由%(name)s领取。", name=name) if name else None
