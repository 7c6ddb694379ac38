"""What is too long is counted and not cut; what is to be mended is open where the person is looking."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys import applicant, story
from tests.journeys.conftest import SignIn


@pytest.mark.found("X11")
def test_what_is_pasted_is_counted_and_not_cut(open_page: Callable[[], Page]) -> None:
    page = open_page()
    page.goto("/_components/")
    area = page.locator("textarea[data-count='500']").first
    expect(area).not_to_have_attribute("maxlength", re.compile("."))
    area.fill("长" * 501)
    expect(page.get_by_text("超出 1 字，最多 500 字")).to_be_visible()
    assert len(area.input_value()) == 501


@pytest.mark.found("X11")
def test_a_dialog_that_comes_back_open_is_shown(open_page: Callable[[], Page]) -> None:
    page = open_page()

    def reopen(route: Route) -> None:
        answer = route.fetch()
        body = answer.text().replace('data-dialog id="withdraw"', 'data-dialog id="withdraw" open')
        route.fulfill(response=answer, body=body)

    page.route("**/_components/", reopen)
    page.goto("/_components/")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.locator("[data-close]").click()
    expect(dialog).to_be_hidden()


@pytest.mark.found("A13")
def test_the_levels_of_all_kinds_are_a_list_that_one_unfolds(sign_in: SignIn) -> None:
    page = sign_in(story.LOGIN)
    page.set_viewport_size({"width": 360, "height": 800})
    story.prepare(page, story.ZHENG)
    applicant.find_place(page, story.ZHENG)
    applicant.agree(page)
    section = page.get_by_role("region", name="普通话证书")
    level = section.get_by_text("幼儿园教师资格要求二级乙等及以上。")
    expect(level).to_be_hidden()
    section.get_by_text("各资格种类要求的普通话等级").click()
    expect(level).to_be_visible()
