from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.task import Task

class UnstructuredJoin(Join):
    def _check_threshold_unstructured(self, my_task: Task) -> bool: ...
