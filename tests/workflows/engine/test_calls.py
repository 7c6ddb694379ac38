"""Calls that multiply are refused when deployed, and only where every start would be stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest

from tests.workflows.engine.diagrams.drawing import (
    END,
    FAILURES,
    START,
    boundary,
    definitions,
    element,
    flow,
    flows,
    process,
    service,
    straight,
    timer,
    user,
)
from tests.workflows.engine.world import World
from workflows import engine
from workflows.engine.lint import lint_files
from workflows.engine.source.environment import Environment, OperationFacts
from workflows.engine.source.problems import errors_in
from workflows.engine.state import specs

pytestmark = pytest.mark.found("E6")
KNOWN = Environment(
    operations={
        "op": OperationFacts(parameters=frozenset({"case"}), kind="inward"),
        "ask": OperationFacts(parameters=frozenset({"case"}), kind="outward"),
    },
    forms=frozenset({"form"}),
    roles=frozenset({"clerk"}),
)
Draw = Callable[[list[str]], str]
SCRIPT = element("scriptTask", "x", "<script>a = 1</script>")


def _row(calls: list[str]) -> str:
    """Calls one after the other."""
    names = [f"c{number}" for number in range(len(calls))]
    drawn = "".join(
        element("callActivity", name, calledElement=called) for name, called in zip(names, calls, strict=True)
    )
    return START + END + drawn + flows(*(" ".join(pair) for pair in pairwise(["s", *names, "e"])))


def _beside(calls: list[str]) -> str:
    """Calls beside each other."""
    names = [f"c{number}" for number in range(len(calls))]
    body = START + END + element("parallelGateway", "split") + element("parallelGateway", "join")
    for name, called in zip(names, calls, strict=True):
        body += element("callActivity", name, calledElement=called) + flow("split", name) + flow(name, "join")
    return body + flows("s split", "join e")


def _choice(calls: list[str]) -> str:
    """All of these calls, or none."""
    body = _row(calls).replace(flow("s", "c0"), "")
    body += (
        element("exclusiveGateway", "which", default="none") + flow("s", "which") + flow("which", "c0", "go")
    )
    return body + element("sequenceFlow", "none", sourceRef="which", targetRef="e")


def _choices_beside(calls: list[str]) -> str:
    """Beside each other, each of these calls or none."""
    body = _beside(calls)
    for number in range(len(calls)):
        call, which, merge = (f"{name}{number}" for name in ("c", "which", "merge"))
        body = body.replace(flow("split", call), "").replace(flow(call, "join"), "")
        body += element("exclusiveGateway", which, default=f"{which}_{merge}") + element(
            "exclusiveGateway", merge
        )
        body += flow(which, call, "go") + flow(which, merge)
        body += flows(f"split {which}", f"{call} {merge}", f"{merge} join")
    return body


def _after_join(calls: list[str], way: str) -> str:
    """Calls one after the other, when two ways have met of which one leads over a task."""
    body = _row(calls).replace(flow("s", "c0"), "")
    body += element("parallelGateway", "split") + element("parallelGateway", "join") + way
    body += element("scriptTask", "aside", "<script>a = 1</script>")
    return body + flows("s split", "split way", "way join", "split aside", "aside join", "join c0")


def _tree(draw: Draw, leaf: str, levels: int = 8, width: int = 3) -> dict[str, bytes]:
    """Processes p0, p1 and so on, each of which calls the next one several times."""
    files = {
        f"p{level}.bpmn": definitions(process(draw([f"p{level + 1}"] * width), f"p{level}"))
        for level in range(levels)
    }
    return files | {f"p{levels}.bpmn": definitions(FAILURES, process(leaf, f"p{levels}"))}


def _told(files: dict[str, bytes]) -> list[tuple[str, str, str | None]]:
    return [(one.file, one.rule, one.element) for one in errors_in(lint_files(files, KNOWN))]


EMPTY = START + END + flows("s e")


@pytest.mark.parametrize(
    ("draw", "leaf"),
    [
        (_row, EMPTY),
        (_row, straight(SCRIPT)),
        (_row, straight(service("x"))),
        (_beside, EMPTY),
        (_beside, straight(user("x"))),
    ],
)
def test_calls_that_multiply_are_refused_once_at_a_call(draw: Draw, leaf: str) -> None:
    told = _told(_tree(draw, leaf))
    assert [rule for _, rule, _ in told] == ["calls-multiply"]
    assert told[0][2] == "c0"


def test_only_the_process_that_goes_beyond_is_told() -> None:
    assert [file for file, *_ in _told(_tree(_row, straight(SCRIPT), levels=12))] == ["p5.bpmn"]


LOOP = element("multiInstanceLoopCharacteristics", "loop", "<loopDataInputRef>a</loopDataInputRef>")


def _repeated(calls: list[str]) -> str:
    return _row(calls).replace("></callActivity>", f">{LOOP}</callActivity>")


@pytest.mark.parametrize(
    ("draw", "leaf"),
    [
        (_row, straight(user("x"))),
        (_row, straight(element("intermediateCatchEvent", "x", timer("'P1D'")))),
        (_row, straight(service("x").replace('id="op"', 'id="ask"'))),
        (_choice, EMPTY),
        (_choices_beside, EMPTY),
        (_repeated, EMPTY),
        (_row, START + element("endEvent", "e", "<terminateEventDefinition/>") + flows("s e")),
    ],
)
def test_calls_that_may_rest_or_break_off_pass(draw: Draw, leaf: str) -> None:
    assert "calls-multiply" not in {rule for _, rule, _ in _told(_tree(draw, leaf))}


def test_each_call_is_itself_a_task() -> None:
    assert [rule for _, rule, _ in _told(_tree(_row, EMPTY, levels=10, width=2))] == ["calls-multiply"]


def _above(body: str, leaf: str = EMPTY) -> set[str]:
    """What is told of a process above others that run more than half of what is allowed."""
    files = _tree(_row, leaf, levels=7)
    return {rule for _, rule, _ in _told(files | {"p0.bpmn": definitions(FAILURES, process(body, "p0"))})}


def test_calls_that_an_error_may_take_away_pass() -> None:
    body, leaf = _beside(["p1", "p1"]), straight(service("x"))
    assert _above(body, leaf) == {"calls-multiply"}
    for call in ("c0", "c1"):
        body += boundary(f"b{call}", call, '<errorEventDefinition errorRef="failed"/>') + flow(
            f"b{call}", "e"
        )
    # The join waits for ever once an error has led past it: that is told, and no more.
    assert _above(body, leaf) == {"parallel-join-unmatched"}


def test_calls_after_a_join_that_may_wait_pass() -> None:
    script = element("scriptTask", "way", "<script>a = 1</script>")
    assert _above(_after_join(["p1", "p1"], script)) == {"calls-multiply"}
    assert _above(_after_join(["p1", "p1"], user("way"))) == set()


def test_calls_after_a_join_count_once() -> None:
    assert _above(_after_join(["p1"], element("scriptTask", "way", "<script>a = 1</script>"))) == set()


def test_processes_that_call_each_other_are_told_of_that_alone() -> None:
    files = _tree(_row, _row(["p0"]), levels=3)
    assert {rule for _, rule, _ in _told(files)} == {"recursive-call"}


@pytest.mark.parametrize(("draw", "levels"), [(_row, 6), (_beside, 5)])
def test_what_passes_is_started(world: World, draw: Draw, levels: int) -> None:
    world.deploy(_tree(draw, EMPTY, levels=levels))
    assert world.row(world.start("p0")).state == "completed"


@pytest.mark.parametrize(
    ("draw", "leaf", "levels"), [(_row, EMPTY, 7), (_beside, EMPTY, 7), (_beside, straight(user("x")), 8)]
)
def test_what_is_refused_could_not_be_started(world: World, draw: Draw, leaf: str, levels: int) -> None:
    files = _tree(draw, leaf, levels=levels)
    assert {rule for _, rule, _ in _told(files)} == {"calls-multiply"}
    once = {"p0.bpmn": definitions(process(EMPTY, "p0"))}
    prepared = engine.prepare_deployment(
        once, environment=world.environment(), catalogue=engine.read_catalogue()
    )
    content = specs.dump_specs(specs.parse_files(files.items(), {})["p0"])
    (release,) = prepared.releases
    engine.store_deployment(replace(prepared, releases=(replace(release, content=content),)), by=None)
    with pytest.raises(engine.EndlessLoop):
        world.start("p0")


def test_a_process_is_counted_with_those_deployed_before(world: World) -> None:
    files = _tree(_row, EMPTY, levels=7)
    first = files.pop("p0.bpmn")
    world.deploy(files)
    shapes = {"processes": frozenset({f"p{level}" for level in range(1, 8)})}
    with pytest.raises(engine.LintRefused) as refused:
        engine.deploy_files({"p0.bpmn": first}, by=None, environment=world.environment(**shapes))
    assert [(one.rule, one.element) for one in refused.value.problems] == [("calls-multiply", "c0")]
    with pytest.raises(engine.NoSuchProcess):
        world.start("p0")


def test_sub_processes_count_with_what_they_call() -> None:
    inner = _row(["p1"] * 3).replace('"s"', '"s2"').replace('"e"', '"e2"')
    outer = straight(element("subProcess", "x", inner))
    files = _tree(_row, EMPTY, levels=7) | {"p0.bpmn": definitions(process(outer, "p0"))}
    assert _told(files) == [("p0.bpmn", "calls-multiply", "x")]
