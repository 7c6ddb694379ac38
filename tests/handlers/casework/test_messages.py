"""留言 on the offices' side: who writes, what is sent, what comes back, and how a thread ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from domain import checking
from models import db
from models.base.database import writing
from models.cases.applications import Application
from models.cases.notices import Notice
from models.cases.threads import Attachment, Thread, ThreadMessage
from models.persons.people import Person, Post
from models.processes.instances import ProcessInstance, WorkItem
from tests.handlers.casework.conftest import SignedIn, World, the_item
from tests.handlers.casework.test_decision import send, take
from tests.handlers.casework.test_journey import answer_registers, registered, state_of
from tests.handlers.casework.test_turns import confirm
from tests.handlers.pagecheck import faults, list_told_errors
from tests.handlers.papers import attached, paper
from workflows import clock, engine
from workflows.background.worker import Worker
from workflows.clock import now

__all__ = ["registered"]
MADE_UP = ("registration_", "no_process", "job_stray")  # as the small world is made
QUESTION = {"title": "请核对姓名", "text": "学历证书上的姓名不同，\n请说明。", "reply": "yes", "days": "5"}


@pytest.fixture
def lone(world: World, request: pytest.FixtureRequest) -> Iterator[World]:
    """A case whose applicant can sign in; no thread of it may become impossible."""
    if "registered" not in request.fixturenames:  # without a process nothing lapses meanwhile
        request.node.add_marker("corrupts")
    writing.set(True)
    own = db.session.get_one(Application, world.application)
    own.live_exam_certificate_id = own.exam_certificate_id
    world.people["applicant"] = own.person_id
    db.session.commit()
    writing.set(None)
    yield world
    db.session.rollback()
    assert [one for one in checking.list_impossible_states() if not one.check.startswith(MADE_UP)] == []


@pytest.fixture
def case(registered: World, lone: World) -> World:
    """The same with its process, at the desk."""
    return lone


def address(world: World, rest: str = "/messages") -> str:
    """A page of the case."""
    return f"/work/cases/{world.application}{rest}"


def write(client: FlaskClient, world: World, **other: Any) -> Any:
    """Send a 留言."""
    data = {"transaction": "first", **QUESTION, **other}
    return client.post(address(world, "/messages/new"), data=data, content_type="multipart/form-data")


def reply(client: FlaskClient, world: World, **data: Any) -> Any:
    """The applicant answers the newest thread."""
    there = f"/apply/applications/{world.application}/messages/{the_thread().id}"
    return client.post(there, data={"text": "曾用名。", **data}, content_type="multipart/form-data")


def take_reply(client: FlaskClient) -> int:
    """Claim the reading of the answer, which waits for the whole office."""
    item_id = the_item("read_reply", "open").id
    assert client.post(f"/work/tasks/{item_id}/claim").status_code == 302
    return item_id


def the_thread() -> Thread:
    """The newest thread, read anew."""
    db.session.rollback()
    return db.session.scalars(select(Thread).order_by(Thread.id.desc())).first() or pytest.fail("no thread")


def counted(model: Any) -> int:
    """How many rows there are."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def told(person: int) -> list[str]:
    """The templates of the notices to a person, the oldest first."""
    db.session.rollback()
    rows = db.session.query(Notice.template).filter_by(person_id=person).order_by(Notice.id)
    return [template for (template,) in rows]


def decided(signed_in: SignedIn) -> None:
    """Three people grant the case."""
    for step, who, kept in (
        ("first_review", "first", {"first": "grant"}),
        ("second_review", "second", {"second": "agree"}),
        ("decide", "decider", {"decision": "granted"}),
    ):
        client = signed_in(who)
        send(client, take(client, step), **kept)


def passes(app: Flask, **delta: float) -> None:
    """Let time pass, and the worker do what is due."""
    db.session.rollback()
    writing.set(True)
    clock.advance_clock(timedelta(**delta))
    db.session.commit()
    writing.set(None)
    Worker(app=app).run_once()


@pytest.mark.manual("Q7", "R5")
def test_asked_answered_asked_again_and_settled(app: Flask, case: World, signed_in: SignedIn) -> None:
    clerk, applicant = signed_in("clerk"), signed_in("applicant")
    answer = write(clerk, case, **attached(paper("样例"), "样例.pdf"))
    assert answer.status_code == 302, answer.text
    page = clerk.get(answer.headers["Location"]).text
    assert faults(page) == []
    assert "等待回复" in page
    assert "样例.pdf" in page
    assert reply(applicant, case).status_code == 303
    listed = clerk.get("/work/").text
    assert faults(listed) == []
    assert "阅读回复" in listed
    assert "由您发起" in listed
    assert "郑雨桐" in listed
    item = the_item("read_reply")
    assert (item.role, item.place, item.assignee_id) == ("sender", "site:1", None)
    take_reply(clerk)
    page = clerk.get(f"/work/tasks/{item.id}").text
    assert faults(page) == []
    assert "曾用名。" in page
    assert "未读" in page
    assert "未读" not in clerk.get(f"/work/tasks/{item.id}").text
    sent = {"settled": "false", "text": "请附证明。", "days": "3"}
    assert clerk.post(f"/work/tasks/{item.id}", data=sent).status_code == 302
    assert "请附证明。" in applicant.get(f"/apply/applications/{case.application}/messages").text
    assert reply(applicant, case, text="已附。", **attached(paper("证明"), "证明.pdf")).status_code == 303
    item = the_item("read_reply")
    take_reply(clerk)
    assert "证明.pdf" in clerk.get(f"/work/tasks/{item.id}").text
    assert clerk.post(f"/work/tasks/{item.id}", data={"settled": "true"}).status_code == 302
    thread = the_thread()
    assert (thread.outcome, len(thread.messages)) == ("answered", 4)
    assert db.session.get_one(ProcessInstance, thread.instance_id).end_element == "answered_thread"
    assert "已阅读您的回复" in applicant.get(f"/apply/applications/{case.application}/messages").text
    assert told(case.people["applicant"]).count("message_to_answer") == 2


@pytest.mark.manual("R5")
def test_a_message_without_an_answer_is_only_delivered(case: World, signed_in: SignedIn) -> None:
    assert write(signed_in("first"), case, reply="no", days="").status_code == 302
    thread = the_thread()
    assert (thread.outcome, thread.office, thread.reply_until) == ("delivered", "authority:1", None)
    assert told(case.people["applicant"])[-1] == "message"
    assert reply(signed_in("applicant"), case).status_code == 409


def test_sent_twice_it_is_written_once(case: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    assert {write(clerk, case).status_code for _ in range(2)} == {302}
    assert (counted(Thread), counted(ThreadMessage)) == (1, 1)
    assert write(signed_in("clerk2"), case).status_code == 409  # another's form is not this one
    assert counted(Thread) == 1


@pytest.mark.manual("R5")
def test_a_text_to_start_from_leaves_what_was_typed(case: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    page = clerk.get(address(case, "/messages/new")).text
    assert faults(page) == []
    assert 'value="5"' in page
    answer = write(clerk, case, do="template", template="medical", title="", text="先写的话")
    assert answer.status_code == 200
    assert faults(answer.text) == []
    for words in ("先写的话", "郑雨桐，您好：", "体检合格证明不完整", 'value="10"'):
        assert words in answer.text
    assert counted(Thread) == 0


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": " "}, "请填写标题。"),
        ({"text": ""}, "请填写正文。"),
        ({"text": "长" * 2001}, "正文不超过 2000 个字。"),
        ({"reply": ""}, "请选择是否需要回复。"),
        ({"days": ""}, "回复期限须在今天以后"),
        ({"days": "0"}, "回复期限须在今天以后"),
        ({"days": "-3"}, "回复期限须在今天以后"),
        ({"days": "很快"}, "回复期限须在今天以后"),
        (attached(b"no pdf", "a.pdf"), "a.pdf"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    case: World, signed_in: SignedIn, wrong: dict[str, Any], sentence: str
) -> None:
    answer = write(signed_in("clerk"), case, **wrong)
    assert answer.status_code == 422
    assert faults(answer.text) == []
    assert answer.text.count(sentence) >= 2  # in the summary and at the field
    assert ("请核对姓名" in answer.text) == ("title" not in wrong)
    assert counted(Thread) == 0


@pytest.mark.found("A13")
def test_what_is_wrong_of_a_message_is_told_at_once(case: World, signed_in: SignedIn) -> None:
    answer = write(signed_in("clerk"), case, title="", days="")
    told = list_told_errors(answer.text)
    assert told[0] == "请填写标题。"
    assert told[1].startswith("回复期限须在今天以后")


def test_files_stay_with_a_form_that_comes_back(case: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    answer = write(clerk, case, title="", **attached(paper("一"), "一.pdf"))
    assert answer.status_code == 422
    packed = answer.text.partition('name="uploaded" value="')[2].partition('"')[0]
    files = attached(paper("二"), "二.pdf", paper("三"), "三.pdf", paper("四"), "四.pdf")
    answer = write(clerk, case, uploaded=packed, **files)
    assert answer.status_code == 422
    assert "附件最多 3 个" in answer.text
    assert write(clerk, case, uploaded=packed).status_code == 302
    assert [one.file.name for one in db.session.query(Attachment)] == ["一.pdf"]


@pytest.mark.manual("R5")
@pytest.mark.parametrize(
    ("login", "status"),
    [
        ("other_clerk", 404),
        ("other_first", 404),
        ("designer", 404),
        ("certificates", 403),
        ("officer", 403),
        ("applicant", 403),
    ],
)
def test_nobody_else_reads_or_writes(case: World, signed_in: SignedIn, login: str, status: int) -> None:
    write(signed_in("clerk"), case, **attached(paper("样例"), "样例.pdf"))
    thread = the_thread()
    file = db.session.query(Attachment.file_id).scalar()
    client = signed_in(login)
    for rest in ("/messages", "/messages/new", f"/messages/files/{file}"):
        assert client.get(address(case, rest)).status_code == status, rest
    assert write(client, case, transaction="other").status_code == status
    answer = client.post(address(case, f"/messages/{thread.id}/close"), data={"reason": "不问了"})
    assert answer.status_code == status
    assert (counted(Thread), the_thread().outcome) == (1, None)
    page = client.get(address(case, ""))
    assert page.status_code == (200 if status == 403 and login != "applicant" else status)
    assert "写留言" not in page.text


def test_the_authority_reads_its_sites_but_not_the_other_way(case: World, signed_in: SignedIn) -> None:
    clerk, first = signed_in("clerk"), signed_in("first")
    write(clerk, case, title="确认点问")
    write(first, case, title="机构问", transaction="second", **attached(paper("样例"), "样例.pdf"))
    thread = the_thread()
    file = db.session.query(Attachment.file_id).scalar()
    assert "确认点问" in first.get(address(case)).text
    assert "机构问" not in clerk.get(address(case)).text
    assert clerk.get(address(case, f"/messages/files/{file}")).status_code == 404
    assert first.get(address(case, f"/messages/files/{file}")).data.startswith(b"%PDF")
    there = address(case, f"/messages/{thread.id}/close")
    assert clerk.post(there, data={"reason": "不问了"}).status_code == 404
    site = db.session.query(Thread.id).filter_by(title="确认点问").scalar()
    assert first.post(address(case, f"/messages/{site}/close"), data={"reason": "不问了"}).status_code == 404


@pytest.mark.manual("R5")
def test_closed_early_with_the_reason(case: World, signed_in: SignedIn) -> None:
    clerk, applicant = signed_in("clerk"), signed_in("applicant")
    write(clerk, case)
    there = address(case, f"/messages/{the_thread().id}/close")
    answer = clerk.post(there, data={"reason": " "})
    assert answer.status_code == 422
    assert faults(answer.text) == []
    assert signed_in("clerk2").post(there, data={"reason": "已在窗口说明"}).status_code == 302
    thread = the_thread()
    assert (thread.outcome, thread.closing_reason) == ("closed", "已在窗口说明")
    answer = clerk.post(there, data={"reason": "再关一次"})
    assert answer.status_code == 409
    assert "再关一次" in answer.text
    answer = reply(applicant, case, text="写了很久的回复", **attached(paper("证明"), "证明.pdf"))
    assert answer.status_code == 409
    assert faults(answer.text) == []
    for words in ("这条留言已经结束", "写了很久的回复", "证明.pdf", "已在窗口说明"):
        assert words in answer.text


def test_closed_while_the_answer_is_read_takes_the_task_back(case: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    write(clerk, case)
    reply(signed_in("applicant"), case)
    item = the_item("read_reply")
    take_reply(clerk)
    there = address(case, f"/messages/{the_thread().id}/close")
    assert signed_in("clerk2").post(there, data={"reason": "已说清"}).status_code == 302
    assert the_item("read_reply", "withdrawn").id == item.id
    answer = clerk.post(f"/work/tasks/{item.id}", data={"settled": "false", "text": "还要问"})
    assert answer.status_code == 409


def test_an_answer_added_meanwhile_is_read_first(case: World, signed_in: SignedIn) -> None:
    clerk, applicant = signed_in("clerk"), signed_in("applicant")
    write(clerk, case)
    reply(applicant, case)
    seen = the_thread().messages[-1].id
    reply(applicant, case, text="还有一点。")
    item = the_item("read_reply")
    take_reply(clerk)
    sent = {"settled": "false", "text": "写好的追问", "revision": str(seen)}
    answer = clerk.post(f"/work/tasks/{item.id}", data=sent)
    assert answer.status_code == 409
    assert faults(answer.text) == []
    for words in ("先阅读", "还有一点。", "写好的追问"):
        assert words in answer.text
    fresh = {**sent, "revision": str(the_thread().messages[-1].id)}
    assert clerk.post(f"/work/tasks/{item.id}", data=fresh).status_code == 302


@pytest.mark.parametrize("sent", [{}, {"settled": "false", "text": " "}, {"settled": "false", "days": "0"}])
def test_what_becomes_of_an_answer_has_to_be_said(
    case: World, signed_in: SignedIn, sent: dict[str, str]
) -> None:
    clerk = signed_in("clerk")
    write(clerk, case)
    reply(signed_in("applicant"), case)
    answer = clerk.post(f"/work/tasks/{take_reply(clerk)}", data=sent)
    assert answer.status_code == 422
    assert faults(answer.text) == []


@pytest.mark.corrupts  # the case has no process of its own
@pytest.mark.manual("Q7", "R5")
def test_reminded_three_times_then_overdue_and_the_sender_is_told(
    app: Flask, lone: World, signed_in: SignedIn
) -> None:
    case = lone
    write(signed_in("clerk"), case, days="10")
    for _ in range(5):
        passes(app, days=2)
    assert told(case.people["applicant"]).count("message_reminder") == 3
    until = the_thread().reply_until
    assert until is not None
    passes(app, seconds=(until - now()).total_seconds() + 1)
    thread = the_thread()
    assert thread.outcome == "unanswered"
    assert told(case.people["applicant"])[-1] == "message_unanswered"
    assert told(case.people["clerk"]) == ["reply_missing"]
    assert told(case.people["clerk2"]) == []
    page = signed_in("applicant").get(f"/apply/applications/{case.application}/messages").text
    assert faults(page) == []
    assert "不能再回复" in page
    assert reply(signed_in("applicant"), case).status_code == 409
    assert "逾期未回复" in signed_in("clerk").get(address(case)).text


def test_a_sender_who_has_left_leaves_the_answer_to_colleagues(
    app: Flask, case: World, signed_in: SignedIn
) -> None:
    write(signed_in("clerk"), case)
    writing.set(True)
    db.session.query(Post).filter_by(person_id=case.people["clerk"]).delete()
    db.session.get_one(Person, case.people["clerk"]).disabled_at = now()
    db.session.commit()
    writing.set(None)
    reply(signed_in("applicant"), case)
    item = the_item("read_reply")
    assert (item.role, item.place, item.assignee_id) == ("sender", "site:1", None)
    colleague = signed_in("clerk2")
    assert colleague.post(f"/work/tasks/{item.id}/claim").status_code == 302
    assert "曾用名。" in colleague.get(f"/work/tasks/{item.id}").text
    assert signed_in("other_clerk").get(f"/work/tasks/{item.id}").status_code == 404
    assert colleague.post(f"/work/tasks/{item.id}", data={"settled": "true"}).status_code == 302


def test_an_answer_is_handed_over_to_a_colleague(case: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    write(clerk, case)
    reply(signed_in("applicant"), case)
    item = the_item("read_reply")
    take_reply(clerk)
    sent = {"to": str(case.people["clerk2"]), "reason": "休假"}
    assert clerk.post(f"/work/tasks/{item.id}/hand-over", data=sent).status_code == 302
    assert signed_in("clerk2").post(f"/work/tasks/{item.id}", data={"settled": "true"}).status_code == 302


@pytest.mark.found("S8")
@pytest.mark.parametrize("login", ["clerk2", "supervisor"])
def test_an_answer_is_the_work_of_the_office(case: World, signed_in: SignedIn, login: str) -> None:
    write(signed_in("clerk"), case)
    reply(signed_in("applicant"), case)
    item_id = the_item("read_reply").id
    other = signed_in(login)
    listed = other.get("/work/").text
    assert "阅读回复" in listed
    assert "由您发起" not in listed
    for stranger in ("other_clerk", "first"):
        assert signed_in(stranger).get(f"/work/tasks/{item_id}").status_code == 404
        assert signed_in(stranger).post(f"/work/tasks/{item_id}/claim").status_code == 404
    take_reply(other)
    assert other.post(f"/work/tasks/{item_id}", data={"settled": "true"}).status_code == 302
    assert the_thread().outcome == "answered"


@pytest.mark.found("S8")
def test_what_waits_by_name_is_handed_over_by_a_superior(case: World, signed_in: SignedIn) -> None:
    write(signed_in("clerk"), case)
    reply(signed_in("applicant"), case)
    item = the_item("read_reply")
    item_id = item.id
    writing.set(True)  # as an earlier release addressed it
    item.role, item.assignee_id = "site.clerk", case.people["clerk"]
    db.session.commit()
    writing.set(None)
    supervisor, given = signed_in("supervisor"), {"to": str(case.people["clerk2"]), "reason": "病假"}
    page = supervisor.get(f"/work/tasks/{item_id}").text
    assert "指定由员工clerk办理" in page
    assert f"/work/tasks/{item_id}/hand-over" in page
    assert "员工clerk2" in supervisor.get(f"/work/tasks/{item_id}/hand-over").text
    assert "阅读回复" in supervisor.get("/work/?q=郑雨桐").text
    answer = signed_in("clerk2").post(f"/work/tasks/{item_id}/hand-over", data=given)
    assert answer.status_code in (409, 422)
    assert supervisor.post(f"/work/tasks/{item_id}/hand-over", data=given).status_code == 302
    assert the_item("read_reply").assignee_id == case.people["clerk2"]
    answer = signed_in("clerk2").post(f"/work/tasks/{item_id}", data={"settled": "true"})
    assert answer.status_code == 302


@pytest.mark.parametrize("answered", [False, True])
def test_an_application_that_ends_takes_its_threads_along(
    app: Flask, case: World, signed_in: SignedIn, answered: bool
) -> None:
    clerk, applicant = signed_in("clerk"), signed_in("applicant")
    write(clerk, case)
    if answered:
        reply(applicant, case)
    address_of = f"/apply/applications/{case.application}/withdraw"
    assert applicant.post(address_of, data={"reason": "不办了"}).status_code == 303
    Worker(app=app).run_once()
    thread = the_thread()
    assert (thread.outcome, thread.closing_reason) == ("closed", "申请已经办结")
    assert db.session.get_one(ProcessInstance, thread.instance_id).state == "completed"
    assert not db.session.query(WorkItem).filter_by(element="read_reply", state="open").count()
    assert clerk.get(address(case, "/messages/new")).status_code == 409
    answer = write(clerk, case, transaction="late")
    assert answer.status_code == 409
    assert QUESTION["title"] in answer.text
    assert counted(Thread) == 1


def test_a_decision_in_favour_closes_threads_too(app: Flask, case: World, signed_in: SignedIn) -> None:
    write(signed_in("first"), case)
    confirm(signed_in("clerk"), case)
    answer_registers()
    decided(signed_in)
    assert state_of(case) == "granted"
    Worker(app=app).run_once()
    assert the_thread().outcome == "closed"
    assert engine.find_waiting_instances("answered", str(the_thread().id)) == frozenset()
