from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task

class CatchingEvent(TaskSpec):
    event_definition: EventDefinition
    def catches(self, my_task: Task, event: BpmnEvent) -> bool | None: ...
    def catch(self, my_task: Task, event: BpmnEvent) -> None: ...

class ThrowingEvent(TaskSpec):
    event_definition: EventDefinition
