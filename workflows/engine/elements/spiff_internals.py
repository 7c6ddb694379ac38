"""The one place that touches what SpiffWorkflow keeps to itself: private members, and undocumented ones.

They may change with any release of SpiffWorkflow. `tests/workflows/engine/test_spiff_internals.py` shows that
each is there and does what is relied on, and fails when another version is installed than was looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import MethodType
from typing import NotRequired, Protocol, TypeAlias, TypedDict, cast
from uuid import UUID

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow, BpmnSubWorkflow
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

CHECKED_WITH = "3.2.0"

# Methods that SpiffWorkflow calls on specs, which its documentation or its own docstrings name as hooks: our
# elements override these, and no others.
HOOKS = frozenset({"_execute", "_run_hook", "_update_hook"})
# The stock join of a scope's ends, from which ours descends.
StockEndJoin = _EndJoin
Part: TypeAlias = BpmnBaseWorkflow  # an instance, or a sub-process or called process of one
# How a service task's result is named that the diagram names no variable for.
UNNAMED_RESULT = "spiff__"
# The ends of the names of specs that the parser makes beside those of the diagram.
BOUNDARY_SPLIT, BOUNDARY_JOIN, END_JOIN, INSTANCE = (
    ".BoundaryEventSplit",
    ".BoundaryEventJoin",
    ".EndJoin",
    " [child]",
)


# Looking at tasks: SpiffWorkflow's own ways walk the tree, look each task up by its id and stop at a depth of
# 1000 tasks.


def list_tasks(part: Part, states: int) -> list[Task]:
    """The tasks in one of some states (`Task._state`: each step asks it of every task several times)."""
    return [task for task in part.tasks.values() if task._state & states]


def list_children(task: Task) -> list[UUID]:
    """The ids of a task's children (`Task._children`: the property looks each up)."""
    return task._children


def list_tree(workflow: Part) -> tuple[list[Task], list[int], list[int]]:
    """The tasks in pre-order, their parents' places (-1: none) and states (`Task._children` and `_state`)."""
    known = workflow.tasks
    tasks: list[Task] = []
    parents: list[int] = []
    states: list[int] = []
    stack = [(workflow.task_tree, -1)]
    while stack:
        task, parent = stack.pop()
        place = len(tasks)
        tasks.append(task)
        parents.append(parent)
        states.append(task._state)
        for child in reversed(task._children):
            stack.append((known[child], place))
    return tasks, parents, states


def hang_tasks(tasks: Sequence[Task], parents: Sequence[int], keep: Sequence[bool]) -> None:
    """Hang kept tasks on the kept ones at some places, all but the root (`Task._children` and `_parent`)."""
    for place, task in enumerate(tasks):
        if keep[place]:
            task._children = []
    for place in range(1, len(tasks)):
        if keep[place]:
            parent = tasks[parents[place]]
            tasks[place]._parent = parent.id
            parent._children.append(tasks[place].id)


def restore_task(workflow: Part, parent: Task | None, task_id: UUID, spec: BpmnTaskSpec, state: int) -> Task:
    """Make a task that has been before, with no data (`Task.__new__` and its private attributes).

    Making one anew would take the time, number its thread and tell the parent once more.
    """
    task = Task.__new__(Task)
    task.id, task.workflow = task_id, workflow
    task.task_spec, task._state, task.thread_id = spec, state, 0
    task._children, task._parent = [], None
    if parent is not None:
        task._parent = parent.id
        parent._children.append(task_id)
    workflow.tasks[task_id] = task
    return task


# Moving tasks: the public ways are `Task.run` and `Task.complete`; what waits is moved from inside alone.


def update_task(task: Task) -> None:
    """Let a task look whether it may run now (`TaskSpec._update`, which nothing public calls)."""
    task.task_spec._update(task)


def set_state(task: Task, state: int) -> None:
    """Put a task into a state, backwards too (`Task._set_state`: the property refuses to go back)."""
    task._set_state(state)


def inherit_data(task: Task) -> None:
    """Give a task what its parent's data has (`Task._inherit_data`, as every update of a task does)."""
    task._inherit_data()


def add_child(task: Task, spec: BpmnTaskSpec, state: int) -> Task:
    """Add a task of a spec below another (`Task._add_child`, which keeps the branch's thread)."""
    return task._add_child(spec, state)


def set_children(task: Task, specs: Sequence[BpmnTaskSpec], state: int) -> None:
    """Leave a task the children of some specs, in a state, and no others (`Task._sync_children`)."""
    task._sync_children(list(specs), state)


def remove_task(part: Part, task: Task) -> None:
    """Take a task away with all below it (`Workflow._remove_task`, which tells who keeps it elsewhere)."""
    part._remove_task(task.id)


# What follows: SpiffWorkflow predicts every way to its end.


def predict_task(task: Task, states: int) -> None:
    """Give a task in one of some states those that follow it (`TaskSpec._predict`)."""
    task.task_spec._predict(task, mask=states)


def predict_children(task: Task) -> None:
    """Give a task those that follow it, whatever its state (`TaskSpec._predict_hook`)."""
    task.task_spec._predict_hook(task)


def limit_prediction(spec: BpmnTaskSpec) -> None:
    """Have a spec predict no further than its own outputs (`TaskSpec._predict`, replaced for this spec)."""
    spec._predict = MethodType(_predict_near, spec)  # type: ignore[method-assign]


def _predict_near(
    self: BpmnTaskSpec,
    my_task: Task,
    _seen: object = None,
    _looked_ahead: int = 0,
    mask: int = TaskState.PREDICTED_MASK,
) -> None:
    if my_task.has_state(mask):
        self._predict_hook(my_task)


def list_outputs(spec: BpmnTaskSpec) -> list[str]:
    """The names of the specs that follow (`TaskSpec._outputs`: the property looks each spec up)."""
    return spec._outputs


def list_inputs(spec: BpmnTaskSpec) -> list[str]:
    """The names of the specs that lead here (`TaskSpec._inputs`: the property looks each spec up)."""
    return spec._inputs


def match_outputs(spec: MultiChoice, task: Task) -> list[BpmnTaskSpec]:
    """The specs whose conditions hold, else the default one (`MultiChoice._get_matching_outputs`)."""
    matches, defaults = spec._get_matching_outputs(task)
    return matches or defaults


# Joins.


class _Deciding(Protocol):
    def may_fire(self, my_task: Task) -> bool: ...


class OwnThreshold:
    """A join whose `may_fire` decides (`_check_threshold_unstructured`, which counts earlier rounds too)."""

    def _check_threshold_unstructured(self: _Deciding, my_task: Task) -> bool:
        return self.may_fire(my_task)


def check_threshold(spec: UnstructuredJoin, task: Task) -> bool:
    """Ask a join whether it may fire (`UnstructuredJoin._check_threshold_unstructured`)."""
    return spec._check_threshold_unstructured(task)


# Specs and definitions, before any instance runs on them.


def exchange_class(thing: BpmnTaskSpec | EventDefinition, ours: type) -> None:
    """Make a spec or definition one of ours (`__class__`: the parser cannot be told which to make)."""
    thing.__class__ = ours


def check_before_update(spec: LoopTask, check: Callable[[LoopTask, Task], None]) -> None:
    """Have a check see spec and task before each update (`TaskSpec._update_hook`, replaced for this spec)."""

    def update(self: LoopTask, my_task: Task) -> bool | None:
        check(self, my_task)
        return type(self)._update_hook(self, my_task)

    spec._update_hook = MethodType(update, spec)  # type: ignore[method-assign]


def connect_instances(loop: LoopTask, child: BpmnTaskSpec) -> None:
    """Let a multi-instance spec hear of its instances (`merge_child`, connected when the first one is made).

    The spec is shared, and an instance restored in a fresh process would hang without it.
    """
    if not child.completed_event.is_connected(loop.merge_child):
        child.completed_event.connect(loop.merge_child)


def changes_in_use(start: BpmnTaskSpec) -> bool:
    """Whether running changes a process's spec (`trigger_specs` of its start: event sub-processes)."""
    return bool(getattr(start, "trigger_specs", None))


# Instances.


def connect_call(call: BpmnSubWorkflow, caller: Task) -> None:
    """Let a restored call end its caller (`SubWorkflowTask._on_subworkflow_completed`, as its start does)."""
    spec = cast(SubWorkflowTask, caller.task_spec)
    call.completed_event.connect(spec._on_subworkflow_completed, caller)


def watch_event(task: Task) -> None:
    """Have a restored task be told of events (`event_manager`, which keeps all that wait for one)."""
    task.workflow.top_workflow.event_manager.add_task(task)


def forget_event(task: Task) -> None:
    """Tell a task that is gone of no more events (`event_manager`)."""
    task.workflow.top_workflow.event_manager.remove_task(task)


# What events remember at a task (`Task.internal_data`, under names that are SpiffWorkflow's own).


class Cycle(TypedDict):
    """What a cycle timer keeps: SpiffWorkflow's own form, and what ours adds to it."""

    cycles: int  # firings that are left; negative for ever
    next: str  # the moment of the next one
    duration: float  # seconds from one to the next
    anchor: NotRequired[str]  # from where the moments are counted; not kept by earlier versions
    every: NotRequired[str]  # the duration as it is written
    fired: NotRequired[int]  # how many durations after the anchor the next moment is


def read_moment(task: Task) -> str | Cycle | None:
    """What a timer waits for, once worked out (`event_value`: a moment, or the state of a cycle)."""
    found: str | Cycle | None = task.internal_data.get("event_value")
    return found


def keep_moment(task: Task, value: str | Cycle) -> None:
    """Keep what a timer waits for (`event_value`)."""
    task.internal_data["event_value"] = value


def forget_moment(task: Task) -> None:
    """Have a timer work out anew what it waits for (`event_value`)."""
    task.internal_data.pop("event_value", None)


def mark_fired(task: Task) -> None:
    """Let the event of a task have happened (`event_fired`, with which SpiffWorkflow lets it go on)."""
    task.internal_data["event_fired"] = True


def is_fired(task: Task) -> bool:
    """Whether the event of a task has happened (`event_fired`)."""
    return bool(task.internal_data.get("event_fired", False))


def first_event(task: Task) -> EventDefinition | None:
    """The definition of the first event that an event-based gateway has seen (`seen_events`)."""
    seen = _list_seen(task)
    return seen[0].event_definition if seen else None


def keep_first_event(task: Task) -> None:
    """Have an event-based gateway forget all events but the first it has seen (`seen_events`)."""
    task.internal_data["seen_events"] = _list_seen(task)[:1]


def _list_seen(task: Task) -> list[BpmnEvent]:
    found: list[BpmnEvent] = task.internal_data.get("seen_events", [])
    return found
