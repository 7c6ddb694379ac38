"""Texts that land in columns: refused at deployment with the element, the same on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import String

from models import db
from models.base.errors import NothingWaiting
from models.processes.instances import (
    Act,
    Definition,
    Duty,
    Event,
    Job,
    ProcessInstance,
    Release,
    Wait,
    WorkItem,
)
from tests.workflows.engine.diagrams.drawing import (
    KEYED,
    definitions,
    element,
    extended,
    operator,
    process,
    straight,
    user,
)
from tests.workflows.engine.diagrams.shapes import body
from tests.workflows.engine.test_decisions import column, drawn, row
from tests.workflows.engine.world import World
from workflows import engine
from workflows.engine.lint import lint_files
from workflows.engine.lint.shape.lengths import COLUMNS, LONGEST
from workflows.engine.moves.row_changes import NoPerson
from workflows.engine.source.environment import Environment
from workflows.engine.state.pending_work import BadCorrelationKey

pytestmark = pytest.mark.found("E9")

# Columns with a length that no text of a diagram reaches: they are counted, made or checked elsewhere.
OURS = {
    Definition.sort,
    Definition.sha256,
    Release.digest,
    ProcessInstance.business_key,  # checked when an instance is started
    ProcessInstance.state,
    WorkItem.task_id,
    WorkItem.place,
    WorkItem.state,
    Wait.task_id,
    Wait.kind,
    Wait.key,  # checked when a task begins to wait
    Event.kind,
    Job.key,
    Job.request_key,
    Job.lane,  # cut to its length: it only says who waits for whom
    Job.task_id,
    Job.state,
    Job.lease_owner,
    *(Act.transaction_id, Act.kind),
}
MODELS = (Definition, Release, ProcessInstance, WorkItem, Wait, Duty, Event, Job, Act)


def test_every_column_with_a_length_is_known() -> None:
    known = {str(one) for columns in COLUMNS.values() for one in columns} | {str(one) for one in OURS}
    limited = {
        f"{model.__name__}.{one.key}"
        for model in MODELS
        for one in model.__table__.columns
        if isinstance(one.type, String) and one.type.length
    }
    assert limited - known == set()


def _told(source: bytes, file: str = "p.bpmn") -> set[tuple[str, str | None]]:
    many = {"x" * 300}
    known = Environment(
        forms=frozenset({"form", *many}), roles=frozenset({"clerk", *many}), duties=frozenset(many)
    )
    problems = [one for one in lint_files({file: source}, known) if one.severity == "error"]
    return {(one.rule, one.element) for one in problems}


LONG = "x" * 300
CASES = {
    "process id": (definitions(process(straight(user("x")), "p" * 121)), "p" * 120),
    "process name": (definitions(process(straight(user("x")), name="n" * 201)), "p"),
    "element id": (definitions(process(straight(user("x" * 121), "x" * 121))), "x" * 120),
    "element name": (body(straight(user("x").replace("办理", "办" * 201))), "x"),
    "message name": (definitions(KEYED.replace("answered", LONG), process(straight(user("x")))), "m"),
    "role": (body(straight(user("x", role=LONG))), "x"),
    "formKey": (body(straight(user("x", formKey=LONG))), "x"),
    "duty": (body(straight(user("x", duty=LONG))), "x"),
    "notBy": (body(straight(user("x", notBy=LONG))), "x"),
    "publicState": (body(straight(user("x", publicState="s" * 41))), "x"),
}


@pytest.mark.parametrize("kind", CASES)
def test_a_text_that_does_not_fit_is_refused_at_its_element(kind: str) -> None:
    source, name = CASES[kind]
    assert _told(source) == {("too-long", name)}


def test_an_operation_that_does_not_fit_is_refused() -> None:
    task = element("serviceTask", "x", extended(operator(LONG, case="case")))
    assert ("too-long", "x") in _told(body(straight(task)))


def test_a_file_name_that_does_not_fit_is_refused() -> None:
    assert _told(definitions(process(straight(user("x")))), "f" * 200 + ".bpmn") == {("too-long", "p")}


@pytest.mark.parametrize("name", ["a\0.bpmn", "a\ud800.bpmn", "\u202enpmb.bpmn", "a\n.bpmn", "\x7f.dmn"])
def test_a_file_name_that_no_column_can_hold_is_refused(name: str) -> None:
    (problem,) = lint_files({name: definitions(process(straight(user("x"))))}, Environment())
    assert (problem.rule, problem.file.isprintable()) == ("bad-file-name", True)


def test_a_table_that_does_not_fit_is_refused() -> None:
    table = drawn(column("input", "in", "x") + column("output", "out", "y") + row("r", ["-"], ["1"]))
    assert _told(table, "t.dmn") == set()
    assert _told(table.replace(b'id="route"', b'id="%s"' % (b"k" * 121)), "t.dmn") == {
        ("too-long", "k" * 120)
    }
    assert _told(table.replace("路线".encode(), b"n" * 201), "t.dmn") == {("too-long", "route")}


@pytest.mark.parametrize("name", ["a/../b", "a b", "1a", "a:b", "-a"])
def test_an_id_that_no_address_can_hold_is_refused(name: str) -> None:
    assert _told(definitions(process(straight(user("x")), name))) == {("bad-id", name)}


def test_the_longest_texts_that_pass_are_deployed_and_started(world: World) -> None:
    key, name = "p" * LONGEST["process id"], "x" * LONGEST["element id"]
    task = user(name, duty="d" * LONGEST["duty"], publicState="s" * LONGEST["publicState"])
    task = task.replace("办理", "办" * LONGEST["element name"])
    world.deploy(definitions(process(straight(task, name), key, name="名" * LONGEST["process name"])))
    case = world.start(key, key="k" * 120)
    assert world.open(case) == [name]
    world.complete(case, name)
    assert world.row(case).public_state == "s" * LONGEST["publicState"]


def test_a_business_key_that_does_not_fit_starts_nothing(world: World) -> None:
    world.deploy(definitions(process(straight(user("x")))))
    for key in ("k" * 121, "a\0b"):
        with pytest.raises(BadCorrelationKey, match="120"):
            world.start(key=key)


def test_a_person_beyond_all_numbers_is_refused_with_the_task(world: World) -> None:
    world.deploy(definitions(process(straight(user("x", assignTo="who")))))
    for who in (2**31, 10**17, -1):
        with pytest.raises(NoPerson, match="“办理”"):
            world.start(who=who)
        db.session.rollback()
        world.deploy(definitions(process(straight(user("x", assignTo="who")))))


def test_nobody_waits_for_a_message_that_no_column_can_hold(world: World) -> None:
    for message, key in (("m\0", "k"), ("m", "k\0"), ("m" * 5_000, "k" * 5_000)):
        with pytest.raises(NothingWaiting):
            engine.deliver_message(message, key, {}, actor=None)


def test_a_target_beyond_a_hundred_years_is_refused_before_it_is_reached() -> None:
    assert _told(body(straight(user("x", dueIn="P9999Y")))) == {("due-in", "x")}
