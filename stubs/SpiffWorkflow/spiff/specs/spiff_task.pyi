from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec

class SpiffBpmnTask(BpmnTaskSpec):
    def __init__(self, wf_spec: object, name: str, **kwargs: object) -> None: ...
