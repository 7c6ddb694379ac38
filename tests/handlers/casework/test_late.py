"""Times that have passed or moved: a late correction, and a case that waits for the authority."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from domain.deadlines import deadline_changes, legal_limit
from models import db
from models.base.database import writing
from models.cases.applications import Opinion
from models.cases.notices import Notice
from tests.handlers.casework import test_turns as turns
from tests.handlers.casework.conftest import SignedIn, World, the_item
from tests.handlers.casework.test_check import _day, arrive, judged
from tests.handlers.casework.test_journey import registered, state_of
from tests.handlers.casework.test_turns import BAD, the_case, wait
from tests.handlers.pagecheck import faults

__all__ = ["registered"]
case = turns.case


@pytest.fixture
def returned(case: World, signed_in: SignedIn) -> FlaskClient:
    """The clerk who has returned the case, to be corrected within three days."""
    clerk = signed_in("clerk")
    sent = judged(*BAD, materials="incomplete", correct_until=_day(3))
    clerk.post(f"/work/tasks/{arrive(clerk, case)}", data=sent)
    return clerk


@pytest.mark.manual("Q8")
def test_a_correction_after_its_time_is_refused_before_the_worker_has_come_to_it(
    case: World, returned: FlaskClient, signed_in: SignedIn
) -> None:
    item = the_item("correct_materials").id
    wait(4)
    answer = signed_in("applicant").post(f"/apply/tasks/{item}", data={"transaction": "late"})
    assert answer.status_code == 422
    assert "补正时间已于" in answer.text
    assert faults(answer.text) == []
    assert state_of(case) == "correction"


def test_a_window_that_moves_leaves_the_time_to_correct(case: World, returned: FlaskClient) -> None:
    before = deadline_changes.list_case_times()
    assert before[case.application] < the_case(case).plan.confirm_until
    writing.set(True)
    the_case(case).plan.confirm_until += timedelta(days=9)
    assert deadline_changes.list_case_times() == before
    db.session.rollback()
    writing.set(None)


@pytest.mark.manual("R3")
def test_the_desk_receives_nobody_after_the_time_to_correct(case: World, returned: FlaskClient) -> None:
    wait(4)
    answer = returned.post(f"/work/desk/{case.application}/arrived")
    assert answer.status_code == 409
    assert "结束" in answer.text
    assert state_of(case) == "correction"


@pytest.mark.manual("Q1")
def test_while_the_desk_has_the_case_its_applicant_is_not_called(case: World, signed_in: SignedIn) -> None:
    arrive(signed_in("clerk"), case)
    wait(11)  # the window has ended meanwhile
    page = signed_in("applicant").get(f"/apply/applications/{the_case(case).id}").text
    assert "材料正在核对" in page
    assert "请按时确认" not in page
    assert faults(page) == []


def test_a_line_that_ends_counts_as_one_character(case: World, signed_in: SignedIn) -> None:
    reason = "因\r\n" * 199 + "因事"  # 400 characters, as the counter beside the text says
    address = f"/apply/applications/{case.application}/withdraw"
    assert signed_in("applicant").post(address, data={"reason": reason}).status_code == 303
    (kept,) = db.session.query(Opinion.text).filter_by(stage="withdrawal").one()
    assert kept == reason.replace("\r\n", "\n")


@pytest.mark.manual("R4")
def test_what_the_clerk_says_keeps_its_lines(case: World, signed_in: SignedIn) -> None:
    sent = judged(*BAD, materials="incomplete", correct_until=_day(3), opinion="一、体检\r\n二、<学历>")
    signed_in("clerk").post(f"/work/tasks/{arrive(signed_in('clerk'), case)}", data=sent)
    page = signed_in("applicant").get(f"/apply/applications/{case.application}").text
    assert "一、体检<br>二、&lt;学历&gt;" in page


@pytest.mark.manual("R6")
def test_a_check_that_nobody_finishes_is_urged_and_does_not_lapse(case: World, signed_in: SignedIn) -> None:
    arrive(signed_in("clerk"), case)
    wait(6)
    turns.fire(case)
    told = db.session.query(Notice.person_id).filter_by(template="review_overdue")
    (text,) = {text for (text,) in db.session.query(Notice.text).filter_by(template="review_overdue")}
    assert "天" not in text  # how long it takes is what the diagram says
    wanted = {case.people[login] for login in ("clerk", "clerk2", "supervisor", "both")}
    assert {person for (person,) in told} == wanted
    wait(30)
    turns.fire(case)
    assert state_of(case) == "pending_confirmation"
    assert the_item("check_materials").state == "claimed"


@pytest.mark.manual("Q4", "Q8")
def test_who_sends_a_correction_is_told_of_changes_that_are_not_sent(
    case: World, returned: FlaskClient, signed_in: SignedIn
) -> None:
    applicant = signed_in("applicant")
    part = f"/apply/applications/{case.application}/change/details"
    assert applicant.post(part, data={"do": "keep", "employer": "衢州学院"}).status_code == 204
    item = the_item("correct_materials").id
    page = applicant.get(f"/apply/tasks/{item}").text
    assert "有没提交的修改" in page
    assert faults(page) == []


@pytest.mark.manual("Q8")
def test_after_a_correction_the_applicant_is_still_to_come(
    case: World, returned: FlaskClient, signed_in: SignedIn
) -> None:
    applicant = signed_in("applicant")
    applicant.post(f"/apply/tasks/{the_item('correct_materials').id}", data={"transaction": "done"})
    page = applicant.get(f"/apply/applications/{case.application}").text
    assert "携带材料原件" in page
    assert "材料正在核对" not in page


@pytest.mark.manual("R6", "R8")
def test_a_case_accepted_after_the_window_has_its_whole_time(case: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    item = arrive(clerk, case)
    wait(60)  # the site was late; the window has ended fifty days ago
    clerk.post(f"/work/tasks/{item}/claim")
    sent = judged("conform", "conform", "conform", materials="conform")
    assert clerk.post(f"/work/tasks/{item}", data=sent).status_code == 302
    own = the_case(case)
    assert own.due_at == legal_limit.compute_limit(own.accepted_at, 0)
    assert deadline_changes.list_case_times()[own.id] == own.due_at


@pytest.mark.manual("R3")
def test_an_approval_that_nobody_gives_is_urged(
    case: World, returned: FlaskClient, signed_in: SignedIn
) -> None:
    sent = judged(*BAD, materials="incomplete", correct_until=_day(3)) | {"transaction_id": "again"}
    returned.post(f"/work/tasks/{arrive(returned, case)}", data=sent)
    waiting = the_item("approve_return")
    wait(6)
    turns.fire(case)
    told = db.session.query(Notice.person_id).filter_by(template="approval_overdue")
    assert {person for (person,) in told} == {case.people["supervisor"], case.people["both"]}
    assert the_item("approve_return").id == waiting.id
