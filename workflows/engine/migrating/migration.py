"""Moving a running instance to another release of its process: ids, timers, data and results are kept.

A move is refused, with every reason, when a task that somebody or something waits for would have no place in
the new release. Boundary events that are new to a waiting activity begin to wait; removed ones are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import cast

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import bindparam, update

from models import db
from models.base.database import table_of
from models.base.errors import DomainError
from models.processes.instances import ProcessInstance, Release
from models.processes.states import EventKind, InstanceState
from translations import gettext, join_clauses, lazy_gettext
from workflows import state_changes
from workflows.clock import now
from workflows.engine.elements import spiff_internals, step_clock, timers
from workflows.engine.elements.instances import Instance
from workflows.engine.elements.spiff_internals import BOUNDARY_JOIN, BOUNDARY_SPLIT, END_JOIN, INSTANCE, Part
from workflows.engine.moves import row_changes
from workflows.engine.moves.instance_run import InstanceRun, StepResult
from workflows.engine.moves.row_types import InstanceRow
from workflows.engine.moves.step import lock_instance, open_run, settle_run, translate_failures
from workflows.engine.soundness import proving
from workflows.engine.soundness.judging import Judge
from workflows.engine.soundness.spec_nets import build_nets
from workflows.engine.soundness.walk import Fault
from workflows.engine.state import codec, pending_work, pruning, releases
from workflows.engine.state.pending_work import find_element_id
from workflows.engine.state.specs import Specs
from workflows.state_changes import StateChange

LIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED
_RESTS = "|".join(map(re.escape, (BOUNDARY_SPLIT, BOUNDARY_JOIN, END_JOIN, INSTANCE)))
KEPT = 8  # releases whose proofs are held in memory
NAME = re.compile(rf"(?P<element>.*?)(?P<rest>{_RESTS})?")
INSTANCES = table_of(ProcessInstance)
MOVE = (
    update(INSTANCES).where(INSTANCES.c.id == bindparam("instance")).values(release_id=bindparam("release"))
)


_FAULTS = {
    Fault.STUCK: lazy_gettext("“%(element)s”（%(id)s）在新版本中会一直等待，流程走不到结束，路径：%(path)s"),
    Fault.TWICE: lazy_gettext("“%(element)s”（%(id)s）在新版本中会被重复执行，路径：%(path)s"),
    Fault.ENDLESS: lazy_gettext("“%(element)s”（%(id)s）以后，在新版本中走不到结束，路径：%(path)s"),
    Fault.UNPROVED: lazy_gettext(
        "“%(element)s”（%(id)s）在新版本中的走法太多（超过 %(most)s 种情况），不能证明每条路都走到结束"
    ),
}


class NotMovable(DomainError):
    """An instance that cannot go on in another release, with the reasons."""

    code = "not_movable"
    sentence = lazy_gettext("流程实例不能移到所选的版本。")

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(gettext("流程实例不能移到所选的版本：%(reasons)s。", reasons=join_clauses(reasons)))
        self.reasons = reasons


def migrate_instance(
    instance_id: int, release_id: int, *, renamed: Mapping[str, str] | None = None, actor: int | None
) -> StepResult:
    """Move an instance to a release; `renamed` leads from old ids of elements to new ones."""
    row, release = lock_instance(instance_id), db.session.get_one(Release, release_id)
    if row.state != InstanceState.ACTIVE or row.process_key != release.process_key:
        raise NotMovable([gettext("只有进行中的实例可以移动，而且只能移到同一流程的版本")])
    with step_clock.at_moment(now()), translate_failures():
        run = open_run(row, actor=actor, now=step_clock.current_moment())
        new = releases.find_specs(release.id, release.digest)
        judge = _find_judge(release.id, release.digest)
        state = _move_state(row.blob, run, new, (judge, dict(renamed or {})))
        run.specs = run.interpreter.specs = new
        run.row = row.on_release(release.id, release.digest)
        run.workflow = codec.load_state(state, new, run.interpreter)
        run.before = pending_work.find_pending_work(run.workflow)
        row_changes.redescribe_items(row, run.before)
        run.note(EventKind.MOVED, None, {"release": release.number})
        result = settle_run(run)
    db.session.connection().execute(MOVE, {"instance": instance_id, "release": release_id})
    if result.public_state == row.public_state:  # its name is the same, but another release describes it
        _announce_same_state(run.row, run.now)
    return result


def _announce_same_state(row: InstanceRow, moment: datetime) -> None:
    state_changes.announce_change(
        StateChange(
            instance_id=row.id,
            business_key=row.business_key,
            release=(row.release_id, row.digest),
            old=row.public_state,
            new=row.public_state,
            now=moment,
        )
    )


@lru_cache(maxsize=KEPT)
def _find_judge(release_id: int, digest: str) -> Judge:
    """What is known of the soundness of a release, for all the instances that are moved to it."""
    new = releases.find_specs(release_id, digest)
    return Judge(build_nets({**new.calls, new.spec.name: new.spec}))


def _move_state(content: bytes, run: InstanceRun, new: Specs, way: tuple[Judge, dict[str, str]]) -> bytes:
    judge, renamed = way
    workflow = codec.load_state(content, run.specs, run.interpreter)
    pruning.prune_instance(workflow)
    parts: list[Part] = [workflow, *workflow.subprocesses.values()]
    specs = {id(part): _find_new_spec(part, workflow, new, renamed) for part in parts}
    reasons = [reason for part in parts for reason in _list_reasons(part, specs[id(part)], renamed)]
    if reasons:
        raise NotMovable(reasons)
    workflow.subprocess_specs = new.calls
    for part in parts:
        _move_tasks(part, cast(BpmnProcessSpec, specs[id(part)]), renamed)  # else it was refused
    if unproved := [reason for part in parts for reason in _list_faults(part, judge)]:
        raise NotMovable(unproved)
    return codec.dump_state(workflow)


def _find_new_spec(
    part: Part, workflow: Instance, new: Specs, renamed: dict[str, str]
) -> BpmnProcessSpec | None:
    return new.spec if part is workflow else new.calls.get(renamed.get(part.spec.name, part.spec.name))


def _find_new_name(task_spec: BpmnTaskSpec, renamed: dict[str, str]) -> str:
    found = NAME.fullmatch(task_spec.name)
    assert found is not None  # the pattern takes any name
    return renamed.get(found["element"], found["element"]) + (found["rest"] or "")


def _list_reasons(part: Part, spec: BpmnProcessSpec | None, renamed: dict[str, str]) -> Iterator[str]:
    if spec is None:
        yield gettext("新版本没有“%(process)s”", process=part.spec.description or part.spec.name)
        return
    for task in part.tasks.values():
        if task.has_state(LIVE):
            target = spec.task_specs.get(_find_new_name(task.task_spec, renamed))
            reason = _find_reason(task, target, renamed)
            if reason:
                yield reason % {"element": task.task_spec.bpmn_name or find_element_id(task)}


def _find_reason(task: Task, target: BpmnTaskSpec | None, renamed: dict[str, str]) -> str | None:
    old = task.task_spec
    if target is None:
        return (
            None
            if isinstance(old, BoundaryEvent)
            else lazy_gettext("“%(element)s”正在等待，新版本没有这个元素")
        )
    if _find_kind(target) is not _find_kind(old) or _list_awaited(target) != _list_awaited(old):
        return lazy_gettext("“%(element)s”正在等待，新版本改变了它的类型")
    if renamed.get(_find_called(old), _find_called(old)) != _find_called(target):
        return lazy_gettext("“%(element)s”正在进行，新版本调用了另一个流程")
    if isinstance(old, UnstructuredJoin) and not _knows_tokens(task, target, renamed):
        return lazy_gettext("“%(element)s”已有分支到达，新版本没有这些分支")
    return None


def _find_kind(thing: BpmnTaskSpec | EventDefinition) -> type:
    """The stock class of an element: ours differ in how they run, not in what they are."""
    return next(one for one in type(thing).__mro__ if one.__module__.startswith("SpiffWorkflow."))


def _list_awaited(task_spec: BpmnTaskSpec) -> list[type]:
    return [_find_kind(part) for part in timers.definitions_of(task_spec)]


def _find_called(task_spec: BpmnTaskSpec) -> str:
    called = getattr(task_spec, "spec", None)
    return called if isinstance(called, str) else ""


def _knows_tokens(task: Task, target: BpmnTaskSpec, renamed: dict[str, str]) -> bool:
    if task.task_spec is task.workflow.spec.end or target.name.endswith(END_JOIN):
        return True
    tokens = (one for one in task.workflow.tasks.values() if one.task_spec is task.task_spec)
    arrived = {
        _find_new_name(one.parent.task_spec, renamed) for one in tokens if "consumed" not in one.internal_data
    }
    return arrived <= set(spiff_internals.list_inputs(target))


def _list_faults(part: Part, judge: Judge) -> Iterator[str]:
    """Why a part, whose tasks have their new places, would not surely come to its end."""
    net = judge.nets[part.spec.name]
    for found in proving.find_faults(judge, part.spec.name, proving.read_tokens(part, net)):
        spec = part.spec.task_specs.get(found.node)
        element = net.nodes[found.node].element if found.node else part.spec.name
        label = (spec.bpmn_name if spec is not None else part.spec.description) or element
        yield _FAULTS[found.fault] % {
            "element": label,
            "id": element,
            "path": " → ".join(found.path),
            "most": proving.MOST_STATES,
        }


def _move_tasks(part: Part, spec: BpmnProcessSpec, renamed: dict[str, str]) -> None:
    before, part.spec = part.spec, spec
    for task in list(part.tasks.values()):
        target = spec.task_specs.get(_find_new_name(task.task_spec, renamed))
        if target is None and task.has_state(LIVE):
            spiff_internals.remove_task(part, task)
        else:
            task.task_spec = (
                target or spec.start
            )  # what is finished only keeps data and hangs others together
    known = {_find_new_name(task_spec, renamed) for task_spec in before.task_specs.values()}
    for task in [task for task in part.tasks.values() if task.has_state(LIVE)]:
        split = spec.task_specs.get(f"{task.task_spec.name}{BOUNDARY_SPLIT}")
        if split is not None:
            _attach_boundaries(task, split, known)


def _attach_boundaries(host: Task, split_spec: BpmnTaskSpec, known: set[str]) -> None:
    """Let the boundary events wait that the old release did not have."""
    parent = host.parent
    if parent.task_spec is not split_spec:
        split = Task(host.workflow, split_spec, parent, state=TaskState.COMPLETED)
        split.data = dict(parent.data)
        parent.children = [child for child in parent.children if child is not host]
        host.parent, split.children = split, [host]
        parent = split
    for event in split_spec.outputs:
        if isinstance(event, BoundaryEvent) and event.name not in known:
            spiff_internals.update_task(spiff_internals.add_child(parent, event, TaskState.WAITING))
