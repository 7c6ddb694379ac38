"""Running everything that needs nobody, until all tokens of an instance wait for somebody or something."""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs.defaults import EndEvent
from SpiffWorkflow.bpmn.specs.event_definitions.simple import TerminateEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from models.base.errors import DomainError
from models.processes.states import EventKind
from translations import gettext, lazy_gettext
from workflows.engine.elements import joins, spiff_internals, throwing, timers
from workflows.engine.elements.engines import CaughtEvent
from workflows.engine.elements.instances import Instance, look_ahead
from workflows.engine.elements.names import describe_task
from workflows.engine.elements.spiff_internals import Part
from workflows.engine.expressions.bounds import MOST_VARIABLES
from workflows.engine.moves.instance_run import InstanceRun
from workflows.engine.state import pruning
from workflows.engine.state.pending_work import find_element_id, read_properties

MOST = 10_000  # tasks that one step may run through before it counts as endless
MOST_HELD = 2_000  # tasks of one process or call at a time
MOST_LOOKED_AT = 1_000_000  # tasks among which the joins of one step look
LOOKS_OF_A_VISIT = 8  # that many a round costs for each call, though nothing is ready in it
MOST_CALLS = 1_000  # sub-processes and called processes of an instance at a time
STRETCH = 200  # tasks after which a long run is pruned; SpiffWorkflow sees no task deeper than 1000
READY = TaskState.READY


class EndlessLoop(DomainError):
    """A step that goes round without waiting."""

    code = "endless"
    status = 409  # nothing was saved; the same answer again leads to the same
    sentence = lazy_gettext("流程在没有等待的情况下反复循环，已停止执行，没有保存任何更改。")


class ProcessFailed(DomainError):
    """A step that failed inside the engine."""

    code = "process_failed"
    status = 409  # nothing was saved; the same answer again leads to the same
    sentence = lazy_gettext("流程执行出错，没有保存任何更改，请联系流程设计人员。")


def run_to_rest(run: InstanceRun) -> None:
    """Run to rest; fire the timers that are due."""
    _take_caught(run)
    while True:
        _run_all(run)
        if run.interpreter.refused:
            _throw_refusal(run, *run.interpreter.refused.pop(0))
        elif not _has_ready_tasks(run.workflow):
            return


def _run_all(run: InstanceRun) -> None:
    # As SpiffWorkflow does it, the innermost calls first; but looking at the tasks, not along the tree.
    workflow, ran = run.workflow, True
    while ran:
        calls = sorted(_list_active_calls(workflow), key=lambda call: call.depth, reverse=True)
        run.looked_at += LOOKS_OF_A_VISIT * len(calls)
        for call in calls:
            while _run_ready(run, call):
                pass
            if workflow.subprocesses.get(call.parent_task_id) is call:
                spiff_internals.update_task(workflow.get_task_from_id(call.parent_task_id))
        ran = _run_ready(run, workflow) or len(_list_active_calls(workflow)) > len(calls)
    workflow.refresh_timers()


def _list_active_calls(workflow: Instance) -> list[BpmnSubWorkflow]:
    return [call for call in workflow.subprocesses.values() if not call.completed]


def _run_ready(run: InstanceRun, part: Part) -> bool:
    found = _list_ready(part)
    for task in found:
        # An end that terminates, or an interruption, may have taken it away meanwhile.
        if task.state == READY and part.tasks.get(task.id) is task:
            _note_task(run, task)
            look_ahead(task)
            task.run()
            _take_caught(run)
    if run.count >= run.pruned_at + STRETCH:
        run.pruned_at = run.count
        pruning.prune_instance(run.workflow)
    return bool(found)


def _note_task(run: InstanceRun, task: Task) -> None:
    run.count += 1
    if run.count > MOST:
        name = task.task_spec.bpmn_name or find_element_id(task)
        raise EndlessLoop(
            gettext("流程在“%(name)s”附近反复循环而没有等待，已停止执行，没有保存任何更改。", name=name)
        )
    run.latest = task
    run.interpreter.record.pass_task(task)
    if isinstance(task.task_spec, UnstructuredJoin):
        run.looked_at += len(task.workflow.tasks)  # a join looks for its tokens among all tasks
    if len(task.data) > MOST_VARIABLES or _holds_too_much(run, task):
        raise EndlessLoop(
            gettext(
                "流程在%(task)s处的任务或变量太多，已停止执行，没有保存任何更改。", task=describe_task(task)
            )
        )
    spec = task.task_spec
    if isinstance(spec, CatchingEvent) and timers.has_fired(task, spec):
        run.note(EventKind.TIMER, find_element_id(task))
    if isinstance(spec, EndEvent) and isinstance(spec.event_definition, TerminateEventDefinition):
        run.cause = task.task_spec.bpmn_name or find_element_id(task)
    if isinstance(spec, EndEvent) and task.workflow is run.workflow:
        run.ends.append(find_element_id(task))
        run.end_state = read_properties(task).get("publicState") or run.end_state
    if isinstance(spec, BoundaryEvent) and spec.cancel_activity:
        run.cause = task.task_spec.bpmn_name or find_element_id(task)


def _holds_too_much(run: InstanceRun, task: Task) -> bool:
    many = len(task.workflow.tasks) > MOST_HELD or len(run.workflow.subprocesses) > MOST_CALLS
    return many or run.looked_at > MOST_LOOKED_AT


def _take_caught(run: InstanceRun) -> None:
    """Note what boundary events took, and end at once the activities that were interrupted by it.

    The boundary event itself would end its activity only when its own turn comes; until then what stands
    beside the error would go on.
    """
    while run.interpreter.caught:
        caught = run.interpreter.caught.pop(0)
        detail = {"event": caught.kind, "code": caught.code}
        run.note(EventKind.CAUGHT, find_element_id(caught.boundary), detail)
        if _interrupts(caught):
            caught.host.cancel()


def _interrupts(caught: CaughtEvent) -> bool:
    spec = caught.boundary.task_spec
    return isinstance(spec, BoundaryEvent) and spec.cancel_activity


def _throw_refusal(run: InstanceRun, task: Task, code: str) -> None:
    if task.state != TaskState.STARTED or run.task(task.id.hex) is not task:
        return  # interrupted by another refusal: instances of one activity share its boundary events
    if not throwing.throw_error(task, code):
        raise ProcessFailed(
            gettext(
                "%(element)s拒绝了操作（%(code)s），流程图没有相应的错误边界事件。",
                element=describe_task(task),
                code=code,
            )
        )
    _take_caught(run)


def _has_ready_tasks(workflow: Instance) -> bool:
    parts: tuple[Part, ...] = (workflow, *workflow.subprocesses.values())
    for part in parts:
        joins.fire_join(part)
    return any(_list_ready(part) for part in parts)


def _list_ready(part: Part) -> list[Task]:
    found = spiff_internals.list_tasks(part, READY)
    return [task for task in found if not task.task_spec.manual] if found else found
