"""What a workflow at rest waits for: work items, messages and timers, answers of outward operations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from models.base.errors import DomainError
from models.processes.instances import Wait
from models.processes.states import TimerPurpose, WaitKind
from translations import gettext, gettext_plural, lazy_gettext
from workflows.engine import expressions
from workflows.engine.elements import timers
from workflows.engine.elements.instances import Instance
from workflows.engine.elements.throwing import find_caller, list_boundaries, walk_hosts
from workflows.engine.expressions import ExpressionError

LONGEST_KEY: int = Wait.__table__.c.key.type.length  # type: ignore[attr-defined]


class BadCorrelationKey(DomainError):
    """A correlation value that is neither text nor number."""

    code = "bad_key"
    sentence = lazy_gettext("流程等待消息所用的关联值无效。")


def check_business_key(key: str | None) -> None:
    """Refuse a business key that its column cannot hold."""
    if key is not None and (len(key) > LONGEST_KEY or "\0" in key):
        raise BadCorrelationKey(
            gettext_plural(
                "业务编号有 %(num)s 个字，最多 %(most)s 个，且不能含有控制字符，流程没有开始。",
                num=len(key),
                most=LONGEST_KEY,
            )
        )


WaitKey = tuple[str, str, str | None, datetime | None]  # task id, kind, message, due moment
READY, WAITING, STARTED = TaskState.READY, TaskState.WAITING, TaskState.STARTED


@dataclass(frozen=True, kw_only=True)
class PendingWait:
    """One thing that a waiting task waits for."""

    task: Task
    kind: WaitKind
    message: str | None = None
    due_at: datetime | None = None
    purpose: TimerPurpose | None = None  # of a timer


@dataclass(frozen=True, kw_only=True)
class PendingWork:
    """Where the tokens of an instance rest."""

    items: dict[str, Task] = field(default_factory=dict)  # task id → task
    calls: dict[str, Task] = field(default_factory=dict)
    waits: dict[WaitKey, PendingWait] = field(default_factory=dict)
    resting: list[Task] = field(default_factory=list)  # tasks that hold a token, boundary events left out


def find_pending_work(workflow: Instance) -> PendingWork:
    """Read where a workflow and all that it calls stand."""
    standing = PendingWork()
    for part in (workflow, *workflow.subprocesses.values()):
        for task in part.tasks.values():
            state = task.state
            if state == READY and task.task_spec.manual:
                standing.items[task.id.hex] = task
                standing.resting.append(task)
            elif state == STARTED and "call" in task.internal_data:
                standing.calls[task.id.hex] = task
                standing.resting.append(task)
            elif state == WAITING and isinstance(task.task_spec, CatchingEvent):
                _add_waits(standing, task)
    return standing


def _add_waits(standing: PendingWork, task: Task) -> None:
    for waiting in _list_waits(task):
        standing.waits[task.id.hex, waiting.kind, waiting.message, waiting.due_at] = waiting
    if not isinstance(task.task_spec, BoundaryEvent):
        standing.resting.append(task)


def _list_waits(task: Task) -> Iterator[PendingWait]:
    awaited = timers.definitions_of(task.task_spec)
    for part in awaited:
        if isinstance(part, MessageEventDefinition):
            yield PendingWait(task=task, kind=WaitKind.MESSAGE, message=part.name)
    due = timers.next_due_at(task, awaited)
    if due is not None:
        yield PendingWait(task=task, kind=WaitKind.TIMER, due_at=due, purpose=find_timer_purpose(task))


def find_timer_purpose(task: Task) -> TimerPurpose:
    """Whether a timer is a deadline: it interrupts what it stands at, unless the designer says otherwise."""
    stated = read_properties(task).get("purpose")
    if stated in set(TimerPurpose):
        return TimerPurpose(stated)
    interrupts = getattr(task.task_spec, "cancel_activity", True)
    return TimerPurpose.DEADLINE if interrupts else TimerPurpose.REMINDER


def find_deadline(task: Task) -> datetime | None:
    """The earliest deadline of a resting task: at itself, or at an activity around it that also ends it."""
    ends = [
        waiting.due_at
        for one in (task, *_list_timers_around(task))
        for waiting in _list_waits(one)
        if waiting.purpose == TimerPurpose.DEADLINE and waiting.due_at is not None
    ]
    return min(ends, default=None)


def _list_timers_around(task: Task) -> Iterator[Task]:
    for host in walk_hosts(task):
        yield from list_boundaries(host)


def find_correlation_key(waiting: PendingWait, business_key: str | None) -> str | None:
    """The correlation key of a message wait: the property's expression over the task's data, as text."""
    definition = find_message_definition(waiting.task, waiting.message)
    for correlated in definition.correlation_properties:
        try:
            value = expressions.evaluate_expression(correlated.retrieval_expression, waiting.task.data)
        except ExpressionError:
            continue
        if value is not None:
            return _check_key(value, waiting)
    return business_key


def _check_key(value: object, waiting: PendingWait) -> str:
    key = str(value)
    if not isinstance(value, str | int) or len(key) > LONGEST_KEY or "\0" in key:
        name = waiting.task.task_spec.bpmn_name or find_element_id(waiting.task)
        raise BadCorrelationKey(
            gettext(
                "“%(name)s”等待消息 %(message)s 所用的关联值应是文字或数字，最多 %(most)s 个字。",
                name=name,
                message=waiting.message,
                most=LONGEST_KEY,
            )
        )
    return key


def find_message_definition(task: Task, message: str | None) -> MessageEventDefinition:
    """The event definition of this message at a waiting task."""
    parts = timers.definitions_of(task.task_spec)
    return next(part for part in parts if isinstance(part, MessageEventDefinition) and part.name == message)


def find_element_id(task: Task) -> str:
    """The id that the designer gave the element."""
    return task.task_spec.bpmn_id or task.task_spec.name


def read_properties(task: Task) -> dict[str, str]:
    """The properties that the designer gave the element."""
    extensions = getattr(task.task_spec, "extensions", None) or {}
    found: dict[str, str] = extensions.get("properties") or {}
    return found


def find_public_state(standing: PendingWork) -> str | None:
    """The innermost public state of the tokens at rest; the deepest token decides, then the first."""
    found = [inner for task in standing.resting if (inner := _find_innermost_state(task))]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _find_innermost_state(task: Task) -> tuple[int, str] | None:
    around: Task | None = task
    while around is not None:
        state = read_properties(around).get("publicState")
        if state:
            return around.workflow.depth, state
        around = find_caller(around)
    return None
