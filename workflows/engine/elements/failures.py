"""What SpiffWorkflow refuses while it runs, in sentences that name the element."""

from __future__ import annotations

import re
from collections.abc import Mapping

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.task import Task

from translations import lazy_gettext
from workflows.engine.elements.names import describe_spec

# How its message begins → what is said instead; a group of the pattern fills %(name)s.
_SENTENCES: Mapping[str, str] = {
    r"No conditions satisfied": lazy_gettext(
        "%(element)s的出口条件都不成立，也没有默认出口，没有保存任何更改，请联系流程设计人员。"
    ),
    r"Expected an output item": lazy_gettext(
        "%(element)s按列表办理，办完后没有得到输出项 %(name)s，没有保存任何更改，请联系流程设计人员。"
    ),
    r"Multiinstance (?:in|out)put item (?P<name>\S+) already exists": lazy_gettext(
        "%(element)s按列表办理，其中的项 %(name)s 与已有的变量同名，没有保存任何更改，请联系流程设计人员。"
    ),
    r"If the input is not being updated in place": lazy_gettext(
        "%(element)s按列表办理，而输出列表不是空的，没有保存任何更改，请联系流程设计人员。"
    ),
}


def explain_failure(error: Exception) -> str | None:
    """The sentence for a refusal of SpiffWorkflow's own; nothing for one that is not known."""
    spec = getattr(error, "task_spec", None)
    if not isinstance(error, WorkflowException) or not isinstance(spec, BpmnTaskSpec):
        return None
    for pattern, sentence in _SENTENCES.items():
        if found := re.match(pattern, str(error)):
            name = found.groupdict().get("name") or _find_output_item(error)
            return sentence % {"element": describe_spec(_find_named(error, spec)), "name": name}
    return None


def _find_named(error: Exception, spec: BpmnTaskSpec) -> BpmnTaskSpec:
    """What is done for each entry of a list, which has the name of the activity; else the spec itself."""
    task = getattr(error, "task", None)
    if not isinstance(spec, LoopTask) or not isinstance(task, Task):
        return spec
    return task.workflow.spec.task_specs[spec.task_spec]


def _find_output_item(error: Exception) -> str:
    """The name of the item that an instance of a list was to give."""
    loop = getattr(getattr(error, "task", None), "parent", None)
    item = getattr(getattr(loop, "task_spec", None), "output_item", None)
    return getattr(item, "bpmn_id", None) or ""
