"""The worker: runs jobs and fires timers, each in transactions of its own."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy import select

from models import db
from models.database import writing
from models.errors import DomainError
from models.process import Wait
from workflows import engine, jobs, operations
from workflows.clock import now
from workflows.jobs import Leased
from workflows.operations import Call, Operation, Pending, Refusal, Unavailable

log = logging.getLogger(__name__)

POLL = 1.0  # seconds
PASSES = 1000  # that `run_once` makes at most: a timer may start a job, whose answer starts a timer …
BATCH = 100  # instances whose timers are fired in one pass
REST = timedelta(minutes=1)  # how long an instance whose timer failed is left alone


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What one pass did."""

    jobs: int
    timers: int


NOTHING = Counts(jobs=0, timers=0)


@dataclass(kw_only=True)
class Worker:
    """One worker of an app; several may run side by side."""

    app: Flask
    owner: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}")
    resting: dict[int, datetime] = field(default_factory=dict)
    stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Work until told to stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopped.set())
        while not self.stopped.is_set():
            if self._pass_or_log() == NOTHING:
                self.stopped.wait(POLL)

    def run_once(self) -> Counts:
        """Do everything that is due now, and what becomes due by it; jobs first."""
        done = NOTHING
        with self.app.app_context():
            for _ in range(PASSES):
                more = self._pass()
                if more == NOTHING:
                    break
                done = Counts(jobs=done.jobs + more.jobs, timers=done.timers + more.timers)
        return done

    def _pass_or_log(self) -> Counts:
        try:
            with self.app.app_context():
                return self._pass()
        except Exception:  # the database may be locked or gone for a while; the next pass asks again
            log.exception("a pass failed")
            return NOTHING

    def _pass(self) -> Counts:
        return Counts(jobs=self._run_jobs(), timers=self._fire_timers())

    def _run_jobs(self) -> int:
        count = 0
        while not self.stopped.is_set():
            job = self._lease()
            if job is None:
                break
            _run(job)
            count += 1
        return count

    def _lease(self) -> Leased | None:
        # Asking first: a worker that has nothing to do must not take the only write lock every second.
        due = jobs.is_any_due()
        db.session.rollback()
        if not due:
            return None
        with written():
            return jobs.lease(self.owner)

    def _fire_timers(self) -> int:
        at = now()
        self.resting = {found: until for found, until in self.resting.items() if until > at}
        overdue = select(Wait.instance_id).where(Wait.due_at <= at, Wait.instance_id.not_in(self.resting))
        ids = list(db.session.scalars(overdue.distinct().limit(BATCH)))
        db.session.rollback()
        return sum(self._fire(instance_id) for instance_id in ids if not self.stopped.is_set())

    def _fire(self, instance_id: int) -> bool:
        try:
            with written():
                return engine.fire_due(instance_id)
        except Exception:  # one broken instance must not stop the timers of the others
            log.exception("timers of instance %s failed", instance_id)
            self.resting[instance_id] = now() + REST
            return False


@contextmanager
def written() -> Iterator[None]:
    """A write transaction of the worker: committed at the end, rolled back on any exception."""
    token = writing.set(True)
    db.session.rollback()
    try:
        yield
        db.session.commit()
    finally:
        db.session.rollback()
        db.session.expire_all()
        writing.reset(token)


def _run(job: Leased) -> None:
    """Run one job: prepare in a read, go out with no transaction open, record in a write."""
    try:
        operation = operations.get(job.operation)
        request = _prepared(operation, job)
        answer = operation.perform(request, job.key)
        with written():
            _record(operation, job, answer)
    except Pending:
        _after(job, lambda: jobs.put_off(job))
    except Refusal as refusal:
        code = refusal.code
        _after(job, lambda: _throw(job, code, f"refused: {code}"))
    except Unavailable as error:
        outage = str(error)
        _after(job, lambda: _unavailable(job, outage))
    except Exception as error:  # whatever an operation raises belongs to its job, not to the worker
        log.exception("job %s (%s) failed", job.id, job.operation)
        reason = error.sentence if isinstance(error, DomainError) else f"{type(error).__name__}: {error}"
        _after(job, lambda: _failed(job, reason))


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


def _unavailable(job: Leased, error: str) -> None:
    if job.is_last_attempt:
        _throw(job, "unavailable", error)
    else:
        jobs.retry_later(job, error)


def _throw(job: Leased, code: str, error: str) -> None:
    """Let the diagram deal with it where it says how, else give up."""
    if job.task_id is not None and engine.fail_service(job.task_id, code):
        return  # the step has dropped the job
    jobs.bury(job, error)


def _failed(job: Leased, error: str) -> None:
    if job.is_last_attempt:
        jobs.bury(job, error)
    else:
        jobs.retry_later(job, error)


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
