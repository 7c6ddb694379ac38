"""One job: prepared in a read, performed with no transaction open, recorded in a write; and its failures."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from models import db
from models.database import written
from workflows import engine, operations
from workflows.background import jobs, overdue
from workflows.background.jobs import Leased
from workflows.clock import now
from workflows.operations import Call, KeyTaken, Operation, Pending, Refusal, Rejected, Unavailable

log = logging.getLogger(__name__)


def run_one(job_id: int, owner: str) -> bool:
    """Run a certain job; False when it is not due, or somebody else has it."""
    with written():
        job = jobs.lease_one(owner, job_id)
    if job is not None:
        run(job)
    return job is not None


def run(job: Leased) -> None:
    """Run a leased job, and keep what came of it."""
    try:
        operation = _operation(job)
        request = _prepared(operation, job)
        answer = operation.perform(request, job.request_key)
        with written():
            _record(operation, job, answer)
    except Exception as error:  # whatever an operation raises belongs to its job, not to the worker
        _after(job, _consequence(job, error))


def _operation(job: Leased) -> Operation:
    # Not among the registered ones, which are what designers may use.
    return overdue.FIRING if job.operation == operations.FIRE_TIMERS else operations.get(job.operation)


def _consequence(job: Leased, error: Exception) -> Callable[[], None]:
    """What is to be written after a failure."""
    if isinstance(error, Pending):
        return partial(jobs.put_off, job)
    if isinstance(error, Refusal):
        return partial(_throw, job, error.code, f"refused: {error.code}")
    if isinstance(error, Rejected):
        return partial(_throw, job, "unavailable", str(error))
    if isinstance(error, KeyTaken) and not job.is_last_attempt:
        return partial(jobs.renew_key, job, str(error))
    if isinstance(error, Unavailable):
        return partial(_unavailable, job, str(error), error.retry_after)
    log.error("job %s (%s) failed", job.id, job.operation, exc_info=error)
    return partial(_failed, job, jobs.reason_of(error))


def _prepared(operation: Operation, job: Leased) -> Any:
    try:
        if operation.prepare is None:
            return job.parameters
        return operation.prepare(_call(job), **job.parameters)
    finally:
        db.session.rollback()


def _record(operation: Operation, job: Leased, answer: Any) -> None:
    if not jobs.hold(job):
        log.warning("job %s was taken over by another worker; its result is dropped", job.id)
        return
    jobs.finish(job)
    result = operation.record(_call(job), job.parameters, answer) if operation.record else answer
    if job.task_id is not None:
        engine.complete_service(job.task_id, result)


def _unavailable(job: Leased, error: str, wish: timedelta | None) -> None:
    if job.is_last_attempt:
        _throw(job, "unavailable", error)
    else:
        jobs.retry_later(job, error, wish=wish)


def _throw(job: Leased, code: str, error: str) -> None:
    """Let the diagram deal with it where it says how, else give up."""
    if job.task_id is not None and engine.fail_service(job.task_id, code):
        return  # the step has dropped the job
    _give_up(job, error)


def _failed(job: Leased, error: str) -> None:
    if job.is_last_attempt:
        _give_up(job, error)
    else:
        jobs.retry_later(job, error)


def _give_up(job: Leased, error: str) -> None:
    operation = operations.registered().get(job.operation)
    if operation is not None and operation.abandon is not None:
        operation.abandon(_call(job), job.parameters)
    jobs.bury(job, error)


def _after(job: Leased, act: Callable[[], None]) -> None:
    try:
        with written():
            if jobs.hold(job):
                act()
    except Exception:  # the lease runs out, and another worker takes the job
        log.exception("the outcome of job %s could not be kept", job.id)


def _call(job: Leased) -> Call:
    return Call(
        instance_id=job.instance_id or 0,
        business_key=job.business_key,
        actor=None,
        now=now(),
        data={},
    )
