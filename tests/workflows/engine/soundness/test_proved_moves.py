"""A move is proved: from where its tokens would stand every way reaches an end, or the case stays."""

from __future__ import annotations

import pytest

from models import db
from tests.workflows.engine.soundness.sketching import Sketch, draw_file, sketch
from tests.workflows.engine.world import World
from workflows import engine
from workflows.engine import NotMovable
from workflows.engine.elements.joins import ParallelJoin
from workflows.engine.state import releases

CHAIN = sketch("s>t1 t1>t2 t2>e")
BESIDE = sketch("s>a1 a1>t1 a1>t9 t1>a2 t9>a2 a2>t2 t2>e")
THREE = sketch("s>a1 a1>t1 a1>t9 a1>t8 t1>a2 t9>a2 t8>a2 a2>t2 t2>e")


def _start(world: World, drawn: Sketch) -> int:
    world.deploy(draw_file(drawn))
    return world.start()


def _move(world: World, case: int, drawn: Sketch) -> None:
    world.deploy(draw_file(drawn))
    engine.migrate_instance(case, engine.find_newest_release("p").id, actor=None)
    db.session.expire_all()


def _refuse(world: World, case: int, drawn: Sketch) -> str:
    before = world.row(case).release_id
    with pytest.raises(NotMovable) as refused:
        _move(world, case, drawn)
    assert world.row(case).release_id == before
    (reason,) = refused.value.reasons
    return reason


@pytest.mark.found("E1")
def test_into_a_new_parallel_part_is_refused(world: World) -> None:
    case = _start(world, CHAIN)
    reason = _refuse(world, case, BESIDE)
    assert reason == "“a2”（a2）在新版本中会一直等待，流程走不到结束，路径：t1 → a2"
    world.complete(case, "t1")
    world.complete(case, "t2")
    assert world.row(case).state == "completed"


@pytest.mark.found("E1")
def test_a_branch_added_under_way_is_refused(world: World) -> None:
    case = _start(world, BESIDE)
    world.complete(case, "t1")
    assert "路径：t9 → a2" in _refuse(world, case, THREE)
    world.complete(case, "t9")
    assert world.open(case) == ["t2"]


@pytest.mark.found("E1")
def test_behind_the_new_part_it_moves(world: World) -> None:
    case = _start(world, CHAIN)
    world.complete(case, "t1")
    _move(world, case, THREE)
    world.complete(case, "t2")
    assert world.row(case).state == "completed"


def test_two_branches_put_one_after_the_other_are_refused(world: World) -> None:
    case = _start(world, BESIDE)
    reason = _refuse(world, case, sketch("s>t1 t1>t9 t9>t2 t2>e"))
    assert "“办理”（t9）在新版本中会被重复执行，路径：t1 → t9" in reason


def test_a_reminder_that_is_under_way_comes_along(world: World) -> None:
    drawn = sketch("s>t1 t1>e b1>t3 t3>e2", "b1~t1")
    case = _start(world, drawn)
    world.watch.go(days=2)
    assert engine.fire_due_timers(case)
    _move(world, case, sketch("s>t1 t1>t2 t2>e b1>t3 t3>e2", "b1~t1"))
    assert world.open(case) == ["t1", "t3"]


def test_a_reminder_under_way_that_would_wait_for_ever_is_refused(world: World) -> None:
    case = _start(world, sketch("s>t1 t1>e b1>t3 t3>e2", "b1~t1"))
    world.watch.go(days=2)
    assert engine.fire_due_timers(case)
    reason = _refuse(world, case, sketch("s>t1 t1>e b1>a1 a1>t3 a1>t4 t3>a2 t4>a2 a2>e2", "b1~t1"))
    assert "“a2”（a2）在新版本中会一直等待" in reason


def test_flows_straight_out_of_a_task_that_meet_again_are_moved(world: World) -> None:
    case = _start(world, sketch("s>t1 t1>t2 t1>t3 t2>t4 t3>t4 t4>e"))
    _move(world, case, sketch("s>t1 t1>t2 t1>t3 t2>t4 t3>t4 t4>t5 t5>e"))
    for name in ("t1", "t2", "t3"):
        world.complete(case, name)
    assert world.open(case) == ["t4", "t4"]


def test_tokens_at_a_join_are_counted_when_more_have_come(world: World) -> None:
    case = _start(world, THREE)
    world.complete(case, "t1")
    world.complete(case, "t9")
    _move(world, case, sketch("s>a1 a1>t1 a1>t9 a1>t8 t1>a2 t9>a2 t8>a2 a2>t2 t2>t7 t7>e"))
    world.complete(case, "t8")
    assert world.open(case) == ["t2"]


def test_kinds_of_elements_are_compared_and_not_classes(world: World) -> None:
    class LaterJoin(ParallelJoin):
        """What a later version of the engine might make of a parallel gateway."""

    case = _start(world, BESIDE)
    world.complete(case, "t1")
    release = engine.find_newest_release("p")
    specs = releases.find_specs(release.id, release.digest)
    join = specs.spec.task_specs["a2"]
    join.__class__ = LaterJoin
    try:
        _move(world, case, sketch("s>a1 a1>t1 a1>t9 t1>a2 t9>a2 a2>t7 t7>e"))
    finally:
        join.__class__ = ParallelJoin
    world.complete(case, "t9")
    assert world.open(case) == ["t7"]
