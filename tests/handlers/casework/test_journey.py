"""A whole case in the reviewers' hands, on the real diagrams, from the desk to the archive."""

from __future__ import annotations

import pytest

from models import db
from models.base.database import writing
from models.cases.applications import Application, Certificate
from models.processes.instances import Job, WorkItem
from tests.handlers.casework.conftest import SignedIn, World
from tests.handlers.casework.test_check import ALL, arrive, judged
from tests.handlers.casework.test_decision import send, take
from workflows import engine


@pytest.fixture
def registered(world: World) -> World:
    """The case after the eight steps, waiting for its applicant at the desk."""
    world.start("accreditation", draft_limit="PT2H")
    writing.set(True)
    for _ in range(8):
        item = db.session.query(WorkItem).filter_by(role="applicant", state="open").one()
        engine.complete_task(item, variables={"go": "next", "step": item.element}, actor=None)
        db.session.expire_all()
    db.session.commit()
    writing.set(None)
    return world


def answer_registers(finding: str = "clear") -> None:
    """Let every register answer that was asked."""
    writing.set(True)
    db.session.rollback()
    jobs = db.session.query(Job).filter(Job.operation == "registers.query", Job.state == "due").all()
    assert jobs
    for job in jobs:
        task, job.state = job.task_id, "done"
        db.session.flush()
        assert engine.complete_service(task or "", finding)
    db.session.commit()
    writing.set(None)


def state_of(world: World) -> str:
    """The public state, read anew."""
    db.session.rollback()
    return db.session.get_one(Application, world.application).state


@pytest.mark.manual("R3", "R6", "R7")
def test_from_the_desk_to_the_archive(registered: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    sent = judged(*ALL, materials="conform")
    assert clerk.post(f"/work/tasks/{arrive(clerk, registered)}", data=sent).status_code == 302
    assert state_of(registered) == "pending_decision"
    answer_registers()
    for step, who, kept in (
        ("first_review", "first", {"first": "grant"}),
        ("second_review", "second", {"second": "agree"}),
        ("decide", "decider", {"decision": "granted"}),
        ("print_certificate", "certificates", {"printed": "good"}),
        ("hand_over", "certificates", {"received_by": "郑雨桐", "document": "居民身份证"}),
        ("archive_case", "certificates", {"archive_number": "2026-1"}),
    ):
        client = signed_in(who)
        send(client, take(client, step), **kept)
    assert state_of(registered) == "granted"
    assert db.session.query(Certificate).one().archive_number == "2026-1"
    page = signed_in("first").get(f"/work/cases/{registered.application}").text
    for words in ("等待到场", "作出认定结论", "员工decider", "认定通过"):
        assert words in page


@pytest.mark.manual("R8")
def test_setting_back_needs_a_reason_and_a_post(registered: World, signed_in: SignedIn) -> None:
    clerk, first = signed_in("clerk"), signed_in("first")
    address = f"/work/cases/{registered.application}/set-back"
    assert first.post(address, data={"reason": "学科有误"}).status_code == 409
    clerk.post(f"/work/tasks/{arrive(clerk, registered)}", data=judged(*ALL, materials="conform"))
    assert "调整为网报待确认" in first.get(f"/work/cases/{registered.application}").text
    assert "调整为网报待确认" not in clerk.get(f"/work/cases/{registered.application}").text
    assert clerk.post(address, data={"reason": "学科有误"}).status_code == 409
    impossible = clerk.post(address)  # told is what counts, not what is wrong with a form that is not there
    assert (impossible.status_code, 'href="#reason"' in impossible.text) == (409, False)
    assert signed_in("other_first").post(address, data={"reason": "学科有误"}).status_code == 404
    assert first.post(address).status_code == 422
    assert first.post(address, data={"reason": "学科有误"}).status_code == 302
    assert state_of(registered) == "pending_confirmation"
    assert "学科有误" in first.get(f"/work/cases/{registered.application}").text


def test_a_case_that_is_not_accepted_says_why(registered: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    sent = judged(*ALL, materials="ineligible", opinion="不符合认定依据")
    clerk.post(f"/work/tasks/{arrive(clerk, registered)}", data=sent)
    assert state_of(registered) == "not_accepted"
    page = clerk.get("/work/desk", query_string={"q": "2611000001"}).text
    assert "确认未通过" in page
    assert "到场，开始核对" not in page
    assert the_item_count("check_materials") == 0


def the_item_count(element: str) -> int:
    """How many items of an element wait."""
    query = db.session.query(WorkItem).filter_by(element=element)
    return query.filter(WorkItem.state.in_(("open", "claimed"))).count()
