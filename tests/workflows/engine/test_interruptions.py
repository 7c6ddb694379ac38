"""An interrupted activity leaves nothing behind: items withdrawn with the cause, jobs dropped, waits gone."""

from __future__ import annotations

import pytest

from models import db
from models.base.errors import AlreadyDone
from tests.workflows.engine.diagrams.drawing import (
    END,
    KEYED,
    START,
    boundary,
    definitions,
    element,
    extended,
    flows,
    message,
    operator,
    own,
    process,
    timer,
    user,
)
from tests.workflows.engine.world import World
from workflows import engine

INNER = (
    element("startEvent", "qs")
    + element("parallelGateway", "fork")
    + user("inner")
    + boundary("inner_late", "inner", timer("'P3D'"))
    + element("serviceTask", "outside", extended(operator("ask", result="answer", case="case")))
    + element("exclusiveGateway", "either")
    + element("parallelGateway", "join")
    + element("endEvent", "qe")
    + flows("qs fork", "fork inner", "fork outside", "inner either", "inner_late either", "either join")
    + flows("outside join", "join qe")
)
REPEATED = (
    "<multiInstanceLoopCharacteristics><loopDataInputRef>people</loopDataInputRef>"
    '<loopDataOutputRef>results</loopDataOutputRef><inputDataItem id="person"/><outputDataItem id="answer"/>'
    "</multiInstanceLoopCharacteristics>"
)
PLAIN = element("callActivity", "call", calledElement="q")
EACH = element(
    "callActivity", "call", extended(own("preScript", "results = []")) + REPEATED, calledElement="q"
)


DECLARED = element("property", "people") + element("property", "results")


def _outer(call: str) -> str:
    return (
        DECLARED
        + START
        + call
        + element("boundaryEvent", "off", message(), name="撤回", attachedToRef="call")
        + user("settle")
        + END
        + flows("s call", "call e", "off settle", "settle e")
    )


def _deploy(world: World, call: str, *, deeper: bool) -> None:
    world.operation("ask", kind="outward")
    called = {"q.bpmn": definitions(process(INNER, "q"))}
    if deeper:
        middle = element("startEvent", "ms") + call + element("endEvent", "me")
        called["m.bpmn"] = definitions(process(DECLARED + middle + flows("ms call", "call me"), "m"))
        call = element("callActivity", "call", calledElement="m")
    world.deploy({"p.bpmn": definitions(process(_outer(call)), KEYED), **called})


@pytest.mark.parametrize("deeper", [False, True], ids=["called", "called twice"])
@pytest.mark.parametrize(("call", "count"), [(PLAIN, 1), (EACH, 3)], ids=["once", "for each"])
def test_an_interrupted_call_leaves_nothing_behind(
    world: World, call: str, count: int, *, deeper: bool
) -> None:
    _deploy(world, call, deeper=deeper)
    case = world.start(case="a", people=["x", "y", "z"])
    assert world.open(case) == ["inner"] * count
    items = world.items(case)
    assert [job.state for job in world.jobs(case)] == ["due"] * count
    assert len(world.waits(case)) == count + 1
    engine.deliver_message("answered", "a", {}, actor=None)
    db.session.expire_all()
    assert world.open(case) == ["settle"]
    assert {(item.state, item.withdrawn_by) for item in items} == {("withdrawn", "撤回")}
    assert {job.state for job in world.jobs(case)} == {"dropped"}
    assert world.waits(case) == []
    assert len(world.loaded(case).subprocesses) == 0
    with pytest.raises(AlreadyDone):
        world.complete_item(items[0])
    assert not engine.complete_service(world.jobs(case)[0].task_id, "late")
    world.complete(case, "settle")
    assert world.row(case).state == "completed"


def test_what_was_done_before_an_interruption_stays_done(world: World) -> None:
    _deploy(world, EACH, deeper=False)
    case = world.start(case="a", people=["x", "y", "z"])
    first = world.items(case)[0]
    world.complete_item(first)
    assert engine.complete_service(world.jobs(case)[0].task_id, "yes")
    engine.deliver_message("answered", "a", {}, actor=None)
    db.session.expire_all()
    assert world.open(case) == ["settle"]
    assert first.state == "done"
    assert [job.state for job in world.jobs(case)].count("dropped") == 2


def test_an_end_that_terminates_is_the_cause(world: World) -> None:
    end = element("endEvent", "stop", "<terminateEventDefinition/>", name="作废")
    drawn = START + element("parallelGateway", "fork") + user("x") + user("y") + end + END
    world.operation("op")
    drawn += element("serviceTask", "never", extended(operator("op", value="1")))
    drawn += flows("s fork", "fork x", "fork y", "x stop", "y never", "never e")
    world.deploy(definitions(process(drawn)))
    case = world.start()
    world.complete(case, "x")
    assert world.row(case).state == "completed"
    assert (world.item(case, "y").state, world.item(case, "y").withdrawn_by) == ("withdrawn", "作废")
    assert world.calls == []


def test_an_end_that_terminates_stops_what_was_about_to_run(world: World) -> None:
    world.operation("op")
    end = element("endEvent", "stop", "<terminateEventDefinition/>")
    service = element("serviceTask", "late", extended(operator("op", value="1")))
    drawn = START + user("begin") + element("parallelGateway", "fork") + end + service + END
    drawn += flows("s begin", "begin fork", "fork stop", "fork late", "late e")
    world.deploy(definitions(process(drawn)))
    case = world.start()
    world.complete(case, "begin")
    assert world.row(case).state == "completed"
    assert world.calls == []
    assert world.row(case).end_element == "stop"


def test_withdrawals_are_told(world: World) -> None:
    _deploy(world, PLAIN, deeper=False)
    case = world.start(case="a")
    engine.deliver_message("answered", "a", {}, actor=None)
    assert ("withdrawn", "inner") in world.events(case)
    assert ("withdrawn", "settle") not in world.events(case)
    world.complete(case, "settle")
    assert ("withdrawn", "settle") not in world.events(case)
