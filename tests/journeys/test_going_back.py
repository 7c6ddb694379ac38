"""Going back in the browser over a page that answered a form."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.conftest import SignIn


def test_going_back_shows_the_page_and_not_the_browsers_own(sign_in: SignIn) -> None:
    page = sign_in("zhoumin")
    page.goto("/account/settings")
    page.get_by_role("button", name="修改密码").click()
    expect(page.locator(".errors")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/account/settings/password$"))
    page.get_by_role("link", name="工作列表").first.click()
    expect(page).to_have_url(re.compile(r"/work/$"))
    page.go_back()
    expect(page.get_by_role("heading", name="账号与安全")).to_be_visible()
