from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task

class SubWorkflowTask(TaskSpec):
    spec: str
    def _on_subworkflow_completed(self, subworkflow: BpmnSubWorkflow, my_task: Task) -> None: ...
