from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.event import Event

class BpmnTaskSpec(TaskSpec):
    bpmn_id: str | None
    bpmn_name: str | None
    lane: str | None
    completed_event: Event
    @property
    def inputs(self) -> list[BpmnTaskSpec]: ...
    @property
    def outputs(self) -> list[BpmnTaskSpec]: ...
