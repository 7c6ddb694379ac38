"""What is typed at the desk survives leaving the page and the key R, with script and without."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.journeys import staff, story
from tests.journeys.conftest import SignIn

TEXT = "体检表缺第二页"
ASKED = "您在这件任务里填写了内容，确定释放吗？"


def without_script(page: Page, browser: Browser) -> Page:
    """The same person on a telephone whose browser runs no script."""
    state = page.context.storage_state()
    address = page.url.partition("/work")[0]
    context = browser.new_context(
        base_url=address,
        storage_state=state,
        java_script_enabled=False,
        locale="zh-CN",
        viewport={"width": 360, "height": 800},
    )
    return context.new_page()


@pytest.mark.found("S4", "S5")
def test_nothing_typed_at_the_desk_is_lost(
    product: Flask, sign_in: SignIn, portrait: Path, browser: Browser
) -> None:
    case = story.begin(product, sign_in, portrait)
    clerk = sign_in("wangmin")
    staff.receive(clerk, case.number)
    task = clerk.url
    clerk.keyboard.press("u")
    clerk.fill("[name=opinion]", TEXT)
    expect(clerk.locator("[data-kept]")).to_be_visible()
    clerk.goto("/work/")
    clerk.goto(task)
    expect(clerk.locator("main")).to_contain_text("已恢复")
    expect(clerk.locator("[name=opinion]")).to_have_value(TEXT)
    expect(clerk.locator("[name='findings.0.verdict'][value=not_conform]")).to_be_checked()

    clerk.fill("[name=opinion]", TEXT + "，另附说明")
    clerk.keyboard.press("Escape")
    clerk.keyboard.press("r")
    expect(clerk.locator("main")).to_contain_text(ASKED)
    clerk.keyboard.press("Tab")
    clerk.keyboard.press("Enter")
    expect(clerk.locator("[name=opinion]")).to_have_value(TEXT + "，另附说明")

    phone = without_script(clerk, browser)
    phone.goto(task)
    phone.fill("[name=opinion]", "在手机上写的")
    phone.get_by_role("button", name="释放").click()
    expect(phone.locator("main")).to_contain_text(ASKED)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.locator("[role=alert]").get_by_role("button", name="释放").click()
    expect(phone.locator("main")).to_contain_text("已释放")
    phone.goto(task)
    expect(phone.locator("main")).to_contain_text("在手机上写的")
    phone.get_by_role("button", name="领取", exact=False).first.click()
    expect(phone.locator("[name=opinion]")).to_have_value("在手机上写的")
    phone.get_by_role("button", name="清除").click()
    expect(phone.locator("[name=opinion]")).to_have_value("")
