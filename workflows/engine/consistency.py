"""Whether the rows of an instance say what its state says: both are written together or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import TypeAlias, cast

from sqlalchemy import select

from models import db
from models.processes.instances import Job, ProcessInstance, Wait, WorkItem
from models.processes.states import LIVE_ITEMS, UNFINISHED_JOBS, InstanceState, WaitKind
from workflows.clock import now
from workflows.engine.moves import step
from workflows.engine.moves.row_types import InstanceRow
from workflows.engine.state import codec, pending_work
from workflows.engine.state.pending_work import PendingWait, PendingWork, find_element_id

# task, kind, message, key, moment, what a timer is
Term: TypeAlias = tuple[str, str, str | None, str | None, datetime | None, str | None]


def find_inconsistencies(instance_id: int) -> Iterator[tuple[str, str]]:
    """What does not agree, each as the name of the check and the element or task."""
    row = step.read(instance_id)
    run = step.open_run(row, actor=None, now=now())
    workflow = codec.load_state(row.blob, run.specs, run.interpreter)
    here = pending_work.find_pending_work(workflow)
    if row.state != InstanceState.ACTIVE:
        if not workflow.completed:
            yield "ended_token", ""
        return
    if not here.resting:
        yield "no_token", ""
    yield from _compare_position(here, row)
    yield from _compare_rows(here, instance_id)
    yield from _compare_terms(here, row)


def _compare_position(here: PendingWork, row: InstanceRow) -> Iterator[tuple[str, str]]:
    told = pending_work.find_public_state(here)
    if told is not None and told != row.public_state:
        yield "public_state", told
    known = db.session.scalar(select(ProcessInstance.elements).where(ProcessInstance.id == row.id))
    if known != list(dict.fromkeys(find_element_id(task) for task in here.resting)):
        yield "elements", ""


def _compare_terms(here: PendingWork, row: InstanceRow) -> Iterator[tuple[str, str]]:
    """Waits whose message, key or moment is not what the state says; whole tasks were compared before."""
    wanted: Counter[Term] = Counter(
        (
            *(key, waiting.kind, waiting.message, _find_message_key(waiting, row.business_key)),
            *(waiting.due_at, waiting.purpose),
        )
        for (key, *_), waiting in here.waits.items()
    )
    purposes = {(key, waiting.kind): waiting.purpose for (key, *_), waiting in here.waits.items()}
    columns = (Wait.task_id, Wait.kind, Wait.message, Wait.key, Wait.due_at, Wait.purpose)
    kept: Counter[Term] = Counter(
        # rows from before it was kept say nothing of their purpose
        cast(Term, (*one[:-1], one[-1] or purposes.get((one[0], one[1]))))
        for one in db.session.execute(select(*columns).where(Wait.instance_id == row.id))
    )
    both = {key for key, *_ in wanted} & {key for key, *_ in kept}
    differing: set[str] = {key for key, *_ in (wanted - kept) + (kept - wanted)} & both
    elements = {key: find_element_id(waiting.task) for (key, *_), waiting in here.waits.items()}
    for key in sorted(differing):
        yield "wait_differs", elements[key]


def _find_message_key(waiting: PendingWait, business_key: str | None) -> str | None:
    return (
        pending_work.find_correlation_key(waiting, business_key) if waiting.kind == WaitKind.MESSAGE else None
    )


def _compare_rows(here: PendingWork, instance_id: int) -> Iterator[tuple[str, str]]:
    items = _read_tasks(WorkItem, instance_id, *LIVE_ITEMS)
    yield from _compare_tasks("item", {key: find_element_id(task) for key, task in here.items.items()}, items)
    jobs = _read_tasks(Job, instance_id, *UNFINISHED_JOBS)
    yield from _compare_tasks("job", {key: find_element_id(task) for key, task in here.calls.items()}, jobs)
    waits = {key[0]: find_element_id(waiting.task) for key, waiting in here.waits.items()}
    yield from _compare_tasks("wait", waits, _read_waits(instance_id))


def _read_tasks(model: type[WorkItem] | type[Job], instance_id: int, *states: str) -> dict[str, str]:
    found = select(model.task_id, model.element).where(
        model.instance_id == instance_id, model.task_id.is_not(None), model.state.in_(states)
    )
    return {str(task): str(element) for task, element in db.session.execute(found)}


def _read_waits(instance_id: int) -> dict[str, str]:
    found = select(Wait.task_id, Wait.element).where(Wait.instance_id == instance_id)
    return {task: str(element) for task, element in db.session.execute(found)}


def _compare_tasks(sort: str, tasks: dict[str, str], rows: dict[str, str]) -> Iterator[tuple[str, str]]:
    for check, there, others in ((f"{sort}_missing", tasks, rows), (f"{sort}_stray", rows, tasks)):
        for key in _list_missing(there, others):
            yield check, there[key]


def _list_missing(there: Collection[str], others: Collection[str]) -> list[str]:
    return sorted(set(there) - set(others))
