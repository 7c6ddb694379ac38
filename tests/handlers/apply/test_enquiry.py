"""After applying: the list, the status, what was filled in, the sheet, and who may see it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from domain.papers import form_facts
from handlers.apply.summary import progress
from handlers.casework.desk import desk_pages
from models import db
from models.cases.applications import Application, Certificate, MaterialFinding, Opinion
from models.persons.people import Person, Post
from models.processes.instances import WorkItem
from tests.handlers.apply.conftest import Applicant, change, the_application
from tests.standings import standing_in
from workflows import engine, worklist
from workflows.clock import now


@pytest.mark.manual("Q1")
@pytest.mark.corrupts
def test_list_with_state_and_opinion(applicant: Applicant) -> None:
    applicant.until("reminder")
    number = the_application(1).registration_number or ""
    with change():
        application = the_application(1)
        found = application
        found.state, found.standing = standing_in("correction").values()
        db.session.add(
            Opinion(
                application_id=application.id,
                stage="confirmation",
                verdict="incomplete",
                text="体检表缺医院盖章",
                person_id=2,
                at=now(),
            )
        )
        db.session.add(
            MaterialFinding(
                application_id=application.id, round=1, key="medical", verdict="missing", reason="缺第 2 页"
            )
        )
    page = applicant.open("applications")
    assert f"{number[:4]} {number[4:8]} {number[8:]}" in page
    assert "网报待确认" in page
    assert "需补正" in page
    assert "体检表缺医院盖章" in page
    status = applicant.open("applications/1")
    assert "请补正材料" in status
    assert "缺第 2 页" in status
    assert "体检合格证明" in status


@pytest.mark.manual("Q1")
def test_status_says_where_what_and_by_when(applicant: Applicant) -> None:
    applicant.until("reminder")
    page = applicant.open("applications/1")
    assert "网报待确认" in page
    assert "衢州学院行政楼108" in page
    assert "截止" in page
    assert "提交报名，生成报名号" in page


@pytest.mark.manual("Q2")
def test_reminder_and_notes_again(applicant: Applicant) -> None:
    applicant.until("reminder")
    page = applicant.open("applications/1/notes")
    assert "确认时间" in page
    assert "由本人办理，不能代办" in page


@pytest.mark.manual("Q3")
def test_details_with_photo_and_undertaking(applicant: Applicant) -> None:
    applicant.until("reminder")
    application = the_application(1)
    page = applicant.open("applications/1/details")
    assert f"/apply/files/{application.photo_id}" in page
    assert f"/apply/files/{application.undertaking_id}" in page
    assert "衢州第二中学" in page
    assert "330802200403120024" in page


@pytest.mark.manual("Q5")
def test_application_form_as_pdf(applicant: Applicant) -> None:
    applicant.until("reminder")
    answer = applicant.client.get("/apply/applications/1/form.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")


def test_pictures_are_their_owner_s(applicant: Applicant, stranger: Applicant) -> None:
    applicant.until("reminder")
    photo = the_application(1).photo_id
    mine = applicant.client.get(f"/apply/files/{photo}")
    assert mine.mimetype == "image/jpeg"
    assert mine.headers["X-Content-Type-Options"] == "nosniff"
    assert stranger.client.get(f"/apply/files/{photo}").status_code == 404


PAGES = ("", "/notes", "/details", "/form.pdf", "/undertaking.pdf", "/medical-form.pdf")


@pytest.mark.parametrize("page", PAGES)
def test_somebody_else_s_application_is_not_found(
    applicant: Applicant, stranger: Applicant, page: str
) -> None:
    applicant.until("reminder")
    assert stranger.client.get(f"/apply/applications/1{page}").status_code == 404


@pytest.mark.manual("W9")
def test_a_draft_is_no_application(applicant: Applicant) -> None:
    applicant.until("check")
    assert "还没有报名记录" in applicant.open("applications")
    assert applicant.client.get("/apply/applications/1").status_code == 404


def _clerk() -> int:
    clerk = Person(id=100, kind="staff", login="clerk", name="王敏", password_hash="-", created_at=now())
    clerk.posts = [Post(role="site.clerk", place="site:1")]
    db.session.add(clerk)
    db.session.flush()
    return clerk.id


def _return_for_correction(application: Application) -> None:
    engine.deliver_message("arrived", str(application.id), {"application": application.id}, actor=None)
    item = db.session.query(WorkItem).filter_by(role="site.clerk", state="open").one()
    clerk, until = _clerk(), (now() + timedelta(days=3)).date().isoformat()
    plan = application.plan
    findings = [{"key": one.key, "verdict": "conform", "reason": ""} for one in plan.materials]
    findings[-1] = {"key": findings[-1]["key"], "verdict": "missing", "reason": "没有带来"}
    answers = {
        "revision": application.revision,
        "findings": findings,
        "materials": "incomplete",
        "correct_until": until,
        "opinion": "请补交材料",
    }
    worklist.claim_item(item.id, clerk)
    worklist.complete_item(item.id, answers, actor=clerk)


@pytest.mark.manual("Q1", "Q8")
def test_a_return_for_correction_shows_what_is_missing_and_is_answered(applicant: Applicant) -> None:
    applicant.until("reminder")
    applicant.client.post("/apply/reminder")
    with change():
        _return_for_correction(the_application(1))
    assert the_application(1).state == "correction"
    page = applicant.open("applications/1")
    assert "需补正" in page
    assert "没有带来" in page
    assert progress.next_deadline(the_application(1)) < now() + timedelta(days=4)
    found = re.search(r'href="/apply/tasks/(\d+)"', page)
    assert found
    task = applicant.open(f"tasks/{found[1]}")
    assert "请补交材料" in task
    assert "没有带来" in task
    answer = applicant.client.post(f"/apply/tasks/{found[1]}", data={"transaction": "C1"})
    assert answer.headers["Location"] == "/apply/applications/1"
    assert the_application(1).state == "pending_confirmation"
    again = applicant.client.post(f"/apply/tasks/{found[1]}", data={"transaction": "C2"})
    assert again.headers["Location"] == "/apply/applications/1"


@pytest.mark.manual("Q5")
@pytest.mark.corrupts
def test_the_form_bears_the_number_of_the_certificate(applicant: Applicant) -> None:
    applicant.until("reminder")
    assert form_facts.collect_facts(the_application(1))["certificate_number"] == ""
    with change():
        known = {"application_id": 1, "person_id": 1, "authority_id": 1, "kind": "junior", "subject": "数学"}
        row = Certificate(number="20263390121000001", year=2026, serial=1, issued_at=now(), **known)
        db.session.add(row)
    assert form_facts.collect_facts(the_application(1))["certificate_number"] == "20263390121000001"


@pytest.mark.manual("R3")
def test_the_desk_says_that_the_reminder_is_still_to_be_read(applicant: Applicant) -> None:
    applicant.until("reminder")
    with applicant.client.application.test_request_context():
        assert "还没有读完申报提醒" in desk_pages.why_cannot_begin(the_application(1))
        applicant.send("reminder")
        assert "申报提醒" not in desk_pages.why_cannot_begin(the_application(1))
