from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition

class CorrelationProperty:
    retrieval_expression: str

class MessageEventDefinition(EventDefinition):
    correlation_properties: list[CorrelationProperty]
