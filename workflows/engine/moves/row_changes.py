"""Writing what changed between two standings of an instance: work items, waits and jobs, a statement each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import (
    BindParameter,
    CursorResult,
    Executable,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)

from models import db
from models.base.database import table_of
from models.base.errors import DomainError
from models.base.prebuilt import Prebuilt, Write
from models.persons.people import Person
from models.processes.instances import Event, Job, Wait, WorkItem
from models.processes.states import UNFINISHED_JOBS, ItemState, JobState, WaitKind
from translations import gettext, lazy_gettext
from workflows import addressees, operations, publishing, working_days
from workflows.engine.elements import step_clock, timers
from workflows.engine.moves.row_types import (
    Addressed,
    Described,
    EventRow,
    InstanceRow,
    ItemRow,
    JobRow,
    WaitRow,
)
from workflows.engine.state.interpreter import call_of
from workflows.engine.state.pending_work import (
    PendingWait,
    PendingWork,
    WaitKey,
    find_correlation_key,
    find_element_id,
    read_properties,
)


class NoPerson(DomainError):
    """A task for one person, whose number the process does not have."""

    code = "no_person"
    sentence = lazy_gettext("流程要把任务交给一个人，却没有得到人员编号。")


HIGHEST_ID = 2**31 - 1  # of PostgreSQL's integers; a larger number would be an error there, not nobody
ITEMS, WAITS, JOBS, EVENTS = map(table_of, (WorkItem, Wait, Job, Event))

# Every row is looked for within its instance: an index each is enough for tables that only grow.
OURS: BindParameter[int] = bindparam("instance")
LIVE = or_(ITEMS.c.state == ItemState.OPEN, ITEMS.c.state == ItemState.CLAIMED)
ADD_ITEM = Prebuilt(insert(ITEMS).returning(ITEMS.c.id))
ADD_EVENT = Prebuilt(insert(EVENTS).returning(EVENTS.c.id))
ADD_WAIT, ADD_JOB = Prebuilt(insert(WAITS)), Prebuilt(insert(JOBS).returning(JOBS.c.id))
WITHDRAW = (
    update(ITEMS)
    .where(ITEMS.c.instance_id == OURS, ITEMS.c.task_id.in_(bindparam("tasks", expanding=True)), LIVE)
    .values(state=ItemState.WITHDRAWN, withdrawn_by=bindparam("cause"), claim_expires_at=None)
)
TARGET = Prebuilt(
    select(ITEMS.c.created_at, ITEMS.c.due_at).where(
        ITEMS.c.instance_id == OURS, ITEMS.c.task_id == bindparam("task"), LIVE
    )
)
SET_TARGET = Prebuilt(
    update(ITEMS)
    .where(ITEMS.c.instance_id == OURS, ITEMS.c.task_id == bindparam("task"), LIVE)
    .values(due_at=bindparam("due"))
)
FIND_PERSON = Prebuilt(select(Person.id).where(Person.id == bindparam("person")))
DROP_JOB = (
    update(JOBS)
    .where(JOBS.c.instance_id == OURS, JOBS.c.task_id.in_(bindparam("tasks", expanding=True)))
    .where(JOBS.c.state.in_(UNFINISHED_JOBS))
    .values(state=JobState.DROPPED)
)
OF_TASKS = WAITS.c.task_id.in_(bindparam("tasks", expanding=True))
TIMES = (WAITS.c.due_at, WAITS.c.fire_at)  # columns: SQLite has been seen to return wrong conditions
IS_HELD = and_(WAITS.c.due_at.is_not(None), WAITS.c.fire_at.is_(None))  # a job tries the timer again
DROP_ALL_WAITS = delete(WAITS).where(WAITS.c.instance_id == OURS).returning(*TIMES)
DROP_WAITS = delete(WAITS).where(WAITS.c.instance_id == OURS, OF_TASKS).returning(*TIMES)
DROP_FIRING = (
    update(JOBS)
    .where(JOBS.c.instance_id == OURS, JOBS.c.operation == operations.FIRE_TIMERS)
    .where(JOBS.c.state.in_((JobState.DUE, JobState.DEAD)))
    .where(~select(WAITS.c.id).where(WAITS.c.instance_id == OURS, IS_HELD).exists())
    .values(state=JobState.DROPPED)
)
DESCRIBE = (
    update(ITEMS)
    .where(ITEMS.c.instance_id == OURS, ITEMS.c.task_id == bindparam("task"))
    .values(
        {name: bindparam(f"new_{name}") for name in ("element", "name", "role", "form_key", "duty", "not_by")}
    )
)


def _run_statement(statement: Executable, values: dict[str, Any]) -> CursorResult[Any]:
    # Straight to the connection: nothing here is an object of the session.
    return db.session.connection().execute(statement, values)


def write_changes(instance: InstanceRow, before: PendingWork, after: PendingWork, cause: str | None) -> None:
    """Write what changed of the items, jobs and waits that were there."""
    gone = [(key, task) for key, task in before.items.items() if key not in after.items]
    _withdraw_items(instance, [key for key, task in gone if task.state != TaskState.COMPLETED], cause)
    _write_jobs(instance, before, after)
    _write_waits(instance, before, after)


def build_new_items(instance: InstanceRow, before: PendingWork, after: PendingWork) -> list[Write]:
    """The rows of the user tasks that began to wait."""
    fresh = [task for key, task in after.items.items() if key not in before.items]
    return [(ADD_ITEM, _build_item(instance, task)) for task in fresh]


def recompute_targets(instance: InstanceRow, items: dict[str, Task]) -> int:
    """Work the targets of open items out anew, from when each began to wait; how many moved."""
    moved = 0
    for key, task in items.items():
        wanted = read_properties(task).get("dueIn")
        found = TARGET.first({"instance": instance.id, "task": key}) if wanted else None
        due = _compute_target(wanted, found.created_at) if found else None
        if found and due != found.due_at:
            SET_TARGET.run({"instance": instance.id, "task": key, "due": due})
            moved += 1
    return moved


def build_new_events(events: list[EventRow]) -> list[Write]:
    """The rows of what happened, in its order."""
    return [(ADD_EVENT, event) for event in events]


def _build_item(instance: InstanceRow, task: Task) -> ItemRow:
    return {
        **_describe_task(task),
        **_address_task(instance, task),
        "instance_id": instance.id,
        "process_key": instance.process_key,
        "task_id": task.id.hex,
        "state": ItemState.OPEN,
        "created_at": step_clock.current_moment(),
        "due_at": _compute_target(read_properties(task).get("dueIn"), step_clock.current_moment()),
    }


def _describe_task(task: Task) -> Described:
    """What the diagram says of a user task."""
    properties = read_properties(task)
    return {
        "element": find_element_id(task),
        "name": task.task_spec.bpmn_name or find_element_id(task),
        "role": properties.get("role") or task.task_spec.lane,
        "form_key": properties.get("formKey"),
        "duty": properties.get("duty"),
        "not_by": properties.get("notBy"),
    }


def _address_task(instance: InstanceRow, task: Task) -> Addressed:
    properties = read_properties(task)
    role, variable = properties.get("role") or task.task_spec.lane, properties.get("assignTo")
    known = addressees.find_addressee(instance.business_key, role) if role else addressees.ANYONE
    return {
        "role": known.role or role,
        "place": known.place,
        "assignee_id": _find_assignee(task, variable) if variable else known.assignee,
    }


def redescribe_items(instance: InstanceRow, here: PendingWork) -> None:
    """After a move: what the new diagram says of the open items, and of everything that is waited for."""
    for key, task in here.items.items():
        described = _describe_task(task)
        known = addressees.find_addressee(instance.business_key, described["role"] or "")
        described["role"] = known.role or described["role"]
        renamed = {f"new_{name}": value for name, value in described.items()}
        _run_statement(DESCRIBE, {"instance": instance.id, "task": key, **renamed})
    _drop_waits(instance, DROP_ALL_WAITS)
    here.waits.clear()  # so that all are written


def _find_assignee(task: Task, variable: str) -> int | None:
    person = task.data.get(variable)
    if person is None:
        return None
    if type(person) is int and 0 < person <= HIGHEST_ID and FIND_PERSON.scalar({"person": person}):
        return person
    name = task.task_spec.bpmn_name or find_element_id(task)
    raise NoPerson(
        gettext(
            "“%(name)s”要交给变量 %(variable)s 所指的人员，得到的是 %(value)s。",
            name=name,
            variable=variable,
            value=repr(person)[:60],
        )
    )


def _compute_target(due_in: str | None, start: datetime) -> datetime | None:
    # Days of a target are working days; anything finer is taken by the clock.
    if not due_in:
        return None
    parts = timers.parse_duration(due_in)
    if set(parts) <= {"days"}:
        return working_days.add_working_days(start, int(parts.get("days", 0)))
    return timers.add_duration(start, due_in)


def _withdraw_items(instance: InstanceRow, tasks: list[str], cause: str | None) -> None:
    if tasks:
        _run_statement(WITHDRAW, {"instance": instance.id, "tasks": tasks, "cause": cause})


def _write_jobs(instance: InstanceRow, before: PendingWork, after: PendingWork) -> None:
    left = [(key, task) for key, task in before.calls.items() if key not in after.calls]
    gone = [key for key, task in left if task.state != TaskState.COMPLETED]  # a finished job is the worker's
    if gone:
        _run_statement(DROP_JOB, {"instance": instance.id, "tasks": gone})
    fresh = [_build_job(instance, key, task) for key, task in after.calls.items() if key not in before.calls]
    publishing.publish_after_commit(ADD_JOB.scalar(job) for job in fresh)


def _build_job(instance: InstanceRow, key: str, task: Task) -> JobRow:
    call = call_of(task)
    return {
        "key": key,
        "request_key": key,
        "operation": call["operation"],
        "lane": operations.find_lane(call["operation"], call["parameters"]),
        "parameters": call["parameters"],
        "instance_id": instance.id,
        "task_id": key,
        "element": find_element_id(task),
        "state": JobState.DUE,
        "attempts": 0,
        "losses": 0,
        "run_at": step_clock.current_moment(),
        "created_at": step_clock.current_moment(),
    }


def _write_waits(instance: InstanceRow, before: PendingWork, after: PendingWork) -> None:
    changed = {wait[0] for wait in before.waits.keys() ^ after.waits.keys()}
    if not changed:
        return
    if any(wait[0] in changed for wait in before.waits):
        _drop_waits(instance, DROP_WAITS, tasks=sorted(changed))
    fresh = [_build_wait(instance, key, waiting) for key, waiting in after.waits.items() if key[0] in changed]
    for row in fresh:
        ADD_WAIT.run(row)


def _drop_waits(instance: InstanceRow, statement: Executable, **chosen: list[str]) -> None:
    """Take waits away, and with the last one that is held the job that tries it again, or failed to."""
    dropped = _run_statement(statement, {"instance": instance.id, **chosen}).all()
    if any(row.due_at is not None and row.fire_at is None for row in dropped):
        _run_statement(DROP_FIRING, {"instance": instance.id})


def _build_wait(instance: InstanceRow, key: WaitKey, waiting: PendingWait) -> WaitRow:
    is_message = waiting.kind == WaitKind.MESSAGE
    return {
        "instance_id": instance.id,
        "task_id": key[0],
        "element": find_element_id(waiting.task),
        "kind": waiting.kind,
        "message": waiting.message,
        "key": find_correlation_key(waiting, instance.business_key) if is_message else None,
        "due_at": waiting.due_at,
        "fire_at": waiting.due_at,
        "waits_for": read_properties(waiting.task).get("waitsFor"),
        "purpose": waiting.purpose,
    }
