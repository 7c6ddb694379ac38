from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec

class BpmnProcessSpec:
    name: str
    description: str
    start: BpmnTaskSpec
    end: BpmnTaskSpec
    task_specs: dict[str, BpmnTaskSpec]
