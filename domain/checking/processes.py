"""Instances against their rows: work items, jobs, waits, duties and acts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.exc import DatabaseError

from domain.checking.rows import FoundRows, read_in_slices, report_rows
from models.base.errors import DomainError
from models.processes.instances import Act, Duty, Job, ProcessInstance, Wait, WorkItem
from models.processes.states import LIVE_ITEMS, PENDING_JOBS, InstanceState, ItemState, JobState
from translations import gettext
from workflows import engine
from workflows.background.jobs import LEASE
from workflows.clock import now


def _check_instances() -> FoundRows:
    columns = select(ProcessInstance.id, ProcessInstance.business_key)
    for row in read_in_slices(columns, ProcessInstance.id):
        for name, element in _examine_instance(row.id):
            case = row.business_key if name == "unreadable" else None
            yield (
                name,
                " ".join([f"process_instance:{row.id}", *(str(one) for one in (case, element) if one)]),
            )


def _examine_instance(instance: int) -> list[tuple[str, str]]:
    """What an instance does not agree with; one that cannot be read is named with the reason."""
    try:
        return list(engine.find_inconsistencies(instance))
    except DatabaseError:
        raise
    except DomainError as refusal:
        return [("unreadable", _describe_refusal(refusal))]
    except Exception as error:  # a state or a diagram that nobody wrote can fail in any way
        return [("unreadable", f"{type(error).__name__}: {error}")]


def _describe_refusal(refusal: DomainError) -> str:
    cause = refusal.__cause__
    if not cause:
        return refusal.sentence
    detail = f"{type(cause).__name__}: {cause}"
    return gettext("%(reason)s（%(detail)s）", reason=refusal.sentence, detail=detail)


def _check_ended_instances() -> FoundRows:
    open_items = WorkItem.state.in_(LIVE_ITEMS)
    own_jobs = and_(Job.task_id.is_not(None), Job.state.in_(PENDING_JOBS))
    rows: Any = ((WorkItem, open_items), (Job, own_jobs), (Wait, Wait.id.is_not(None)))
    for name, (model, there) in zip(("ended_item", "ended_job", "ended_wait"), rows, strict=True):
        ended = select(model.id).join(ProcessInstance, ProcessInstance.id == model.instance_id)
        yield from report_rows(
            name, model, ended.where(ProcessInstance.state == InstanceState.COMPLETED, there)
        )


def _check_leases() -> FoundRows:
    endless = or_(Job.lease_until.is_(None), Job.lease_until > now() + LEASE, Job.lease_owner.is_(None))
    yield from report_rows("lease", Job, select(Job.id).where(Job.state == JobState.LEASED, endless))


def _check_claims() -> FoundRows:
    nobody = or_(WorkItem.assignee_id.is_(None), WorkItem.claim_expires_at.is_(None))
    yield from report_rows(
        "claim", WorkItem, select(WorkItem.id).where(WorkItem.state == ItemState.CLAIMED, nobody)
    )


def _check_duties() -> FoundRows:
    same = and_(
        Duty.instance_id == WorkItem.instance_id,
        Duty.duty == WorkItem.duty,
        Duty.person_id == WorkItem.done_by,
    )
    done = and_(WorkItem.state == ItemState.DONE, WorkItem.duty.is_not(None))
    yield from report_rows("duty", WorkItem, select(WorkItem.id).where(done, ~exists().where(same)))
    yield from report_rows("duty_stray", Duty, select(Duty.id).where(~exists().where(same, done)))


def _check_acts() -> FoundRows:
    undone = select(Act.transaction_id).join(WorkItem, WorkItem.id == Act.work_item_id)
    undone = undone.where(Act.kind == "complete", WorkItem.state != ItemState.DONE)
    for found, *_ in read_in_slices(undone, Act.transaction_id):
        yield "act", f"act:{found}"


CHECKS = (_check_instances, _check_ended_instances, _check_leases, _check_claims, _check_duties, _check_acts)
