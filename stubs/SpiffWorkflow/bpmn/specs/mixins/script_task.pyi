from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task

class ScriptEngineTask(TaskSpec):
    def _execute(self, task: Task) -> bool | None: ...
