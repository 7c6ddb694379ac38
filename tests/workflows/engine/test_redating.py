"""Timers and targets move when what they were worked out from has changed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from models import db
from models.processes.instances import Event
from tests.workflows.engine.diagrams.drawing import (
    END,
    START,
    boundary,
    definitions,
    element,
    flows,
    process,
    timer,
    user,
)
from tests.workflows.engine.world import BEGINNING, World
from workflows import engine

LIMITED = definitions(
    process(
        START
        + user("work", dueIn="P5D")
        + boundary("late", "work", timer('clock["due_at"]', "timeDate"))
        + boundary("fixed", "work", timer("'P90D'"))
        + user("rest")
        + END
        + flows("s work", "work e", "late rest", "fixed rest", "rest e")
    )
)


def at(days: float) -> str:
    return (BEGINNING + timedelta(days=days)).isoformat()


def started(world: World) -> int:
    world.deploy(LIMITED)
    return world.start(clock={"due_at": at(10)})


def due(world: World, case: int, name: str) -> object:
    return next(wait.due_at for wait in world.waits(case) if wait.element == name)


def test_a_timer_follows_the_variable_that_it_reads(world: World) -> None:
    case = started(world)
    world.watch.go(days=1)
    engine.reschedule_instance(case, {"clock": {"due_at": at(20)}}, actor=None)
    assert due(world, case, "late") == BEGINNING + timedelta(days=20)
    assert due(world, case, "fixed") == BEGINNING + timedelta(days=90)
    world.watch.go(days=10)
    assert not engine.fire_due_timers(case)
    world.watch.go(days=10)
    assert engine.fire_due_timers(case)
    assert world.open(case) == ["rest"]


def test_a_moment_that_has_passed_fires_at_once(world: World) -> None:
    case = started(world)
    world.watch.go(days=5)
    engine.reschedule_instance(case, {"clock": {"due_at": at(3)}}, actor=None)
    assert world.open(case) == ["rest"]
    assert ("timer", "late") in world.events(case)


def test_nothing_moves_when_nothing_changed(world: World) -> None:
    case = started(world)
    revision = world.row(case).revision
    assert engine.reschedule_instance(case, {"other": 1}, actor=None) is None
    assert world.row(case).revision == revision


def test_the_new_value_is_what_the_process_goes_on_with(world: World) -> None:
    case = started(world)
    engine.reschedule_instance(case, {"clock": {"due_at": at(20)}, "unknown": 1}, actor=None)
    assert engine.read_variables(case) == {"clock": {"due_at": at(20)}}


def test_the_move_is_an_event_of_who_did_it(world: World) -> None:
    case, person = started(world), world.person("planner")
    engine.reschedule_instance(case, {"clock": {"due_at": at(20)}}, actor=person)
    row = db.session.scalars(select(Event).where(Event.kind == "redated")).one()
    assert (row.instance_id, row.actor_id, row.detail["timers"]) == (case, person, ["late"])


def test_a_timer_in_a_called_process_moves_too(world: World) -> None:
    inner = definitions(
        process(
            START
            + user("work")
            + boundary("late", "work", timer('plan["until"]', "timeDate"))
            + END
            + element("endEvent", "e2")
            + flows("s work", "work e", "late e2"),
            "inner",
        )
    )
    call = element("callActivity", "call", "", calledElement="inner")
    outer = definitions(process(START + call + END + flows("s call", "call e")))
    world.deploy({"inner.bpmn": inner, "outer.bpmn": outer})
    case = world.start(plan={"until": at(10)})
    engine.reschedule_instance(case, {"plan": {"until": at(12)}}, actor=None)
    assert due(world, case, "late") == BEGINNING + timedelta(days=12)


WARNED = definitions(
    process(
        START
        + user("work")
        + boundary("soon", "work", timer('clock["warn_at"]', "timeDate"), interrupting="false")
        + user("look")
        + END
        + element("endEvent", "e2")
        + flows("s work", "work e", "soon look", "look e2")
    )
)


def test_a_timer_beside_work_that_goes_on_waits_again_when_its_moment_comes_later(world: World) -> None:
    world.deploy(WARNED)
    case = world.start(clock={"warn_at": at(10)})
    for days in (10, 20):
        world.watch.go(days=10)
        assert engine.fire_due_timers(case)
        assert world.open(case) == ["look", "work"]
        assert not world.waits(case)
        world.complete(case, "look")
        engine.reschedule_instance(case, {"clock": {"warn_at": at(days + 10)}}, actor=None)
        assert due(world, case, "soon") == BEGINNING + timedelta(days=days + 10)
        assert world.open(case) == ["work"]
    world.complete(case, "work")
    assert world.row(case).state == "completed"


def test_a_timer_that_has_fired_does_not_fire_again_for_an_earlier_moment(world: World) -> None:
    world.deploy(WARNED)
    case = world.start(clock={"warn_at": at(10)})
    world.watch.go(days=10)
    engine.fire_due_timers(case)
    engine.reschedule_instance(case, {"clock": {"warn_at": at(5)}}, actor=None)
    assert world.open(case) == ["look", "work"]
    assert not world.waits(case)
