from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.task import Task

class BpmnEvent:
    payload: object
    event_definition: EventDefinition
    def __init__(
        self,
        event_definition: EventDefinition,
        payload: object = None,
        correlations: dict[str, object] | None = None,
    ) -> None: ...

class EventManager:
    def add_task(self, my_task: Task) -> None: ...
    def remove_task(self, my_task: Task) -> None: ...
