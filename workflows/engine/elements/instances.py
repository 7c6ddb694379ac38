"""Instances in memory: SpiffWorkflow's workflow, which looks only one task ahead and at no more than it must.

SpiffWorkflow predicts each way to the end and keeps it; most of an instance's tasks were such predictions.
Here a task gets its followers when it is about to run (`look_ahead`), and nothing beyond is kept.
"""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow, BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from models.base.errors import DomainError
from translations import gettext, gettext_plural, lazy_gettext
from workflows.engine.elements import spiff_internals
from workflows.engine.elements.engines import Engine
from workflows.engine.elements.joins import InclusiveJoin
from workflows.engine.elements.names import describe_spec
from workflows.engine.elements.spiff_internals import Part
from workflows.engine.expressions import ExpressionError, compile_script

MOST_INSTANCES = 200  # of one multi-instance activity


class TooManyInstances(DomainError):
    """A list that is too long for a multi-instance activity."""

    code = "too_many_instances"
    status = 409  # nothing was saved; the same answer again leads to the same
    sentence = lazy_gettext("多实例活动的列表太长，没有保存任何更改。")


class NotAList(DomainError):
    """A multi-instance activity whose list is something else; a text would be taken letter by letter."""

    code = "not_a_list"
    status = 409  # nothing was saved; the same answer again leads to the same
    sentence = lazy_gettext("多实例活动所用的变量不是列表，没有保存任何更改。")


class _InstancePart(BpmnBaseWorkflow):
    """What the root of an instance and its calls have in common."""

    def update_waiting_tasks(self) -> None:
        """Let waiting joins look again; events are told when they happen, the rest by the step's end."""
        for task in spiff_internals.list_tasks(self, TaskState.WAITING):
            if not isinstance(task.task_spec, CatchingEvent | InclusiveJoin):
                spiff_internals.update_task(task)


class InstanceCall(_InstancePart, BpmnSubWorkflow):
    """A sub-process or called process of an instance."""


class Instance(_InstancePart, BpmnWorkflow):
    """An instance of a process with all that it calls."""

    def __init__(
        self,
        spec: BpmnProcessSpec,
        calls: dict[str, BpmnProcessSpec],
        script_engine: Engine,
        *,
        deserializing: bool = False,
    ) -> None:
        super().__init__(spec, calls, script_engine, deserializing=deserializing)
        self.task_removed_event.connect(_forget_task)

    def create_subprocess(self, my_task: Task, spec_name: str) -> InstanceCall:
        """Begin a call."""
        call = InstanceCall(self.subprocess_specs[spec_name], parent_task_id=my_task.id, top_workflow=self)
        self.subprocesses[my_task.id] = call
        return call


def _forget_task(_part: Part, task: Task) -> None:
    # SpiffWorkflow removes the instances of an interrupted multi-instance call and leaves their calls behind,
    # whose caller it then cannot find.
    spiff_internals.forget_event(task)
    call = task.workflow.top_workflow.subprocesses.pop(task.id, None)
    if call is not None:
        for inner in call.tasks.values():
            _forget_task(call, inner)


def look_ahead(task: Task) -> None:
    """Give a task that is about to run the tasks that follow it; choices make theirs when they choose."""
    spec = task.task_spec
    if isinstance(spec, MultiChoice):
        return
    there = {child.task_spec.name for child in task.children}
    if not there.issuperset(spiff_internals.list_outputs(spec)):
        spiff_internals.predict_children(task)


def limit_instances(spec: LoopTask) -> None:
    """Have a multi-instance spec refuse a list that is too long, before it makes the instances."""
    spiff_internals.check_before_update(spec, _check_entries)


def _check_entries(spec: LoopTask, task: Task) -> None:
    # The caller has not inherited its data yet; what it is given is what its parent has.
    listed: str = getattr(getattr(spec, "data_input", None), "bpmn_id", "")
    if not listed or listed in _list_assigned(getattr(spec, "prescript", None)):
        return  # its own script makes the list
    entries, name = task.parent.data.get(listed), _describe_loop(spec, task)
    if not isinstance(entries, list):
        raise NotAList(
            gettext(
                "%(element)s要按列表 %(list)s 办理，而 %(list)s 不是列表，没有保存任何更改，"
                "请联系流程设计人员。",
                element=name,
                list=listed,
            )
        )
    if len(entries) > MOST_INSTANCES:
        raise TooManyInstances(
            gettext_plural(
                "%(element)s要按列表 %(list)s 办理 %(num)s 次，最多 %(most)s 次，没有保存任何更改。",
                element=name,
                list=listed,
                num=len(entries),
                most=MOST_INSTANCES,
            )
        )


def _list_assigned(script: str | None) -> frozenset[str]:
    try:
        return compile_script(script).assigned if script else frozenset()
    except ExpressionError:
        return frozenset()  # it fails when it is run


def _describe_loop(spec: LoopTask, task: Task) -> str:
    """The activity that is done for each entry; its name stands at what is done."""
    return describe_spec(task.workflow.spec.task_specs[spec.task_spec])
