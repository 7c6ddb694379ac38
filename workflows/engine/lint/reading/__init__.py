"""What the checks of a diagram read: the diagram, its graph, BPMN's words, the report."""
