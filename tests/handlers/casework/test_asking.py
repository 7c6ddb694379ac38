"""A diagram asks an applicant, waits for the answer, and goes on as it turned out."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from domain import checking
from domain.diagrams.lint_environment import build_environment
from models import db
from models.base.database import writing
from models.cases.applications import Application
from models.cases.notices import Notice
from models.cases.threads import Thread
from models.processes.instances import Job, ProcessInstance
from tests.handlers.casework.conftest import SignedIn, World
from tests.handlers.casework.test_journey import registered
from tests.handlers.casework.test_messages import MADE_UP, case, counted, lone, passes, reply, the_thread
from tests.standings import standing_in
from workflows import engine
from workflows.background.worker import Worker
from workflows.clock import now

__all__ = ["case", "lone", "registered"]
DIAGRAM = Path(__file__).parents[2] / "processes" / "inquiry.bpmn"


@pytest.fixture
def asking(app: Flask, lone: World) -> int:
    """An instance of the diagram, and its question on the way."""
    db.session.rollback()
    writing.set(True)
    engine.deploy_files({DIAGRAM.name: DIAGRAM.read_bytes()}, by=None, environment=build_environment())
    started = engine.start_instance(
        "inquiry", business_key=None, variables={"application": lone.application}, actor=None
    )
    db.session.commit()
    writing.set(None)
    return started.id


def elements(instance: int) -> list[str]:
    """Where an instance rests."""
    db.session.rollback()
    return list(db.session.get_one(ProcessInstance, instance).elements)


@pytest.mark.manual("R5", "D1")
def test_the_answer_leads_on(app: Flask, asking: int, lone: World, signed_in: SignedIn) -> None:
    applicant = signed_in("applicant")
    there = f"/apply/applications/{lone.application}/messages"
    assert "请说明学习经历" not in applicant.get(there).text  # its course has not begun
    Worker(app=app).run_once()
    assert elements(asking) == ["await_answer"]
    page = applicant.get(there).text
    assert "请说明学习经历" in page
    assert "第1教育局" in page
    assert reply(applicant, lone, text="在家备考。").status_code == 303
    Worker(app=app).run_once()
    assert elements(asking) == ["note_answer"]
    assert the_thread().outcome == "answered"
    assert engine.read_variables(asking)["answer"] == {"thread": the_thread().id, "outcome": "answered"}
    assert not db.session.query(ProcessInstance).filter_by(process_key="messaging", state="active").count()


@pytest.mark.manual("R5")
def test_silence_leads_elsewhere(app: Flask, asking: int, lone: World) -> None:
    Worker(app=app).run_once()
    passes(app, days=10)
    assert elements(asking) == ["note_silence"]
    assert the_thread().outcome == "unanswered"
    told = [one.template for one in db.session.query(Notice).order_by(Notice.id)]
    assert (told[0], told[-1]) == ("message_to_answer", "message_unanswered")
    assert "reply_missing" not in told  # nobody in particular asked


def test_an_office_may_close_what_a_process_asked(
    app: Flask, asking: int, lone: World, signed_in: SignedIn
) -> None:
    Worker(app=app).run_once()
    there = f"/work/cases/{lone.application}/messages/{the_thread().id}/close"
    assert signed_in("first").post(there, data={"reason": "已当面说明"}).status_code == 302
    Worker(app=app).run_once()
    assert elements(asking) == ["note_silence"]


def test_an_outcome_waits_for_whoever_asked(app: Flask, asking: int, lone: World) -> None:
    Worker(app=app).run_once()
    db.session.rollback()
    writing.set(True)
    waits = "UPDATE wait SET message = :message WHERE message = :before"
    db.session.execute(text(waits), {"message": "elsewhere", "before": "thread_ended"})
    db.session.commit()
    writing.set(None)
    passes(app, days=10)
    assert db.session.query(Job).filter_by(operation="threads.report").one().state == "due"
    writing.set(True)
    db.session.execute(text(waits), {"message": "thread_ended", "before": "elsewhere"})
    db.session.commit()
    writing.set(None)
    passes(app, minutes=2)
    assert elements(asking) == ["note_silence"]


@pytest.mark.parametrize("begun", [False, True])
def test_an_application_that_ends_ends_the_question(
    app: Flask, case: World, asking: int, signed_in: SignedIn, begun: bool
) -> None:
    if begun:
        Worker(app=app).run_once()
    else:  # the worker comes too late
        writing.set(True)
        db.session.query(Job).filter_by(operation="threads.begin").update(
            {"run_at": now() + timedelta(hours=1)}
        )
        db.session.commit()
        writing.set(None)
    withdraw = f"/apply/applications/{case.application}/withdraw"
    assert signed_in("applicant").post(withdraw, data={"reason": ""}).status_code == 303
    Worker(app=app).run_once()
    assert the_thread().outcome == "closed"
    assert elements(asking) == ["note_silence"]
    passes(app, days=1)
    assert counted(Thread) == 1
    assert [one for one in checking.list_impossible_states() if not one.check.startswith(MADE_UP)] == []


def test_nothing_is_asked_about_what_is_over(app: Flask, lone: World) -> None:
    db.session.rollback()
    writing.set(True)
    found = db.session.get_one(Application, lone.application)
    found.state, found.standing = standing_in("granted").values()
    engine.deploy_files({DIAGRAM.name: DIAGRAM.read_bytes()}, by=None, environment=build_environment())
    with pytest.raises(engine.ProcessFailed):
        engine.start_instance(
            "inquiry", business_key=None, variables={"application": lone.application}, actor=None
        )
    db.session.rollback()
    writing.set(None)
    assert counted(Thread) == 0
