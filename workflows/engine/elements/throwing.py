"""Errors, escalations and cancellations reach the activity around them, and no other.

SpiffWorkflow would wake every boundary event of the same code, wherever in the instance it waits.
"""

from __future__ import annotations

from collections.abc import Iterator
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

from models.base.errors import DomainError
from translations import gettext, lazy_gettext
from workflows.engine.elements import spiff_internals
from workflows.engine.elements.engines import CaughtEvent, engine_of
from workflows.engine.elements.names import describe_task


class UncaughtError(DomainError):
    """An error that leaves the whole instance: nothing in its diagrams takes it."""

    code = "uncaught_error"
    status = 409  # nothing was saved; the same answer again leads to the same
    sentence = lazy_gettext("流程抛出的错误没有人接收，没有保存任何更改，请联系流程设计人员。")


def throw_event(task: Task | None, event: BpmnEvent) -> bool:
    """Throw something at an activity; whether a boundary event that waits for it takes over.

    One alone takes it: the nearest, and of those the one for just this code before one for any.
    """
    for host in walk_hosts(task):
        waiting = [one for one in list_boundaries(host) if _listens(_definition_of(one), event)]
        for boundary in sorted(waiting, key=lambda one: not _read_code(_definition_of(one)))[:1]:
            spec, definition = cast(BoundaryEvent, boundary.task_spec), event.event_definition
            engine_of(boundary).caught.append(
                CaughtEvent(
                    boundary=boundary, host=host, kind=_name_kind(definition), code=_read_code(definition)
                )
            )
            spec.catch(boundary, BpmnEvent(spec.event_definition, event.payload))
            spiff_internals.update_task(boundary)
            return True
    return False


def throw_error(task: Task, code: str) -> bool:
    """Throw an error of this code at an activity; False when nothing catches it."""
    return throw_event(task, BpmnEvent(ThrownError(code, code=code)))


def _listens(waiting: EventDefinition, event: BpmnEvent) -> bool:
    """Whether a boundary event waits for what is thrown: the same kind, and its code or any."""
    thrown = event.event_definition
    return type(waiting) is type(thrown) and (_read_code(waiting) or _read_code(thrown)) == _read_code(thrown)


def _read_code(definition: EventDefinition) -> str | None:
    return getattr(definition, "code", None) or None


def _name_kind(definition: EventDefinition) -> str:
    return next(kind for kind, ours in KINDS.items() if isinstance(definition, ours))


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


def _definition_of(boundary: Task) -> EventDefinition:
    return cast(BoundaryEvent, boundary.task_spec).event_definition


class _ThrownToHost(EventDefinition):
    """What an event within a scope throws at the activity that the scope belongs to."""

    expression: str | None = None

    def throw(self, my_task: Task) -> None:
        """Throw from an event of the diagram; an error that nothing catches stops the step."""
        payload = None
        if self.expression is not None:
            payload = engine_of(my_task).evaluate(my_task, self.expression)
        caught = throw_event(find_caller(my_task), BpmnEvent(self, payload))
        if not caught and isinstance(self, ErrorEventDefinition):
            raise UncaughtError(
                gettext(
                    "%(element)s抛出的错误 %(code)s 没有人接收，没有保存任何更改，请联系流程设计人员。",
                    element=describe_task(my_task),
                    code=self.code,
                )
            )


class ThrownError(_ThrownToHost, ErrorEventDefinition):
    """An error, thrown or waited for."""


class ThrownEscalation(_ThrownToHost, EscalationEventDefinition):
    """An escalation, thrown or waited for."""


class ThrownCancellation(_ThrownToHost, CancelEventDefinition):
    """The cancellation of a transaction, thrown or waited for."""


KINDS: dict[str, type[EventDefinition]] = {
    "error": ThrownError,
    "escalation": ThrownEscalation,
    "cancel": ThrownCancellation,
}
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
