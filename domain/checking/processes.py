"""Instances against their rows: work items, jobs, waits, duties and acts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.exc import DatabaseError

from domain.checking.rows import Found, named, sliced
from models.errors import DomainError
from models.process import Act, Duty, Job, ProcessInstance, Wait, WorkItem
from workflows import engine
from workflows.background.jobs import LEASE
from workflows.clock import now


def _instances() -> Found:
    columns = select(ProcessInstance.id, ProcessInstance.business_key)
    for row in sliced(columns, ProcessInstance.id):
        for name, element in _examined(row.id):
            case = row.business_key if name == "unreadable" else None
            yield (
                name,
                " ".join([f"process_instance:{row.id}", *(str(one) for one in (case, element) if one)]),
            )


def _examined(instance: int) -> list[tuple[str, str]]:
    """What an instance does not agree with; one that cannot be read is named with the reason."""
    try:
        return list(engine.examine(instance))
    except DatabaseError:
        raise
    except DomainError as refusal:
        return [("unreadable", _reason(refusal))]
    except Exception as error:  # a state or a diagram that nobody wrote can fail in any way
        return [("unreadable", f"{type(error).__name__}: {error}")]


def _reason(refusal: DomainError) -> str:
    cause = refusal.__cause__
    return f"{refusal.sentence}（{type(cause).__name__}: {cause}）" if cause else refusal.sentence


def _ended() -> Found:
    open_items = WorkItem.state.in_(("open", "claimed"))
    own_jobs = and_(Job.task_id.is_not(None), Job.state.in_(("due", "leased")))
    rows: Any = ((WorkItem, open_items), (Job, own_jobs), (Wait, Wait.id.is_not(None)))
    for name, (model, there) in zip(("ended_item", "ended_job", "ended_wait"), rows, strict=True):
        ended = select(model.id).join(ProcessInstance, ProcessInstance.id == model.instance_id)
        yield from named(name, model, ended.where(ProcessInstance.state == "completed", there))


def _leases() -> Found:
    endless = or_(Job.lease_until.is_(None), Job.lease_until > now() + LEASE, Job.lease_owner.is_(None))
    yield from named("lease", Job, select(Job.id).where(Job.state == "leased", endless))


def _claims() -> Found:
    nobody = or_(WorkItem.assignee_id.is_(None), WorkItem.claim_expires_at.is_(None))
    yield from named("claim", WorkItem, select(WorkItem.id).where(WorkItem.state == "claimed", nobody))


def _duties() -> Found:
    same = and_(
        Duty.instance_id == WorkItem.instance_id,
        Duty.duty == WorkItem.duty,
        Duty.person_id == WorkItem.done_by,
    )
    done = and_(WorkItem.state == "done", WorkItem.duty.is_not(None))
    yield from named("duty", WorkItem, select(WorkItem.id).where(done, ~exists().where(same)))
    yield from named("duty_stray", Duty, select(Duty.id).where(~exists().where(same, done)))


def _acts() -> Found:
    undone = select(Act.transaction_id).join(WorkItem, WorkItem.id == Act.work_item_id)
    undone = undone.where(Act.kind == "complete", WorkItem.state != "done")
    for found, *_ in sliced(undone, Act.transaction_id):
        yield "act", f"act:{found}"


CHECKS = (_instances, _ended, _leases, _claims, _duties, _acts)
