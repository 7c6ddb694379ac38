"""Impossible states: what no sequence of acts leads to, each found by a check of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, func, or_, select

from models import db
from models.applications import Application, Certificate, CertificateCounter, RegistrationCounter
from models.codes import ENDED_STATES
from models.process import Duty, Job, ProcessInstance, Wait, WorkItem
from workflows import engine
from workflows.clock import now
from workflows.jobs import LEASE

SENTENCES = {
    "no_token": "办理中的流程没有任何当前步骤。",
    "item_missing": "流程等待人员办理，却没有对应的待办任务。",
    "item_stray": "待办任务在流程中没有对应的步骤。",
    "job_missing": "流程等待后台任务的结果，却没有对应的后台任务。",
    "job_stray": "后台任务在流程中没有对应的步骤。",
    "wait_missing": "流程等待消息或时间，却没有对应的等待记录。",
    "wait_stray": "等待记录在流程中没有对应的步骤。",
    "ended_item": "流程已经结束，仍有待办任务。",
    "ended_job": "流程已经结束，仍有属于它的后台任务。",
    "ended_wait": "流程已经结束，仍有等待记录。",
    "no_process": "申请已有报名号，却没有对应的流程。",
    "state": "申请的状态与流程的公开状态不一致。",
    "reservation_missing": "有效的申请没有占用申请名额或考试合格证明。",
    "reservation_stray": "已经结束的申请仍占用申请名额或考试合格证明。",
    "certificate_serial": "证书流水号缺号或重号。",
    "certificate_number": "证书号码与年度、流水号不一致。",
    "certificate_counter": "证书号码的计数与最后一个流水号不一致。",
    "registration_serial": "报名号缺号或重号。",
    "registration_counter": "报名号的计数与最后一个号码不一致。",
    "lease": "后台任务的占用没有期限。",
    "duty": "已办任务没有登记办理人的岗位分工。",
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that should not be."""

    check: str
    row: str

    @property
    def sentence(self) -> str:
        """What is wrong, for the operator."""
        return SENTENCES[self.check]


def findings() -> list[Finding]:
    """Everything that should not be, in the order of the checks; reads only."""
    checks = (_instances, _ended, _states, _reservations, _certificates, _registrations, _leases, _duties)
    return [Finding(check=name, row=row) for check in checks for name, row in check()]


def _instances() -> Iterator[tuple[str, str]]:
    active = select(ProcessInstance.id).where(ProcessInstance.state == "active").order_by(ProcessInstance.id)
    for instance in db.session.scalars(active).all():
        for name, element in engine.examine(instance):
            yield name, f"process_instance:{instance} {element}".rstrip()


def _ended() -> Iterator[tuple[str, str]]:
    open_items = WorkItem.state.in_(("open", "claimed"))
    own_jobs = and_(Job.task_id.is_not(None), Job.state.in_(("due", "leased")))
    rows: Any = ((WorkItem, open_items), (Job, own_jobs), (Wait, Wait.id.is_not(None)))
    for name, (model, there) in zip(("ended_item", "ended_job", "ended_wait"), rows, strict=True):
        ended = select(model.id).join(ProcessInstance, ProcessInstance.id == model.instance_id)
        yield from _rows(name, model, ended.where(ProcessInstance.state == "completed", there))


def _states() -> Iterator[tuple[str, str]]:
    lone = select(Application.id).where(
        Application.registration_number.is_not(None), Application.instance_id.is_(None)
    )
    yield from _rows("no_process", Application, lone)
    differing = (
        select(Application.id)
        .join(ProcessInstance, ProcessInstance.id == Application.instance_id)
        .where(ProcessInstance.public_state.is_not(None), Application.state != ProcessInstance.public_state)
    )
    yield from _rows("state", Application, differing)


def _reservations() -> Iterator[tuple[str, str]]:
    person, exam = Application.live_person_id, Application.live_exam_certificate_id
    numbered = Application.registration_number.is_not(None)
    ended = or_(Application.state.in_(ENDED_STATES), Application.ended_at.is_not(None))
    live = and_(
        numbered,
        Application.state.not_in({*ENDED_STATES, "granted", "not_accepted"}),
        Application.ended_at.is_(None),
    )
    lost_person = func.coalesce(person, 0) != Application.person_id
    lost_exam = func.coalesce(exam, 0) != func.coalesce(Application.exam_certificate_id, 0)
    missing = select(Application.id).where(live, or_(lost_person, lost_exam))
    yield from _rows("reservation_missing", Application, missing)
    kept = and_(or_(ended, ~numbered), or_(person.is_not(None), exam.is_not(None)))
    after_grant = and_(Application.state == "granted", person.is_not(None))
    stray = select(Application.id).where(or_(kept, after_grant))
    yield from _rows("reservation_stray", Application, stray)


def _certificates() -> Iterator[tuple[str, str]]:
    given: dict[tuple[int, int], list[int]] = defaultdict(list)
    for one in db.session.scalars(select(Certificate).order_by(Certificate.id)):
        given[one.authority_id, one.year].append(one.serial)
        if (one.number[:4], one.number[-6:]) != (f"{one.year}", f"{one.serial:06}"):
            yield "certificate_number", f"certificate:{one.id}"
    counters = {
        (one.authority_id, one.year): one.last for one in db.session.scalars(select(CertificateCounter))
    }
    yield from _series("certificate", given, counters)


def _registrations() -> Iterator[tuple[str, str]]:
    given: dict[str, list[int]] = defaultdict(list)
    numbers = select(Application.registration_number).where(Application.registration_number.is_not(None))
    for number in db.session.scalars(numbers):
        given[str(number)[:4]].append(int(str(number)[4:]))
    counters = {one.period: one.last for one in db.session.scalars(select(RegistrationCounter))}
    yield from _series("registration", given, counters)


def _series(name: str, given: dict[Any, list[int]], counters: dict[Any, int]) -> Iterator[tuple[str, str]]:
    for key in sorted({*given, *counters}):
        serials = sorted(given.get(key, []))
        if serials != list(range(1, len(serials) + 1)):
            yield f"{name}_serial", str(key)
        if counters.get(key, 0) != max(serials, default=0):
            yield f"{name}_counter", str(key)


def _leases() -> Iterator[tuple[str, str]]:
    endless = or_(Job.lease_until.is_(None), Job.lease_until > now() + LEASE, Job.lease_owner.is_(None))
    yield from _rows("lease", Job, select(Job.id).where(Job.state == "leased", endless))


def _duties() -> Iterator[tuple[str, str]]:
    noted = exists().where(
        Duty.instance_id == WorkItem.instance_id,
        Duty.duty == WorkItem.duty,
        Duty.person_id == WorkItem.done_by,
    )
    done = and_(WorkItem.state == "done", WorkItem.duty.is_not(None), ~noted)
    yield from _rows("duty", WorkItem, select(WorkItem.id).where(done))


def _rows(name: str, model: Any, query: Any) -> Iterator[tuple[str, str]]:
    for found in db.session.scalars(query.order_by(model.id)):
        yield name, f"{model.__tablename__}:{found}"
