from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow

class Task:
    id: UUID
    workflow: BpmnBaseWorkflow
    task_spec: BpmnTaskSpec
    data: dict[str, object]
    internal_data: dict[str, Any]
    triggered: bool
    thread_id: int
    last_state_change: float
    state: int
    parent: Task | Any  # None at the root alone
    children: list[Task]
    _state: int
    _parent: UUID | None
    _children: list[UUID]
    def __init__(
        self,
        workflow: BpmnBaseWorkflow,
        task_spec: BpmnTaskSpec,
        parent: Task | None = None,
        state: int = 1,
    ) -> None: ...
    def has_state(self, state: int) -> bool: ...
    def is_descendant_of(self, task: Task) -> bool: ...
    def find_ancestor(self, spec_name: str) -> Task | None: ...
    def run(self) -> bool | None: ...
    def complete(self) -> None: ...
    def cancel(self) -> None: ...
    def _add_child(self, task_spec: BpmnTaskSpec, state: int) -> Task: ...
    def _sync_children(self, task_specs: list[BpmnTaskSpec], state: int) -> None: ...
    def _set_state(self, value: int) -> None: ...
    def _inherit_data(self) -> None: ...
