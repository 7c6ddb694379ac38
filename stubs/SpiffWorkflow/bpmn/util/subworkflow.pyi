from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.event import Event

class BpmnBaseWorkflow:
    spec: BpmnProcessSpec
    tasks: dict[UUID, Task]
    task_tree: Task
    last_task: Task | None
    data: dict[str, object]
    correlations: dict[str, object]
    success: bool
    completed: bool
    completed_event: Event
    @property
    def script_engine(self) -> Any: ...  # whatever was handed in
    @property
    def top_workflow(self) -> BpmnWorkflow: ...
    @property
    def parent_task_id(self) -> UUID | None: ...
    @property
    def depth(self) -> int: ...
    def update_waiting_tasks(self) -> None: ...
    def _remove_task(self, task_id: UUID) -> None: ...

class BpmnSubWorkflow(BpmnBaseWorkflow):
    parent_task_id: UUID
    def __init__(
        self,
        spec: BpmnProcessSpec,
        parent_task_id: UUID,
        top_workflow: BpmnWorkflow,
        *,
        deserializing: bool = False,
    ) -> None: ...
