"""What the engine relies on inside SpiffWorkflow is there, and does what is relied on in stock workflows."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any
from uuid import uuid4

import pytest
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.defaults import ParallelGateway
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.specs.defaults import ManualTask, ServiceTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from tests.workflows.engine.diagrams.drawing import (
    END,
    KEYED,
    START,
    boundary,
    definitions,
    element,
    flow,
    flows,
    message,
    process,
    service,
    straight,
    timer,
    user,
)
from tests.workflows.engine.world import BEGINNING, interpreter
from workflows.engine.elements import spiff_internals, step_clock
from workflows.engine.elements.instances import Instance
from workflows.engine.elements.spiff_internals import CHECKED_WITH, HOOKS, OwnThreshold, StockEndJoin
from workflows.engine.source import safe_xml
from workflows.engine.state import codec, specs
from workflows.engine.state.interpreter import Interpreter

READY, WAITING, FUTURE = TaskState.READY, TaskState.WAITING, TaskState.FUTURE
STARTED, COMPLETED = TaskState.STARTED, TaskState.COMPLETED
STATES = (READY, WAITING | READY, FUTURE, COMPLETED, TaskState.FINISHED_MASK, TaskState.ANY_MASK)
BRANCHES = (
    START
    + element("parallelGateway", "split")
    + user("one")
    + user("two")
    + element("parallelGateway", "join")
    + END
    + flows("s split", "split one", "split two", "one join", "two join", "join e")
)
CALL = START + element("callActivity", "x", calledElement="inner") + END + flows("s x", "x e")
INNER = element("startEvent", "s2") + user("y") + element("endEvent", "e2") + flows("s2 y", "y e2")
TIMED = straight(user("x")) + boundary("late", "x", timer("'2020-01-01T00:00:00+00:00'", "timeDate"))
RACE = (
    START
    + element("eventBasedGateway", "race")
    + element("intermediateCatchEvent", "answer", message())
    + element("intermediateCatchEvent", "again", message("m2"))
    + END
    + flows("s race", "race answer", "race again", "answer e", "again e")
)
REPEATED = element(
    "userTask",
    "x",
    "<multiInstanceLoopCharacteristics><loopDataInputRef>people</loopDataInputRef>"
    '<inputDataItem id="person"/></multiInstanceLoopCharacteristics>',
)


def parsed(body: str, *more: str) -> tuple[Any, dict[str, Any]]:
    """The stock specs of a process and of what it calls."""
    parser = SpiffBpmnParser()
    content = definitions(KEYED, '<message id="m2" name="second"/>', process(body), *more)
    parser.add_bpmn_xml(safe_xml.parse_xml(content, name="p.bpmn"), filename="p.bpmn")
    return parser.get_spec("p"), parser.get_subprocess_specs("p")


def begun(body: str, *more: str, **variables: Any) -> Any:
    """A stock instance that has run to its first rest."""
    workflow = BpmnWorkflow(*parsed(body, *more), script_engine=PythonScriptEngine())
    workflow.task_tree.data.update(variables)
    workflow.do_engine_steps()
    return workflow


def one(workflow: Any, name: str) -> Any:
    """The only task of an element."""
    (found,) = workflow.get_tasks(spec_name=name)
    return found


def test_the_version_is_the_one_that_was_looked_at() -> None:
    assert version("SpiffWorkflow") == CHECKED_WITH, (
        "SpiffWorkflow has changed. Compare task.py, workflow.py, specs/base.py, specs/Join.py,"
        " specs/MultiChoice.py and bpmn/specs, bpmn/util and bpmn/workflow.py of both versions with each"
        " function of workflows/engine/elements/spiff_internals.py, run tests/workflows/engine (the walks"
        " beside the stock engine above all) and `python -m benchmarks.engine`, then set CHECKED_WITH."
    )


# Looking at tasks


@pytest.mark.parametrize("states", STATES)
def test_tasks_are_listed_by_state(states: int) -> None:
    workflow = begun(BRANCHES)
    found = spiff_internals.list_tasks(workflow, states)
    assert found
    assert {task.id for task in found} == {task.id for task in workflow.get_tasks(state=states)}


def test_a_tree_is_listed_in_pre_order_with_its_parents() -> None:
    workflow = begun(BRANCHES)
    tasks, parents, states = spiff_internals.list_tree(workflow)
    assert tasks == list(workflow.task_tree)
    assert [None if place < 0 else tasks[place] for place in parents] == [task.parent for task in tasks]
    assert states == [task.state for task in tasks]
    for task in tasks:
        assert spiff_internals.list_children(task) == [child.id for child in task.children]
    assert len(tasks) == len(workflow.tasks)


def test_tasks_hang_where_they_are_hung() -> None:
    workflow = begun(BRANCHES)
    root, waiting = workflow.task_tree, [one(workflow, "two"), one(workflow, "one")]
    tasks = [root, one(workflow, "split"), *waiting]
    spiff_internals.hang_tasks(tasks, [-1, 0, 0, 0], [True, False, True, True])
    assert (root.parent, root.children) == (None, waiting)
    assert [task.parent for task in waiting] == [root, root]
    assert [task.children for task in waiting] == [[], []]


def test_a_restored_task_is_as_complete_as_a_new_one() -> None:
    found, calls = parsed(BRANCHES)
    shared = specs.freeze_specs(specs.Specs(key="p", spec=found, calls=calls))
    with step_clock.at_moment(BEGINNING):
        workflow = Instance(found, calls, script_engine=interpreter(shared))
        state = codec.dump_state(workflow)
        again = codec.load_state(state, shared, interpreter(shared))
    new = Task(again, found.start)
    for task in again.tasks.values():
        assert vars(task).keys() == vars(new).keys()
    assert codec.dump_state(again) == state


def test_a_restored_task_hangs_on_its_parent() -> None:
    workflow = begun(BRANCHES)
    number, parent = uuid4(), one(workflow, "one")
    spec = workflow.spec.task_specs["join"]
    before = parent.children
    task = spiff_internals.restore_task(workflow, parent, number, spec, WAITING)
    assert workflow.tasks[number] is task
    assert parent.children == [*before, task]
    assert (task.id, task.parent, task.children) == (number, parent, [])
    assert (task.task_spec, task.state) == (spec, WAITING)


# Moving tasks


def test_an_update_makes_a_task_ready_that_may_run() -> None:
    workflow = begun(BRANCHES)
    first, join = one(workflow, "one"), workflow.spec.task_specs["join"]
    first.run()
    waiting = next(task for task in first.children if task.task_spec is join)
    assert waiting.state == WAITING
    spiff_internals.update_task(waiting)
    assert waiting.state == WAITING  # the other branch is still open
    second = one(workflow, "two")
    spiff_internals.set_state(second, COMPLETED)
    spiff_internals.update_task(waiting)
    assert waiting.state == READY


def test_a_state_can_be_put_back() -> None:
    task = one(begun(BRANCHES), "one")
    with pytest.raises(WorkflowException):
        task.state = WAITING
    spiff_internals.set_state(task, WAITING)
    assert task.state == WAITING


def test_a_task_inherits_what_its_parent_has() -> None:
    task = one(begun(BRANCHES), "one")
    task.parent.data["late"] = 1
    spiff_internals.inherit_data(task)
    assert task.data == {"late": 1}


def test_children_are_added_and_chosen() -> None:
    workflow = begun(BRANCHES)
    first, known = one(workflow, "one"), workflow.spec.task_specs
    first.thread_id = 7
    added = spiff_internals.add_child(first, known["two"], TaskState.MAYBE)
    assert first.children[-1] is added
    assert (added.state, added.parent, added.thread_id) == (TaskState.MAYBE, first, 7)
    spiff_internals.set_children(first, [known["join"], known["e"]], FUTURE)
    assert [(task.task_spec.name, task.state) for task in first.children] == [("join", FUTURE), ("e", FUTURE)]
    assert added.id not in workflow.tasks


def test_a_task_goes_with_all_below_it() -> None:
    workflow, gone = begun(BRANCHES), []
    workflow.task_removed_event.connect(lambda part, task: gone.append(task.task_spec.name))
    split = one(workflow, "split")
    spiff_internals.remove_task(workflow, split)
    assert {"split", "one", "two"} <= set(gone)
    assert set(workflow.tasks.values()) == set(workflow.task_tree)


# What follows


@pytest.mark.parametrize(("limited", "ahead"), [(True, 1), (False, 4)])
def test_what_follows_is_predicted_to_its_end_or_one_task_ahead(limited: bool, ahead: int) -> None:
    workflow = begun(START + user("x") + user("y") + END + flows("s x", "x y", "y e"))
    for spec in workflow.spec.task_specs.values() if limited else ():
        spiff_internals.limit_prediction(spec)
    task = one(workflow, "x")
    for child in task.children:
        spiff_internals.remove_task(workflow, child)
    spiff_internals.predict_task(task, TaskState.NOT_FINISHED_MASK)
    assert len(list(task)) - 1 == ahead


def test_nothing_is_predicted_for_a_task_in_another_state() -> None:
    task = one(begun(straight(user("x"))), "x")
    for child in task.children:
        spiff_internals.remove_task(task.workflow, child)
    spiff_internals.limit_prediction(task.task_spec)
    spiff_internals.predict_task(task, FUTURE)
    assert task.children == []
    spiff_internals.predict_children(task)
    assert [child.task_spec.name for child in task.children] == ["e"]


def test_neighbours_are_listed_by_name() -> None:
    spec, _ = parsed(BRANCHES)
    for task_spec in spec.task_specs.values():
        assert spiff_internals.list_outputs(task_spec) == [one.name for one in task_spec.outputs]
        assert spiff_internals.list_inputs(task_spec) == [one.name for one in task_spec.inputs]


@pytest.mark.parametrize(("wish", "chosen"), [(2, ["two", "both"]), (1, ["both"]), (0, ["other"])])
def test_outputs_are_matched_by_their_conditions(wish: int, chosen: list[str]) -> None:
    ways = {"two": "wish > 1", "both": "wish > 0"}
    gateway = element("inclusiveGateway", "which", default="which_other")
    body = START + user("x") + gateway + END + flows("s x", "x which", "which other", "other e")
    body += "".join(user(name) for name in (*ways, "other"))
    body += "".join(flow("which", name, text) + flows(f"{name} e") for name, text in ways.items())
    workflow = begun(body)
    task = one(workflow, "x")
    task.data["wish"] = wish
    task.run()
    (choice,) = workflow.get_tasks(state=READY)
    assert [spec.name for spec in spiff_internals.match_outputs(choice.task_spec, choice)] == chosen


# Joins


def test_a_join_s_own_threshold_is_asked() -> None:
    class Asking(OwnThreshold, ParallelGateway):  # type: ignore[misc]
        answer = False

        def may_fire(self, my_task: Any) -> bool:
            return self.answer

    workflow = begun(BRANCHES)
    join = workflow.spec.task_specs["join"]
    one(workflow, "one").run()
    (waiting,) = workflow.get_tasks(state=WAITING)
    spiff_internals.exchange_class(join, Asking)
    assert (waiting.task_spec, spiff_internals.check_threshold(join, waiting)) == (join, False)
    join.answer = True
    assert spiff_internals.check_threshold(join, waiting)
    spiff_internals.update_task(waiting)
    assert waiting.state == READY


def test_the_ends_are_joined_when_nothing_else_is_open() -> None:
    workflow = begun(BRANCHES)
    end = workflow.spec.end
    assert type(end) is StockEndJoin
    first = one(workflow, "one")
    early = spiff_internals.add_child(first, end, FUTURE)
    assert not spiff_internals.check_threshold(end, early)
    for task in (first, one(workflow, "two")):
        spiff_internals.set_state(task, COMPLETED)
    for task in workflow.get_tasks(state=TaskState.NOT_FINISHED_MASK):
        if task is not early and task.id in workflow.tasks:
            spiff_internals.remove_task(workflow, task)
    assert spiff_internals.check_threshold(end, early)


# Specs


def test_a_spec_of_another_class_keeps_what_it_has() -> None:
    class Ours(StockEndJoin):  # type: ignore[misc]
        pass

    end = parsed(BRANCHES)[0].end
    before = dict(vars(end))
    spiff_internals.exchange_class(end, Ours)
    assert type(end) is Ours
    assert vars(end) == before


def test_a_check_comes_before_the_update() -> None:
    spec, _ = parsed(straight(REPEATED), "")
    seen: list[Any] = []

    def check(checked: Any, task: Any) -> None:
        seen.append((checked, task, list(task.children)))
        if "stop" in task.parent.data:
            raise LookupError

    loop = spec.task_specs["x"]
    spiff_internals.check_before_update(loop, check)
    for stop in ({}, {"stop": True}):
        workflow = BpmnWorkflow(spec, script_engine=PythonScriptEngine())
        workflow.task_tree.data.update({"people": ["a", "b"], **stop})
        seen.clear()
        if stop:
            with pytest.raises(LookupError):
                workflow.do_engine_steps()
        else:
            workflow.do_engine_steps()
        checked, task, children = seen[0]
        assert (checked, task.task_spec) == (loop, loop)
        made = [child for child in task.children if child not in children]
        assert len(made) == (0 if stop else 2)


def test_a_multi_instance_spec_hears_of_its_instances_once() -> None:
    spec, _ = parsed(straight(REPEATED))
    loop = spec.task_specs["x"]
    child = spec.task_specs[loop.task_spec]
    for _ in range(2):
        spiff_internals.connect_instances(loop, child)
    assert child.completed_event.n_subscribers() == 1
    workflow = BpmnWorkflow(spec, script_engine=PythonScriptEngine())
    workflow.task_tree.data["people"] = ["a", "b"]
    workflow.do_engine_steps()
    for task in workflow.get_tasks(state=READY, spec_name=child.name):
        task.run()
    assert child.completed_event.n_subscribers() == 1  # SpiffWorkflow asks before it connects
    assert one(workflow, "x").has_state(READY | COMPLETED)


def test_event_sub_processes_change_the_spec() -> None:
    start = element("startEvent", "s2", message())
    inner = element("subProcess", "sub", start + element("endEvent", "e2") + flows("s2 e2"))
    caught = inner.replace("<subProcess ", '<subProcess triggeredByEvent="true" ')
    assert spiff_internals.changes_in_use(parsed(straight(user("x")) + caught)[0].start)
    assert not spiff_internals.changes_in_use(parsed(straight(user("x")))[0].start)


def test_the_names_of_made_specs_tell_what_they_are_for() -> None:
    known = parsed(TIMED)[0].task_specs
    repeated = parsed(straight(REPEATED))[0].task_specs
    made = (f"x{spiff_internals.BOUNDARY_SPLIT}", f"x{spiff_internals.BOUNDARY_JOIN}")
    assert set(made) <= set(known)
    assert f"p{spiff_internals.END_JOIN}" in known
    assert f"x{spiff_internals.INSTANCE}" in repeated


def test_a_result_without_a_variable_is_named_by_spiffworkflow() -> None:
    spec = parsed(straight(service("x")))[0].task_specs["x"]
    assert isinstance(spec, ServiceTask)
    assert spec.result_variable.startswith(spiff_internals.UNNAMED_RESULT)


# Instances


def test_a_restored_call_ends_its_caller() -> None:
    workflow = begun(CALL, process(INNER, "inner"))
    caller = one(workflow, "x")
    (call,) = workflow.subprocesses.values()
    call.completed_event.disconnect_all()  # as it is in a call that is made again
    spiff_internals.connect_call(call, caller)
    answered = one(call, "y")
    answered.data["answer"] = 1
    answered.run()
    workflow.do_engine_steps()
    assert (caller.state, caller.data) == (COMPLETED, {"answer": 1})
    assert workflow.completed


def test_a_task_is_told_of_events_while_it_is_watched() -> None:
    workflow = begun(straight(element("intermediateCatchEvent", "x", message())))
    task = one(workflow, "x")
    told = BpmnEvent(task.task_spec.event_definition, {"case": 1})
    spiff_internals.forget_event(task)
    with pytest.raises(WorkflowException):
        workflow.send_event(told)
    spiff_internals.watch_event(task)
    workflow.send_event(told)
    assert task.state == READY


# Events


def test_a_timer_keeps_its_moment_and_goes_on_when_it_has_fired() -> None:
    workflow = begun(
        straight(element("intermediateCatchEvent", "x", timer("when", "timeDate"))), when="2999-01-01"
    )
    task = one(workflow, "x")
    assert spiff_internals.read_moment(task) == "2999-01-01"
    task.data["when"] = "2998-01-01"
    task.parent.data["when"] = "2998-01-01"
    spiff_internals.update_task(task)
    assert spiff_internals.read_moment(task) == "2999-01-01"
    spiff_internals.forget_moment(task)
    spiff_internals.update_task(task)
    assert spiff_internals.read_moment(task) == "2998-01-01"
    spiff_internals.keep_moment(task, "2997-01-01")
    spiff_internals.update_task(task)
    assert (spiff_internals.read_moment(task), spiff_internals.is_fired(task)) == ("2997-01-01", False)
    assert task.state == WAITING
    spiff_internals.mark_fired(task)
    spiff_internals.update_task(task)
    assert (spiff_internals.is_fired(task), task.state) == (True, READY)


def test_a_gateway_remembers_the_events_it_has_seen() -> None:
    workflow = begun(RACE)
    task = one(workflow, "race")
    assert spiff_internals.first_event(task) is None
    parts = task.task_spec.event_definition.event_definitions
    assert all(isinstance(part, MessageEventDefinition) for part in parts)
    for part in reversed(parts):
        task.task_spec.catch(task, BpmnEvent(part, {}))
    assert spiff_internals.first_event(task) is parts[-1]
    spiff_internals.keep_first_event(task)
    spiff_internals.update_task(task)
    workflow.do_engine_steps()
    assert [name for name in ("answer", "again") if workflow.get_tasks(spec_name=name, state=COMPLETED)] == [
        "again"
    ]


# Hooks


@pytest.mark.parametrize("hook", ["_run_hook", "_update_hook"])
def test_the_hooks_of_a_spec_are_called(hook: str) -> None:
    asked: list[Any] = []

    class Spied(ManualTask):  # type: ignore[misc]
        pass

    setattr(Spied, hook, lambda self, my_task: asked.append(my_task) or True)
    spec, _ = parsed(straight(element("manualTask", "x")))
    spiff_internals.exchange_class(spec.task_specs["x"], Spied)
    workflow = BpmnWorkflow(spec, script_engine=PythonScriptEngine())
    workflow.do_engine_steps()
    task = one(workflow, "x")
    task.run()
    assert asked == [task]
    assert task.state == COMPLETED
    assert hook in HOOKS


@pytest.mark.parametrize(("answer", "state"), [(None, STARTED), (True, COMPLETED)])
def test_a_service_task_is_executed_and_may_stay_open(answer: bool | None, state: int) -> None:
    class Spied(ServiceTask):  # type: ignore[misc]
        def _execute(self, task: Any) -> bool | None:
            return answer

    spec, _ = parsed(straight(service("x")))
    spiff_internals.exchange_class(spec.task_specs["x"], Spied)
    workflow = BpmnWorkflow(spec, script_engine=PythonScriptEngine())
    workflow.do_engine_steps()
    assert one(workflow, "x").state == state


def test_an_interpreter_has_all_that_a_script_engine_has() -> None:
    shared = specs.Specs(key="p", spec=BpmnProcessSpec("p"))
    assert vars(PythonScriptEngine()).keys() <= vars(interpreter(shared)).keys()
    assert issubclass(Interpreter, PythonScriptEngine)
