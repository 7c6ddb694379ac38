from SpiffWorkflow.task import Task

class TaskSpec:
    name: str
    description: str
    manual: bool
    _inputs: list[str]
    _outputs: list[str]
    def _update(self, my_task: Task) -> None: ...
    def _update_hook(self, my_task: Task) -> bool | None: ...
    def _run_hook(self, my_task: Task) -> bool | None: ...
    def _predict(
        self,
        my_task: Task,
        seen: list[TaskSpec] | None = None,
        looked_ahead: int = 0,
        mask: int = 3,
    ) -> None: ...
    def _predict_hook(self, my_task: Task) -> None: ...
