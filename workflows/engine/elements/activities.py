"""Our own service tasks, business rule tasks and event-based gateways."""

from __future__ import annotations

from SpiffWorkflow.bpmn.serializer.config import EventConverter
from SpiffWorkflow.bpmn.specs.defaults import EventBasedGateway
from SpiffWorkflow.bpmn.specs.mixins.script_task import ScriptEngineTask
from SpiffWorkflow.spiff.parser.task_spec import BusinessRuleTaskParser
from SpiffWorkflow.spiff.serializer.task_spec import ServiceTaskConverter, SpiffBpmnTaskConverter
from SpiffWorkflow.spiff.specs.defaults import ServiceTask
from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask
from SpiffWorkflow.task import Task

from workflows.engine.elements import spiff_internals
from workflows.engine.elements.engines import engine_of
from workflows.engine.elements.plain_values import Variables


class OperationTask(ServiceTask):
    """A service task: inward operations run now, outward ones are left STARTED for a worker."""

    def _execute(self, task: Task) -> bool | None:
        engine = engine_of(task)
        parameters = {
            name: engine.evaluate(task, parameter["value"])
            for name, parameter in self.operation_params.items()
        }
        return engine.operate(task, self.operation_name, parameters)


class DecisionTask(ScriptEngineTask, SpiffBpmnTask):
    """A business rule task on one of our decision tables."""

    def __init__(self, wf_spec: object, name: str, decision: str, **kwargs: object) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.decision = decision

    def _execute(self, task: Task) -> bool:
        task.data = {**task.data, **engine_of(task).decide(task, self.decision)}
        return True


class DecisionTaskParser(BusinessRuleTaskParser):  # type: ignore[misc]
    """Reads `calledDecisionId`."""

    def create_task(self) -> DecisionTask:
        """The spec of the task; which table it means is known when the release is made."""
        extensions = self.parse_extensions()
        return DecisionTask(
            self.spec,
            self.bpmn_id,
            decision=self.get_decision_ref(self.node),
            prescript=extensions.get("preScript"),
            postscript=extensions.get("postScript"),
            **self.bpmn_attributes,
        )


class DecisionTaskConverter(SpiffBpmnTaskConverter):  # type: ignore[misc]
    """Writes and reads the spec of a decision task."""

    def to_dict(self, spec: DecisionTask) -> Variables:
        """The spec as plain values."""
        found: Variables = super().to_dict(spec)
        return found | {"decision": spec.decision}


class Race(EventBasedGateway):
    """An event-based gateway on which one event wins.

    The stock one follows all it has seen: a message that comes in when the timer is due and has not been
    fired yet would send the token both ways.
    """

    def _run_hook(self, my_task: Task) -> bool | None:
        spiff_internals.keep_first_event(my_task)
        return super()._run_hook(my_task)


CONVERTERS = {
    OperationTask: ServiceTaskConverter,
    DecisionTask: DecisionTaskConverter,
    Race: EventConverter,
}
