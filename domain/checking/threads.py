"""留言 against the processes that are their course, and against their applications."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, and_, cast, exists, func, literal, or_, select

from domain.checking.rows import FoundRows, report_rows
from models.base.business_keys import THREAD
from models.cases.applications import Application
from models.cases.states import OVER_STANDINGS
from models.cases.threads import Thread
from models.processes.instances import Job, ProcessInstance
from models.processes.states import PENDING_JOBS, InstanceState
from workflows.definitions import contents

STILL_OPEN, RUNNING = Thread.outcome.is_(None), ProcessInstance.state == InstanceState.ACTIVE


def _check_processes() -> FoundRows:
    course = select(Thread.id).outerjoin(ProcessInstance, ProcessInstance.id == Thread.instance_id)
    begun = or_(RUNNING, and_(Thread.instance_id.is_(None), _is_queued("thread.begin:")))
    yield from report_rows("thread_course", Thread, course.where(STILL_OPEN, ~func.coalesce(begun, False)))
    yield from report_rows("thread_over", Thread, course.where(~STILL_OPEN, RUNNING))
    courses = [service.entry for service in contents.list_services() if service.subject == THREAD]
    lone = select(ProcessInstance.id).where(ProcessInstance.process_key.in_(courses), RUNNING)
    known = exists().where(Thread.instance_id == ProcessInstance.id)
    yield from report_rows("thread_lone", ProcessInstance, lone.where(~known))


def _check_open_threads() -> FoundRows:
    left = select(Thread.id).join(Application, Application.id == Thread.application_id)
    over = and_(Application.standing.in_(OVER_STANDINGS), ~_is_queued("thread.close:"))
    yield from report_rows("thread_left", Thread, left.where(STILL_OPEN, over))


def _is_queued(prefix: str) -> Any:
    key = literal(prefix).concat(cast(Thread.id, String))
    return exists().where(Job.key == key, Job.state.in_(PENDING_JOBS))


CHECKS = (_check_processes, _check_open_threads)
