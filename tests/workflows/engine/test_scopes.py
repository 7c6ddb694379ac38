"""Files know nothing of each other: their ids may be the same, except where two run as one."""

from __future__ import annotations

import pytest

from tests.workflows.engine.diagrams.drawing import (
    KEYED,
    START,
    boundary,
    definitions,
    element,
    flows,
    process,
    service,
    user,
)
from tests.workflows.engine.world import World
from workflows import engine
from workflows.operations import OperationRefused

END = element("endEvent", "e")


def _nested(key: str, name: str, *more: str) -> bytes:
    inside = element("startEvent", "s2") + user(name) + element("endEvent", "e2")
    sub = element("subProcess", "sub", inside + flows(f"s2 {name}", f"{name} e2"))
    links = flows("s sub", "sub call", "call e") if more else flows("s sub", "sub e")
    return definitions(process(START + sub + "".join(more) + END + links, key))


def test_sub_processes_of_unrelated_files_may_have_one_id(world: World) -> None:
    world.deploy({"a.bpmn": _nested("pa", "ua")})
    world.deploy({"b.bpmn": _nested("pb", "ub")}, processes=frozenset({"pa"}))
    assert world.open(world.start("pa")) == ["ua"]
    assert world.open(world.start("pb")) == ["ub"]


def test_sub_processes_that_run_together_may_not(world: World) -> None:
    world.deploy({"a.bpmn": _nested("pa", "ua")})
    calling = _nested("pb", "ub", element("callActivity", "call", calledElement="pa"))
    environment = world.environment(processes=frozenset({"pa"}))
    with pytest.raises(engine.LintRefused) as refused:
        engine.deploy_files({"b.bpmn": calling}, by=None, environment=environment)
    (problem,) = refused.value.problems
    assert (problem.rule, problem.element) == ("duplicate-process", "sub")
    assert "a.bpmn" in problem.message + problem.file


def test_messages_of_two_files_may_have_one_id(world: World) -> None:
    for key, name in (("pa", "one"), ("pb", "two")):
        shared = KEYED.replace("answered", name).replace('processRef="p"', f'processRef="{key}"')
        drawn = START + element("receiveTask", "wait", messageRef="m") + END + flows("s wait", "wait e")
        known = frozenset({"pa"} if key == "pb" else ())
        world.deploy({f"{key}.bpmn": definitions(shared, process(drawn, key))}, processes=known)
    cases = [world.start("pa", case=1), world.start("pb", case=1)]
    assert [wait.message for case in cases for wait in world.waits(case)] == ["one", "two"]


def test_correlation_is_the_file_s_own(world: World) -> None:
    files = {}
    for key, variable in (("pa", "case"), ("pb", "other")):
        shared = KEYED.replace('processRef="p"', f'processRef="{key}"')
        shared = shared.replace("<messagePath>case<", f"<messagePath>{variable}<")
        drawn = START + element("receiveTask", "wait", messageRef="m") + END + flows("s wait", "wait e")
        files[f"{key}.bpmn"] = definitions(shared, process(drawn, key))
    world.deploy(files)
    cases = [world.start(key, case="c1", other="o1") for key in ("pa", "pb")]
    assert [wait.key for case in cases for wait in world.waits(case)] == ["c1", "o1"]


def test_errors_of_two_files_may_have_one_id(world: World) -> None:
    def refuse(_call: object, **_parameters: object) -> None:
        raise OperationRefused("aa")

    world.operation("op", refuse)
    files = {}
    for key, code in (("pa", "aa"), ("pb", "bb")):
        declared = f'<error id="failed" name="failed" errorCode="{code}"/>'
        caught = boundary("b", "x", '<errorEventDefinition errorRef="failed"/>')
        drawn = START + service("x") + caught + user("mend") + END + flows("s x", "x e", "b mend", "mend e")
        files[f"{key}.bpmn"] = definitions(declared, process(drawn, key))
    world.deploy(files)
    assert world.open(world.start("pa", case=1)) == ["mend"]
    with pytest.raises(engine.ProcessFailed):
        world.start("pb", case=1)


def _one(key: str, name: str) -> str:
    drawn = element("startEvent", f"{key}_s") + user(name) + element("endEvent", f"{key}_e")
    return process(drawn + flows(f"{key}_s {name}", f"{name} {key}_e"), key)


def test_one_process_of_a_file_can_be_deployed_from_another(world: World) -> None:
    world.deploy({"both.bpmn": definitions(_one("pa", "ua"), _one("pb", "ub"))})
    deployment = world.deploy({"pa.bpmn": definitions(_one("pa", "uc"))}, processes=frozenset({"pb"}))
    assert deployment.releases == (("pa", 2),)
    assert world.open(world.start("pa")) == ["uc"]
    assert world.open(world.start("pb")) == ["ub"]


def _calling(key: str, called: str) -> bytes:
    call = element("callActivity", "call", calledElement=called)
    return definitions(
        process(START + user(f"u{key}") + call + END + flows(f"s u{key}", f"u{key} call", "call e"), key)
    )


def test_processes_that_call_each_other_are_refused_whenever_they_come(world: World) -> None:
    world.deploy({"a.bpmn": definitions(_one("pa", "ua"))})
    world.deploy({"b.bpmn": _calling("pb", "pa")}, processes=frozenset({"pa"}))
    environment = world.environment(processes=frozenset({"pa", "pb"}))
    with pytest.raises(engine.LintRefused) as refused:
        engine.deploy_files({"a.bpmn": _calling("pa", "pb")}, by=None, environment=environment)
    assert refused.value.problems[0].rule == "recursive-call"
