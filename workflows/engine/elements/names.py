"""Elements as sentences name them."""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.task import Task

from translations import gettext


def describe_task(task: Task) -> str:
    """An element as sentences name it: its name and its id."""
    return describe_spec(task.task_spec)


def describe_spec(spec: BpmnTaskSpec) -> str:
    """The element of a spec: its name and its id."""
    name, element = spec.bpmn_name, spec.bpmn_id or spec.name
    if not name:
        return gettext("“%(id)s”", id=element)
    return gettext("“%(name)s”（%(id)s）", name=name, id=element)
