"""Which of the timers around a task is its deadline, and which only remind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import db
from models.processes import running
from models.processes.instances import Wait
from tests.workflows.engine.diagrams.drawing import (
    END,
    START,
    boundary,
    definitions,
    element,
    extended,
    flows,
    process,
    properties,
    timer,
    user,
)
from tests.workflows.engine.world import BEGINNING, World
from workflows import engine
from workflows.diagrams import layout_reader, task_timers

NO = "false"


def beside(host: str, name: str, text: str, *, interrupting: str = "true", purpose: str = "") -> str:
    """A timer at an activity, and the end that it leads to."""
    stated = extended(properties(purpose=purpose)) if purpose else ""
    event = boundary(name, host, stated + timer(text), interrupting=interrupting)
    return event + element("endEvent", f"{name}_end") + flows(f"{name} {name}_end")


def called(inner: str, outer: str = "") -> dict[str, bytes]:
    """A task in a sub-process of a process that another one calls, with timers inside and around."""
    task = element(
        "subProcess",
        "sub",
        element("startEvent", "is")
        + user("work")
        + element("endEvent", "ie")
        + flows("is work", "work ie")
        + inner,
    )
    call = element("callActivity", "call", calledElement="q")
    return {
        "p.bpmn": definitions(process(START + call + END + flows("s call", "call e") + outer)),
        "q.bpmn": definitions(
            process(
                element("startEvent", "qs") + task + element("endEvent", "qe") + flows("qs sub", "sub qe"),
                "q",
            )
        ),
    }


def deadline(world: World, case: int, element: str = "work") -> timedelta | None:
    """The deadline of an open task, from the beginning."""
    found = engine.find_task_deadline(case, world.item(case, element).task_id)
    assert found == engine.find_party_deadline(case, "clerk")
    return found and found - BEGINNING


def kept(case: int) -> dict[str, str | None]:
    """What the rows of the waits say."""
    rows = db.session.execute(select(Wait.element, Wait.purpose).where(Wait.instance_id == case))
    return dict(map(tuple, rows))


@pytest.mark.found("D1")
def test_a_timer_that_does_not_interrupt_is_no_deadline(world: World) -> None:
    world.deploy(called(beside("work", "nudge", "'P1D'", interrupting=NO) + beside("work", "over", "'P5D'")))
    case = world.start()
    assert deadline(world, case) == timedelta(days=5)
    assert kept(case) == {"nudge": "reminder", "over": "deadline"}


@pytest.mark.found("D1")
def test_an_earlier_end_of_a_calling_activity_is_the_deadline(world: World) -> None:
    inside = beside("work", "over", "'P5D'")
    around = beside("call", "nudge", "'P1D'", interrupting=NO) + beside("call", "closed", "'P3D'")
    world.deploy(called(inside, around))
    case = world.start()
    assert deadline(world, case) == timedelta(days=3)
    assert kept(case) == {"over": "deadline", "nudge": "reminder", "closed": "deadline"}


def test_a_task_with_reminders_alone_has_no_deadline(world: World) -> None:
    world.deploy(called(beside("work", "nudge", "'P1D'", interrupting=NO)))
    assert deadline(world, world.start()) is None


def test_what_the_designer_says_counts_more_than_the_line(world: World) -> None:
    legal = beside("call", "legal", "'P2D'", interrupting=NO, purpose="deadline")
    polite = beside("work", "polite", "'P1D'", purpose="reminder")
    world.deploy(called(polite, legal))
    case = world.start()
    assert deadline(world, case) == timedelta(days=2)
    assert kept(case) == {"polite": "reminder", "legal": "deadline"}


def test_the_end_of_another_task_is_none_of_this_one(world: World) -> None:
    body = (
        START
        + element("parallelGateway", "g")
        + user("work")
        + user("other", role="reviewer")
        + boundary("over", "other", timer("'P1D'"))
        + element("exclusiveGateway", "x")
        + element("parallelGateway", "j")
        + END
        + flows("s g", "g work", "g other", "work j", "other x", "over x", "x j", "j e")
    )
    world.deploy(definitions(process(body)))
    case = world.start()
    assert deadline(world, case) is None
    assert engine.find_party_deadline(case, "reviewer") == BEGINNING + timedelta(days=1)


@pytest.mark.parametrize("purpose", [None, "reminder"])
def test_a_row_from_before_counts_as_a_deadline(world: World, purpose: str | None) -> None:
    world.deploy(called(beside("work", "over", "'P5D'")))
    case = world.start()
    db.session.execute(db.update(Wait).values(purpose=purpose))
    found: Sequence[tuple[str, str]] = [
        (row[0], row[2]) for row in db.session.execute(running.select_timers(case))
    ]
    assert found == [("over", purpose or "deadline")]
    assert deadline(world, case) == timedelta(days=5)


def test_a_move_to_another_release_tells_its_purposes(world: World) -> None:
    world.deploy(called(beside("work", "over", "'P5D'")))
    case = world.start()
    world.deploy(called(beside("work", "over", "'P5D'", purpose="reminder")))
    engine.migrate_instance(case, engine.find_newest_release("p").id, actor=None)
    assert kept(case) == {"over": "reminder"}
    assert deadline(world, case) is None


def test_the_diagrams_tell_the_same() -> None:
    inside = beside("work", "over", "'P5D'")
    around = beside("call", "nudge", "'P1D'", interrupting=NO) + beside("call", "closed", "'P3D'")
    (told,) = task_timers.list_task_timers(layout_reader.read_layouts(called(inside, around)))
    assert (told.process, told.figure.id) == ("q", "work")
    found = {one.id: (one.purpose, one.time) for one in told.timers}
    assert found == {
        "over": ("deadline", "'P5D'"),
        "nudge": ("reminder", "'P1D'"),
        "closed": ("deadline", "'P3D'"),
    }
