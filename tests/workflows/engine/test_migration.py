"""A running instance moves to another release: what waits stays, or the move is refused with the reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import db
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
    timer,
    user,
)
from tests.workflows.engine.world import BEGINNING, World
from workflows import engine
from workflows.engine import NotMovable


def _chain(*names: str, extra: str = "") -> bytes:
    links = [f"{one} {two}" for one, two in zip(("s", *names), (*names, "e"), strict=True)]
    return definitions(KEYED, process(START + "".join(map(user, names)) + extra + END + flows(*links)))


def _late(host: str, text: str = "'P5D'") -> str:
    return boundary("late", host, timer(text)) + user("urge") + flows("late urge", "urge e")


def _move(world: World, case: int, **renamed: str) -> engine.StepResult:
    release = engine.find_newest_release("p")
    result = engine.migrate_instance(case, release.id, renamed=renamed, actor=None)
    db.session.expire_all()
    assert world.row(case).release_id == release.id
    return result


def _finish(world: World, case: int, *names: str) -> None:
    for name in names:
        assert world.open(case) == [name]
        world.complete(case, name, **{name: 1})
    assert world.row(case).state == "completed"


def test_a_task_added_behind_is_met(world: World) -> None:
    world.deploy(_chain("a", "b"))
    case = world.start(colour="red")
    world.complete(case, "a", a=1)
    item = world.items(case)[0].task_id
    world.deploy(_chain("a", "b", "f"))
    _move(world, case)
    assert [one.task_id for one in world.items(case)] == [item]
    assert engine.read_variables(case) == {"colour": "red", "a": 1}
    assert world.events(case)[-1] == ("moved", None)
    _finish(world, case, "b", "f")


def test_tasks_that_are_behind_may_be_gone(world: World) -> None:
    world.deploy(_chain("a", "b", "f"))
    case = world.start()
    world.complete(case, "a", a=1)
    world.complete(case, "b", b=1)
    world.deploy(_chain("f"))
    _move(world, case)
    assert engine.read_variables(case) == {"a": 1, "b": 1}
    _finish(world, case, "f")


def test_a_task_that_waits_and_is_gone_refuses_the_move(world: World) -> None:
    world.deploy(_chain("a", "b"))
    case = world.start()
    before = world.row(case).release_id
    world.deploy(_chain("b"))
    with pytest.raises(NotMovable) as refused:
        _move(world, case)
    assert refused.value.reasons == ["“办理”正在等待，新版本没有这个元素"]
    assert world.row(case).release_id == before
    _finish(world, case, "a", "b")


def test_a_renamed_task_is_found(world: World) -> None:
    world.deploy(_chain("a", "b", extra=_late("a")))
    case = world.start()
    world.deploy(_chain("first", "b", extra=_late("first")))
    _move(world, case, a="first")
    assert world.open(case) == ["first"]
    assert [(wait.element, wait.due_at) for wait in world.waits(case)] == [
        ("late", BEGINNING + timedelta(days=5))
    ]
    _finish(world, case, "first", "b")


def test_a_timer_keeps_its_moment(world: World) -> None:
    world.deploy(_chain("a", extra=_late("a")))
    case = world.start()
    world.watch.go(days=4)
    world.deploy(_chain("a", extra=_late("a", "'P9D'")))
    _move(world, case)
    assert [wait.due_at for wait in world.waits(case)] == [BEGINNING + timedelta(days=5)]
    world.watch.go(days=1)
    assert engine.fire_due_timers(case)
    assert world.open(case) == ["urge"]


def test_boundary_events_that_are_new_begin_to_wait(world: World) -> None:
    world.deploy(_chain("a"))
    case = world.start()
    world.watch.go(days=4)
    off = boundary("off", "a", message()) + user("settle") + flows("off settle", "settle e")
    world.deploy(_chain("a", extra=_late("a") + off))
    _move(world, case)
    assert sorted((wait.element, wait.kind, wait.key, wait.due_at) for wait in world.waits(case)) == [
        ("late", "timer", None, BEGINNING + timedelta(days=9)),
        ("off", "message", "case:1", None),
    ]
    engine.deliver_message("answered", "case:1", {}, actor=None)
    db.session.expire_all()
    _finish(world, case, "settle")


def test_boundary_events_that_are_gone_wait_no_more(world: World) -> None:
    world.deploy(_chain("a", extra=_late("a")))
    case = world.start()
    world.deploy(_chain("a"))
    _move(world, case)
    assert world.waits(case) == []
    _finish(world, case, "a")


def test_one_that_has_fired_does_not_fire_again(world: World) -> None:
    extra = boundary("late", "a", timer("'P5D'"), interrupting="false") + user("urge")
    extra += element("endEvent", "e2") + flows("late urge", "urge e2")
    world.deploy(_chain("a", extra=extra))
    case = world.start()
    world.watch.go(days=6)
    assert engine.fire_due_timers(case)
    world.deploy(_chain("a", "b", extra=extra))
    _move(world, case)
    assert world.waits(case) == []
    assert world.open(case) == ["a", "urge"]
    world.complete(case, "urge")
    _finish(world, case, "a", "b")


def _both(*names: str, last: str = "last") -> bytes:
    fork = element("parallelGateway", "fork") + element("parallelGateway", "join")
    links = [part for name in names for part in (f"fork {name}", f"{name} join")]
    drawn = START + fork + "".join(map(user, names)) + user(last) + END
    return definitions(process(drawn + flows("s fork", *links, f"join {last}", f"{last} e")))


def test_tokens_at_a_join_come_along(world: World) -> None:
    world.deploy(_both("x", "y"))
    case = world.start(risk="low")
    world.complete(case, "x", risk="high")
    world.deploy(_both("x", "y", last="check"))
    _move(world, case)
    world.complete(case, "y")
    assert engine.read_variables(case) == {"risk": "high"}
    _finish(world, case, "check")


def test_a_join_that_lost_a_branch_refuses_the_move(world: World) -> None:
    world.deploy(_both("x", "y"))
    case = world.start()
    world.complete(case, "x")
    world.deploy(_both("y", "z"))
    with pytest.raises(NotMovable):
        _move(world, case)


def _calling(called: str, inner: str) -> dict[str, bytes]:
    drawn = START + element("callActivity", "call", calledElement=called) + user("after") + END
    called_drawn = element("startEvent", "qs") + user(inner) + element("endEvent", "qe")
    return {
        "p.bpmn": definitions(process(drawn + flows("s call", "call after", "after e"))),
        "q.bpmn": definitions(process(called_drawn + flows(f"qs {inner}", f"{inner} qe"), called)),
    }


def test_calls_move_with_their_caller(world: World) -> None:
    world.deploy(_calling("q", "work"))
    case = world.start()
    world.deploy(_calling("q", "inspect"))
    _move(world, case, work="inspect")
    _finish(world, case, "inspect", "after")


def test_a_call_of_another_process_refuses_the_move(world: World) -> None:
    world.deploy(_calling("q", "work"))
    case = world.start()
    world.deploy(_calling("r", "work"))
    with pytest.raises(NotMovable) as refused:
        _move(world, case)
    assert len(refused.value.reasons) == 2


def test_a_change_of_type_refuses_the_move(world: World) -> None:
    world.deploy(_chain("a"))
    case = world.start()
    waits = element("receiveTask", "a", messageRef="m")
    world.deploy(definitions(KEYED, process(START + waits + END + flows("s a", "a e"))))
    with pytest.raises(NotMovable):
        _move(world, case)


def test_items_say_what_the_new_diagram_says(world: World) -> None:
    world.deploy(_chain("a"))
    case = world.start()
    again = user("a", role="reviewer", duty="second")
    world.deploy(definitions(process(START + again + END + flows("s a", "a e"))))
    _move(world, case)
    item = world.item(case, "a")
    assert (item.role, item.duty, item.state) == ("reviewer", "second", "open")


def test_only_running_instances_move_and_only_within_their_process(world: World) -> None:
    world.deploy(_chain("a"))
    world.deploy({"q.bpmn": definitions(process(START + user("b") + END + flows("s b", "b e"), "q"))})
    case = world.start()
    with pytest.raises(NotMovable):
        engine.migrate_instance(case, engine.find_newest_release("q").id, actor=None)
    world.complete(case, "a")
    with pytest.raises(NotMovable):
        engine.migrate_instance(case, engine.find_newest_release("p").id, actor=None)


def test_the_way_on_is_the_new_one(world: World) -> None:
    def drawn(condition: str) -> bytes:
        which = element("exclusiveGateway", "which", default="which_no")
        parts = START + user("a") + which + user("yes") + user("no") + END
        parts += flows("s a", "a which", "which no", "yes e", "no e") + flow("which", "yes", condition)
        return definitions(process(parts))

    world.deploy(drawn("n > 10"))
    cases = [world.start(key=f"case:{number}") for number in range(2)]
    world.deploy(drawn("n > 1"))
    _move(world, cases[0])
    for case in cases:
        world.complete(case, "a", n=5)
    assert [world.open(case) for case in cases] == [["yes"], ["no"]]
