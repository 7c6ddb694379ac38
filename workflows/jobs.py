"""Jobs: written in the transaction that causes them, leased by a worker, done once or dead with a reason."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, bindparam, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from models import db
from models.errors import NotFound
from models.process import Job, ProcessInstance
from workflows.clock import now

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 5
FIRST_PAUSE = timedelta(seconds=5)
PENDING_PAUSE = timedelta(minutes=1)
LONGEST_ERROR = 2000

ABANDONED = "执行过程中工作进程多次中断，已停止重试。"

JOB: Any = Job.__table__
LEASE_IT = (
    update(JOB)
    .where(JOB.c.id == bindparam("job"))
    .values(
        state="leased",
        lease_owner=bindparam("owner"),
        lease_until=bindparam("until"),
        attempts=JOB.c.attempts + 1,
    )
    .returning(JOB)
)
LOCK_INSTANCE = (
    select(ProcessInstance.id).where(ProcessInstance.id == bindparam("instance")).with_for_update()
)
LOCK_JOB = (
    select(JOB.c.id)
    .where(JOB.c.id == bindparam("job"), JOB.c.state == "leased", JOB.c.lease_owner == bindparam("owner"))
    .with_for_update()
)


@dataclass(frozen=True, kw_only=True)
class Leased:
    """A job in the hands of one worker."""

    id: int
    key: str
    operation: str
    parameters: dict[str, Any]
    instance_id: int | None
    business_key: str | None
    task_id: str | None
    attempts: int  # this one included
    owner: str

    @property
    def is_last_attempt(self) -> bool:
        """Whether a failure now is final."""
        return self.attempts >= MOST_ATTEMPTS


def enqueue(
    operation: str, parameters: Mapping[str, Any], *, key: str, run_at: datetime | None = None
) -> None:
    """Queue an outward operation; a key that is already queued is queued once."""
    at = now()
    row = {
        "key": key,
        "operation": operation,
        "parameters": dict(parameters),
        "state": "due",
        "attempts": 0,
        "run_at": run_at or at,
        "created_at": at,
    }
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    db.session.execute(dialect.insert(JOB).values(**row).on_conflict_do_nothing(index_elements=["key"]))


def lease(owner: str) -> Leased | None:
    """Take the next due job, or one whose worker went away; the caller commits."""
    at = now()
    while (found := db.session.scalar(due(at).limit(1).with_for_update(skip_locked=True))) is not None:
        row = db.session.execute(LEASE_IT, {"job": found, "owner": owner, "until": at + LEASE}).one()
        leased = _leased(row)
        if row.attempts <= MOST_ATTEMPTS:
            return leased
        # Whatever it does takes the worker down with it; no exception was there to be counted.
        bury(leased, ABANDONED)
    return None


def is_any_due() -> bool:
    """Whether there is anything to lease; asking takes no lock."""
    return db.session.scalar(due(now()).limit(1)) is not None


def due(at: datetime) -> Select[int]:
    """Ids of the jobs to run at a moment, the longest due first."""
    ready = and_(Job.state == "due", Job.run_at <= at)
    abandoned = and_(Job.state == "leased", Job.lease_until <= at)
    return select(Job.id).where(or_(ready, abandoned)).order_by(Job.run_at, Job.id)


def unsettled() -> Select[Job, str | None]:
    """Jobs that wait, run or failed for good, each with the key of its case; the first due one first."""
    own = select(Job, ProcessInstance.business_key).outerjoin(
        ProcessInstance, ProcessInstance.id == Job.instance_id
    )
    return own.where(Job.state.in_(("due", "leased", "dead"))).order_by(Job.run_at, Job.id)


def incidents() -> Select[Job, str | None]:
    """Those that failed for good."""
    return unsettled().where(Job.state == "dead")


def hold(job: Leased) -> bool:
    """Lock a job that is about to be settled; False when the lease was lost and the result is void.

    The instance comes first, as in every step of it, or the two could wait for each other.
    """
    if job.instance_id is not None:
        db.session.execute(LOCK_INSTANCE, {"instance": job.instance_id})
    return db.session.execute(LOCK_JOB, {"job": job.id, "owner": job.owner}).first() is not None


def finish(job: Leased) -> None:
    """Mark a job done."""
    _settle(job, state="done", done_at=now(), error=None)


def put_off(job: Leased) -> None:
    """The other side has not answered yet: ask again later, without counting the attempt."""
    _settle(job, state="due", run_at=now() + PENDING_PAUSE, attempts=job.attempts - 1, error=None)


def retry_later(job: Leased, error: str) -> None:
    """Try again after a pause that doubles, with jitter so that workers do not march in step."""
    pause = FIRST_PAUSE * 2 ** (job.attempts - 1) * random.uniform(0.8, 1.2)
    _settle(job, state="due", run_at=now() + pause, error=error[:LONGEST_ERROR])


def bury(job: Leased, error: str) -> None:
    """Give up: the job is an incident until somebody sets it due again."""
    _settle(job, state="dead", error=error[:LONGEST_ERROR])


def revive(job_id: int) -> None:
    """Set a dead job due again, with its attempts counted anew."""
    revived = (
        update(JOB)
        .where(JOB.c.id == job_id, JOB.c.state == "dead")
        .values(state="due", run_at=now(), attempts=0)
        .returning(JOB.c.id)
    )
    if db.session.execute(revived).first() is None:
        raise NotFound


def _settle(job: Leased, **values: Any) -> None:
    mine = and_(JOB.c.id == job.id, JOB.c.state == "leased", JOB.c.lease_owner == job.owner)
    db.session.execute(update(JOB).where(mine).values(lease_owner=None, lease_until=None, **values))


def _leased(row: Any) -> Leased:
    return Leased(
        id=row.id,
        key=row.key,
        operation=row.operation,
        parameters=row.parameters,
        instance_id=row.instance_id,
        business_key=_business_key(row.instance_id),
        task_id=row.task_id,
        attempts=row.attempts,
        owner=row.lease_owner,
    )


def _business_key(instance_id: int | None) -> str | None:
    if instance_id is None:
        return None
    return db.session.scalar(select(ProcessInstance.business_key).where(ProcessInstance.id == instance_id))
