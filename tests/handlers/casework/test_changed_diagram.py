"""Changing a diagram changes behaviour, without Python: the second review is taken out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from models import db
from models.processes.instances import WorkItem
from tests.handlers.casework import test_turns as turns
from tests.handlers.casework.conftest import LIBRARY, SignedIn, World
from tests.handlers.casework.test_check import ALL, arrive, judged, until
from tests.handlers.casework.test_decision import send, take
from tests.handlers.casework.test_journey import registered
from tests.handlers.diagrams.altering import insert_task
from tests.workflows.engine.shortening import without_second_review

__all__ = ["registered"]
case = turns.case
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
    _deploy(
        app,
        tmp_path,
        insert_task("confirmation/confirmation.bpmn", "await_arrival_to_check_materials", "领号", role=role),
    )
    instance = world.start("confirmation", plan={"mode": "on_site", "until": until()})
    clerk = signed_in("clerk")
    answer = clerk.post(f"/work/desk/{world.application}/arrived")
    assert answer.status_code == 302, answer.text
    assert _open(instance, "open", "claimed") == ["inserted"]
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


def test_words_of_a_designers_own_state_are_shown_and_nothing_is_accepted_before_it_is(
    app: Flask, world: World, signed_in: SignedIn, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A supervisor looks at a case after the check, and before it is accepted."""
    states = json.loads((LIBRARY / "accreditation" / "states.json").read_text("utf-8"))
    own = {"label": "主管正在过目", "title": "主管在看", "text": "请稍等", "countsAs": "confirming"}
    states["states"]["with_supervisor"] = own
    (tmp_path / "states.json").write_text(json.dumps(states), "utf-8")
    own_task = {"role": "site.supervisor", "publicState": "with_supervisor"}
    source = insert_task(
        "confirmation/confirmation.bpmn", "materials_conform_to_accept_application", "主管过目", **own_task
    )
    _deploy(app, tmp_path, source)
    request.getfixturevalue("case")
    clerk, supervisor = signed_in("clerk"), signed_in("supervisor")
    clerk.post(f"/work/tasks/{arrive(clerk, world)}", data=judged(*ALL, materials="conform"))
    told = signed_in("applicant").get(f"/apply/applications/{world.application}").text
    assert all(one in told for one in ("主管正在过目", "主管在看", "请稍等", "确认结果：符合<"))
    assert [one for one in ("材料正在核对", "已受理") if one in told] == []
    supervisor.post(f"/work/tasks/{take(supervisor, 'inserted')}", data={"act": "submit"})
    told = signed_in("applicant").get(f"/apply/applications/{world.application}").text
    assert "确认结果：符合，已受理" in told


def _deploy(app: Flask, folder: Path, source: bytes) -> None:
    (folder / "confirmation.bpmn").write_bytes(source)
    told = app.test_cli_runner().invoke(args=["deploy", str(folder)])
    assert told.exit_code == 0, told.output
