"""Boundary events beside an activity: they take what comes as often as it comes."""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.task import Task

from workflows.engine.elements import firings, spiff_internals


class Beside(BoundaryEvent):
    """A boundary event that does not interrupt: each message or escalation starts a way of its own.

    The stock one hears the first alone, and what comes later is lost.
    """

    def catch(self, my_task: Task, event: BpmnEvent) -> None:
        """Take what has come, and go on waiting."""
        firing = firings.add_firing(my_task)
        self.event_definition.catch(firing, event)
        self.event_definition.update_task_data(firing)
        self.event_definition.reset(firing)
        firings.start_firing(firing)


def adapt_events_beside(spec: BpmnProcessSpec) -> None:
    """Put ours in the place of the stock ones that wait beside; timers count their firings themselves."""
    for task_spec in spec.task_specs.values():
        if not isinstance(task_spec, BoundaryEvent) or task_spec.cancel_activity:
            continue
        if not isinstance(task_spec.event_definition, TimerEventDefinition):
            spiff_internals.exchange_class(task_spec, Beside)
