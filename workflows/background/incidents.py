"""Jobs that failed for good, and what an operator does with them: set one due again, or let it rest."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, literal_column, select, update

from models import db
from models.base.errors import DomainError, NotFound
from models.processes.instances import Job, ProcessInstance, Wait
from models.processes.states import UNFINISHED_JOBS, JobState
from translations import gettext, lazy_gettext
from workflows import publishing
from workflows.clock import now
from workflows.operations import FIRE_TIMERS

JOB: Any = Job.__table__
IS_DEAD = JOB.c.state == literal_column("'dead'")  # a literal, or the index for it is not used


class StillWaitedFor(DomainError):
    """An incident without which its case would never go on."""

    code = "still_waited_for"
    sentence = lazy_gettext("事项还在等待这项任务，不能了结；请排除原因后重试（flask jobs retry）。")


class NoSuchJob(NotFound):
    """A number that no job has."""

    sentence = lazy_gettext("没有这个编号的任务。")

    def __init__(self, job_id: int) -> None:
        super().__init__(gettext("没有编号为 %(job)s 的任务。", job=job_id))


class NotFailed(NotFound):
    """A job that waits, runs or is done: there is nothing to set right."""

    sentence = lazy_gettext("这项任务没有失败，不用处理。")

    def __init__(self, job_id: int) -> None:
        super().__init__(gettext("任务 %(job)s 没有失败，不用重试或了结。", job=job_id))


def select_jobs_with_case() -> Select[Job, str | None]:
    """Jobs, each with the key of its case."""
    of_case = ProcessInstance.id == Job.instance_id
    return select(Job, ProcessInstance.business_key).outerjoin(ProcessInstance, of_case)


def select_unsettled() -> Select[Job, str | None]:
    """Jobs that wait, run or failed for good, each with the key of its case; the first due one first."""
    return select_jobs_with_case().where(Job.state.in_(UNFINISHED_JOBS)).order_by(Job.run_at, Job.id)


def select_dead() -> Select[Job, str | None]:
    """Those that failed for good."""
    return select_jobs_with_case().where(IS_DEAD).order_by(Job.run_at, Job.id)


def select_dead_count() -> Select[int]:
    """How many these are."""
    return select(func.count()).select_from(Job).where(IS_DEAD)


def revive_job(job_id: int) -> None:
    """Set a dead job due again, with its attempts counted anew."""
    _settle_dead(job_id, state=JobState.DUE, run_at=now(), attempts=0, losses=0)
    publishing.publish_after_commit([job_id])


def dismiss_job(job_id: int) -> None:
    """Let a dead job rest for good, unless its case still waits for it."""
    job = db.session.get(Job, job_id, populate_existing=True)
    if job is None:
        raise NoSuchJob(job_id)
    if _is_waited_for(job):
        raise StillWaitedFor
    _settle_dead(job_id, state=JobState.DROPPED, done_at=now())


def _settle_dead(job_id: int, **values: Any) -> None:
    left = update(JOB).where(JOB.c.id == job_id, JOB.c.state == JobState.DEAD).values(**values)
    if db.session.scalars(left.returning(JOB.c.id)).first() is None:
        raise NoSuchJob(job_id) if db.session.get(Job, job_id) is None else NotFailed(job_id)


def _is_waited_for(job: Job) -> bool:
    if job.instance_id is None:
        return False
    if job.operation == FIRE_TIMERS:
        held = (Wait.instance_id == job.instance_id, Wait.due_at.is_not(None), Wait.fire_at.is_(None))
        return db.session.scalar(select(Wait.id).where(*held).limit(1)) is not None
    elements = db.session.get_one(ProcessInstance, job.instance_id).elements
    return job.task_id is not None and job.element in elements
