"""Errors, escalations and cancellations reach the activity around them, and no other."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from models import db
from models.processes.instances import Event
from tests.workflows.engine.diagrams.drawing import (
    END,
    FAILURES,
    START,
    boundary,
    definitions,
    element,
    extended,
    flow,
    flows,
    operator,
    own,
    process,
    service,
    straight,
    user,
)
from tests.workflows.engine.world import FORMS, ROLES, World
from workflows import engine
from workflows.engine.elements.throwing import UncaughtError
from workflows.engine.lint import lint_files
from workflows.operations import OperationRefused

ERROR = '<errorEventDefinition errorRef="failed"/>'
THROWN = {
    "error": ("subProcess", ERROR),
    "escalation": ("subProcess", '<escalationEventDefinition escalationRef="late"/>'),
    "cancel": ("transaction", "<cancelEventDefinition/>"),
}
DECLARED = element("property", "people") + element("property", "results")


def _refuse(_call: object, **_parameters: object) -> None:
    raise OperationRefused("failed")


def _branch(name: str, kind: str, definition: str) -> str:
    inside = (
        element("startEvent", f"s{name}") + user(f"u{name}") + element("endEvent", f"e{name}", definition)
    )
    return (
        element(kind, f"sub{name}", inside + flows(f"s{name} u{name}", f"u{name} e{name}"))
        + boundary(f"b{name}", f"sub{name}", definition)
        + user(f"mend{name}")
        + element("endEvent", f"x{name}")
        + element("endEvent", f"y{name}")
        + flows(f"fork sub{name}", f"sub{name} x{name}", f"b{name} mend{name}", f"mend{name} y{name}")
    )


@pytest.mark.parametrize("thrown", THROWN)
def test_what_one_branch_throws_leaves_the_other_alone(world: World, thrown: str) -> None:
    drawn = START + element("parallelGateway", "fork") + flows("s fork")
    drawn += _branch("a", *THROWN[thrown]) + _branch("b", *THROWN[thrown])
    world.deploy(definitions(FAILURES, process(drawn)))
    case = world.start()
    world.complete(case, "ua")
    assert world.open(case) == ["menda", "ub"]
    world.complete(case, "ub")
    assert world.open(case) == ["menda", "mendb"]


def test_an_error_climbs_until_somebody_catches_it(world: World) -> None:
    inner = element("startEvent", "si") + user("u") + element("endEvent", "ei", ERROR) + flows("si u", "u ei")
    middle = element("startEvent", "sm") + element("subProcess", "inner", inner) + element("endEvent", "em")
    middle += flows("sm inner", "inner em")
    drawn = (
        START + element("subProcess", "outer", middle) + boundary("b", "outer", ERROR) + user("mend") + END
    )
    drawn += flows("s outer", "outer e", "b mend", "mend e")
    world.deploy(definitions(FAILURES, process(drawn)))
    case = world.start()
    world.complete(case, "u")
    assert world.open(case) == ["mend"]
    assert len(world.loaded(case).subprocesses) == 0


def test_two_refusals_in_one_step_take_each_its_own_way(world: World) -> None:
    world.operation("op", _refuse)
    drawn = START + element("parallelGateway", "fork") + flows("s fork")
    for name in "xy":
        drawn += service(name) + boundary(f"b{name}", name, ERROR) + user(f"mend{name}")
        drawn += element("endEvent", f"e{name}") + element("endEvent", f"m{name}")
        drawn += flows(f"fork {name}", f"{name} e{name}", f"b{name} mend{name}", f"mend{name} m{name}")
    world.deploy(definitions(FAILURES, process(drawn)))
    assert world.open(world.start(case=1)) == ["mendx", "mendy"]


def _repeated(kind: str, inner: str, order: str, called: str | None) -> str:
    loop = (
        f'<multiInstanceLoopCharacteristics isSequential="{order}">'
        "<loopDataInputRef>people</loopDataInputRef><loopDataOutputRef>results</loopDataOutputRef>"
        '<inputDataItem id="person"/><outputDataItem id="result"/></multiInstanceLoopCharacteristics>'
    )
    attributes = {"calledElement": called} if called else {}
    return element(kind, "act", extended(own("preScript", "results = []"), inner) + loop, **attributes)


def _files(activity: str) -> dict[str, bytes]:
    drawn = DECLARED + START + activity + boundary("b", "act", ERROR) + user("mend") + user("fine") + END
    drawn += flows("s act", "act fine", "b mend", "mend e", "fine e")
    call = element("serviceTask", "call", extended(operator("op", result="result", case="case")))
    inner = element("startEvent", "qs") + call + element("endEvent", "qe") + flows("qs call", "call qe")
    return {"p.bpmn": definitions(FAILURES, process(drawn)), "q.bpmn": definitions(process(inner, "q"))}


@pytest.mark.parametrize("order", ["false", "true"], ids=["at once", "one by one"])
@pytest.mark.parametrize("called", [None, "q"], ids=["service", "call"])
@pytest.mark.parametrize("kind", ["inward", "outward"])
def test_an_error_of_one_instance_reaches_the_boundary_of_all(
    world: World, kind: str, called: str | None, order: str
) -> None:
    world.operation("op", _refuse if kind == "inward" else None, kind=kind)
    operated = "" if called else operator("op", result="result", case="case")
    activity = _repeated("callActivity" if called else "serviceTask", operated, order, called)
    world.deploy(_files(activity))
    case = world.start(case="a", people=["x", "y"])
    if kind == "outward":
        assert engine.fail_service(world.jobs(case)[0].task_id, "failed")
        db.session.expire_all()
    assert world.open(case) == ["mend"]
    assert {job.state for job in world.jobs(case)} <= {"dropped"}
    assert len(world.loaded(case).subprocesses) == 0
    world.complete(case, "mend")
    assert world.row(case).state == "completed"


CODES = "".join(
    f'<error id="{code}" name="{code}" errorCode="{code}"/><escalation id="x{code}" escalationCode="{code}"/>'
    for code in ("bad", "worse")
)


def _error(code: str = "", kind: str = "error") -> str:
    reference = f' {kind}Ref="{"x" if kind == "escalation" else ""}{code}"' if code else ""
    return f"<{kind}EventDefinition{reference}/>"


def _part(name: str, *thrown: str, beside: str = "", kind: str = "error", loop: str = "") -> str:
    """A sub-process in which somebody has chosen what is thrown."""
    ways = "".join(
        element("endEvent", f"end_{code}", _error(code, kind)) + flow("gate", f"end_{code}", f"n == '{code}'")
        for code in thrown
    )
    inner = element("startEvent", "begin") + user("work") + element("endEvent", "fine")
    inner += element("exclusiveGateway", "gate", default="gate_fine")
    inner += flows("begin work", "work gate", "gate fine") + beside
    return element("subProcess", name, loop + inner + ways)


def _caught(*caught: str, kind: str = "error") -> str:
    return "".join(
        boundary(f"b_{code}", "sub", _error(code, kind))
        + user(f"mend_{code}")
        + flows(f"b_{code} mend_{code}", f"mend_{code} e")
        for code in caught
    )


def _with_part(part: str, *caught: str, kind: str = "error") -> bytes:
    handlers = _caught(*caught, kind=kind)
    return definitions(CODES, process(straight(part, "sub") + handlers))


@pytest.mark.found("E4")
@pytest.mark.parametrize("kind", ["error", "escalation"])
@pytest.mark.parametrize(
    ("thrown", "expected"),
    [("bad", ["mend_bad"]), ("worse", ["mend_"]), ("no", [])],
    ids=["code", "any", "none"],
)
def test_an_event_for_the_code_takes_it_before_one_for_any(
    world: World, thrown: str, expected: list[str], kind: str
) -> None:
    world.deploy(_with_part(_part("sub", "bad", "worse", kind=kind), "", "bad", kind=kind))
    case = world.start(n=thrown)
    world.complete(case, "work")
    assert world.open(case) == expected
    caught = [one for one in world.events(case) if one[0] == "caught"]
    assert caught == [("caught", {"mend_bad": "b_bad", "mend_": "b_"}[one]) for one in expected]


@pytest.mark.found("E4")
def test_an_event_of_a_caught_error_tells_its_code(world: World) -> None:
    world.deploy(_with_part(_part("sub", "bad"), "bad"))
    case = world.start(n="bad")
    world.complete(case, "work")
    kept = db.session.scalar(select(Event.detail).where(Event.instance_id == case, Event.kind == "caught"))
    assert kept == {"event": "error", "code": "bad"}


@pytest.mark.found("E4")
@pytest.mark.parametrize("name", ["A_uncaught_error_in_sub_process", "A8_root_error_end_beside_a_branch"])
def test_an_error_that_nothing_catches_is_told_with_code_and_element(name: str) -> None:
    wrong = engine_lint(UNCAUGHT[name])
    assert [(one.rule, one.element) for one in wrong] == [("uncaught", "bad_end")]
    assert " bad " in wrong[0].message


@pytest.mark.found("E4")
def test_an_error_that_nothing_catches_stops_the_step(world: World) -> None:
    """As when its caller is another one than was known at its deployment."""
    thrower = definitions(CODES, process(straight(_part("sub", "bad"), "sub")))
    world.deploy(thrower, called=frozenset("p"))
    case = world.start(n="bad")
    with pytest.raises(UncaughtError, match=r"end_bad.* bad ") as refused:
        world.complete(case, "work")
    assert refused.value.status == 409
    db.session.rollback()


def _caller() -> str:
    """A process that calls the other one and catches one error of it."""
    call = element("callActivity", "call", calledElement="p")
    drawn = element("startEvent", "qs") + call + element("endEvent", "qe")
    drawn += boundary("b", "call", _error("bad"))
    return process(drawn + flows("qs call", "call qe", "b qe"), "q")


@pytest.mark.found("E4")
def test_an_error_leaves_a_called_process_and_ends_what_stands_beside_it(world: World) -> None:
    world.operation("op")
    beside = user("z") + flows("work z", "z fine")
    world.deploy(definitions(CODES, process(straight(_part("sub", "bad", beside=beside), "sub")), _caller()))
    case = world.start("q", n="bad")
    world.complete(case, "work")
    row = world.row(case)
    assert (row.state, row.end_element) == ("completed", "qe")
    assert ("caught", "b") in world.events(case)
    assert [kind for kind, _ in world.events(case)].count("withdrawn") == 0


@pytest.mark.found("E4")
def test_nothing_beside_an_error_runs_on(world: World) -> None:
    """What is ready in the same step when the error is thrown does not happen any more."""
    world.operation("op")
    inner = (
        element("startEvent", "s2")
        + element("parallelGateway", "fork")
        + element("endEvent", "thrown", _error("bad"))
        + service("late")
        + element("endEvent", "e2")
        + flows("s2 fork", "fork thrown", "fork late", "late e2")
    )
    drawn = straight(user("x")).replace('"x_e"', '"x_sub"').replace('targetRef="e"', 'targetRef="sub"')
    drawn += element("subProcess", "sub", inner) + boundary("b", "sub", _error("bad")) + flows("sub e", "b e")
    world.deploy(definitions(CODES, process(drawn)))
    case = world.start(case=1)
    world.complete(case, "x")
    assert (world.row(case).state, world.calls) == ("completed", [])


@pytest.mark.found("E4")
@pytest.mark.parametrize("order", ["false", "true"], ids=["at once", "one by one"])
def test_an_error_end_of_one_instance_ends_all(world: World, order: str) -> None:
    loop = (
        f'<multiInstanceLoopCharacteristics isSequential="{order}">'
        "<loopDataInputRef>people</loopDataInputRef><loopDataOutputRef>results</loopDataOutputRef>"
        '<inputDataItem id="person"/><outputDataItem id="result"/></multiInstanceLoopCharacteristics>'
    )
    emptied = extended(own("preScript", "results = []"))
    part = _part("sub", "bad", loop=emptied + loop)
    drawn = DECLARED + straight(part, "sub") + _caught("bad")
    world.deploy(definitions(CODES, process(drawn)))
    case = world.start(people=["x", "y"], n="bad")
    world.complete(case, "work", result=1)
    assert world.open(case) == ["mend_bad"]
    assert len(world.loaded(case).subprocesses) == 0


@pytest.mark.found("E4")
def test_an_escalation_that_nothing_catches_is_nothing(world: World) -> None:
    world.deploy(_with_part(_part("sub", "bad", kind="escalation")))
    case = world.start(n="bad")
    world.complete(case, "work")
    assert (world.row(case).state, world.row(case).end_element) == ("completed", "e")


CALLS = {
    "caught by the caller": ("bad", frozenset(), set()),
    "another code": ("worse", frozenset(), {("uncaught", "call")}),
    "a caller that is deployed": ("", frozenset("p"), set()),
    "a caller of the caller": ("worse", frozenset("q"), set()),
    "nobody calls": ("", frozenset(), {("uncaught", "end_bad")}),
}


@pytest.mark.found("E4")
@pytest.mark.parametrize("name", CALLS)
def test_errors_are_followed_through_calls(name: str) -> None:
    caught, called, wrong = CALLS[name]
    thrower = definitions(CODES, process(straight(_part("sub", "bad"), "sub")))
    sources = {"p.bpmn": thrower}
    if caught:
        sources["q.bpmn"] = definitions(CODES, _caller().replace('errorRef="bad"', f'errorRef="{caught}"'))
    assert {(one.rule, one.element) for one in engine_lint(sources, called=called)} == wrong


def engine_lint(sources: bytes | dict[str, bytes], **known: Any) -> list[engine.LintProblem]:
    named = {"p.bpmn": sources} if isinstance(sources, bytes) else sources
    environment = engine.Environment(forms=FORMS, roles=ROLES, **known)
    found = lint_files(named, environment)
    # That nothing throws what an event waits for is judged elsewhere; here it is what nobody catches.
    return [one for one in found if one.rule != "never-thrown"]


UNCAUGHT = {
    "A_uncaught_error_in_sub_process": definitions(
        CODES,
        process(
            straight(
                element(
                    "subProcess",
                    "sub",
                    element("startEvent", "s2")
                    + element("endEvent", "bad_end", _error("bad"))
                    + flows("s2 bad_end"),
                ),
                "sub",
            )
            + boundary("b", "sub", _error("worse"))
            + flows("b e")
        ),
    ),
    "A8_root_error_end_beside_a_branch": definitions(
        CODES,
        process(
            START
            + element("parallelGateway", "g")
            + user("x")
            + user("y")
            + element("endEvent", "bad_end", _error("bad"))
            + END
            + flows("s g", "g x", "g y", "x bad_end", "y e")
        ),
    ),
}
