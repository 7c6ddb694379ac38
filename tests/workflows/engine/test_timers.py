"""Timers fire at the app's time: once, several times, in the middle of an activity or at its end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from models import db
from models.processes.instances import Wait
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
    timer,
    user,
)
from tests.workflows.engine.world import BEGINNING, World
from workflows import engine
from workflows.engine.elements.timers import BadTimer, _count_firing, add_duration
from workflows.working_days import LOCAL


def _hosted(definition: str, *, interrupting: str = "true", after: str = "") -> bytes:
    return definitions(
        process(
            START
            + user("work")
            + boundary("b", "work", definition, interrupting=interrupting)
            + (after or user("rest"))
            + element("endEvent", "e2")
            + END
            + flows("s work", "work e", "b rest", "rest e2")
        )
    )


NOTE = element("serviceTask", "rest", extended(operator("note", value="'x'")))


def _wait(text: str, kind: str = "timeDuration") -> bytes:
    pause = element("intermediateCatchEvent", "pause", timer(text, kind))
    return definitions(
        process(START + pause + user("after") + END + flows("s pause", "pause after", "after e"))
    )


def test_an_interrupting_timer_withdraws_the_work_item(world: World) -> None:
    world.deploy(_hosted(timer("'P5D'")))
    case = world.start()
    assert [wait.due_at for wait in world.waits(case)] == [BEGINNING + timedelta(days=5)]
    world.watch.go(days=5, seconds=-1)
    assert not engine.fire_due_timers(case)
    assert world.row(case).revision == 1
    world.watch.go(seconds=1)
    assert engine.fire_due_timers(case)
    assert world.open(case) == ["rest"]
    item = world.item(case, "work")
    assert (item.state, item.withdrawn_by) == ("withdrawn", "b")
    assert world.waits(case) == []
    assert ("timer", "b") in world.events(case)


def test_a_timer_beside_leaves_the_work_item_open(world: World) -> None:
    world.deploy(_hosted(timer("'P5D'"), interrupting="false"))
    case = world.start()
    world.watch.go(days=6)
    assert engine.fire_due_timers(case)
    assert world.open(case) == ["rest", "work"]
    assert not engine.fire_due_timers(case)


def test_a_completed_activity_takes_its_timers_along(world: World) -> None:
    world.deploy(_hosted(timer("'P5D'"), interrupting="false"))
    case = world.start()
    world.complete(case, "work")
    assert world.waits(case) == []
    assert world.row(case).state == "completed"


def test_a_cycle_fires_as_often_as_it_says(world: World) -> None:
    world.operation("note")
    world.deploy(_hosted(timer("'R3/P2D'", "timeCycle"), interrupting="false", after=NOTE))
    case = world.start()
    for number in range(1, 4):
        assert [wait.due_at for wait in world.waits(case)] == [BEGINNING + timedelta(days=2 * number)]
        world.watch.go(days=2)
        assert engine.fire_due_timers(case)
        assert len(world.calls) == number
    assert world.waits(case) == []
    world.watch.go(days=30)
    assert not engine.fire_due_timers(case)
    assert world.open(case) == ["work"]


def test_a_step_fires_a_cycle_once_however_late_it_comes(world: World) -> None:
    world.operation("note")
    world.deploy(_hosted(timer("'R/PT1H'", "timeCycle"), interrupting="false", after=NOTE))
    case = world.start()
    world.watch.go(days=3650)
    for number in range(1, 4):
        assert engine.fire_due_timers(case)
        assert len(world.calls) == number
        assert [wait.due_at for wait in world.waits(case)] == [BEGINNING + timedelta(hours=number + 1)]


@pytest.mark.parametrize("text", ["R/PT0S", "R3/P0D", "R1000000/P1D", "R3/R3/P1D", "R-1/P1D", "R3/soon"])
def test_a_cycle_without_sense_is_refused(world: World, text: str) -> None:
    world.deploy(_hosted(timer("text", "timeCycle"), interrupting="false"))
    with pytest.raises(BadTimer):
        world.start(text=text)


def test_a_late_wake_up_catches_up_with_the_cycle(world: World) -> None:
    world.operation("note")
    world.deploy(_hosted(timer("'R3/P2D'", "timeCycle"), interrupting="false", after=NOTE))
    case = world.start()
    world.watch.go(days=30)
    while engine.fire_due_timers(case):
        pass
    assert len(world.calls) == 3


def test_what_a_cycle_started_outlives_its_host(world: World) -> None:
    called = element("callActivity", "rest", calledElement="q")
    inner = element("startEvent", "qs") + user("inner") + element("endEvent", "qe")
    world.deploy(
        {
            "p.bpmn": _hosted(timer("'R3/P2D'", "timeCycle"), interrupting="false", after=called),
            "q.bpmn": definitions(process(inner + flows("qs inner", "inner qe"), "q")),
        }
    )
    case = world.start()
    for _ in range(2):
        world.watch.go(days=2)
        engine.fire_due_timers(case)
    assert world.open(case) == ["inner", "inner", "work"]
    world.complete(case, "work")
    assert world.waits(case) == []
    for _ in range(2):
        assert world.row(case).state == "active"
        world.complete(case, "inner")
    assert world.row(case).state == "completed"


@pytest.mark.parametrize(
    ("text", "kind", "due"),
    [
        ("'PT90M'", "timeDuration", datetime(2026, 3, 2, 2, 30, tzinfo=UTC)),
        ("'P1M'", "timeDuration", datetime(2026, 4, 2, 1, 0, tzinfo=UTC)),
        ("'P2W'", "timeDuration", datetime(2026, 3, 16, 1, 0, tzinfo=UTC)),
        ("'2026-03-05T08:00:00+00:00'", "timeDate", datetime(2026, 3, 5, 8, 0, tzinfo=UTC)),
        ("when", "timeDate", datetime(2026, 3, 9, 1, 0, tzinfo=UTC)),
        ("local", "timeDate", datetime(2026, 3, 9, 0, 0, tzinfo=UTC)),
        ("day", "timeDate", datetime(2026, 3, 8, 16, 0, tzinfo=UTC)),
    ],
)
def test_moments_without_a_zone_are_local(world: World, text: str, kind: str, due: datetime) -> None:
    world.deploy(_wait(text, kind))
    case = world.start(when="2026-03-09T09:00:00+08:00", local="2026-03-09T08:00:00", day="2026-03-09")
    assert [wait.due_at for wait in world.waits(case)] == [due]
    world.watch.at = due
    assert engine.fire_due_timers(case)
    assert world.open(case) == ["after"]


@pytest.mark.parametrize("value", [None, 5, "", "soon", "P", [], "2026-02-30", "0001-01-01T00:00:00+08:00"])
def test_a_timer_without_a_moment_is_refused(world: World, value: object) -> None:
    world.deploy(_wait("when", "timeDate"))
    with pytest.raises(BadTimer):
        world.start(when=value)


def test_a_timer_that_goes_off_during_another_step_is_on_record(world: World) -> None:
    drawn = START + element("parallelGateway", "fork") + user("other") + user("work")
    drawn += boundary("b", "work", timer("'P1D'")) + user("late") + END
    drawn += element("endEvent", "e1") + element("endEvent", "e2")
    drawn += flows("s fork", "fork other", "fork work", "other e", "work e1", "b late", "late e2")
    world.deploy(definitions(process(drawn)))
    case = world.start()
    world.watch.go(days=3)
    world.complete(case, "other")
    assert world.open(case) == ["late"]
    assert world.events(case)[1:] == [("completed", "other"), ("timer", "b"), ("withdrawn", "work")]


def test_completing_late_wins_over_the_timer(world: World) -> None:
    world.deploy(_hosted(timer("'P1D'")))
    case = world.start()
    world.watch.go(days=3)
    world.complete(case, "work")
    assert world.row(case).state == "completed"
    assert ("timer", "b") not in world.events(case)


def test_each_firing_of_a_cycle_is_on_record(world: World) -> None:
    world.operation("note")
    world.deploy(_hosted(timer("'R3/P2D'", "timeCycle"), interrupting="false", after=NOTE))
    case = world.start()
    for _ in range(3):
        world.watch.go(days=2)
        engine.fire_due_timers(case)
    assert world.events(case).count(("timer", "b")) == 3


@pytest.mark.parametrize(("text", "kind"), [("'R2/P1D'", "timeCycle"), ("'P1D'", "timeDuration")])
def test_what_fired_beside_does_not_shield_the_activity(world: World, text: str, kind: str) -> None:
    world.operation("note")
    drawn = START + user("work") + boundary("b", "work", timer(text, kind), interrupting="false") + NOTE
    drawn += boundary("end", "work", timer("'P5D'")) + user("late") + END
    drawn += element("endEvent", "e2") + element("endEvent", "e3")
    drawn += flows("s work", "work e", "b rest", "rest e2", "end late", "late e3")
    world.deploy(definitions(process(drawn)))
    case = world.start()
    for _ in range(5):
        world.watch.go(days=1)
        engine.fire_due_timers(case)
    assert world.open(case) == ["late"]
    assert world.item(case, "work").state == "withdrawn"
    world.complete(case, "late")
    assert world.row(case).state == "completed"


def test_a_moment_that_has_passed_does_not_wait(world: World) -> None:
    world.deploy(_wait("'2026-03-01T00:00:00Z'", "timeDate"))
    case = world.start()
    assert world.open(case) == ["after"]


def test_a_clock_that_is_set_back_fires_nothing_early(world: World) -> None:
    world.deploy(_wait("'P1D'"))
    case = world.start()
    world.watch.go(days=-3)
    assert not engine.fire_due_timers(case)
    world.watch.go(days=4)
    assert engine.fire_due_timers(case)


def test_what_is_due_is_found_by_one_query(world: World) -> None:
    world.deploy(_wait("'P1D'"))
    early = world.start()
    world.watch.go(hours=2)
    world.start()
    world.watch.go(hours=23)
    due = select(Wait.instance_id).where(Wait.due_at <= world.watch())
    assert list(db.session.scalars(due)) == [early]


def test_a_timer_in_a_loop_starts_anew(world: World) -> None:
    again = element("exclusiveGateway", "again", default="again_work") + flow("again", "e", "done")
    world.deploy(
        definitions(
            process(
                START
                + user("work")
                + boundary("b", "work", timer("'P5D'"))
                + user("late")
                + END
                + again
                + flows("s work", "work again", "again work", "b late", "late e")
            )
        )
    )
    case = world.start(done=False)
    for number in range(1, 4):
        world.watch.go(days=1)
        world.complete(case, "work")
        assert [wait.due_at for wait in world.waits(case)] == [BEGINNING + timedelta(days=number + 5)]


@pytest.mark.parametrize(
    "text", ["P99999999999M", "P9999999999999999999999Y", "PT99999999999999999999S", "P101Y", "P36526D"]
)
def test_a_duration_beyond_a_century_is_refused_at_once(text: str) -> None:
    with pytest.raises(BadTimer):
        add_duration(datetime(2026, 1, 31, tzinfo=UTC), text)


MONTHS = [
    ("2026-03-01T04:00", "P1M", "2026-04-01T04:00"),  # in UTC it is still February
    ("2026-01-31T08:00", "P1M", "2026-02-28T08:00"),
    ("2028-01-31T08:00", "P1M", "2028-02-29T08:00"),
    ("2026-01-31T08:00", "P2M", "2026-03-31T08:00"),
    ("2026-01-31T08:00", "P1M1D", "2026-03-01T08:00"),
    ("2028-02-29T08:00", "P1Y", "2029-02-28T08:00"),
    ("2026-11-30T23:30", "P13MT1H", "2027-12-31T00:30"),
    ("2026-12-31T00:00", "P1M", "2027-01-31T00:00"),
    ("2026-02-10T00:00", "P0.5M", "2026-02-24T00:00"),
    ("2026-02-10T00:00", "P2W", "2026-02-24T00:00"),
]


@pytest.mark.found("E13")
@pytest.mark.parametrize(("start", "text", "expected"), MONTHS)
def test_months_are_those_of_the_calendar_on_the_wall(start: str, text: str, expected: str) -> None:
    moments = [datetime.fromisoformat(one).replace(tzinfo=LOCAL) for one in (start, expected)]
    assert add_duration(moments[0], text) == moments[1]
    assert add_duration(moments[0].astimezone(UTC), text) == moments[1]


def _next(world: World, case: int) -> list[str]:
    return [wait.due_at.astimezone(LOCAL).isoformat()[:16] for wait in world.waits(case)]


@pytest.mark.found("E13")
@pytest.mark.parametrize(
    ("text", "moments"),
    [
        ("'R4/P1M'", ["2026-02-28T08:00", "2026-03-31T08:00", "2026-04-30T08:00", "2026-05-31T08:00"]),
        (
            "'R3/2026-03-31T09:00:00+08:00/P1M'",
            ["2026-03-31T09:00", "2026-04-30T09:00", "2026-05-31T09:00"],
        ),
    ],
    ids=["from now", "from a day"],
)
def test_a_cycle_of_months_does_not_drift(world: World, text: str, moments: list[str]) -> None:
    world.operation("note")
    world.watch.at = datetime(2026, 1, 31, 8, tzinfo=LOCAL)
    world.deploy(_hosted(timer(text, "timeCycle"), interrupting="false", after=NOTE))
    case = world.start()
    for number, moment in enumerate(moments, start=1):
        assert _next(world, case) == [moment]
        world.watch.at = datetime.fromisoformat(moment).replace(tzinfo=LOCAL) + timedelta(hours=5)
        assert engine.fire_due_timers(case)
        assert len(world.calls) == number
    assert _next(world, case) == []


@pytest.mark.found("E13")
def test_a_cycle_that_an_earlier_version_began_goes_on_in_its_seconds() -> None:
    begun = {"cycles": 3, "next": "2026-02-28T00:00:00+00:00", "duration": 86_400.0}
    left = _count_firing(begun)
    assert left == {"cycles": 2, "next": "2026-03-01T00:00:00+00:00", "duration": 86_400.0}
