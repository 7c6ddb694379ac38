"""Our own kinds of BPMN elements: joins, calls, tasks of operations and decisions, timers, errors."""
