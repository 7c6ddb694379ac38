from uuid import UUID

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.util.event import BpmnEvent, EventManager
from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow, BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.event import Event

class BpmnWorkflow(BpmnBaseWorkflow):
    subprocess_specs: dict[str, BpmnProcessSpec]
    subprocesses: dict[UUID, BpmnSubWorkflow]
    event_manager: EventManager
    task_removed_event: Event
    def __init__(
        self,
        spec: BpmnProcessSpec,
        subprocess_specs: dict[str, BpmnProcessSpec] | None = None,
        script_engine: object = None,
        *,
        deserializing: bool = False,
    ) -> None: ...
    def create_subprocess(self, my_task: Task, spec_name: str) -> BpmnSubWorkflow: ...
    def get_task_from_id(self, task_id: UUID) -> Task: ...
    def get_tasks(self, first_task: Task | None = None, **kwargs: int) -> list[Task]: ...
    def get_events(self) -> list[BpmnEvent]: ...
    def refresh_timers(self) -> None: ...
