from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.task import Task

class LoopTask(BpmnTaskSpec):
    task_spec: str
    def merge_child(self, workflow: object, child: Task) -> None: ...
