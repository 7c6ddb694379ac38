"""Between the acts of two people: late changes, waiting for a supervisor, times that have passed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models import db
from models.authorities.plans import PlanMaterial
from models.base.database import writing
from models.cases.application_changes import ApplicationChange
from models.cases.applications import Application
from models.cases.letters import Letter
from tests.handlers import pagecheck
from tests.handlers.casework import test_online as online
from tests.handlers.casework.conftest import SignedIn, World, the_item
from tests.handlers.casework.test_online import BAD, KEYS, day, judge, page_of, put, send_in, the_case
from workflows import clock
from workflows.background.worker import Worker
from workflows.clock import now

uploading, waiting, clerk = online.uploading, online.waiting, online.clerk


def passes(app: Flask, **delta: float) -> None:
    """Let time pass, and the worker do what is due."""
    writing.set(True)
    clock.advance_clock(timedelta(**delta))
    db.session.commit()
    writing.set(None)
    Worker(app=app).run_once()
    db.session.rollback()


@pytest.mark.manual("R4", "Q8")
def test_an_applicant_does_not_lose_the_days_that_the_supervisor_took(
    app: Flask, waiting: World, clerk: FlaskClient, signed_in: SignedIn
) -> None:
    judge(clerk, *BAD, correct_until=day(3))
    send_in(signed_in("applicant"), unchanged="true")
    clerk.post(f"/work/tasks/{the_item('review_materials').id}/claim")
    judge(clerk, *BAD, correct_until=day(3))
    item, supervisor = the_item("approve_return").id, signed_in("supervisor")
    passes(app, days=4)
    supervisor.post(f"/work/tasks/{item}/claim")
    supervisor.post(
        f"/work/tasks/{item}", data={"act": "submit", "return_allowed": "true", "reason": "确有必要"}
    )
    passes(app, hours=1)
    assert the_item("replace_materials").state == "open"
    assert the_case(waiting).ended_at is None


def changed(world: World, field: str) -> None:
    """The applicant changes a particular, as 修改 keeps it."""
    writing.set(True)
    application = db.session.get_one(Application, world.application)
    application.revision += 1
    row = {"application_id": application.id, "revision": application.revision, "field": field}
    db.session.add(
        ApplicationChange(**row, before="一", after="二", person_id=application.person_id, at=now())
    )
    db.session.commit()
    writing.set(None)


def open_slots(applicant: FlaskClient, world: World) -> list[str]:
    """The materials that the applicant's page takes a file for."""
    page = applicant.get(f"/apply/applications/{world.application}/materials").text
    assert pagecheck.faults(page) == []
    return [key for key in (*KEYS, "student", "more") if f"/materials/{key}" in page]


@pytest.mark.manual("Q4", "Q8", "R4")
def test_a_material_that_conformed_is_open_again_when_what_it_proves_is_changed(
    waiting: World, clerk: FlaskClient, signed_in: SignedIn
) -> None:
    judge(clerk, *BAD, correct_until=day(3))
    applicant = signed_in("applicant")
    assert open_slots(applicant, waiting) == ["medical"]
    changed(waiting, "学历证书 · 证书编号")
    assert open_slots(applicant, waiting) == ["diploma", "medical"]
    put(waiting, "medical")
    send_in(applicant)
    clerk.post(f"/work/tasks/{the_item('review_materials').id}/claim")
    page = page_of(clerk)
    held = [re.search(rf'name="findings.{one}.verdict"[^>]* checked', page) for one in range(3)]
    assert [bool(found) for found in held] == [True, False, False]
    assert page.count("申报内容已修改") == 1


@pytest.mark.manual("Q4", "Q6")
def test_a_material_that_is_asked_only_after_a_change_can_be_uploaded(
    waiting: World, clerk: FlaskClient, signed_in: SignedIn
) -> None:
    judge(clerk, *BAD, correct_until=day(3))
    writing.set(True)
    application = db.session.get_one(Application, waiting.application)
    application.at_school = True
    asked = {"plan_id": application.plan_id, "position": 8, "applies_to": "at_school"}
    db.session.add(PlanMaterial(**asked, key="student", name="学籍在线验证报告"))
    db.session.commit()
    writing.set(None)
    applicant = signed_in("applicant")
    assert open_slots(applicant, waiting) == ["medical", "student"]
    put(waiting, "medical")
    item = the_item("replace_materials").id
    refused = applicant.post(f"/apply/tasks/{item}", data={"transaction": "lacking"})
    assert refused.status_code == 422
    assert "还没有上传“学籍在线验证报告”" in refused.text


@pytest.mark.manual("R4")
def test_the_receipt_lists_what_was_received(waiting: World, clerk: FlaskClient) -> None:
    plan = the_case(waiting).plan
    writing.set(True)
    plan.mode = "online"
    asked = {"plan_id": plan.id, "position": 8, "applies_to": "at_school"}
    db.session.add(PlanMaterial(**asked, key="student", name="学籍在线验证报告"))
    db.session.commit()
    writing.set(None)
    judge(clerk, "conform", "conform", "conform")
    letter = db.session.query(Letter).one()
    assert letter.facts["materials"] == ["身份证件", "学历证书", "体检合格证明"]
