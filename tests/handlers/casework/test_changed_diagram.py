"""Changing a diagram changes behaviour, without Python: the second review is taken out."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from models import db
from models.processes.instances import WorkItem
from tests.handlers.casework.conftest import LIBRARY, SignedIn, World
from tests.handlers.casework.test_check import until
from tests.handlers.casework.test_decision import send, take
from tests.workflows.engine.shortening import without_second_review

SOURCE = LIBRARY / "decision" / "decision.bpmn"


@pytest.mark.manual("D1")
def test_the_next_case_skips_it_and_a_running_case_keeps_its_release(
    app: Flask, world: World, signed_in: SignedIn, tmp_path: Path
) -> None:
    first = signed_in("first")
    running = world.start("decision")
    send(first, take(first, "first_review"), first="grant")
    changed = tmp_path / SOURCE.name
    changed.write_bytes(without_second_review(SOURCE.read_bytes()))
    told = app.test_cli_runner().invoke(args=["deploy", str(tmp_path)])
    assert told.exit_code == 0, told.output

    later = world.start("decision")
    send(first, take(first, "first_review"), first="grant")
    assert _open(later) == ["decide"]
    assert _open(running) == ["second_review"]

    second, decider = signed_in("second"), signed_in("decider")
    send(decider, take(decider, "decide"), decision="granted")
    send(second, take(second, "second_review"), second="agree")
    assert _open(later) == []
    assert _open(running) == ["decide"]


def _open(instance: int, *states: str) -> list[str]:
    db.session.rollback()
    return [
        item.element
        for item in db.session.query(WorkItem)
        .filter_by(instance_id=instance)
        .filter(WorkItem.state.in_(states or ("open",)))
        .order_by(WorkItem.id)
    ]


@pytest.mark.parametrize("role", ["site.clerk", "site.supervisor"])
def test_an_arrival_counts_when_another_task_comes_before_the_check(
    app: Flask, world: World, signed_in: SignedIn, tmp_path: Path, role: str
) -> None:
    _deploy(app, tmp_path, _with_task_after_arrival(role))
    instance = world.start("confirmation", plan={"mode": "on_site", "until": until()})
    clerk = signed_in("clerk")
    answer = clerk.post(f"/work/desk/{world.application}/arrived")
    assert answer.status_code == 302, answer.text
    assert _open(instance, "open", "claimed") == ["hand_out_number"]
    page = clerk.get(answer.location).text
    if role == "site.clerk":
        assert "领号" in page
        assert "/work/tasks/" in answer.location
        return
    assert answer.location.endswith("/work/")
    assert "已登记到场。现在等待办理：“领号”（确认点主管）。" in page
    again = clerk.get("/work/desk", query_string={"q": "2611000001"}).text
    assert "现在等待办理：“领号”（确认点主管）。" in again
    assert "到场，开始核对" not in again


def _with_task_after_arrival(role: str) -> bytes:
    source = (LIBRARY / "confirmation" / "confirmation.bpmn").read_text(encoding="utf-8")
    flow = 'id="await_arrival_to_check_materials" sourceRef="await_arrival" targetRef="check_materials"'
    assert flow in source
    onward = 'id="number_to_check" sourceRef="hand_out_number" targetRef="check_materials"'
    task = f"""<bpmn:userTask id="hand_out_number" name="领号"><bpmn:extensionElements>
        <spiffworkflow:properties><spiffworkflow:property name="role" value="{role}" /></spiffworkflow:properties>
        </bpmn:extensionElements><bpmn:incoming>await_arrival_to_check_materials</bpmn:incoming>
        <bpmn:outgoing>number_to_check</bpmn:outgoing></bpmn:userTask><bpmn:sequenceFlow {onward} />"""
    return (
        source.replace(flow, flow.replace('targetRef="check_materials"', 'targetRef="hand_out_number"'))
        .replace(
            "<bpmn:incoming>await_arrival_to_check_materials</bpmn:incoming>",
            "<bpmn:incoming>number_to_check</bpmn:incoming>",
        )
        .replace('<bpmn:userTask id="check_materials"', f'{task}<bpmn:userTask id="check_materials"')
        .encode()
    )


def _deploy(app: Flask, folder: Path, source: bytes) -> None:
    (folder / "confirmation.bpmn").write_bytes(source)
    told = app.test_cli_runner().invoke(args=["deploy", str(folder)])
    assert told.exit_code == 0, told.output
