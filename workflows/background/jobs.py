"""Jobs: written in the transaction that causes them, leased by a worker, done once or dead with a reason."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import and_, bindparam, select, true, update
from sqlalchemy.dialects import postgresql, sqlite

from models import db
from models.base.errors import DomainError
from models.base.prebuilt import Prebuilt
from models.processes.instances import Job, ProcessInstance
from models.processes.states import JobState
from translations import lazy_gettext
from workflows import operations, publishing
from workflows.clock import now
from workflows.operations import BRIEF, RetryPolicy

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = BRIEF.attempts
FIRST_PAUSE = BRIEF.first
MOST_LOSSES = 5  # workers that one job may take down with it
PENDING_PAUSE = timedelta(minutes=1)
LONGEST_WISH = timedelta(hours=6)  # that another side may have us wait
LONGEST_ERROR = 2000

ABANDONED = lazy_gettext("执行过程中工作进程多次中断，已停止重试。")

JOB: Any = Job.__table__
OTHER: Any = JOB.alias("other")
READY = and_(OTHER.c.state == JobState.DUE, OTHER.c.run_at <= bindparam("at", type_=JOB.c.run_at.type))
LOST = and_(OTHER.c.state == JobState.LEASED, OTHER.c.lease_until <= bindparam("at", type_=JOB.c.run_at.type))
IN_LANE = OTHER.c.lane == bindparam("lane")


def _build_lease(condition: Any, lane: Any, **values: Any) -> Prebuilt:
    """Lease the first job of a condition that nobody else is just taking."""
    first = select(OTHER.c.id).where(condition, lane).order_by(OTHER.c.run_at, OTHER.c.id).limit(1)
    taken = {"state": JobState.LEASED, "lease_owner": bindparam("owner"), "lease_until": bindparam("until")}
    return Prebuilt(
        update(JOB)
        .where(JOB.c.id == first.with_for_update(skip_locked=True).scalar_subquery())
        .values(**taken, attempts=JOB.c.attempts + 1, **values)
        .returning(JOB)
    )


# what is looked for in a lane, in all lanes, or by its id: lost ones first, as they have waited longest
TAKE = {
    name: (_build_lease(LOST, chosen, losses=JOB.c.losses + 1), _build_lease(READY, chosen))
    for name, chosen in (("lane", IN_LANE), ("all", true()), ("job", OTHER.c.id == bindparam("job")))
}
LOCK_INSTANCE = (
    select(ProcessInstance.id).where(ProcessInstance.id == bindparam("instance")).with_for_update()
)
LOCK_JOB = (
    select(JOB.c.id)
    .where(
        JOB.c.id == bindparam("job"), JOB.c.state == JobState.LEASED, JOB.c.lease_owner == bindparam("owner")
    )
    .with_for_update()
)


@dataclass(frozen=True, kw_only=True)
class LeasedJob:
    """A job in the hands of one worker."""

    id: int
    key: str
    request_key: str
    operation: str
    parameters: dict[str, Any]
    instance_id: int | None
    business_key: str | None
    task_id: str | None
    attempts: int  # this one included
    owner: str
    patience: RetryPolicy

    @property
    def is_last_attempt(self) -> bool:
        """Whether a failure now is final."""
        return self.attempts >= self.patience.attempts


Listener = Callable[[LeasedJob, str], None]
_listeners: list[Listener] = []


def on_incident(listener: Listener) -> None:
    """Have a listener called, within the transaction, for each job that is given up."""
    if listener not in _listeners:
        _listeners.append(listener)


def enqueue_job(
    operation: str,
    parameters: Mapping[str, Any],
    *,
    key: str,
    run_at: datetime | None = None,
    request_key: str | None = None,
) -> None:
    """Queue an outward operation; a key that is already queued is queued once."""
    at = now()
    row = {
        "key": key,
        "request_key": request_key or uuid4().hex,
        "operation": operation,
        "lane": operations.find_lane(operation, parameters),
        "parameters": dict(parameters),
        "state": JobState.DUE,
        "attempts": 0,
        "losses": 0,
        "run_at": run_at or at,
        "created_at": at,
    }
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    added = dialect.insert(JOB).values(**row).on_conflict_do_nothing(index_elements=["key"])
    publishing.publish_after_commit(db.session.scalars(added.returning(JOB.c.id)).all())


def hasten_job(key: str, at: datetime) -> None:
    """Have a job that waits for a later time done now; one that runs, or has ended, is left alone."""
    waiting = and_(JOB.c.key == key, JOB.c.state == JobState.DUE, JOB.c.run_at > at)
    found = db.session.scalars(update(JOB).where(waiting).values(run_at=at).returning(JOB.c.id)).all()
    publishing.publish_after_commit(found)


def lease_next(owner: str, lane: str | None = None) -> LeasedJob | None:
    """Take the next due job, of one lane or of all, or one whose worker went away; the caller commits."""
    found = TAKE["all"] if lane is None else TAKE["lane"]
    return _take_job(found, {"owner": owner, **({} if lane is None else {"lane": lane})})


def lease_job(owner: str, job_id: int) -> LeasedJob | None:
    """Take a certain job, if it is due and nobody has it; the caller commits."""
    return _take_job(TAKE["job"], {"owner": owner, "job": job_id})


def _take_job(ways: tuple[Prebuilt, Prebuilt], values: dict[str, Any]) -> LeasedJob | None:
    at = now()
    known = {"at": at, "until": at + LEASE, **values}
    while (row := ways[0].first(known) or ways[1].first(known)) is not None:
        leased = _build_leased(row)
        if row.losses < MOST_LOSSES:
            return leased
        # Whatever it does takes the worker down with it; no exception was there to be counted.
        mark_dead(leased, ABANDONED)
    return None


def hand_back_jobs(owner: str) -> None:
    """Let others do what a worker that stops has in hand; its attempt does not count."""
    mine = and_(JOB.c.state == JobState.LEASED, JOB.c.lease_owner.startswith(owner, autoescape=True))
    back = {"state": JobState.DUE, "attempts": JOB.c.attempts - 1, "lease_owner": None, "lease_until": None}
    db.session.execute(update(JOB).where(mine).values(**back))


def lock_leased(job: LeasedJob) -> bool:
    """Lock a job that is about to be settled; False when the lease was lost and the result is void.

    The instance comes first, as in every step of it, or the two could wait for each other.
    """
    if job.instance_id is not None:
        db.session.execute(LOCK_INSTANCE, {"instance": job.instance_id})
    return db.session.execute(LOCK_JOB, {"job": job.id, "owner": job.owner}).first() is not None


def finish_job(job: LeasedJob) -> None:
    """Mark a job done."""
    _settle_job(job, state=JobState.DONE, done_at=now(), error=None)


def postpone_job(job: LeasedJob) -> None:
    """The other side has not answered yet: ask again later, without counting the attempt."""
    _settle_job(
        job, state=JobState.DUE, run_at=now() + PENDING_PAUSE, attempts=job.attempts - 1, error=None, losses=0
    )


def retry_later(job: LeasedJob, error: str, *, wish: timedelta | None = None) -> None:
    """Try again after a pause; no sooner than the other side wishes, within bounds."""
    pause = max(compute_pause(job.attempts, job.patience), min(wish or timedelta(), LONGEST_WISH))
    _settle_job(job, state=JobState.DUE, run_at=now() + pause, error=error[:LONGEST_ERROR], losses=0)


def compute_pause(attempts: int, patience: RetryPolicy) -> timedelta:
    """A pause that doubles, with jitter so that jobs that failed together do not come back together."""
    pause = min(patience.first * 2 ** (attempts - 1), patience.longest)
    return timedelta(seconds=pause.total_seconds() * random.uniform(0.8, 1.2))


def renew_request_key(job: LeasedJob, error: str) -> None:
    """Try again under another request key: the other side has refused this one without doing anything."""
    fresh = update(JOB).where(JOB.c.id == job.id, JOB.c.lease_owner == job.owner)
    db.session.execute(fresh.values(request_key=uuid4().hex))
    retry_later(job, error)


def mark_dead(job: LeasedJob, error: str) -> None:
    """Give up: the job is an incident until somebody sets it due again."""
    _settle_job(job, state=JobState.DEAD, error=error[:LONGEST_ERROR])
    log.error("incident: job %s, %s of %s: %s", job.id, job.operation, job.business_key or "no case", error)
    for listener in _listeners:
        listener(job, error)


def describe_failure(error: Exception) -> str:
    """What an operator reads of a failure."""
    return error.sentence if isinstance(error, DomainError) else f"{type(error).__name__}: {error}"


def _settle_job(job: LeasedJob, **values: Any) -> None:
    mine = and_(JOB.c.id == job.id, JOB.c.state == JobState.LEASED, JOB.c.lease_owner == job.owner)
    db.session.execute(update(JOB).where(mine).values(lease_owner=None, lease_until=None, **values))


def _build_leased(row: Any) -> LeasedJob:
    return LeasedJob(
        id=row.id,
        key=row.key,
        request_key=row.request_key,
        operation=row.operation,
        parameters=row.parameters,
        instance_id=row.instance_id,
        business_key=_find_business_key(row.instance_id),
        task_id=row.task_id,
        attempts=row.attempts,
        owner=row.lease_owner,
        patience=operations.find_retry_policy(row.operation),
    )


def _find_business_key(instance_id: int | None) -> str | None:
    if instance_id is None:
        return None
    return db.session.scalar(select(ProcessInstance.business_key).where(ProcessInstance.id == instance_id))
