"""Incidents are told to operators: one message for all of the last hour, however many there are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select

from domain import outside
from domain.notices import delivery
from models import db
from models.base.prebuilt import Prebuilt
from models.cases.notices import Notice
from models.persons.people import Person, Post
from models.processes.instances import Job
from models.processes.states import JobState
from translations import gettext, gettext_plural, join_sentences
from workflows.background import incidents, jobs
from workflows.background.jobs import LeasedJob
from workflows.clock import now
from workflows.operations import OperationCall

OPERATION = "incidents.tell"
OPERATORS = "admin"  # the post
GATHERING = timedelta(minutes=2)  # what fails together is told together
INTERVAL = timedelta(hours=1)  # between two messages
LISTED = 20


JOB: Any = Job.__table__
WAITING = Prebuilt(select(JOB.c.id).where(JOB.c.state == JobState.DUE, JOB.c.lane == OPERATION).limit(1))


def notify_operators(job: LeasedJob, _error: str) -> None:
    """Have the operators told, soon after the first incident and then once an hour at most."""
    if job.operation == OPERATION:  # no message reaches them; the log and `flask jobs health` say so
        return
    at = now()
    hour = datetime.fromtimestamp(at.timestamp() // 3600 * 3600, at.tzinfo)
    if WAITING.scalar({}) is None:
        told = db.session.scalar(select(Job.id).where(Job.key == _message_key(hour)))
        begin = hour if told is None else hour + INTERVAL
        jobs.enqueue_job(OPERATION, {}, key=_message_key(begin), run_at=max(at + GATHERING, begin))


def _message_key(hour: datetime) -> str:
    return f"incidents:{hour:%Y-%m-%dT%H}"


def prepare_message(call: OperationCall) -> dict[str, str]:
    number = db.session.scalar(incidents.select_dead_count()) or 0
    newest = db.session.execute(incidents.select_dead().order_by(None).order_by(Job.id.desc()).limit(LISTED))
    title = gettext_plural("有 %(num)s 项系统任务未能完成", num=number)
    told = gettext_plural("有 %(num)s 项系统任务未能完成。", num=number)
    lines = [
        gettext(
            "%(job)s %(operation)s %(key)s：%(error)s",
            job=job.id,
            operation=job.operation,
            key=key or "-",
            error=_first_line(job),
        )
        for job, key in newest
    ]
    advice = gettext("请用 flask jobs list --dead 查看，排除原因后用 flask jobs retry 重试。")
    return {
        "title": title,
        "text": "\n".join([told, *lines, advice]),
        "short": join_sentences((told, advice)),
    }


def _first_line(job: Job) -> str:
    return (job.error or "").partition("\n")[0][:120]


def send_message(request: dict[str, str], key: str) -> dict[str, str]:
    if address := current_app.config["OPERATOR_EMAIL"]:
        outside.send_mail(address, request["title"], request["text"], key)
    return request


def record_message(call: OperationCall, _parameters: Mapping[str, Any], request: dict[str, str]) -> None:
    holders = select(Post.person_id).where(Post.role == OPERATORS)
    for person in db.session.scalars(select(Person.id).where(Person.id.in_(holders)).order_by(Person.id)):
        delivery.send_notice(
            Notice(
                person_id=person,
                template="incidents",
                title=request["title"],
                text=request["short"],
                created_at=call.now,
            )
        )
