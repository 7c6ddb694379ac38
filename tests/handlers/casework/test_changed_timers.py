"""Timers that a designer adds around the correction: a reminder moves no deadline, an earlier end does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from domain.deadlines import confirmation_window
from models import db
from models.base.database import writing
from models.base.errors import Invalid
from models.cases.applications import Application
from tests.handlers.casework.conftest import LIBRARY, SignedIn, World, _environment, _sources, the_item
from tests.handlers.casework.test_check import arrive, judged
from tests.workflows.engine.diagrams.drawing import (
    END,
    START,
    boundary,
    definitions,
    element,
    flows,
    process,
    timer,
)
from workflows import engine, worklist
from workflows.clock import LOCAL, advance_clock, now

REMINDER = """
    <bpmn:boundaryEvent id="nudged" name="提醒" attachedToRef="correct_materials" cancelActivity="false">
      <bpmn:outgoing>nudged_to_told</bpmn:outgoing>
      <bpmn:timerEventDefinition id="nudged_timer">
        <bpmn:timeDuration xsi:type="bpmn:tFormalExpression">'P1D'</bpmn:timeDuration>
      </bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:endEvent id="told" name="told"><bpmn:incoming>nudged_to_told</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="nudged_to_told" sourceRef="nudged" targetRef="told" />
    <bpmn:boundaryEvent id="correction_missed\""""
CALLING = definitions(
    process(
        START
        + element("callActivity", "inside", calledElement="confirmation")
        + boundary("closed", "inside", timer("'P2D'"))
        + element("endEvent", "f")
        + END
        + flows("s inside", "inside e", "closed f"),
        "calling",
    )
)


@contextmanager
def change() -> Iterator[None]:
    """One transaction of the test's own."""
    writing.set(True)
    try:
        yield
        db.session.commit()
    finally:
        db.session.rollback()
        writing.set(None)


def deploy(*, reminds: bool, encloses: bool) -> str:
    """Deploy the changed diagrams; the process to start."""
    sources = _sources()
    if reminds:
        known = b'<bpmn:boundaryEvent id="correction_missed"'
        file = "confirmation/confirmation.bpmn"
        assert known in sources[file]
        sources[file] = sources[file].replace(known, REMINDER.strip().encode())
    if encloses:
        sources["calling.bpmn"] = CALLING
    with change():
        engine.deploy_files(sources, by=None, environment=_environment())
    return "calling" if encloses else "confirmation"


def returned(world: World, clerk: FlaskClient, process: str) -> Application:
    """The case, returned for correction within four days."""
    until = (now() + timedelta(days=10)).astimezone(LOCAL).isoformat()
    world.start(process, plan={"mode": "on_site", "until": until})
    item = arrive(clerk, world)
    day = (now() + timedelta(days=4)).astimezone(LOCAL).date().isoformat()
    verdicts = judged("conform", "conform", "not_conform", materials="incomplete", correct_until=day)
    clerk.post(f"/work/tasks/{item}", data=verdicts)
    db.session.rollback()
    return db.session.get_one(Application, world.application)


def correct(application: Application) -> None:
    """The applicant answers."""
    item = the_item("correct_materials")
    with change():
        worklist.complete_item(item.id, {}, actor=application.person_id)


@pytest.mark.found("D1")
def test_a_reminder_beside_the_correction_is_not_its_deadline(
    app: Flask, world: World, signed_in: SignedIn
) -> None:
    clerk = signed_in("clerk")
    application = returned(world, clerk, deploy(reminds=True, encloses=False))
    assert application.state == "correction"
    left = confirmation_window.applicant_deadline(application) - now()
    assert timedelta(days=3) < left < timedelta(days=5)
    page = clerk.get(f"/work/cases/{world.application}").text
    assert re.search(r"期限：[^<]*（补正到期）", page)
    assert re.search(r"提醒：[^<]*（提醒）", page)
    assert "<title>期限：补正到期</title>" in page
    with change():
        advance_clock(timedelta(days=2))
    correct(application)
    assert the_item("check_materials")


@pytest.mark.found("D1")
def test_an_earlier_end_of_what_is_around_is(app: Flask, world: World, signed_in: SignedIn) -> None:
    application = returned(world, signed_in("clerk"), deploy(reminds=True, encloses=True))
    left = confirmation_window.applicant_deadline(application) - now()
    assert timedelta(days=1) < left < timedelta(days=2, seconds=1)
    with change():
        advance_clock(timedelta(days=2, hours=1))
    with pytest.raises(Invalid) as refused:
        correct(application)
    assert "补正时间已于" in str(refused.value.fields)


def test_lint_names_the_deadlines_and_reminders_of_each_task(app: Flask) -> None:
    own = sorted((LIBRARY / "confirmation").rglob("*.json"))
    letters = [LIBRARY / "accreditation" / "letters" / "acceptance.letter.json", *own]
    files = [str(path) for path in [LIBRARY / "confirmation" / "confirmation.bpmn", *letters]]
    told = app.test_cli_runner().invoke(args=["lint", *files]).output
    line = "info confirmation#correct_materials [timers] 期限：correction_missed（correct_until）"
    assert line in told.splitlines()
    reminding = "info confirmation#check_materials [timers] 提醒：check_overdue（'P5D'）"
    assert reminding in told.splitlines()
