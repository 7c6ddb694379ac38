"""Errors, escalations and cancellations reach the activity around them, and no other."""

from __future__ import annotations

import pytest

from models import db
from tests.workflows.engine.diagrams.drawing import (
    END,
    FAILURES,
    START,
    boundary,
    definitions,
    element,
    extended,
    flows,
    operator,
    own,
    process,
    service,
    user,
)
from tests.workflows.engine.world import World
from workflows import engine
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
