"""What rows say of an instance: whose items they are, until when, and the state that people see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

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
    process,
    properties,
    timer,
    user,
)
from tests.workflows.engine.world import BEGINNING, World
from workflows import addressees, engine, state_changes
from workflows.addressees import Addressee
from workflows.state_changes import StateChange

STATES = {
    "p.bpmn": definitions(
        process(
            START
            + element("callActivity", "one", extended(properties(publicState="outer")), calledElement="q")
            + user("plain")
            + element(
                "receiveTask",
                "wait",
                extended(properties(publicState="waiting", waitsFor="applicant")),
                messageRef="m",
            )
            + boundary("over", "wait", timer("'P5D'"))
            + element("endEvent", "late", extended(properties(publicState="lapsed")))
            + END
            + flows("s one", "one plain", "plain wait", "wait e", "over late"),
        ),
        KEYED,
    ),
    "q.bpmn": definitions(
        process(
            element("startEvent", "qs")
            + user("first")
            + user("second", publicState="inner")
            + user("third")
            + element("endEvent", "qe")
            + flows("qs first", "first second", "second third", "third qe"),
            "q",
        )
    ),
}


def _single(**values: str) -> bytes:
    return definitions(process(START + user("work", **values) + END + flows("s work", "work e")))


def test_the_innermost_public_state_counts_and_listeners_hear_changes(world: World) -> None:
    heard: list[StateChange] = []
    state_changes.on_state_change(heard.append)
    world.deploy(STATES)
    case = world.start()
    seen = [world.row(case).public_state]
    for name in ("first", "second", "third", "plain"):
        world.complete(case, name)
        seen.append(world.row(case).public_state)
    assert seen == ["outer", "inner", "outer", "outer", "waiting"]
    engine.deliver_message("answered", "case:1", {}, actor=None)
    assert world.row(case).public_state == "waiting"
    assert [(change.old, change.new) for change in heard] == [
        (None, "outer"),
        ("outer", "inner"),
        ("inner", "outer"),
        ("outer", "waiting"),
    ]
    assert {(change.instance_id, change.business_key) for change in heard} == {(case, "case:1")}
    assert [kind for kind, _ in world.events(case)].count("state") == 4


def test_an_end_has_the_last_word(world: World) -> None:
    world.deploy(STATES)
    case = world.start()
    for name in ("first", "second", "third", "plain"):
        world.complete(case, name)
    world.watch.go(days=6)
    engine.fire_due_timers(case)
    row = world.row(case)
    assert (row.public_state, row.end_element, row.state) == ("lapsed", "late", "completed")


def test_what_fails_in_a_listener_saves_nothing(world: World) -> None:
    def refuse(change: StateChange) -> None:
        raise LookupError(change.new)

    state_changes.on_state_change(refuse)
    world.deploy(STATES)
    with pytest.raises(LookupError):
        world.start()


def test_waits_say_for_whom_they_wait(world: World) -> None:
    world.deploy(STATES)
    case = world.start()
    for name in ("first", "second", "third", "plain"):
        world.complete(case, name)
    assert [(wait.element, wait.waits_for, wait.message) for wait in world.waits(case)] == [
        ("over", None, None),
        ("wait", "applicant", "answered"),
    ]
    assert world.row(case).elements == ["wait"]


@pytest.mark.parametrize(
    ("due_in", "due"),
    [
        ("PT4H", BEGINNING + timedelta(hours=4)),
        ("P5D", datetime(2026, 3, 9, tzinfo=UTC)),  # five working days after a Monday end on the next
    ],
)
def test_targets_count_working_days(world: World, due_in: str, due: datetime) -> None:
    world.deploy(_single(dueIn=due_in))
    found = world.items(world.start())[0].due_at
    assert abs(found - due) < timedelta(days=1)
    assert (found - BEGINNING > timedelta(days=5)) == (due_in == "P5D")


def test_an_item_has_no_target_unless_told(world: World) -> None:
    world.deploy(_single())
    assert world.items(world.start())[0].due_at is None


def test_an_item_carries_what_the_diagram_says(world: World) -> None:
    world.deploy(_single(duty="first", notBy="other", role="reviewer"), duties=frozenset({"other"}))
    item = world.items(world.start())[0]
    assert (item.name, item.role, item.form_key, item.duty, item.not_by) == (
        "办理",
        "reviewer",
        "form",
        "first",
        "other",
    )
    assert (item.place, item.assignee_id, item.state, item.process_key) == (None, None, "open", "p")


def test_resolvers_say_whom_an_item_is_for(world: World) -> None:
    asked = []

    def resolve(key: str | None, role: str) -> Addressee | None:
        asked.append((key, role))
        return Addressee(place="site:3") if role == "clerk" else None

    addressees.register_resolver(resolve)
    world.deploy(_single(role="clerk"))
    assert world.items(world.start())[0].place == "site:3"
    world.deploy(_single(role="reviewer"))
    assert world.items(world.start(key="other:2"))[0].place is None
    assert asked == [("case:1", "clerk"), ("other:2", "reviewer")]


def test_an_item_can_be_given_to_one_person(world: World) -> None:
    world.deploy(_single(assignTo="who"))
    person = world.person("somebody")
    assert world.items(world.start(who=person))[0].assignee_id == person
    assert world.items(world.start(who=None))[0].assignee_id is None


def test_messages_and_timers_of_one_task_are_rows_of_their_own(world: World) -> None:
    drawn = (
        START + user("work") + boundary("off", "work", message()) + boundary("late", "work", timer("'P5D'"))
    )
    drawn += END + flows("s work", "work e", "off e", "late e")
    world.deploy(definitions(process(drawn), KEYED))
    case = world.start()
    assert [(wait.element, wait.kind, wait.key) for wait in world.waits(case)] == [
        ("late", "timer", None),
        ("off", "message", "case:1"),
    ]
    ids = [wait.id for wait in world.waits(case)]
    assert not engine.fire_due_timers(case)
    assert [wait.id for wait in world.waits(case)] == ids
