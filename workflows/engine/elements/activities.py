"""Our own service tasks, business rule tasks and event-based gateways."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.serializer.config import EventConverter
from SpiffWorkflow.bpmn.specs.defaults import EventBasedGateway
from SpiffWorkflow.bpmn.specs.mixins.script_task import ScriptEngineTask
from SpiffWorkflow.spiff.parser.task_spec import BusinessRuleTaskParser
from SpiffWorkflow.spiff.serializer.task_spec import ServiceTaskConverter, SpiffBpmnTaskConverter
from SpiffWorkflow.spiff.specs.defaults import ServiceTask
from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask


class OperationTask(ServiceTask):  # type: ignore[misc]
    """A service task: inward operations run now, outward ones are left STARTED for a worker."""

    def _execute(self, task: Any) -> bool | None:
        engine = task.workflow.script_engine
        parameters = {
            name: engine.evaluate(task, parameter["value"])
            for name, parameter in self.operation_params.items()
        }
        done: bool | None = engine.operate(task, self.operation_name, parameters)
        return done


class DecisionTask(ScriptEngineTask, SpiffBpmnTask):  # type: ignore[misc]
    """A business rule task on one of our decision tables."""

    def __init__(self, wf_spec: Any, name: str, decision: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.decision = decision

    def _execute(self, task: Any) -> bool:
        task.data = {**task.data, **task.workflow.script_engine.decide(task, self.decision)}
        return True


class DecisionTaskParser(BusinessRuleTaskParser):  # type: ignore[misc]
    """Reads `calledDecisionId`."""

    def create_task(self) -> Any:
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

    def to_dict(self, spec: Any) -> dict[str, Any]:
        """The spec as plain values."""
        found: dict[str, Any] = super().to_dict(spec)
        return found | {"decision": spec.decision}


class Race(EventBasedGateway):  # type: ignore[misc]
    """An event-based gateway on which one event wins.

    The stock one follows all it has seen: a message that comes in when the timer is due and has not been
    fired yet would send the token both ways.
    """

    def _run_hook(self, my_task: Any) -> bool:
        my_task.internal_data["seen_events"] = my_task.internal_data.get("seen_events", [])[:1]
        done: bool = super()._run_hook(my_task)
        return done


CONVERTERS = {
    OperationTask: ServiceTaskConverter,
    DecisionTask: DecisionTaskConverter,
    Race: EventConverter,
}
