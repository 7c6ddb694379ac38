from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.task import Task

class WorkflowTaskException(SpiffWorkflowException):
    def __init__(self, error_msg: str, task: Task | None = None) -> None: ...
