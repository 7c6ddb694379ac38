"""One job: prepared in a read, performed with no transaction open, recorded in a write; and its failures."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from models import db
from models.base.database import write_transaction
from workflows import engine, operations
from workflows.background import due_timers, jobs
from workflows.background.jobs import LeasedJob
from workflows.clock import now
from workflows.operations import (
    Operation,
    OperationCall,
    OperationPending,
    OperationRefused,
    OperationRejected,
    OperationUnavailable,
    RequestKeyTaken,
)

log = logging.getLogger(__name__)


def run_job_by_id(job_id: int, owner: str) -> bool:
    """Run a certain job; False when it is not due, or somebody else has it."""
    with write_transaction():
        job = jobs.lease_job(owner, job_id)
    if job is not None:
        run_job(job)
    return job is not None


def run_job(job: LeasedJob) -> None:
    """Run a leased job, and keep what came of it."""
    try:
        operation = _find_operation(job)
        request = _prepare_request(operation, job)
        answer = operation.perform(request, job.request_key)
        with write_transaction():
            _record_answer(operation, job, answer)
    except Exception as error:  # whatever an operation raises belongs to its job, not to the worker
        _settle_failure(job, _choose_consequence(job, error))


def _find_operation(job: LeasedJob) -> Operation:
    # Not among the registered ones, which are what designers may use.
    return (
        due_timers.FIRING
        if job.operation == operations.FIRE_TIMERS
        else operations.get_operation(job.operation)
    )


def _choose_consequence(job: LeasedJob, error: Exception) -> Callable[[], None]:
    """What is to be written after a failure."""
    if isinstance(error, OperationPending):
        return partial(jobs.postpone_job, job)
    if isinstance(error, OperationRefused):
        return partial(_throw_or_give_up, job, error.code, f"refused: {error.code}")
    if isinstance(error, OperationRejected):
        return partial(_throw_or_give_up, job, "unavailable", str(error))
    if isinstance(error, RequestKeyTaken) and not job.is_last_attempt:
        return partial(jobs.renew_request_key, job, str(error))
    if isinstance(error, OperationUnavailable):
        return partial(_retry_or_throw, job, str(error), error.retry_after)
    log.error("job %s (%s) failed", job.id, job.operation, exc_info=error)
    return partial(_retry_or_give_up, job, jobs.describe_failure(error))


def _prepare_request(operation: Operation, job: LeasedJob) -> Any:
    try:
        if operation.prepare is None:
            return job.parameters
        return operation.prepare(_build_call(job), **job.parameters)
    finally:
        db.session.rollback()


def _record_answer(operation: Operation, job: LeasedJob, answer: Any) -> None:
    if not jobs.lock_leased(job):
        log.warning("job %s was taken over by another worker; its result is dropped", job.id)
        return
    jobs.finish_job(job)
    result = operation.record(_build_call(job), job.parameters, answer) if operation.record else answer
    if job.task_id is not None:
        engine.complete_service(job.task_id, result)


def _retry_or_throw(job: LeasedJob, error: str, wish: timedelta | None) -> None:
    if job.is_last_attempt:
        _throw_or_give_up(job, "unavailable", error)
    else:
        jobs.retry_later(job, error, wish=wish)


def _throw_or_give_up(job: LeasedJob, code: str, error: str) -> None:
    """Let the diagram deal with it where it says how, else give up."""
    if job.task_id is not None and engine.fail_service(job.task_id, code):
        return  # the step has dropped the job
    _give_up(job, error)


def _retry_or_give_up(job: LeasedJob, error: str) -> None:
    if job.is_last_attempt:
        _give_up(job, error)
    else:
        jobs.retry_later(job, error)


def _give_up(job: LeasedJob, error: str) -> None:
    operation = operations.registered_operations().get(job.operation)
    if operation is not None and operation.abandon is not None:
        operation.abandon(_build_call(job), job.parameters)
    jobs.mark_dead(job, error)


def _settle_failure(job: LeasedJob, act: Callable[[], None]) -> None:
    try:
        with write_transaction():
            if jobs.lock_leased(job):
                act()
    except Exception:  # the lease runs out, and another worker takes the job
        log.exception("the outcome of job %s could not be kept", job.id)


def _build_call(job: LeasedJob) -> OperationCall:
    return OperationCall(
        instance_id=job.instance_id or 0,
        business_key=job.business_key,
        actor=None,
        now=now(),
        data={},
    )
