"""The status page: what has to be done first, the office's telephone, the history, dates for a calendar."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from benchmarks.pages import counting
from domain.messages import threads
from domain.messages.threads import NewMessage, NewThread
from domain.outside import uploads
from domain.wording import dates
from models import db
from models.authorities.plans import Plan
from models.cases.materials import Material
from models.persons.people import Person, Post
from tests.handlers.apply.conftest import Applicant, change, the_application
from tests.handlers.apply.test_changing import PLACE, put
from tests.handlers.pagecheck import faults
from tests.handlers.papers import paper
from workflows import engine
from workflows.clock import now

PAGE = "applications/1"


@pytest.fixture
def known(applicant: Applicant) -> Applicant:
    """Somebody with a number whose site has a clerk."""
    applicant.until("reminder")
    applicant.send("reminder", go="next")
    with change():
        clerk = Person(id=9, kind="staff", login="clerk", name="王敏", password_hash="-", created_at=now())
        clerk.posts = [Post(role="site.clerk", place="site:1")]
        db.session.add(clerk)
    return applicant


def ask(days: int = 3) -> int:
    """The clerk writes and wants an answer."""
    with change():
        until = threads.reply_limit(now(), days)
        matter = NewThread(application=1, office="site:1", title="请核对姓名", reply_until=until)
        letter = NewMessage(key="form:first", author=9, text="请说明姓名。")
        return threads.start_thread(matter, letter, now()).id


def close_window_in(days: int) -> None:
    """Let the window of the plan end so soon."""
    with change():
        plan = db.session.get_one(Plan, the_application(1).plan_id)
        plan.confirm_until = now() + timedelta(days=days)


def upload(*keys: str) -> None:
    """The applicant puts a first version of each material there."""
    sent = {key: uploads.store_upload("material", f"{key}.pdf", paper(key)) for key in keys}
    with change():
        for key, file in sent.items():
            kept = uploads.add_upload_row(file, 1, now())
            known = {"application_id": 1, "key": key, "version": 1, "round": 1, "file_id": kept}
            db.session.add(Material(**known, uploaded_at=now(), uploaded_by=1))


def heading(page: str) -> str:
    """The words of the one h1."""
    found = re.findall(r"<h1.*?</h1>", page, re.DOTALL)
    assert len(found) == 1
    return re.sub(r"<[^>]+>", "", found[0])


@pytest.mark.manual("Q1")
def test_the_page_leads_with_what_is_due_first(known: Applicant) -> None:
    close_window_in(30)
    page = known.open(PAGE)
    assert heading(page) == "请按时确认"
    assert dates.format_deadline(the_application(1).plan.confirm_until) in page
    ask(days=3)
    page = known.open(PAGE)
    assert heading(page) == "回复留言：请核对姓名"
    assert page.index("回复留言：请核对姓名") < page.index("请按时确认")
    assert "24:00</b> 前，逾期不能再回复" in page
    assert faults(page) == []


@pytest.mark.manual("Q1")
def test_a_message_that_is_due_later_does_not_lead(known: Applicant) -> None:
    ask(days=20)
    close_window_in(2)
    assert heading(known.open(PAGE)) == "请按时确认"


@pytest.mark.manual("Q1")
def test_the_telephones_of_site_and_office_are_dialled(known: Applicant) -> None:
    own = the_application(1)
    assert own.site is not None
    aside = re.findall(r"<aside.*?</aside>", known.open(PAGE), re.DOTALL)[0]
    for number in (own.authority.phone, own.site.phone):
        assert f">{number}</a>" in aside
    assert aside.count('href="tel:') == 2


@pytest.mark.found("A13")
def test_the_history_tells_what_was_changed_sent_and_uploaded(known: Applicant) -> None:
    assert put(known, "authority", **{**PLACE, "street": "新桥街8号"}).status_code == 303
    upload("identity", "medical")
    ask()
    page = known.open(PAGE)
    assert faults(page) == []
    story = page[page.index("办理记录") :]
    assert "修改申报内容</b>" in story
    assert "→ 柯城区新桥街8号" in story
    assert re.search(r"上传材料</b>　[^<]+、[^<]+<", story)
    for words in ("读完申报提醒", "提交报名，生成报名号", "收到留言</b>　请核对姓名"):
        assert words in story
    assert "王敏" not in page


@pytest.mark.manual("Q1")
def test_the_times_go_into_a_calendar(known: Applicant, stranger: Applicant) -> None:
    ask()
    assert f"/apply/{PAGE}/calendar.ics" in known.open(PAGE)
    answer = known.client.get(f"/apply/{PAGE}/calendar.ics")
    assert answer.content_type == "text/calendar; charset=utf-8"
    text = answer.text.replace("\r\n ", "")
    assert text.count("BEGIN:VEVENT") == 3  # to come, until when, and the message
    assert "衢州学院行政楼108" in text
    assert "回复留言：请核对姓名" in text
    assert stranger.client.get(f"/apply/{PAGE}/calendar.ics").status_code == 404


@pytest.mark.manual("Q4")
def test_what_was_withdrawn_shows_no_road_ahead(known: Applicant) -> None:
    ask()
    with change():
        engine.deliver_message("withdrawn", "1", {"application": 1, "reason": "不办了"}, actor=None)
    page = known.open(PAGE)
    assert faults(page) == []
    assert heading(page) == "申请已撤回"
    for ahead in ("待认定审批", "编号、制证、领证", "加入日历", "先办这件"):
        assert ahead not in page
    assert known.client.get(f"/apply/{PAGE}/calendar.ics").status_code == 404


@pytest.mark.found("P6")
def test_the_page_asks_the_database_little(known: Applicant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(known.client.application.config, "TEST_CLOCK", False)  # as in production
    known.open(PAGE)  # what a process reads once is read
    found = []
    for _ in range(3):  # rows that nobody holds any more are read anew, whenever memory is tidied up
        with counting(known.client.application) as statements:
            known.open(PAGE)
        found.append(statements.newest)
    assert 0 < min(found) <= 12
