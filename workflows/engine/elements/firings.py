"""One firing of an event that goes on waiting: a finished task beside it, and what that starts."""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from workflows.engine.elements import spiff_internals


def add_firing(waiting: Task) -> Task:
    """A finished task beside a waiting one of the same spec: what it starts outlives its host."""
    firing = spiff_internals.add_child(waiting.parent, waiting.task_spec, TaskState.COMPLETED)
    firing.data = dict(waiting.data)
    return firing


def start_firing(firing: Task) -> None:
    """Start what follows the event, with the data of this firing."""
    for output in _list_started(firing.task_spec):
        child = spiff_internals.add_child(firing, output, TaskState.FUTURE)
        spiff_internals.predict_task(child, TaskState.NOT_FINISHED_MASK)
        spiff_internals.update_task(child)


def _list_started(spec: BpmnTaskSpec) -> list[BpmnTaskSpec]:
    # The join of the boundary events is for what interrupts; else one would wait for each firing.
    interrupts = getattr(spec, "cancel_activity", True)
    return [output for output in spec.outputs if interrupts or not isinstance(output, BoundaryEventJoin)]
