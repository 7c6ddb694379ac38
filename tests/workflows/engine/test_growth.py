"""State stays flat however often an instance goes round, and goes on far beyond the engine's depth limit."""

from __future__ import annotations

import pytest

from models import db
from models.processes.instances import Event, ProcessInstance
from tests.workflows.engine.diagrams.drawing import (
    END,
    START,
    boundary,
    definitions,
    element,
    extended,
    flow,
    flows,
    operator,
    process,
    service,
    timer,
    user,
)
from tests.workflows.engine.world import World
from workflows import engine
from workflows.engine import EndlessLoop

BY_CHANCE = 24  # bytes: random ids and the moments of the day compress now better, now worse

AGAIN = (
    user("review")
    + element("exclusiveGateway", "again", default="again_fix")
    + user("fix")
    + flows("review again", "again fix", "fix review")
)
LOOP = definitions(process(START + AGAIN + END + flows("s review") + flow("again", "e", "done")))
BESIDE = definitions(
    process(
        START
        + element("parallelGateway", "split")
        + user("sibling")
        + AGAIN
        + element("parallelGateway", "join")
        + END
        + flows("s split", "split sibling", "split review", "sibling join", "join e")
        + flow("again", "join", "done")
    )
)
CALLING = {
    "p.bpmn": definitions(
        process(
            START
            + element("callActivity", "inner", calledElement="q")
            + user("check")
            + element("exclusiveGateway", "well", default="well_inner")
            + END
            + flows("s inner", "inner check", "check well", "well inner")
            + flow("well", "e", "done")
        )
    ),
    "q.bpmn": definitions(process(START + user("work") + END + flows("s work", "work e"), "q")),
}


def _round(world: World, case: int, number: int) -> tuple[int, int]:
    world.complete(case, "review", done=False, number=number)
    world.complete(case, "fix", text=f"round {number:03}")
    return world.size(case), world.tasks(case)


@pytest.mark.parametrize("diagram", [LOOP, BESIDE], ids=["loop", "beside an open sibling"])
def test_a_hundred_rounds_leave_no_more_than_two(world: World, diagram: bytes) -> None:
    world.deploy(diagram)
    case = world.start()
    sizes = [_round(world, case, number) for number in range(100)]
    early, late = sizes[2], sizes[-1]
    assert late[1] == early[1] <= 15
    assert late[0] <= early[0] + BY_CHANCE
    assert late[0] < 1000


def test_reminders_of_each_round_leave_nothing_behind(world: World) -> None:
    world.operation("op")
    drawn = AGAIN + boundary("late", "review", timer("'P1D'"), interrupting="false") + service("remind")
    drawn += START + END + element("endEvent", "e2") + flows("s review", "late remind", "remind e2")
    world.deploy(definitions(process(drawn + flow("again", "e", "done"))))
    case = world.start(case=1)
    sizes = []
    for number in range(60):
        world.watch.go(days=2)
        assert engine.fire_due_timers(case)
        sizes.append(_round(world, case, number))
    assert sizes[-1][1] == sizes[2][1]
    assert sizes[-1][0] <= sizes[2][0] + BY_CHANCE
    world.complete(case, "review", done=True)
    assert world.row(case).state == "completed"


def test_firings_of_a_cycle_leave_nothing_behind(world: World) -> None:
    world.operation("op")
    drawn = (
        START + user("work") + boundary("tick", "work", timer("'R/P1D'", "timeCycle"), interrupting="false")
    )
    drawn += service("remind") + END + element("endEvent", "e2")
    world.deploy(definitions(process(drawn + flows("s work", "work e", "tick remind", "remind e2"))))
    case = world.start(case=1)
    sizes = []
    for _ in range(60):
        world.watch.go(days=1)
        assert engine.fire_due_timers(case)
        sizes.append((world.size(case), world.tasks(case)))
    assert len(world.calls) == 60
    assert sizes[-1][1] == sizes[2][1]
    assert sizes[-1][0] <= sizes[2][0] + BY_CHANCE
    world.complete(case, "work")
    assert world.row(case).state == "completed"


def test_finished_calls_leave_nothing_behind(world: World) -> None:
    world.deploy(CALLING)
    case = world.start()
    found = []
    for _ in range(30):
        world.complete(case, "work")
        world.complete(case, "check", done=False)
        found.append((world.tasks(case), len(world.loaded(case).subprocesses)))
    assert found[2] == found[-1]
    assert found[-1][1] == 1


def test_five_hundred_rounds_run_on(world: World) -> None:
    world.deploy(LOOP)
    case = world.start()
    for number in range(500):
        world.complete(case, "review", done=False, number=number)
        world.complete(case, "fix")
    world.complete(case, "review", done=True)
    assert world.row(case).state == "completed"


def _counting(limit: int) -> bytes:
    return definitions(
        process(
            START
            + user("begin")
            + element("serviceTask", "count", extended(operator("op", result="count", value="count")))
            + element("exclusiveGateway", "enough", default="enough_count")
            + user("after")
            + END
            + flows("s begin", "begin count", "count enough", "enough count", "after e")
            + flow("enough", "after", f"count >= {limit}")
        )
    )


def test_a_long_run_without_waiting_is_no_endless_one(world: World) -> None:
    world.operation("op", lambda _call, value, **_: value + 1)
    world.deploy(_counting(1500))
    case = world.start(count=0)
    world.complete(case, "begin")
    assert world.open(case) == ["after"]
    assert world.tasks(case) < 10


def test_an_endless_loop_is_refused_and_nothing_is_saved(world: World) -> None:
    world.operation("op", lambda _call, value, **_: value + 1)
    world.deploy(_counting(1_000_000_000))
    case = world.start(count=0)
    db.session.commit()
    before = world.row(case).blob
    with pytest.raises(EndlessLoop):
        world.complete(case, "begin")
    db.session.rollback()
    assert world.row(case).blob == before
    assert world.open(case) == ["begin"]
    assert db.session.query(Event).filter_by(kind="completed").count() == 0
    assert db.session.query(ProcessInstance).one().revision == 1
