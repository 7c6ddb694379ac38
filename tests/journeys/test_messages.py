"""留言 told as stories: answered and settled; or nobody answers, and everybody is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from models import db
from models.cases.threads import Thread
from simulator.running import RunningSimulator
from tests.handlers.papers import paper
from tests.journeys import staff, story
from tests.journeys.conftest import BOTH_LIBRARIES, SignIn
from tests.journeys.story import Story
from workflows import clock

pytestmark = BOTH_LIBRARIES

MOBILE = "13805700126"


@pytest.fixture
def case(product: Flask, sign_in: SignIn, portrait: Path) -> Story:
    """郑雨桐 has a number."""
    return story.begin(product, sign_in, portrait)


def write(case: Story, page: Page, template: str, **typed: str) -> None:
    """From the case, begin with a text, change it, send it."""
    page.goto(f"/work/cases?q={case.number}")
    page.get_by_role("link", name=re.compile("郑雨桐|" + case.number[:4])).first.click()
    page.get_by_role("link", name="写留言").click()
    page.select_option("[name=template]", template)
    page.get_by_role("button", name="套用").click()
    for name, value in typed.items():
        page.fill(f"[name={name}]", value)
    page.locator("form .btn--main", has_text="发送留言").click()
    expect(page.locator("main")).to_contain_text("留言已发出")


def the_thread(case: Story) -> Thread:
    """The only thread, read anew; within a context of the app."""
    db.session.rollback()
    return db.session.query(Thread).one()


def texts(registers: RunningSimulator) -> list[str]:
    """The SMS to the applicant, the oldest first."""
    return [message["text"] for message in registers.messages(channel="sms", to=MOBILE)]


@pytest.mark.manual("Q7", "R5")
def test_answered_asked_again_and_settled(case: Story, registers: RunningSimulator, tmp_path: Path) -> None:
    clerk = case.sign_in("wangmin")
    write(case, clerk, "medical")
    case.worker_rests()
    assert any("给您留言，请于" in text for text in texts(registers))

    told = case.status()
    for words in ("留言", "条未读", "体检合格证明不完整", "请回复"):
        assert words in told, words
    case.page.get_by_role("link", name="体检合格证明不完整").click()
    expect(case.page.locator("main")).to_contain_text("郑雨桐，您好：")
    case.page.fill("[name=text]", "已到医院补章。")
    file = tmp_path / "体检表.pdf"
    file.write_bytes(paper("体检表"))
    case.page.set_input_files("[name=attachment]", str(file))
    case.page.get_by_role("button", name="发送回复").click()
    expect(case.page.locator("main")).to_contain_text("回复已发送")
    expect(case.page.locator("main")).to_contain_text("体检表.pdf")

    staff.take(clerk, case.number)
    expect(clerk.locator("main")).to_contain_text("已到医院补章。")
    assert clerk.request.get(clerk.locator(".thread a").first.get_attribute("href") or "").ok
    staff.finish(clerk, {"settled": "false", "text": "第 2 页仍不清楚，请重新扫描。", "days": "3"})
    assert "请回复" in case.status()
    case.page.get_by_role("link", name="体检合格证明不完整").click()
    case.page.fill("[name=text]", "已重新扫描。")
    case.page.get_by_role("button", name="发送回复").click()
    expect(case.page.locator("main")).to_contain_text("回复已发送")

    staff.take(clerk, case.number)
    staff.finish(clerk, {"settled": "true"})
    assert "已答复" in case.status()
    with case.product.app_context():
        thread = the_thread(case)
        assert (thread.outcome, len(thread.messages)) == ("answered", 4)
    staff.confirm(case.sign_in("wangmin"), case.number)  # the case itself goes on as always
    assert "待认定审批" in case.status()


@pytest.mark.manual("Q7", "R5")
def test_unanswered_reminded_overdue_and_the_sender_told(case: Story, registers: RunningSimulator) -> None:
    staff.confirm(case.sign_in("wangmin"), case.number)
    case.comes_to("first_review")
    reviewer = case.sign_in("zhoumin")
    write(case, reviewer, "explain", title="请说明学习经历", days="3")
    case.worker_rests()
    case.passes(days=2, minutes=1)
    case.worker_rests()
    case.comes_to("first_review")
    with case.product.app_context():
        until = the_thread(case).reply_until
        assert until is not None
        left = until - clock.now()
    case.page.goto("/apply/messages")
    case.page.get_by_role("link", name="请说明学习经历").click()
    case.page.fill("[name=text]", "写到一半的回复")
    case.passes(seconds=left.total_seconds() + 1)
    case.page.get_by_role("button", name="发送回复").click()
    expect(case.page.get_by_role("alert")).to_contain_text("不能再回复")
    expect(case.page.locator("[name=text]")).to_have_value("写到一半的回复")
    case.worker_rests()
    with case.product.app_context():
        assert the_thread(case).outcome == "unanswered"
    sent = texts(registers)
    assert any("的留言还没有回复" in text for text in sent)
    assert any("的留言已过回复期限" in text for text in sent)
    assert "逾期未回复" in case.status()
    with case.product.app_context():
        number = case.application().id
    reviewer.goto(f"/work/cases/{number}/messages")
    expect(reviewer.locator("main")).to_contain_text("逾期未回复")
    reviewer.goto(f"/work/cases/{number}")
    expect(reviewer.locator("main")).to_contain_text("没有在期限内回复留言“请说明学习经历”")
    case.decide("granted")
    assert "认定通过" in case.status()
