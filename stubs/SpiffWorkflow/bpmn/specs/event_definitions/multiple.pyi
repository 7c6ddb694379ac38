from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition

class MultipleEventDefinition(EventDefinition):
    event_definitions: list[EventDefinition]
