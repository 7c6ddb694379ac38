"""The parallel join: right in loops, in any order, and no update is lost."""

from __future__ import annotations

import random

import pytest
from SpiffWorkflow.util.task import TaskState

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
from workflows.engine.elements import joins, spiff_internals

REVIEWS = ("r1", "r2", "r3")
ROUNDS = definitions(
    process(
        START
        + user("prepare")
        + element("parallelGateway", "split")
        + "".join(map(user, REVIEWS))
        + element("parallelGateway", "join")
        + user("decide")
        + element("exclusiveGateway", "which", default="which_prepare")
        + END
        + flows("s prepare", "prepare split", *(f"split {name}" for name in REVIEWS))
        + flows(*(f"{name} join" for name in REVIEWS), "join decide", "decide which", "which prepare")
        + flow("which", "e", "done")
    )
)


def _round(world: World, case: int, order: list[str], number: int) -> int:
    world.complete(case, "prepare", level="low", round=number)
    checks = 0
    for place, name in enumerate(order):
        changes = {"level": f"high{number}"} if name == "r1" else {}
        world.complete(case, name, **{name: number}, **changes)
        assert world.open(case) == (sorted(order[place + 1 :]) or ["decide"])
        checks += 1
    data = world.loaded(case).get_tasks(spec_name="decide")[-1].data
    assert data == {"level": f"high{number}", "round": number, **dict.fromkeys(REVIEWS, number)} | _kept(data)
    return checks


def _kept(data: dict[str, object]) -> dict[str, object]:
    return {"done": data["done"]} if "done" in data else {}


def test_joins_fire_after_all_branches_of_their_round_in_any_order(world: World) -> None:
    world.deploy(ROUNDS)
    chance = random.Random(3)
    checks = 0
    for trial in range(60):
        case = world.start(key=f"case:{trial}")
        for number in range(4):
            order = list(REVIEWS)
            chance.shuffle(order)
            checks += _round(world, case, order, number)
            world.complete(case, "decide", done=number == 3)
        assert world.row(case).state == "completed"
    assert checks == 720


@pytest.mark.parametrize("back", [30, 86400])
def test_a_clock_that_is_set_back_hangs_no_join(world: World, back: int) -> None:
    world.deploy(ROUNDS)
    case = world.start()
    for number in range(3):
        _round(world, case, list(REVIEWS), number)
        world.complete(case, "decide", done=number == 2)
        world.watch.go(seconds=-back)
    assert world.row(case).state == "completed"


CHOICES = definitions(
    process(
        START
        + element("inclusiveGateway", "split", default="split_r1")
        + "".join(map(user, REVIEWS))
        + element("inclusiveGateway", "join")
        + END
        + flows("s split", "split r1", *(f"{name} join" for name in REVIEWS), "join e")
        + flow("split", "r2", "True")
        + flow("split", "r3", "True")
    )
)


def test_a_token_whose_place_another_has_taken_stays_gone(world: World) -> None:
    world.deploy(CHOICES)
    case = world.start()
    world.complete(case, "r2")
    workflow = world.loaded(case)
    (first,) = workflow.get_tasks(state=TaskState.WAITING, spec_name="join")
    open_review = workflow.get_next_task(state=TaskState.READY, spec_name="r3")
    second = spiff_internals.add_child(open_review, first.task_spec, TaskState.WAITING)
    joins.fire_join(workflow)
    assert (first.state, second.state) == (TaskState.WAITING, TaskState.CANCELLED)
