"""Where instances stand, on the diagrams of the library and on drawn ones, moved by the engine."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from models import db
from models.processes.instances import Definition, Event, ProcessInstance, ReleasePart
from tests.workflows.engine import library
from tests.workflows.engine.diagrams.drawing import (
    END,
    START,
    boundary,
    definitions,
    element,
    flow,
    flows,
    process,
    timer,
    user,
)
from tests.workflows.engine.trails import TRAILS
from tests.workflows.engine.walking import prepare, walk
from tests.workflows.engine.world import World
from workflows import engine
from workflows.diagrams import layout_reader, outline, token_progress
from workflows.diagrams.token_progress import HistoryEvent, InstanceHistory, ProcessProgress
from workflows.engine.state import pending_work

TO_CONFIRMATION = ["case_opened", "registration", "is_registered", "read_plan", "which_way"]
TO_REVIEW = [*TO_CONFIRMATION, "confirmation", "is_accepted"]


def layouts(world: World, instance: int) -> dict[str, Any]:
    """The diagrams of the release that an instance has locked."""
    parts = (
        select(Definition.key, Definition.source)
        .join(ReleasePart, ReleasePart.definition_id == Definition.id)
        .where(ReleasePart.release_id == world.row(instance).release_id, Definition.sort == "process")
    )
    return {key: layout_reader.read_layout(source, key) for key, source in db.session.execute(parts)}


def places(world: World, instance: int) -> dict[str, ProcessProgress]:
    """Where an instance stands."""
    row = world.row(instance)
    events = db.session.scalars(select(Event).where(Event.instance_id == instance).order_by(Event.id))
    told = [
        HistoryEvent(kind=event.kind, element=event.element, at=event.at)
        for event in events
        if event.kind in token_progress.PASSED and event.element
    ]
    story = InstanceHistory(
        root=row.process_key,
        begun=row.started_at,
        tokens=tuple(row.elements),
        events=tuple(told),
        end=row.end_element,
    )
    return token_progress.find_progress(layouts(world, instance), story)


def names(world: World, instance: int, key: str) -> list[tuple[str, str]]:
    """The stages of a process with their states."""
    layout, place = layouts(world, instance)[key], places(world, instance)[key]
    return [(stage.figure.id, stage.state) for stage in outline.list_stages(layout, place)]


@pytest.fixture
def case(world: World) -> int:
    """An application that waits for its applicant at the site."""
    prepare(world, library.trail("accreditation"))
    return opened(world)


def opened(world: World, application: str = "case:1") -> int:
    """Start a case and register it."""
    instance = world.start(
        "accreditation", key=application, **{**library.VARIABLES, "application": application}
    )
    for step in library.PAGES.values():
        world.complete(instance, step, go="next", step="")
    world.complete(instance, "read_reminder")
    return instance


def accepted(world: World, case: int) -> None:
    """Let an application be accepted."""
    engine.deliver_message("arrived", "case:1", {"application": "case:1"}, actor=None)
    world.complete(case, "check_materials", materials="conform")


def settled(world: World, case: int) -> None:
    """Let every finding of the checks be cleared."""
    while world.open(case) in (["verify_finding"], ["confirm_finding"]):
        world.complete(case, world.open(case)[0], finding="clear")


def test_a_case_at_the_site(world: World, case: int) -> None:
    found = places(world, case)
    assert found["accreditation"].here == {"confirmation"}
    assert list(found["accreditation"].done) == TO_CONFIRMATION
    assert found["confirmation"].here == {"await_arrival"}
    assert found["registration"].here == frozenset()
    assert names(world, case, "accreditation") == [
        ("registration", "done"),
        ("confirmation", "here"),
        ("review", "ahead"),
        ("certificate", "ahead"),
    ]


def test_a_case_before_its_number(world: World) -> None:
    prepare(world, library.trail("accreditation"))
    case = world.start("accreditation", **{**library.VARIABLES, "application": "case:1"})
    world.complete(case, "read_agreement", go="next", step="")
    found = places(world, case)
    assert (found["accreditation"].here, found["registration"].here) == ({"registration"}, {"fill_identity"})
    assert set(found["registration"].done) == {"registration_started", "read_agreement", "after_agreement"}


def test_the_other_way_of_confirmation_is_not_taken_for_this_one(world: World) -> None:
    prepare(world, library.trail("accreditation"))
    case = opened(world, "case:2")
    world.complete(case, "upload_materials")
    world.complete(case, "review_materials", materials="correct", returned=True, correct_until="2026-04-20")
    assert world.open(case) == ["approve_return"]  # both processes have an element of this name
    found = places(world, case)
    assert found["accreditation"].here == {"online_review"}
    assert found["online_review"].here == {"approve_return"}
    assert found["confirmation"].here == frozenset()
    assert "confirmation" not in found["accreditation"].done


def test_parallel_checks_stand_in_one_diagram(world: World, case: int) -> None:
    accepted(world, case)
    found = places(world, case)
    assert found["accreditation"].here == {"review"}
    assert list(found["accreditation"].done) == TO_REVIEW
    assert found["review"].here == {"background_checks"}
    assert found["background_check"].here == {"verify_finding"}
    assert "decision" in found
    assert found["decision"].here == frozenset()


def test_a_case_before_the_second_review(world: World, case: int) -> None:
    accepted(world, case)
    settled(world, case)
    world.complete(case, "first_review", first="pass")
    found = places(world, case)
    assert found["review"].here == {"decision_steps"}
    assert {"background_checks", "experts_needed"} <= set(found["review"].done)
    assert found["decision"].here == {"second_review"}
    assert "experts_needed_to_decision_steps" in found["review"].flows
    assert "experts_needed_to_expert_review" not in found["review"].flows


def test_a_case_that_was_set_back_has_its_review_ahead_again(world: World, case: int) -> None:
    accepted(world, case)
    world.watch.go(days=1)
    engine.deliver_message("set_back", "case:1", {"application": "case:1", "reason": "重新核对"}, actor=None)
    found = places(world, case)
    assert list(found["accreditation"].done) == TO_CONFIRMATION
    assert "review" in found["accreditation"].before
    assert found["accreditation"].since["confirmation"] == world.watch()
    assert found["confirmation"].here == {"await_arrival"}
    assert set(found["confirmation"].done) == {"confirmation_opened"}
    assert ("review", "again") in names(world, case, "accreditation")
    accepted(world, case)
    assert list(places(world, case)["accreditation"].done) == TO_REVIEW


def test_a_second_round_of_checks_begins_at_their_beginning(world: World, case: int) -> None:
    accepted(world, case)
    settled(world, case)
    world.complete(case, "first_review", first="recheck")
    found = places(world, case)
    assert found["review"].here == {"background_checks"}
    assert "decision_steps" in found["review"].before
    assert found["background_check"].here == {"verify_finding"}
    assert "confirm_finding" not in found["background_check"].done


def test_a_withdrawn_case_ends_where_it_ended(world: World, case: int) -> None:
    accepted(world, case)
    engine.deliver_message("withdrawn", "case:1", {"application": "case:1", "reason": "不办了"}, actor=None)
    found = places(world, case)["accreditation"]
    assert (found.here, found.end) == (frozenset(), "withdrawn")
    assert list(found.done) == [
        *TO_REVIEW,
        "review",
        "withdrawn_in_review",
        "withdraw_application",
        "withdrawn",
    ]
    assert names(world, case, "accreditation")[-1] == ("withdrawn", "end")


def test_a_case_keeps_the_diagram_of_its_release(world: World, case: int) -> None:
    changed = library.SOURCES["confirmation.bpmn"].replace("等待到场".encode(), "等候到场".encode())
    world.deploy({**library.SOURCES, "confirmation.bpmn": changed}, **library.environment())
    later = opened(world, "case:3")
    assert layouts(world, case)["confirmation"].by_id["await_arrival"].name == "等待到场"
    assert layouts(world, later)["confirmation"].by_id["await_arrival"].name == "等候到场"
    assert places(world, case)["confirmation"].here == places(world, later)["confirmation"].here


def test_branches_that_wait_for_each_other_are_both_shown(world: World) -> None:
    fork, join = element("parallelGateway", "fork"), element("parallelGateway", "join")
    body = (
        START
        + fork
        + user("x")
        + user("y")
        + join
        + user("last")
        + END
        + flows("s fork", "fork x", "fork y", "x join", "y join", "join last", "last e")
    )
    world.deploy(definitions(process(body)))
    case = world.start()
    assert places(world, case)["p"].here == {"x", "y"}
    world.complete(case, "x")
    found = places(world, case)["p"]
    assert (found.here, found.done) == ({"y"}, ("s", "fork", "x"))
    world.complete(case, "y")
    assert set(places(world, case)["p"].done) == {"s", "fork", "x", "y", "join"}


def test_a_sub_process_is_here_while_something_in_it_is(world: World) -> None:
    inner = element("startEvent", "s2") + user("u") + element("endEvent", "e2") + flows("s2 u", "u e2")
    body = (
        START
        + element("subProcess", "sub", inner)
        + boundary("late", "sub", timer("'P1D'"))
        + user("after")
        + END
        + flows("s sub", "sub after", "late after", "after e")
    )
    world.deploy(definitions(process(body)))
    case, other = world.start(), world.start(key="case:2")
    assert places(world, case)["p"].here == {"sub", "u"}
    assert names(world, case, "p")[0] == ("u", "here")
    world.complete(case, "u")
    assert set(places(world, case)["p"].done) == {"s", "sub", "s2", "u", "e2"}
    world.watch.go(days=2)
    engine.fire_due_timers(other)
    assert set(places(world, other)["p"].done) == {"s", "sub", "late"}


def test_a_loop_that_was_left_is_no_longer_on_the_way(world: World) -> None:
    again = element("exclusiveGateway", "again", default="again_e")
    body = (
        START
        + user("a")
        + user("b")
        + again
        + END
        + flows("s a", "a b", "b again", "again e")
        + flow("again", "a", "redo")
    )
    world.deploy(definitions(process(body)))
    case = world.start()
    world.complete(case, "a")
    world.complete(case, "b", redo=True)
    found = places(world, case)["p"]
    assert (found.here, found.done, found.before) == ({"a"}, ("s",), {"b", "again"})
    assert names(world, case, "p") == [("a", "here"), ("b", "again")]


def resting(world: World, instance: int) -> set[tuple[str, str]]:
    """Where the engine itself says that the tokens are: process and element."""
    workflow, known = world.loaded(instance), layouts(world, instance)
    found = set()
    for task in pending_work.find_pending_work(workflow).resting:
        part = task.workflow
        while part.spec.name not in known:  # a sub-process
            part = workflow.get_task_from_id(part.parent_task_id).workflow
        found.add((part.spec.name, pending_work.find_element_id(task)))
    return found


WALKED = {
    **TRAILS,
    "accreditation": library.trail("accreditation"),
    "review with experts": library.trail("review", exam_route="other"),
}


@pytest.mark.parametrize("name", WALKED)
def test_wherever_a_walk_leads_every_token_has_its_place(world: World, name: str) -> None:
    prepare(world, WALKED[name])
    for person in ("expert", "another"):
        world.person(person)
    for seed in range(4):
        walk(world, WALKED[name], seed, longest=4 + 7 * seed)
    for instance in db.session.scalars(select(ProcessInstance.id)).all():
        row, found = world.row(instance), places(world, instance)
        assert resting(world, instance) <= {(key, one) for key, place in found.items() for one in place.here}
        assert bool(found[row.process_key].here) == (row.state == "active")
        for key, place in found.items():
            assert not place.here & set(place.done)
            assert {*place.here, *place.done} <= layouts(world, instance)[key].by_id.keys()
            assert not set(place.before) & {*place.here, *place.done}
        if row.end_element:
            assert found[row.process_key].end == row.end_element
