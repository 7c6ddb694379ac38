"""Service tasks: inward ones in the step, outward ones by a job; refusals and failures become errors."""

from __future__ import annotations

import pytest

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
    flows,
    operator,
    process,
    user,
)
from tests.workflows.engine.world import World
from workflows import engine
from workflows.engine import ProcessFailed
from workflows.engine.state.interpreter import BadParameters
from workflows.operations import OperationRefused, UnknownOperation

CALL = element("serviceTask", "call", extended(operator("op", result="answer", value="n")))
ERROR = '<errorEventDefinition errorRef="failed"/>'


def _straight(service: str = CALL, *, caught: str = ERROR) -> bytes:
    drawn = START + user("begin") + service + user("after") + END
    drawn += flows("s begin", "begin call", "call after", "after e")
    if caught:
        drawn += boundary("b", "call", caught) + user("mend") + flows("b mend", "mend e")
    return definitions(process(drawn), FAILURES)


def _called(*, caught: bool) -> dict[str, bytes]:
    outer = START + user("begin") + element("callActivity", "sub", calledElement="q") + END
    outer += flows("s begin", "begin sub", "sub e")
    if caught:
        outer += boundary("b", "sub", ERROR) + user("mend") + flows("b mend", "mend e")
    inner = element("startEvent", "qs") + CALL + user("after") + element("endEvent", "qe")
    inner += flows("qs call", "call after", "after qe")
    return {
        "p.bpmn": definitions(process(outer), FAILURES),
        "q.bpmn": definitions(process(inner, "q")),
    }


def _refuse(_call: object, **_parameters: object) -> None:
    raise OperationRefused("failed")


def _refuse_otherwise(_call: object, **_parameters: object) -> None:
    raise OperationRefused("other")


def _break(_call: object, **_parameters: object) -> None:
    raise ZeroDivisionError("op broke")


def _begun(world: World, **variables: object) -> int:
    case = world.start(**({"n": 3} | variables))
    world.complete(case, "begin")
    return case


def _data(world: World, case: int, element: str) -> dict[str, object]:
    return world.loaded(case).get_tasks(spec_name=element)[-1].data


def test_an_inward_operation_answers_in_the_step(world: World) -> None:
    world.operation("op", lambda call, value: {"double": value * 2, "key": call.business_key})
    world.deploy(_straight())
    case = _begun(world)
    assert _data(world, case, "after")["answer"] == {"double": 6, "key": "case:1"}
    assert world.jobs(case) == []


def test_an_answer_nobody_asked_for_is_not_kept(world: World) -> None:
    world.operation("op", lambda _call, value: value)
    world.deploy(_straight(CALL.replace(' resultVariable="answer"', "")))
    assert _data(world, _begun(world), "after") == {"n": 3}


def test_a_refusal_takes_the_way_of_the_error(world: World) -> None:
    world.operation("op", _refuse)
    world.deploy(_straight())
    assert world.open(_begun(world)) == ["mend"]


@pytest.mark.parametrize(
    ("caught", "refusal"), [("", _refuse), (ERROR, _refuse_otherwise)], ids=["nobody listens", "other code"]
)
def test_a_refusal_that_nobody_catches_saves_nothing(world: World, caught: str, refusal: object) -> None:
    world.operation("op", refusal)
    world.deploy(_straight(caught=caught))
    case = world.start(n=3)
    db.session.commit()
    with pytest.raises(ProcessFailed):
        world.complete(case, "begin")
    db.session.rollback()
    assert world.open(case) == ["begin"]


def test_a_refusal_reaches_the_boundary_of_the_caller(world: World) -> None:
    world.operation("op", _refuse)
    world.deploy(_called(caught=True))
    case = _begun(world)
    assert world.open(case) == ["mend"]
    assert len(world.loaded(case).subprocesses) == 0


def test_an_exception_rolls_everything_back(world: World) -> None:
    def write_and_break(call: object, **_parameters: object) -> None:
        db.session.add(Event(instance_id=call.instance_id, at=call.now, kind="moved"))
        db.session.flush()
        raise ZeroDivisionError

    world.operation("op", write_and_break)
    world.deploy(_straight())
    case = world.start(n=3)
    db.session.commit()
    before = world.row(case).blob
    with pytest.raises(ZeroDivisionError):
        world.complete(case, "begin")
    db.session.rollback()
    assert world.open(case) == ["begin"]
    assert world.row(case).blob == before
    assert world.events(case) == [("started", None)]
    world.operation("op", lambda _call, value: value)
    world.complete(case, "begin")
    assert world.open(case) == ["after"]


def test_parameters_are_checked_before_the_call(world: World) -> None:
    from marshmallow import Schema, fields

    world.operation("op", parameters=Schema.from_dict({"value": fields.Integer(required=True, strict=True)}))
    world.deploy(_straight())
    case = world.start(n="three")
    with pytest.raises(BadParameters):
        world.complete(case, "begin")
    assert world.calls == []


def test_an_operation_that_is_gone_is_named(world: World) -> None:
    world.operation("op")
    world.deploy(_straight())
    case = world.start(n=3)
    from workflows import operations

    operations._operations.clear()
    with pytest.raises(UnknownOperation):
        world.complete(case, "begin")


def test_an_outward_operation_waits_for_its_job(world: World) -> None:
    world.operation("op", kind="outward")
    world.deploy(_straight())
    case = _begun(world)
    (job,) = world.jobs(case)
    assert (job.operation, job.parameters, job.element, job.state) == ("op", {"value": 3}, "call", "due")
    assert job.key == job.task_id
    assert world.open(case) == []
    assert world.row(case).elements == ["call"]
    assert ("queued", "call") in world.events(case)
    assert engine.complete_service(job.task_id, {"ok": True})
    assert _data(world, case, "after")["answer"] == {"ok": True}
    assert ("serviced", "call") in world.events(case)


def test_parameters_that_look_like_a_stored_object_are_kept_as_they_are(world: World) -> None:
    world.operation("op", kind="outward")
    world.deploy(_straight())
    forged = {"typename": "BpmnEvent", "deeper": [{"typename": "nothing"}]}
    case = _begun(world, n=forged)
    (job,) = world.jobs(case)
    assert job.parameters == {"value": forged}
    assert engine.complete_service(job.task_id, forged)
    assert _data(world, case, "after")["answer"] == forged


def test_an_outward_operation_is_completed_once(world: World) -> None:
    world.operation("op", kind="outward")
    world.deploy(_straight())
    case = _begun(world)
    (job,) = world.jobs(case)
    assert engine.complete_service(job.task_id, 1)
    revision = world.row(case).revision
    assert not engine.complete_service(job.task_id, 2)
    assert not engine.fail_service(job.task_id, "failed")
    assert world.row(case).revision == revision
    assert _data(world, case, "after")["answer"] == 1


def test_a_failed_outward_operation_takes_the_way_of_the_error(world: World) -> None:
    world.operation("op", kind="outward")
    world.deploy(_straight())
    case = _begun(world)
    (job,) = world.jobs(case)
    assert engine.fail_service(job.task_id, "failed")
    assert world.open(case) == ["mend"]
    assert ("failed", "call") in world.events(case)
    assert not engine.complete_service(job.task_id, 1)


@pytest.mark.parametrize("code", ["failed", "other"])
def test_a_failure_that_nobody_catches_leaves_the_task_waiting(world: World, code: str) -> None:
    world.operation("op", kind="outward")
    world.deploy(_straight(caught="" if code == "failed" else ERROR))
    case = _begun(world)
    (job,) = world.jobs(case)
    assert not engine.fail_service(job.task_id, code)
    assert world.jobs(case)[0].state == "due"
    assert engine.complete_service(job.task_id, 1)


def test_a_failure_reaches_the_boundary_of_the_caller(world: World) -> None:
    world.operation("op", kind="outward")
    world.deploy(_called(caught=True))
    case = _begun(world)
    (job,) = world.jobs(case)
    assert engine.fail_service(job.task_id, "failed")
    assert world.open(case) == ["mend"]
    assert len(world.loaded(case).subprocesses) == 0


def test_an_unknown_task_is_nobody_s(world: World) -> None:
    assert not engine.complete_service("0" * 32, 1)
    assert not engine.fail_service("0" * 32, "failed")
