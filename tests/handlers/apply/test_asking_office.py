"""An applicant begins a 留言: the office sees it among its work, answers it, and the applicant is told."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from domain import checking
from domain.messages import threads
from models import db
from models.cases.notices import Notice
from models.cases.threads import Thread, ThreadMessage
from models.persons.people import Person, Post
from models.processes.instances import WorkItem
from tests.handlers import papers
from tests.handlers.apply.conftest import Applicant, change, errors
from tests.handlers.pagecheck import faults
from tests.handlers.papers import attached, paper
from workflows import engine, worklist
from workflows.clock import now

PAGE = "applications/1/messages/new"
CLERK = 9


@pytest.fixture
def known(applicant: Applicant) -> Applicant:
    """Somebody with a number whose site has a clerk."""
    applicant.until("reminder")
    applicant.send("reminder", go="next")
    with change():
        clerk = Person(
            id=CLERK, kind="staff", login="clerk", name="王敏", password_hash="-", created_at=now()
        )
        clerk.posts = [Post(role="site.clerk", place="site:1")]
        db.session.add(clerk)
    return applicant


def ask(person: Applicant, **data: object) -> TestResponse:
    """The applicant writes."""
    values = {"transaction": "one", "title": "体检", "text": "可以在别的医院体检吗？", **data}
    return person.client.post(f"/apply/{PAGE}", **papers.sent(values))


def the_item() -> WorkItem:
    """The one answer that is still to be given, read anew."""
    db.session.rollback()
    wanted = select(WorkItem).where(WorkItem.form_key == "messaging/read_reply", WorkItem.state == "open")
    return db.session.scalars(wanted).one()


def answer(**answers: object) -> None:
    """The clerk takes the question and answers."""
    item = the_item().id
    with change():
        worklist.claim_item(item, CLERK)
        worklist.complete_item(item, {"text": "", "days": None, "revision": 0, **answers}, actor=CLERK)


@pytest.mark.manual("Q7")
def test_a_question_goes_to_the_site_and_the_answer_comes_back(known: Applicant) -> None:
    assert f"/apply/{PAGE}" in known.open("applications/1")
    page = known.open(PAGE)
    assert faults(page) == []
    assert "发给衢州学院行政楼108" in page
    assert ask(known, **attached(paper("一"), "一.pdf")).status_code == 303
    item = the_item()
    assert (item.role, item.place) == ("sender", "site:1")
    page = known.open("applications/1/messages")
    assert faults(page) == []
    assert "等待答复" in page
    assert "一.pdf" in page
    assert "写了留言" in known.open("applications/1")
    answer(settled=True, text="可以，请到指定的医院。")
    thread = db.session.scalars(select(Thread)).one()
    assert thread.outcome == "answered"
    page = known.open("applications/1/messages")
    assert "可以，请到指定的医院。" in page
    assert "已经答复" in page
    assert "收到留言" in [one.title for one in db.session.query(Notice).filter_by(person_id=1)]
    assert checking.list_impossible_states() == []


@pytest.mark.manual("Q7")
def test_the_office_may_ask_back(known: Applicant) -> None:
    ask(known)
    answer(settled=False, text="您现在在哪里？", days=3)
    thread = db.session.scalars(select(Thread)).one()
    assert thread.outcome is None
    assert thread.reply_until is not None
    assert engine.is_awaited(thread.instance_id, threads.ANSWER)
    assert "请回复" in known.open("applications/1/messages")
    assert checking.list_impossible_states() == []


def test_a_question_is_not_closed_without_an_answer(known: Applicant) -> None:
    ask(known)
    with pytest.raises(Exception, match="请填写答复内容"):
        answer(settled=True)
    assert db.session.scalars(select(Thread)).one().outcome is None


def test_what_is_missing_is_said_at_once_and_nothing_is_lost(known: Applicant) -> None:
    sent = ask(known, title=" ", text="字" * 2001)
    assert sent.status_code == 422
    assert "请填写标题。" in errors(sent)
    assert "留言内容不超过 2000 个字。" in errors(sent)
    assert "字" * 2001 in sent.text
    assert faults(sent.text) == []


def test_sent_twice_it_is_written_once_and_only_so_many_wait(known: Applicant) -> None:
    assert [ask(known).status_code for _ in range(2)] == [303, 303]
    for number in range(threads.MOST_BEGUN - 1):
        assert ask(known, transaction=f"more{number}").status_code == 303
    refused = ask(known, transaction="last")
    assert refused.status_code == 409
    assert "在等待答复" in refused.text
    assert "可以在别的医院体检吗？" in refused.text
    db.session.rollback()
    assert db.session.query(ThreadMessage).count() == threads.MOST_BEGUN


def test_nobody_asks_about_what_is_not_theirs_or_is_over(
    app: Flask, known: Applicant, stranger: Applicant
) -> None:
    assert stranger.client.get(f"/apply/{PAGE}").status_code == 404
    assert ask(stranger).status_code == 404
    with change():
        engine.deliver_message("withdrawn", "1", {"application": 1, "reason": "不办了"}, actor=None)
    assert f"/apply/{PAGE}" not in known.open("applications/1")
    assert ask(known).status_code == 409
