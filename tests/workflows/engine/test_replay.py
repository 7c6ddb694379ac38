"""What is recorded of an instance leads it the same way once more, and what is personal is not recorded."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from models import db
from models.processes.instances import Event, ProcessInstance, Release
from models.processes.recordings import drop_record, find_record
from tests.workflows.engine import library
from tests.workflows.engine.test_library import WALKS
from tests.workflows.engine.trails import TRAILS
from tests.workflows.engine.walking import KEYS, Trail, prepare
from tests.workflows.engine.world import BEGINNING, World
from workflows import engine
from workflows.engine.recording import kept_values
from workflows.engine.replay.replaying import Replay, replay_events
from workflows.engine.state import releases

PER_LIBRARY, PER_TRAIL = 16, 8  # walks: with 7 processes and the trails more than 200


def events_of(case: int) -> list[Event]:
    """What happened to an instance, the oldest first."""
    return list(db.session.scalars(select(Event).where(Event.instance_id == case).order_by(Event.id)))


def specs_of(case: int) -> Any:
    """The specs of the release that an instance runs on."""
    row = db.session.get_one(ProcessInstance, case)
    return releases.find_specs(row.release_id, db.session.get_one(Release, row.release_id).digest)


def replayed(case: int, events: Iterable[Any] | None = None) -> Replay:
    """The instance once more."""
    return replay_events(events_of(case) if events is None else events, specs_of(case))


def walk(world: World, trail: Trail, seed: int, *, longest: int = 40) -> int:
    """One random walk; the number of its instance."""
    chance, name = random.Random(seed), f"walk-{seed}"
    world.watch.at = BEGINNING
    case = world.start(trail.key, key=None, **{**dict.fromkeys(KEYS, name), **trail.variables})
    for _ in range(longest):
        if world.row(case).state == "completed":
            break
        _act(world, trail, chance, case, name)
    return case


def _act(world: World, trail: Trail, chance: random.Random, case: int, name: str) -> None:
    items, waits = world.items(case), world.waits(case)
    acts: list[tuple[str, Any]] = [("complete", item) for item in items] * trail.patience
    acts += [("deliver", wait) for wait in waits if wait.kind == "message"]
    acts += [("wake", None)] if any(wait.due_at for wait in waits) or not acts else []
    kind, what = chance.choice(acts)
    if kind == "complete":
        choices = trail.answers.get(what.element, {})
        world.complete_item(what, **{one: chance.choice(values) for one, values in choices.items()})
    elif kind == "deliver":
        payload = {**dict.fromkeys(KEYS, name), "number": chance.randrange(9)}
        engine.deliver_message(what.message, what.key, payload, actor=None)
    else:
        world.watch.go(days=chance.choice([1, 3, 8, 20, 70]), seconds=1)
        while engine.fire_due_timers(case):
            pass


def check(world: World, trail: Trail, walks: int) -> None:
    """Walk and replay: the same path, the same end."""
    prepare(world, trail)
    for person in ("expert", "another"):
        world.person(person)
    for seed in range(walks):
        case = walk(world, trail, seed)
        found = replayed(case)
        assert found.differences == [], f"walk {seed}"
        assert found.end == world.row(case).end_element
        assert len(found.path) == sum(find_record(one.detail) is not None for one in events_of(case)) > 0


@pytest.mark.found("D6")
@pytest.mark.parametrize("process", WALKS)
def test_walks_over_the_library_go_the_same_way_again(world: World, process: str) -> None:
    check(world, library.trail(process, **WALKS[process]), PER_LIBRARY)


@pytest.mark.found("D6")
@pytest.mark.parametrize("name", TRAILS)
def test_walks_over_every_element_go_the_same_way_again(world: World, name: str) -> None:
    check(world, TRAILS[name], PER_TRAIL)


def test_there_are_two_hundred_walks() -> None:
    assert len(WALKS) * PER_LIBRARY + len(TRAILS) * PER_TRAIL >= 200


def finished_decision(world: World) -> int:
    """A case of the library's decision, granted."""
    prepare(world, library.trail("decision"))
    case = world.start("decision", application="case:1")
    world.complete(case, "first_review", first="pass")
    world.complete(case, "second_review", second="agree")
    world.complete(case, "decide", decision="granted")
    assert world.row(case).state == "completed"
    return case


@pytest.mark.found("D6")
def test_another_answer_is_another_way(world: World) -> None:
    case = finished_decision(world)
    rows = [
        SimpleNamespace(
            at=one.at, kind=one.kind, element=one.element, detail=json.loads(json.dumps(one.detail))
        )
        for one in events_of(case)
    ]
    assert replayed(case, rows).differences == []
    second = next(one for one in rows if one.element == "second_review")
    second.detail["record"]["d"]["second"] = "return"
    kinds = [one.kind for one in replayed(case, rows).differences]
    assert kinds == ["not_asked", "end"]
    first = next(one for one in rows if one.element == "first_review")
    first.detail["record"]["d"]["first"] = "recheck"
    assert replayed(case, rows).differences[0].kind == "path"


@pytest.mark.found("D6")
def test_nothing_personal_is_recorded(world: World) -> None:
    prepare(world, library.trail("decision"))
    personal = {"who": "张三", "document": "330802200403120024", "phone": 13800138000, "reason": "因为 出国"}
    case = world.start("decision", application=7, route="standard", note={"text": "张三 住在"}, **personal)
    (first, *_) = events_of(case)
    kept = find_record(first.detail)
    assert kept is not None
    assert kept["d"] | {"application": 7, "route": "standard"} == kept["d"]
    written = json.dumps(kept, ensure_ascii=False)
    assert [str(value) for value in (*personal.values(), "张三") if str(value) in written] == []


def test_what_a_diagram_reads_is_kept_when_it_is_short() -> None:
    values = {"outcome": "同意", "other": "同意", "long": "长" * 100}
    kept = kept_values.keep_variables(values, frozenset({"outcome", "long"}))
    assert kept == {"outcome": "同意", "other": "…2", "long": "…100"}


def test_a_record_has_bounds_and_says_what_it_left_out(world: World) -> None:
    prepare(world, library.trail("decision"))
    case = world.start("decision", application="case:1", many=list(range(3_000)))
    (first, *_) = events_of(case)
    kept = find_record(first.detail)
    assert kept is not None
    assert kept["cut"] == ["d"]
    assert len(json.dumps(kept)) < 2_000
    assert drop_record(first.detail) == {"release": 1}


@pytest.mark.parametrize(
    "value",
    [
        *("138-0570-0126", "0570-3021234", "330802-2004-0312-0024", "A123456", "ZhengYutong", "HIV-positive"),
        *(13805700126, 13805700126.0, "郑雨桐"),
    ],
)
def test_what_may_be_somebodys_name_or_number_is_left_out(value: object) -> None:
    assert str(kept_values.keep_value(value, is_read=False)).startswith(kept_values.LEFT_OUT)


@pytest.mark.parametrize("value", ["13805700126", "330802200403120024", "住在 12 幢 345 室 6789012"])
def test_a_number_is_left_out_though_a_diagram_reads_it(value: str) -> None:
    assert str(kept_values.keep_value(value, is_read=True)).startswith(kept_values.LEFT_OUT)


@pytest.mark.parametrize("value", ["accepted", "on_site", "", 3, 2.5, True, None])
def test_decisions_are_kept(value: object) -> None:
    assert kept_values.keep_value(value, is_read=False) == value


@pytest.mark.parametrize("value", ["2026-04-20T00:00:00+08:00", "PT2H", "2B", "语文"])
def test_what_a_diagram_decides_by_is_kept(value: str) -> None:
    assert kept_values.keep_value(value, is_read=True) == value
