from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition

class ErrorEventDefinition(EventDefinition):
    def __init__(self, name: str, code: str | None = None) -> None: ...
    code: str | None
    expression: str | None

class EscalationEventDefinition(EventDefinition):
    def __init__(self, name: str, code: str | None = None) -> None: ...
    code: str | None
    expression: str | None
