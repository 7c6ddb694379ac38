"""Timers that are due: each case is fired by one worker; what fails becomes a job that is tried again."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema
from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import InterfaceError, OperationalError

from models import db
from models.base.database import write_transaction
from models.base.prebuilt import Prebuilt
from models.processes.instances import Job, ProcessInstance, Wait
from models.processes.states import JobState, OperationKind, WaitKind
from translations import lazy_gettext
from workflows import engine
from workflows.background import jobs
from workflows.clock import now
from workflows.operations import FIRE_TIMERS, STEADY, Operation, OperationCall

log = logging.getLogger(__name__)

WAIT: Any = Wait.__table__
JOB: Any = Job.__table__
INSTANCE: Any = ProcessInstance.__table__
DUE = WAIT.c.fire_at <= bindparam("at", type_=WAIT.c.fire_at.type)
# The case is locked, not the wait: a step locks its case first, and the two would wait for each other.
NEXT = Prebuilt(
    select(WAIT.c.instance_id)
    .join(INSTANCE, INSTANCE.c.id == WAIT.c.instance_id)
    .where(DUE)
    .order_by(WAIT.c.fire_at)
    .limit(1)
    .with_for_update(of=INSTANCE, skip_locked=True)
)
OF_CASE = WAIT.c.instance_id == bindparam("instance")
FIRST = Prebuilt(
    select(WAIT.c.task_id, WAIT.c.element, WAIT.c.due_at)
    .where(OF_CASE, DUE)
    .order_by(WAIT.c.fire_at, WAIT.c.id)
    .limit(1)
)
HOLD = Prebuilt(update(WAIT).where(OF_CASE, DUE).values(fire_at=None))
HELD = and_(OF_CASE, WAIT.c.kind == WaitKind.TIMER, WAIT.c.fire_at.is_(None))
LET_GO = Prebuilt(update(WAIT).where(HELD).values(fire_at=WAIT.c.due_at))


class FireTimersParameters(Schema):
    """The case whose timers are fired; the job itself names it."""


@dataclass(frozen=True, kw_only=True)
class TimerFiring:
    """What came of the timers of one case."""

    instance_id: int
    fired: bool


def fire_next_case() -> TimerFiring | None:
    """Fire the timers of the case that is overdue longest; nothing when there is none."""
    instance_id = None
    try:
        with write_transaction():
            instance_id = NEXT.scalar({"at": now()})
            return None if instance_id is None else _fire_timers(instance_id)
    except (OperationalError, InterfaceError):  # the database is locked or gone; the timer is not to blame
        raise
    except Exception as error:  # one broken case must not stop the timers of the others
        if instance_id is None:
            raise
        log.exception("timers of instance %s failed", instance_id)
        with write_transaction():
            _queue_retry(instance_id, jobs.describe_failure(error))
        return TimerFiring(instance_id=instance_id, fired=False)


def _fire_timers(instance_id: int) -> TimerFiring:
    fired = engine.fire_due_timers(instance_id)
    if not fired:  # a row that the case does not know: `flask check` names it, and it holds up nobody
        HOLD.run({"instance": instance_id, "at": now()})
    return TimerFiring(instance_id=instance_id, fired=fired)


def _queue_retry(instance_id: int, reason: str) -> None:
    """Take the timers of a case out of everybody's way, and queue a job that tries them again."""
    db.session.execute(jobs.LOCK_INSTANCE, {"instance": instance_id})
    at = now()
    first = FIRST.first({"instance": instance_id, "at": at})
    if first is None:  # somebody else has moved the case meanwhile
        return
    HOLD.run({"instance": instance_id, "at": at})
    key = f"timer:{first.task_id}:{first.due_at.isoformat()}"
    row = {
        "key": key,
        "request_key": key,
        "operation": FIRE_TIMERS,
        "lane": FIRE_TIMERS,
        "parameters": {},
        "instance_id": instance_id,
        "element": first.element,
        "state": JobState.DUE,
        "attempts": 1,
        "losses": 0,
        "run_at": at + jobs.compute_pause(1, FIRING.patience),
        "error": reason[: jobs.LONGEST_ERROR],
        "created_at": at,
    }
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    again = {name: row[name] for name in ("state", "attempts", "losses", "run_at", "error")}
    over = or_(JOB.c.state == JobState.DONE, JOB.c.state == JobState.DROPPED)
    added = dialect.insert(JOB).values(**row)
    db.session.execute(added.on_conflict_do_update(index_elements=["key"], set_=again, where=over))


def _fire_again(call: OperationCall, _parameters: Mapping[str, Any], _answer: None) -> None:
    engine.fire_due_timers(call.instance_id)
    LET_GO.run({"instance": call.instance_id})


FIRING = Operation(
    name=FIRE_TIMERS,
    kind=OperationKind.OUTWARD,
    summary=lazy_gettext("重试没有成功的定时步骤"),
    parameters=FireTimersParameters,
    perform=lambda request, key: None,
    record=_fire_again,
    patience=STEADY,
)
