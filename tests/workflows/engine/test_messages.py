"""Messages reach exactly the one task that waits for them, by name and key."""

from __future__ import annotations

import pytest

from models.base.errors import DomainError, NothingWaiting
from tests.workflows.engine.diagrams.drawing import (
    END,
    KEYED,
    START,
    boundary,
    definitions,
    element,
    extended,
    flow,
    flows,
    message,
    own,
    process,
    timer,
    user,
)
from tests.workflows.engine.world import World
from workflows import engine
from workflows.engine import AmbiguousMessage

ANSWER = message("m", extended(own("messageVariable", "answer")))
RACE = definitions(
    process(
        START
        + user("check")
        + element("exclusiveGateway", "well", default="well_ask")
        + element("eventBasedGateway", "ask")
        + element("intermediateCatchEvent", "reply", ANSWER)
        + element("intermediateCatchEvent", "silence", timer("'P10D'"))
        + user("improve")
        + user("given_up")
        + END
        + flows("s check", "check well", "well ask", "ask reply", "ask silence", "reply improve")
        + flows("improve check", "silence given_up", "given_up e")
        + flow("well", "e", "done")
    ),
    KEYED,
)
RECEIVE = definitions(
    process(
        START
        + element("receiveTask", "wait", extended(own("messageVariable", "answer")), messageRef="m")
        + user("after")
        + END
        + flows("s wait", "wait after", "after e")
    ),
    KEYED,
)
TWO = definitions(
    process(
        START
        + element("parallelGateway", "split")
        + element("receiveTask", "left", messageRef="m")
        + element("receiveTask", "right", messageRef="m")
        + element("parallelGateway", "join")
        + END
        + flows("s split", "split left", "split right", "left join", "right join", "join e")
    ),
    KEYED,
)
INTERRUPTED = definitions(
    process(
        START
        + user("work")
        + boundary("called_off", "work", ANSWER)
        + user("settle")
        + END
        + flows("s work", "work e", "called_off settle", "settle e")
    ),
    KEYED,
)


def deliver(key: str, **payload: object) -> engine.StepResult:
    """Deliver the message of the diagrams."""
    return engine.deliver_message("answered", key, payload, actor=None)


def test_a_message_goes_to_the_instance_with_its_key(world: World) -> None:
    world.deploy(RECEIVE)
    first, second = world.start(case="a"), world.start(case="b")
    assert deliver("b", text="到了").id == second
    assert world.open(second) == ["after"]
    assert world.open(first) == []
    assert world.loaded(second).get_tasks(spec_name="after")[0].data["answer"] == {"text": "到了"}


def test_the_business_key_is_the_key_where_the_variable_is_missing(world: World) -> None:
    world.deploy(RECEIVE)
    case = world.start(key="case:9")
    assert [wait.key for wait in world.waits(case)] == ["case:9"]
    assert deliver("case:9").id == case


def test_the_business_key_is_the_key_where_the_variable_is_empty(world: World) -> None:
    world.deploy(RECEIVE)
    case = world.start(key="case:9", case=None)
    assert [wait.key for wait in world.waits(case)] == ["case:9"]


@pytest.mark.parametrize("key", ["x" * 121, [1], {"a": 1}, 1.5])
def test_a_key_that_is_none_is_refused(world: World, key: object) -> None:
    world.deploy(RECEIVE)
    with pytest.raises(DomainError) as refused:
        world.start(case=key)
    assert refused.value.code == "bad_key"


def test_a_message_wins_over_a_timer_that_was_due_and_not_fired(world: World) -> None:
    world.deploy(RACE)
    case = world.start(case="a")
    world.complete(case, "check", done=False)
    world.watch.go(days=12)
    deliver("a")
    assert world.open(case) == ["improve"]
    assert ("timer", "ask") not in world.events(case)
    assert not engine.fire_due_timers(case)


def test_deep_in_a_payload_a_typename_is_a_name_like_others(world: World) -> None:
    world.deploy(RACE)
    case = world.start(case="a")
    world.complete(case, "check", done=False)
    deliver("a", deep={"typename": "BpmnWorkflow"})
    assert engine.read_variables(case)["answer"] == {"deep": {"typename": "BpmnWorkflow"}}
    world.complete(case, "improve")
    assert world.open(case) == ["check"]


@pytest.mark.parametrize("key", ["c", ""])
def test_an_unknown_key_is_refused(world: World, key: str) -> None:
    world.deploy(RECEIVE)
    world.start(case="a")
    with pytest.raises(NothingWaiting):
        deliver(key)


def test_a_delivered_message_is_waited_for_no_more(world: World) -> None:
    world.deploy(RECEIVE)
    case = world.start(case="a")
    deliver("a")
    assert world.waits(case) == []
    with pytest.raises(NothingWaiting):
        deliver("a")


def test_two_instances_with_one_key_are_ambiguous(world: World) -> None:
    world.deploy(RECEIVE)
    cases = [world.start(case="a"), world.start(case="a")]
    with pytest.raises(AmbiguousMessage):
        deliver("a")
    assert [world.open(case) for case in cases] == [[], []]


def test_one_message_wakes_one_of_two_tasks(world: World) -> None:
    world.deploy(TWO)
    case = world.start(case="a")
    deliver("a")
    assert len(world.waits(case)) == 1
    deliver("a")
    assert world.row(case).state == "completed"


def test_an_event_based_gateway_takes_a_message_in_every_round(world: World) -> None:
    world.deploy(RACE)
    case = world.start(case="a")
    for number in range(4):
        world.complete(case, "check", done=False)
        assert [(wait.kind, wait.element) for wait in world.waits(case)] == [
            ("message", "ask"),
            ("timer", "ask"),
        ]
        deliver("a", number=number)
        assert world.open(case) == ["improve"]
        assert world.waits(case) == []
        assert world.loaded(case).get_tasks(spec_name="improve")[-1].data["answer"] == {"number": number}
        world.complete(case, "improve")
    world.complete(case, "check", done=True)
    assert world.row(case).state == "completed"


def test_the_timer_of_an_event_based_gateway_ends_the_wait(world: World) -> None:
    world.deploy(RACE)
    case = world.start(case="a")
    world.complete(case, "check", done=False)
    world.watch.go(days=9)
    assert not engine.fire_due_timers(case)
    world.watch.go(days=1)
    assert engine.fire_due_timers(case)
    assert world.open(case) == ["given_up"]
    assert ("timer", "ask") in world.events(case)
    with pytest.raises(NothingWaiting):
        deliver("a")


def test_an_interrupting_message_withdraws_the_work_item(world: World) -> None:
    world.deploy(INTERRUPTED)
    case = world.start(case="a")
    deliver("a", why="撤回")
    item = world.item(case, "work")
    assert (item.state, item.withdrawn_by) == ("withdrawn", "called_off")
    assert world.open(case) == ["settle"]
    assert ("message", "called_off") in world.events(case)


def test_a_payload_that_looks_like_a_stored_object_is_kept_from_the_state(world: World) -> None:
    world.deploy(RECEIVE)
    case = world.start(case="a")
    deliver("a", typename="BpmnWorkflow", text="x")
    assert world.loaded(case).get_tasks(spec_name="after")[0].data["answer"] == {"text": "x"}
