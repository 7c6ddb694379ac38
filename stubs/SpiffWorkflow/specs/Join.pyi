from SpiffWorkflow.specs.base import TaskSpec

class Join(TaskSpec):
    split_task: str | None
