"""One step: revision checked, nothing half saved, events on record, the state version known."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from models import db
from models.base.errors import AlreadyDone, Changed, NotFound
from models.processes.instances import ProcessInstance
from tests.workflows.engine.diagrams.drawing import (
    END,
    START,
    definitions,
    element,
    extended,
    flow,
    flows,
    operator,
    process,
    properties,
    user,
)
from tests.workflows.engine.world import World
from workflows import engine
from workflows.engine.expressions import ExpressionError
from workflows.engine.state.codec import UnknownState

CHAIN = definitions(
    process(
        START
        + user("first")
        + element("serviceTask", "call", extended(operator("op", value="1")))
        + user("second")
        + END
        + flows("s first", "first call", "call second", "second e")
    )
)


@pytest.fixture
def case(world: World) -> int:
    """An instance of the chain."""
    world.operation("op")
    world.deploy(CHAIN)
    return world.start()


def _bump(case: int) -> None:
    db.session.execute(
        update(ProcessInstance)
        .where(ProcessInstance.id == case)
        .values(revision=ProcessInstance.revision + 1)
        .execution_options(synchronize_session=False)
    )


def test_a_step_whose_row_changed_underneath_is_refused(world: World, case: int) -> None:
    world.operation("op", lambda call, value: _bump(case))
    db.session.commit()
    with pytest.raises(Changed):
        world.complete(case, "first")
    db.session.rollback()
    assert world.open(case) == ["first"]
    assert world.row(case).revision == 1


def test_every_step_counts_one_revision(world: World, case: int) -> None:
    revisions = [world.row(case).revision]
    for name in ("first", "second"):
        world.complete(case, name)
        revisions.append(world.row(case).revision)
    assert revisions == [1, 2, 3]


def test_an_item_is_completed_once(world: World, case: int) -> None:
    item = world.items(case)[0]
    world.complete_item(item)
    with pytest.raises(AlreadyDone):
        world.complete_item(item)


def test_what_happened_is_on_record(world: World, case: int) -> None:
    world.complete(case, "first")
    world.complete(case, "second")
    assert world.events(case) == [
        ("started", None),
        ("completed", "first"),
        ("completed", "second"),
        ("ended", "e"),
    ]
    row = world.row(case)
    assert (row.state, row.end_element, row.ended_at) == ("completed", "e", world.watch())
    assert row.elements == []


def test_the_result_says_where_the_instance_stands(world: World, case: int) -> None:
    result = world.complete(case, "first")
    assert (result.id, result.state, result.elements, result.end_element) == (
        case,
        "active",
        ("second",),
        None,
    )
    last = world.complete(case, "second")
    assert (last.state, last.end_element) == ("completed", "e")


@pytest.mark.parametrize("content", [b"", b"\x00abc", b"\x02abc", b"{}"])
def test_a_state_of_an_unknown_version_is_refused(world: World, case: int, content: bytes) -> None:
    world.row(case).blob = content
    db.session.flush()
    with pytest.raises(UnknownState):
        world.complete(case, "first")


def test_an_unknown_instance_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        engine.fire_due_timers(404)


def test_a_condition_that_cannot_be_evaluated_saves_nothing(world: World) -> None:
    which = element("exclusiveGateway", "which", default="which_e")
    drawn = START + user("first") + which + user("other") + END
    drawn += flows("s first", "first which", "which e", "other e") + flow("which", "other", "unknown > 1")
    world.deploy(definitions(process(drawn)))
    case = world.start()
    db.session.commit()
    with pytest.raises(ExpressionError):
        world.complete(case, "first")
    db.session.rollback()
    assert world.open(case) == ["first"]


def test_a_step_that_changes_nothing_writes_nothing(world: World, case: int) -> None:
    before = world.row(case).revision
    assert not engine.fire_due_timers(case)
    assert world.row(case).revision == before


def test_variables_are_those_of_the_tokens_and_then_of_the_end(world: World, case: int) -> None:
    world.complete(case, "first", colour="red")
    assert engine.read_variables(case) == {"colour": "red"}
    world.complete(case, "second", size=3)
    assert engine.read_variables(case) == {"colour": "red", "size": 3}


@pytest.mark.parametrize(
    "value",
    [
        "字",
        1,
        1.5,
        True,
        None,
        [],
        {},
        [1, {"a": [None, "b"]}],
        {"typename": "BpmnWorkflow", "x": 1},
        "x" * 5000,
    ],
)
def test_plain_values_survive_storing(world: World, case: int, value: object) -> None:
    world.complete(case, "first", value=value)
    world.complete(case, "second")
    assert engine.read_variables(case)["value"] == value


def test_public_states_of_ends_are_kept(world: World) -> None:
    end = element("endEvent", "e", extended(properties(publicState="granted")))
    drawn = START + user("first", publicState="draft") + end + flows("s first", "first e")
    world.deploy(definitions(process(drawn)))
    case = world.start()
    assert world.row(case).public_state == "draft"
    world.complete(case, "first")
    assert world.row(case).public_state == "granted"
