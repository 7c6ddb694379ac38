"""Certificates come while somebody looks on: the page fills itself, and nothing chosen is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from simulator.running import RunningSimulator
from tests.journeys import applicant
from tests.journeys.conftest import SignIn
from tests.journeys.story import ZHENG

CHEN = "330802200308153417"  # senior, 语文


@pytest.mark.manual("C2", "W2.2", "W2.3")
@pytest.mark.found("A6", "A13")
def test_a_slow_register_fills_the_page_that_waits(sign_in: SignIn, registers: RunningSimulator) -> None:
    registers.behave("exam", "slow", 3.0)
    page = sign_in(CHEN)
    page.goto("/profile/exams")
    records = page.locator("#exam-records")
    expect(records).to_contain_text("核验中")
    expect(records).to_contain_text("20251122330203316")
    expect(records).not_to_contain_text("核验中")
    assert page.locator("[hx-get]").count() == 0

    applicant.find_place(page, applicant.Chosen(kind="senior", site=ZHENG.site, putonghua=""))
    applicant.agree(page)
    hint = page.locator("#level-hints .hint:visible")
    page.check("[name=exam_route][value=national_exam]")
    page.locator("[name=exam_certificate]:enabled").first.check()
    expect(hint).to_have_text("高级中学教师资格语文要求二级甲等及以上。")
    page.check("[name=exam_route][value=other]")
    expect(hint).not_to_have_text("高级中学教师资格语文要求二级甲等及以上。")
    page.check("[name=exam_route][value=national_exam]")
    page.check("[name=at_school][value=no]")
    page.get_by_role("button", name="添加普通话证书").click()
    expect(page).to_have_url(re.compile("/profile/putonghua"))
    page.get_by_role("link", name="返回报名").click()
    expect(page).to_have_url(re.compile("/apply/identity#putonghua-title$"))
    expect(page.locator("[name=exam_certificate]").first).to_be_checked()
    expect(page.locator("[name=at_school][value=no]")).to_be_checked()
