"""What can happen to an instance: start, a completed task, a message, a moment, a service that answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import bindparam, insert, or_, select, update

from models.base.database import table_of
from models.base.errors import AlreadyDone, NothingWaiting
from models.base.prebuilt import Prebuilt, Write
from models.processes.instances import Job, ProcessInstance, Wait, WorkItem
from models.processes.states import EventKind, InstanceState, ItemState, WaitKind
from translations import lazy_gettext
from workflows import subjects
from workflows.clock import now
from workflows.engine.elements import spiff_internals, step_clock
from workflows.engine.elements.instances import Instance, look_ahead
from workflows.engine.elements.plain_values import to_plain_value
from workflows.engine.elements.throwing import throw_error
from workflows.engine.expressions import meters
from workflows.engine.moves.instance_run import Act, InstanceRun, StepResult
from workflows.engine.moves.row_types import InstanceRow
from workflows.engine.moves.step import (
    lock_instance,
    move_instance,
    move_locked_instance,
    open_run,
    read,
    settle_run,
    translate_failures,
)
from workflows.engine.state import codec, pending_work, releases
from workflows.engine.state.interpreter import find_result_variable, keep_result
from workflows.engine.state.pending_work import find_element_id
from workflows.engine.state.releases import Newest

WAITS, JOBS = table_of(Wait), table_of(Job)
ITEMS, INSTANCES = table_of(WorkItem), table_of(ProcessInstance)
FIND_WAIT = Prebuilt(
    select(WAITS.c.instance_id, WAITS.c.task_id)
    .where(
        WAITS.c.kind == WaitKind.MESSAGE,
        WAITS.c.message == bindparam("name"),
        WAITS.c.key == bindparam("value"),
    )
    .order_by(WAITS.c.id)
)
# The key of a service task's job is the id of its task.
FIND_JOB = Prebuilt(select(JOBS.c.instance_id).where(JOBS.c.key == bindparam("task")))
ADD_INSTANCE = Prebuilt(insert(INSTANCES).returning(INSTANCES.c.id))
DONE = Prebuilt(
    update(ITEMS)
    .where(
        ITEMS.c.id == bindparam("item"),
        or_(ITEMS.c.state == ItemState.OPEN, ITEMS.c.state == ItemState.CLAIMED),
    )
    .values(state=ItemState.DONE, done_at=bindparam("at"), done_by=bindparam("by"), claim_expires_at=None)
    .returning(ITEMS.c.id)
)


REACHED = TaskState.COMPLETED | TaskState.READY


class OpenItem(Protocol):
    """A work item or its plain row, as far as completing it needs it."""

    @property
    def id(self) -> int:
        """The number of its row."""

    @property
    def task_id(self) -> str:
        """The id of its task."""


@dataclass(frozen=True, kw_only=True)
class Completion:
    """What a user task is completed with."""

    variables: Mapping[str, object]
    actor: int | None
    also: Callable[[StepResult], Write] | None = None  # one more row, written with the step


class AmbiguousMessage(NothingWaiting):
    """A message that more than one instance waits for."""

    code = "ambiguous"
    sentence = lazy_gettext("有多个流程实例在等待同一消息，无法确定应交给哪一个。")


def start_instance(
    process_key: str, *, business_key: str | None, variables: Mapping[str, object], actor: int | None
) -> StepResult:
    """Start an instance on the newest release of a process and run it to rest."""
    pending_work.check_business_key(business_key)
    release = releases.find_release_row(process_key)
    at = now()
    row = _insert_instance(release, business_key, actor=actor, at=at)
    with step_clock.at_moment(at), meters.step_meter(), translate_failures():
        run = open_run(row, actor=actor, now=at)
        run.workflow = Instance(run.specs.spec, run.specs.calls, script_engine=run.interpreter)
        give_start_variables(run, variables)
        run.note(EventKind.STARTED, None, {"release": release.number})
        return settle_run(run)


def give_start_variables(run: InstanceRun, variables: Mapping[str, object]) -> None:
    """Give an instance that begins what it is started with."""
    plain = to_plain_value(variables)
    run.interpreter.record.begin(None, plain)
    # Only where the token is: what later tasks already held would be merged with, list by list.
    for task in run.workflow.get_tasks(state=REACHED):
        task.data.update(to_plain_value(plain))


def complete_item_task(run: InstanceRun, task: Task, variables: Mapping[str, object]) -> None:
    """Let the task of an item go on with its answers."""
    plain = to_plain_value(variables)
    subjects.check_own(run.interpreter.circumstances.business_key, plain)
    run.interpreter.record.begin(task, plain)
    task.data.update(plain)
    run.note(EventKind.COMPLETED, find_element_id(task))
    look_ahead(task)
    task.run()


def complete_called_task(run: InstanceRun, task: Task, result: object) -> None:
    """Let the task of an outward operation go on with the answer."""
    run.interpreter.record.begin_with_answer(task, find_result_variable(task), result)
    task.internal_data.pop("call")
    keep_result(task, result)
    run.note(EventKind.SERVICED, find_element_id(task))
    look_ahead(task)
    task.complete()


def fail_called_task(run: InstanceRun, task: Task, code: str) -> bool:
    """Throw a BPMN error at the task of an outward operation; False when nothing catches it."""
    run.interpreter.record.begin(task, {})
    if not throw_error(task, code):
        return False
    task.internal_data.pop("call", None)
    run.note(EventKind.FAILED, find_element_id(task), {"code": code})
    return True


def complete_task(item: WorkItem, *, variables: Mapping[str, object], actor: int | None) -> StepResult:
    """Complete the user task of a work item; its row becomes done in the same transaction."""
    return complete_locked_task(
        lock_instance(item.instance_id), item, Completion(variables=variables, actor=actor)
    )


def complete_locked_task(row: InstanceRow, item: OpenItem, completion: Completion) -> StepResult:
    """Complete an item (or its plain row) whose instance's row the caller has locked."""
    at = now()

    def act(run: InstanceRun) -> bool:
        task = run.task(item.task_id)
        if task is None or task.state != TaskState.READY:
            raise AlreadyDone
        run.finished = (DONE, {"item": item.id, "at": at, "by": completion.actor})
        run.also = completion.also
        complete_item_task(run, task, completion.variables)
        return True

    result = move_locked_instance(row, act, actor=completion.actor, now=at)
    assert result is not None
    return result


def deliver_message(
    message: str, key: str, payload: Mapping[str, object], *, actor: int | None
) -> StepResult:
    """Hand a message to the one task that waits for it."""
    found = FIND_WAIT.all({"name": message, "value": str(key)}) if "\0" not in f"{message}{key}" else []
    if not found:
        raise NothingWaiting
    if len({row.instance_id for row in found}) > 1:
        raise AmbiguousMessage

    def act(run: InstanceRun) -> bool:
        for row in found:
            task = run.task(row.task_id)
            if task is not None and task.state == TaskState.WAITING:
                catch_message(run, task, message, payload)
                return True
        raise NothingWaiting

    result = move_instance(found[0].instance_id, act, actor=actor, now=now())
    assert result is not None
    return result


def find_waiting_instances(message: str, key: str) -> frozenset[int]:
    """The instances that wait for a message with this key."""
    found = FIND_WAIT.all({"name": message, "value": str(key)})
    return frozenset(row.instance_id for row in found)


def catch_message(run: InstanceRun, task: Task, message: str, payload: Mapping[str, object]) -> None:
    """Hand a message to a task that waits for it."""
    # `typename` is SpiffWorkflow's own mark of a converted object and would be restored as one
    kept = {name: value for name, value in to_plain_value(payload).items() if name != "typename"}
    run.interpreter.record.begin(task, kept)
    run.note(EventKind.MESSAGE, find_element_id(task), {"message": message})
    # the wait's row has matched the key; an event-based gateway would compare it again with what it saw last
    known = task.workflow.correlations
    event = BpmnEvent(pending_work.find_message_definition(task, message), kept, known)
    cast(CatchingEvent, task.task_spec).catch(task, event)
    spiff_internals.update_task(task)


def fire_due_timers(instance_id: int) -> bool:
    """Fire the timers of one instance that are due now."""

    def act(run: InstanceRun) -> bool:
        return any(wait.due_at and wait.due_at <= run.now for wait in run.before.waits.values())

    return move_instance(instance_id, act, actor=None, now=now()) is not None


def complete_service(task_id: str, result: object) -> bool:
    """Give an outward operation's result to the task that waits for it; False when it no longer does."""

    def act(run: InstanceRun) -> bool:
        task = _find_called_task(run, task_id)
        if task is None:
            return False
        complete_called_task(run, task, result)
        return True

    return _move_for_job(task_id, act)


def fail_service(task_id: str, code: str) -> bool:
    """Throw a BPMN error at the task of an outward operation; False when nothing catches it."""

    def act(run: InstanceRun) -> bool:
        task = _find_called_task(run, task_id)
        return task is not None and fail_called_task(run, task, code)

    return _move_for_job(task_id, act)


def read_variables(instance_id: int, task_id: str | None = None) -> dict[str, Any]:
    """The variables of an instance: of its resting tokens, of one of them, or the last of an ended one."""
    row = read(instance_id)
    run = open_run(row, actor=None, now=now())
    with step_clock.at_moment(run.now), translate_failures():
        workflow = codec.load_state(row.blob, run.specs, run.interpreter)
        tokens = [
            task
            for task in pending_work.find_pending_work(workflow).resting
            if task_id in (None, task.id.hex)
        ]
    found = dict(workflow.data) if not tokens else {}
    for task in tokens:
        found.update(task.data)
    return found


def _find_called_task(run: InstanceRun, task_id: str) -> Task | None:
    task = run.task(task_id)
    if task is None or task.state != TaskState.STARTED or "call" not in task.internal_data:
        return None
    return task


def _move_for_job(task_id: str, act: Act) -> bool:
    instance_id = FIND_JOB.scalar({"task": task_id})
    return instance_id is not None and move_instance(instance_id, act, actor=None, now=now()) is not None


def _insert_instance(
    release: Newest, business_key: str | None, *, actor: int | None, at: datetime
) -> InstanceRow:
    known: dict[str, Any] = {
        "release_id": release.id,
        "process_key": release.process_key,
        "business_key": business_key,
        "state": InstanceState.ACTIVE,
        "revision": 0,
        "blob": b"",
    }
    number = ADD_INSTANCE.scalar({**known, "elements": [], "started_at": at, "started_by": actor})
    return InstanceRow(id=number, digest=release.digest, public_state=None, **known)


__all__ = [
    "complete_locked_task",
    "complete_service",
    "complete_task",
    "deliver_message",
    "fail_service",
    "fire_due_timers",
    "start_instance",
]
