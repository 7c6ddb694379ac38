"""Inclusive joins and the ends of a scope: they wait for what may still come, and lose no update."""

from __future__ import annotations

import random

import pytest

from tests.workflows.engine.diagrams.drawing import (
    END,
    START,
    definitions,
    element,
    flow,
    flows,
    process,
    user,
)
from tests.workflows.engine.world import World
from workflows import engine

BRANCHES = {0: ["c"], 2: ["a"], 3: ["a", "b"]}
SOME = element("inclusiveGateway", "some", default="some_c") + element("inclusiveGateway", "all")
ROUNDS = definitions(
    process(
        START
        + user("prepare")
        + SOME
        + user("a")
        + user("b")
        + user("c")
        + user("decide")
        + element("exclusiveGateway", "which", default="which_prepare")
        + END
        + flows("s prepare", "prepare some", "some c", "a all", "b all", "c all", "all decide")
        + flows("decide which", "which prepare")
        + flow("some", "a", "n > 1")
        + flow("some", "b", "n > 2")
        + flow("which", "e", "done")
    )
)


def test_inclusive_joins_are_right_in_loops(world: World) -> None:
    world.deploy(ROUNDS)
    chance = random.Random(5)
    for trial in range(10):
        case = world.start(key=f"case:{trial}")
        for number in range(5):
            taken = chance.choice(list(BRANCHES))
            world.complete(case, "prepare", n=taken, level="low", a=0, b=0, c=0)
            order = list(BRANCHES[taken])
            chance.shuffle(order)
            for place, name in enumerate(order):
                changes = {"level": "high"} if place == 0 else {}
                world.complete(case, name, **{name: number + 1}, **changes)
                assert world.open(case) == (sorted(order[place + 1 :]) or ["decide"])
            data = engine.read_variables(case)
            assert data["level"] == "high"
            assert [data[name] for name in order] == [number + 1] * len(order)
            world.complete(case, "decide", done=number == 4)
        assert world.row(case).state == "completed"


def _beside(branch: str, *more: str) -> str:
    return (
        START
        + SOME
        + branch
        + user("b")
        + user("c")
        + user("last")
        + END
        + flows("s some", "some c", "b all", "c all", "all last", "last e", *more)
        + flow("some", "b", "n > 1")
    )


def test_an_inclusive_join_waits_for_a_call(world: World) -> None:
    branch = (
        element("callActivity", "call", calledElement="q")
        + element("exclusiveGateway", "which", default="which_u")
        + user("u")
        + user("v")
        + flow("some", "call", "n > 0")
        + flow("which", "v", "n > 5")
    )
    drawn = _beside(branch, "call which", "which u", "u all", "v all")
    inner = element("startEvent", "qs") + user("inner") + element("endEvent", "qe")
    called = definitions(process(inner + flows("qs inner", "inner qe"), "q"))
    world.deploy({"p.bpmn": definitions(process(drawn)), "q.bpmn": called})
    case = world.start(n=2)
    world.complete(case, "b")
    assert world.open(case) == ["inner"]
    world.complete(case, "inner")
    assert world.open(case) == ["u"]
    world.complete(case, "u")
    assert world.open(case) == ["last"]


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_an_inclusive_join_goes_on_when_a_token_goes_another_way(world: World, order: str) -> None:
    drawn = (
        START
        + SOME
        + user("a")
        + user("b")
        + user("c")
        + element("exclusiveGateway", "which", default="which_all")
        + element("endEvent", "aside")
        + user("last")
        + END
        + flows("s some", "some c", "a all", "b which", "which all", "c all", "all last", "last e")
        + flow("some", "a", "n > 0")
        + flow("some", "b", "n > 1")
        + flow("which", "aside", "stop")
    )
    world.deploy(definitions(process(drawn)))
    case = world.start(n=2, stop=True)
    for name in order:
        world.complete(case, name)
    assert world.open(case) == ["last"]
    world.complete(case, "last")
    assert world.row(case).state == "completed"


def test_a_flow_without_activity_does_not_overtake(world: World) -> None:
    drawn = (
        START
        + SOME
        + user("a")
        + user("c")
        + user("last")
        + END
        + flows("s some", "some c", "a all", "c all", "all last", "last e")
        + flow("some", "all", "n > 0")
        + flow("some", "a", "n > 0")
    )
    world.deploy(definitions(process(drawn)))
    case = world.start(n=1)
    assert world.open(case) == ["a"]
    world.complete(case, "a")
    assert world.open(case) == ["last"]


@pytest.mark.parametrize("order", ["xyz", "xzy", "yxz", "yzx", "zxy", "zyx"])
def test_branches_that_end_one_by_one_lose_no_update(world: World, order: str) -> None:
    inside = (
        element("startEvent", "s2")
        + element("parallelGateway", "fork")
        + "".join(user(name) + element("endEvent", f"end_{name}") for name in "xyz")
        + flows("s2 fork", *(f"fork {name}" for name in "xyz"), *(f"{name} end_{name}" for name in "xyz"))
    )
    drawn = START + element("subProcess", "sub", inside) + user("after") + END
    world.deploy(definitions(process(drawn + flows("s sub", "sub after", "after e"))))
    case = world.start(risk="low", x=0, y=0, z=0)
    for name in order:
        changes = {"risk": "high"} if name == "x" else {}
        world.complete(case, name, **{name: 1}, **changes)
    assert engine.read_variables(case) == {"risk": "high", "x": 1, "y": 1, "z": 1}


def test_the_ends_of_the_whole_process_lose_no_update(world: World) -> None:
    drawn = (
        START + element("parallelGateway", "fork") + user("x") + user("y") + END + element("endEvent", "e2")
    )
    world.deploy(definitions(process(drawn + flows("s fork", "fork x", "fork y", "x e", "y e2"))))
    case = world.start(risk="low")
    world.complete(case, "x", risk="high")
    world.complete(case, "y", other=1)
    assert world.row(case).state == "completed"
    assert engine.read_variables(case) == {"risk": "high", "other": 1}
