"""Instances in memory: SpiffWorkflow's workflow, which looks only one task ahead and at no more than it must.

SpiffWorkflow predicts each way to the end and keeps it; most of an instance's tasks were such predictions.
Here a task gets its followers when it is about to run (`look_ahead`), and nothing beyond is kept.
"""

from __future__ import annotations

from collections.abc import Sized
from types import MethodType
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.util.task import TaskState

from models.base.errors import DomainError
from translations import gettext, lazy_gettext

MOST_INSTANCES = 200  # of one multi-instance activity
PREDICTED = TaskState.PREDICTED_MASK


class TooManyInstances(DomainError):
    """A list that is too long for a multi-instance activity."""

    code = "too_many_instances"
    status = 409  # nothing was saved; the same answer again leads to the same
    sentence = lazy_gettext("多实例活动的列表太长，没有保存任何更改。")


class _InstancePart:
    """What the root of an instance and its calls have in common."""

    tasks: dict[UUID, Any]

    def update_waiting_tasks(self) -> None:
        """Let waiting joins look again; events are told when they happen, and timers by the step's end."""
        waiting = [task for task in self.tasks.values() if task._state == TaskState.WAITING]
        for task in waiting:
            if not isinstance(task.task_spec, CatchingEvent):
                task.task_spec._update(task)


class InstanceCall(_InstancePart, BpmnSubWorkflow):  # type: ignore[misc]
    """A sub-process or called process of an instance."""


class Instance(_InstancePart, BpmnWorkflow):  # type: ignore[misc]
    """An instance of a process with all that it calls."""

    def __init__(self, spec: Any, calls: dict[str, Any], **more: Any) -> None:
        super().__init__(spec, calls, **more)
        self.task_removed_event.connect(_forget_task)

    def create_subprocess(self, my_task: Any, spec_name: str) -> InstanceCall:
        """Begin a call."""
        call = InstanceCall(self.subprocess_specs[spec_name], parent_task_id=my_task.id, top_workflow=self)
        self.subprocesses[my_task.id] = call
        return call


def _forget_task(_part: Any, task: Any) -> None:
    # SpiffWorkflow removes the instances of an interrupted multi-instance call and leaves their calls behind,
    # whose caller it then cannot find.
    top = task.workflow.top_workflow
    top.event_manager.remove_task(task)
    call = top.subprocesses.pop(task.id, None)
    if call is not None:
        for inner in call.tasks.values():
            _forget_task(call, inner)


def look_ahead(task: Any) -> None:
    """Give a task that is about to run the tasks that follow it; choices make theirs when they choose."""
    spec = task.task_spec
    if isinstance(spec, MultiChoice):
        return
    there = {child.task_spec.name for child in task.children}
    if any(name not in there for name in spec._outputs):
        spec._predict_hook(task)


def limit_prediction(spec: Any) -> None:
    """Have a spec predict no further than its own outputs."""
    spec._predict = MethodType(_predict_outputs, spec)


def limit_instances(spec: Any) -> None:
    """Have a multi-instance spec refuse a list that is too long, before it makes the instances."""
    spec._update_hook = MethodType(_update_within_bounds, spec)


def _update_within_bounds(self: Any, my_task: Any) -> Any:
    # The caller has not inherited its data yet; what it is given is what its parent has.
    listed = getattr(getattr(self, "data_input", None), "bpmn_id", None)
    entries = my_task.parent.data.get(listed)
    if isinstance(entries, Sized) and len(entries) > MOST_INSTANCES:
        name = my_task.workflow.spec.task_specs[self.task_spec].bpmn_name or self.bpmn_id
        raise TooManyInstances(
            gettext(
                "“%(name)s”（%(bpmn_id)s）要按列表 %(listed)s 办理 %(count)s 次，最多 %(most_instances)s "
                "次，没有保存任何更改。",
                name=name,
                bpmn_id=self.bpmn_id,
                listed=listed,
                count=len(entries),
                most_instances=MOST_INSTANCES,
            )
        )
    return type(self)._update_hook(self, my_task)


def _predict_outputs(
    self: Any, my_task: Any, _seen: Any = None, _looked_ahead: int = 0, mask: int = TaskState.PREDICTED_MASK
) -> None:
    if my_task.has_state(mask):
        self._predict_hook(my_task)
