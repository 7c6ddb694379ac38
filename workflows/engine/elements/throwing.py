"""Errors, escalations and cancellations reach the activity around them, and no other.

SpiffWorkflow would wake every boundary event of the same code, wherever in the instance it waits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import CancelEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.spiff.specs.event_definitions import ErrorEventDefinition, EscalationEventDefinition
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from workflows.engine.elements import spiff_internals
from workflows.engine.elements.engines import engine_of

Listens = Callable[[Task, BoundaryEvent], bool]  # whether a boundary event waits for what is thrown


def throw_event(task: Task | None, listens: Listens, payload: object = None) -> bool:
    """Throw something at an activity; the nearest boundary events that listen take over, if there are any."""
    for host in walk_hosts(task):
        listening = [
            (boundary, cast(BoundaryEvent, boundary.task_spec))
            for boundary in list_boundaries(host)
            if listens(boundary, cast(BoundaryEvent, boundary.task_spec))
        ]
        for boundary, spec in listening:
            spec.catch(boundary, BpmnEvent(spec.event_definition, payload))
            spiff_internals.update_task(boundary)
        if listening:
            return True
    return False


def throw_error(task: Task, code: str) -> bool:
    """Throw an error of this code at an activity; False when nothing catches it."""

    def listens(_boundary: Task, spec: BoundaryEvent) -> bool:
        definition = spec.event_definition
        return isinstance(definition, ErrorEventDefinition) and definition.code in (None, "", code)

    return throw_event(task, listens)


def walk_hosts(task: Task | None) -> Iterator[Task]:
    """The activity, the repeated one it is an instance of, the one that called it, and so on outward."""
    while task is not None:
        yield task
        above = task.parent
        repeated = above is not None and isinstance(above.task_spec, LoopTask)
        task = above if repeated else find_caller(task)


def find_caller(task: Task) -> Task | None:
    """The activity whose sub-process or called process a task belongs to."""
    caller = task.workflow.parent_task_id
    return None if caller is None else task.workflow.top_workflow.get_task_from_id(caller)


def list_boundaries(host: Task) -> Iterator[Task]:
    """The boundary events that wait at an activity."""
    for sibling in host.parent.children if host.parent is not None else ():
        if isinstance(sibling.task_spec, BoundaryEvent) and sibling.state == TaskState.WAITING:
            yield sibling


class _ThrownToHost(EventDefinition):
    """What an event within a scope throws at the activity that the scope belongs to."""

    expression: str | None = None

    def throw(self, my_task: Task) -> None:
        """Throw from an event of the diagram."""
        payload = None
        if self.expression is not None:
            payload = engine_of(my_task).evaluate(my_task, self.expression)
        event = BpmnEvent(self, payload)
        throw_event(find_caller(my_task), lambda boundary, spec: bool(spec.catches(boundary, event)), payload)


class ThrownError(_ThrownToHost, ErrorEventDefinition):
    """An error, thrown or waited for."""


class ThrownEscalation(_ThrownToHost, EscalationEventDefinition):
    """An escalation, thrown or waited for."""


class ThrownCancellation(_ThrownToHost, CancelEventDefinition):
    """The cancellation of a transaction, thrown or waited for."""


OURS: dict[type[EventDefinition], type[EventDefinition]] = {
    ErrorEventDefinition: ThrownError,
    EscalationEventDefinition: ThrownEscalation,
    CancelEventDefinition: ThrownCancellation,
}


def adapt_thrown_events(spec: BpmnProcessSpec) -> None:
    """Put our definitions in the place of the stock ones; they differ in how they throw."""
    for task_spec in spec.task_specs.values():
        definition = getattr(task_spec, "event_definition", None)
        if isinstance(definition, EventDefinition) and type(definition) in OURS:
            spiff_internals.exchange_class(definition, OURS[type(definition)])
