from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task

class MultiChoice(TaskSpec):
    def _get_matching_outputs(self, my_task: Task) -> tuple[list[BpmnTaskSpec], list[BpmnTaskSpec]]: ...
