from typing import TypedDict

from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask
from SpiffWorkflow.task import Task

class Parameter(TypedDict):
    value: str
    type: str

class ServiceTask(SpiffBpmnTask):
    operation_name: str
    operation_params: dict[str, Parameter]
    result_variable: str
    def _execute(self, task: Task) -> bool | None: ...
