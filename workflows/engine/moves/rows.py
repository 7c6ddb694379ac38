"""Writing what changed between two standings of an instance: work items, waits and jobs, a statement each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import and_, bindparam, delete, insert, or_, select, update

from models import db
from models.errors import DomainError
from models.people import Person
from models.prebuilt import Prebuilt, Write
from models.process import Event, Job, Wait, WorkItem
from workflows import addressees, operations, publishing, working_days
from workflows.engine.elements import moment, timers
from workflows.engine.state.standing import Standing, Waiting, WaitKey, element_of, key_of, properties_of


class NoPerson(DomainError):
    """A task for one person, whose number the process does not have."""

    code = "no_person"
    sentence = lazy_gettext("流程要把任务交给一个人，却没有得到人员编号。")


HIGHEST_ID = 2**31 - 1  # of PostgreSQL's integers; a larger number would be an error there, not nobody
ITEMS: Any = WorkItem.__table__
WAITS: Any = Wait.__table__
JOBS: Any = Job.__table__
EVENTS: Any = Event.__table__

# Every row is looked for within its instance: an index each is enough for tables that only grow.
OURS: Any = bindparam("instance")
LIVE = or_(ITEMS.c.state == "open", ITEMS.c.state == "claimed")
ADD_ITEM = Prebuilt(insert(ITEMS).returning(ITEMS.c.id))
ADD_EVENT = Prebuilt(insert(EVENTS).returning(EVENTS.c.id))
ADD_WAIT, ADD_JOB = Prebuilt(insert(WAITS)), Prebuilt(insert(JOBS).returning(JOBS.c.id))
WITHDRAW = (
    update(ITEMS)
    .where(ITEMS.c.instance_id == OURS, ITEMS.c.task_id.in_(bindparam("tasks", expanding=True)), LIVE)
    .values(state="withdrawn", withdrawn_by=bindparam("cause"), claim_expires_at=None)
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
    .where(JOBS.c.state.in_(("due", "leased", "dead")))
    .values(state="dropped")
)
OF_TASKS = WAITS.c.task_id.in_(bindparam("tasks", expanding=True))
TIMES = (WAITS.c.due_at, WAITS.c.fire_at)  # columns: SQLite has been seen to return wrong conditions
IS_HELD = and_(WAITS.c.due_at.is_not(None), WAITS.c.fire_at.is_(None))  # a job tries the timer again
DROP_ALL_WAITS = delete(WAITS).where(WAITS.c.instance_id == OURS).returning(*TIMES)
DROP_WAITS = delete(WAITS).where(WAITS.c.instance_id == OURS, OF_TASKS).returning(*TIMES)
DROP_FIRING = (
    update(JOBS)
    .where(JOBS.c.instance_id == OURS, JOBS.c.operation == operations.FIRE_TIMERS)
    .where(JOBS.c.state.in_(("due", "dead")))
    .where(~select(WAITS.c.id).where(WAITS.c.instance_id == OURS, IS_HELD).exists())
    .values(state="dropped")
)
DESCRIBE = (
    update(ITEMS)
    .where(ITEMS.c.instance_id == OURS, ITEMS.c.task_id == bindparam("task"))
    .values(
        {name: bindparam(f"new_{name}") for name in ("element", "name", "role", "form_key", "duty", "not_by")}
    )
)


def _each(statement: Prebuilt, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        statement.run(row)


def _run(statement: Any, values: Any) -> Any:
    # Straight to the connection: nothing here is an object of the session.
    return db.session.connection().execute(statement, values)


def write(instance: Any, before: Standing, after: Standing, cause: str | None) -> None:
    """Write what changed of the items, jobs and waits that were there."""
    gone = [(key, task) for key, task in before.items.items() if key not in after.items]
    _withdraw(instance, [key for key, task in gone if task.state != TaskState.COMPLETED], cause)
    _write_jobs(instance, before, after)
    _write_waits(instance, before, after)


def new_items(instance: Any, before: Standing, after: Standing) -> list[Write]:
    """The rows of the user tasks that began to wait."""
    fresh = [task for key, task in after.items.items() if key not in before.items]
    return [(ADD_ITEM, _item(instance, task)) for task in fresh]


def retarget(instance: Any, items: dict[str, Any]) -> int:
    """Work the targets of open items out anew, from when each began to wait; how many moved."""
    moved = 0
    for key, task in items.items():
        wanted = properties_of(task).get("dueIn")
        found = TARGET.first({"instance": instance.id, "task": key}) if wanted else None
        due = _target(wanted, found.created_at) if found else None
        if found and due != found.due_at:
            SET_TARGET.run({"instance": instance.id, "task": key, "due": due})
            moved += 1
    return moved


def new_events(events: list[dict[str, Any]]) -> list[Write]:
    """The rows of what happened, in its order."""
    return [(ADD_EVENT, event) for event in events]


def _item(instance: Any, task: Any) -> dict[str, Any]:
    return {
        **_described(task),
        **_addressed(instance, task),
        "instance_id": instance.id,
        "process_key": instance.process_key,
        "task_id": task.id.hex,
        "state": "open",
        "created_at": moment.current(),
        "due_at": _target(properties_of(task).get("dueIn"), moment.current()),
    }


def _described(task: Any) -> dict[str, Any]:
    """What the diagram says of a user task."""
    properties = properties_of(task)
    return {
        "element": element_of(task),
        "name": task.task_spec.bpmn_name or element_of(task),
        "role": properties.get("role") or task.task_spec.lane,
        "form_key": properties.get("formKey"),
        "duty": properties.get("duty"),
        "not_by": properties.get("notBy"),
    }


def _addressed(instance: Any, task: Any) -> dict[str, Any]:
    properties = properties_of(task)
    role, variable = properties.get("role") or task.task_spec.lane, properties.get("assignTo")
    known = addressees.of(instance.business_key, role) if role else addressees.ANYONE
    return {
        "role": known.role or role,
        "place": known.place,
        "assignee_id": _person(task, variable) if variable else known.assignee,
    }


def describe_again(instance: Any, here: Standing) -> None:
    """After a move: what the new diagram says of the open items, and of everything that is waited for."""
    for key, task in here.items.items():
        described = _described(task)
        known = addressees.of(instance.business_key, described["role"] or "")
        described["role"] = known.role or described["role"]
        renamed = {f"new_{name}": value for name, value in described.items()}
        _run(DESCRIBE, {"instance": instance.id, "task": key, **renamed})
    _drop_waits(instance, DROP_ALL_WAITS)
    here.waits.clear()  # so that all are written


def _person(task: Any, variable: str) -> int | None:
    person = task.data.get(variable)
    if person is None:
        return None
    if type(person) is int and 0 < person <= HIGHEST_ID and FIND_PERSON.scalar({"person": person}):
        return person
    name = task.task_spec.bpmn_name or element_of(task)
    raise NoPerson(f"“{name}”要交给变量 {variable} 所指的人员，得到的是 {repr(person)[:60]}。")


def _target(due_in: str | None, start: datetime) -> datetime | None:
    # Days of a target are working days; anything finer is taken by the clock.
    if not due_in:
        return None
    parts = timers.duration(due_in)
    if set(parts) <= {"days"}:
        return working_days.after(start, int(parts.get("days", 0)))
    later: datetime = timers.later(start, due_in)
    return later


def _withdraw(instance: Any, tasks: list[str], cause: str | None) -> None:
    if tasks:
        _run(WITHDRAW, {"instance": instance.id, "tasks": tasks, "cause": cause})


def _write_jobs(instance: Any, before: Standing, after: Standing) -> None:
    left = [(key, task) for key, task in before.calls.items() if key not in after.calls]
    gone = [key for key, task in left if task.state != TaskState.COMPLETED]  # a finished job is the worker's
    if gone:
        _run(DROP_JOB, {"instance": instance.id, "tasks": gone})
    fresh = [_job(instance, key, task) for key, task in after.calls.items() if key not in before.calls]
    publishing.remember(ADD_JOB.scalar(job) for job in fresh)


def _job(instance: Any, key: str, task: Any) -> dict[str, Any]:
    call = task.internal_data["call"]
    return {
        "key": key,
        "request_key": key,
        "operation": call["operation"],
        "lane": operations.lane_of(call["operation"], call["parameters"]),
        "parameters": call["parameters"],
        "instance_id": instance.id,
        "task_id": key,
        "element": element_of(task),
        "state": "due",
        "attempts": 0,
        "losses": 0,
        "run_at": moment.current(),
        "created_at": moment.current(),
    }


def _write_waits(instance: Any, before: Standing, after: Standing) -> None:
    changed = {wait[0] for wait in before.waits.keys() ^ after.waits.keys()}
    if not changed:
        return
    if any(wait[0] in changed for wait in before.waits):
        _drop_waits(instance, DROP_WAITS, tasks=sorted(changed))
    fresh = [_wait(instance, key, waiting) for key, waiting in after.waits.items() if key[0] in changed]
    if fresh:
        _each(ADD_WAIT, fresh)


def _drop_waits(instance: Any, statement: Any, **chosen: Any) -> None:
    """Take waits away, and with the last one that is held the job that tries it again, or failed to."""
    dropped = _run(statement, {"instance": instance.id, **chosen}).all()
    if any(due_at is not None and fire_at is None for due_at, fire_at in dropped):
        _run(DROP_FIRING, {"instance": instance.id})


def _wait(instance: Any, key: WaitKey, waiting: Waiting) -> dict[str, Any]:
    is_message = waiting.kind == "message"
    return {
        "instance_id": instance.id,
        "task_id": key[0],
        "element": element_of(waiting.task),
        "kind": waiting.kind,
        "message": waiting.message,
        "key": key_of(waiting, instance.business_key) if is_message else None,
        "due_at": waiting.due_at,
        "fire_at": waiting.due_at,
        "waits_for": properties_of(waiting.task).get("waitsFor"),
    }
