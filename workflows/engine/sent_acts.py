"""What people and other cases do to an instance by a message: by what it does, whatever its name."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from models import db
from models.base.errors import NothingWaiting
from models.processes.instances import Wait
from models.processes.states import WaitKind
from workflows.engine.moves.acts import deliver_message
from workflows.engine.moves.instance_run import StepResult
from workflows.engine.state.drawn_facts import list_act_messages


def is_awaited(instance_id: int | None, act: str, key: str | None = None) -> bool:
    """Whether an instance waits for something to be done, under this key if one is given."""
    return _find_wait(instance_id, act, key) is not None


def is_drawn(instance_id: int | None, act: str) -> bool:
    """Whether any message in the diagrams of an instance does this, awaited now or later."""
    return bool(list_act_messages(instance_id, act))


def perform_act(
    instance_id: int | None,
    act: str,
    payload: Mapping[str, object],
    *,
    actor: int | None,
    key: str | None = None,
) -> StepResult:
    """Do it; raises NothingWaiting when the instance waits for no message that does it."""
    found = _find_wait(instance_id, act, key)
    if found is None:
        raise NothingWaiting
    return deliver_message(*found, payload, actor=actor)


def _find_wait(instance_id: int | None, act: str, key: str | None) -> tuple[str, str] | None:
    names = list_act_messages(instance_id, act)
    if not names:
        return None
    waiting = select(Wait.message, Wait.key).where(
        Wait.instance_id == instance_id, Wait.kind == WaitKind.MESSAGE, Wait.message.in_(sorted(names))
    )
    if key is not None:
        waiting = waiting.where(Wait.key == key)
    row = db.session.execute(waiting.order_by(Wait.id).limit(1)).first()
    return None if row is None else (row.message, row.key)
