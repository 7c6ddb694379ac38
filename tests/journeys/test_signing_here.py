"""The fourth step: photograph and signature on the device at hand, and on a phone only when asked for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.journeys import applicant
from tests.journeys.conftest import SignIn
from tests.journeys.story import LOGIN, ZHENG, prepare

ASKED = re.compile("/apply/signature")


@pytest.fixture
def at_details(sign_in: SignIn) -> Page:
    """Somebody who has come as far as photograph and signature."""
    page = sign_in(LOGIN)
    prepare(page, ZHENG)
    applicant.find_place(page, ZHENG)
    applicant.agree(page)
    applicant.identify(page)
    applicant.choose(page, ZHENG)
    return page


def test_nothing_is_asked_for_that_nobody_awaits(at_details: Page) -> None:
    asked: list[str] = []
    at_details.on("request", lambda one: asked.append(one.url) if ASKED.search(one.url) else None)
    at_details.clock.install()
    at_details.reload()
    at_details.clock.run_for(20_000)
    assert asked == []
    at_details.locator(".by-phone summary").click()
    with at_details.expect_request(ASKED):
        at_details.clock.run_for(4_000)


def test_the_cropper_shows_where_the_head_belongs(at_details: Page, tmp_path: Path) -> None:
    large = tmp_path / "large.jpg"
    Image.new("RGB", (800, 1200), "white").save(large)
    at_details.set_input_files("[name=photo]", str(large))
    expect(at_details.locator(".crop__mask")).to_be_visible()


def test_whoever_holds_the_phone_is_shown_no_code(at_details: Page, browser: Browser) -> None:
    expect(at_details.locator(".by-phone")).to_be_visible()
    held = at_details.context.storage_state()
    handy = browser.new_context(
        storage_state=held, has_touch=True, is_mobile=True, viewport={"width": 360, "height": 800}
    )
    phone = handy.new_page()
    phone.goto(at_details.url)
    expect(phone.locator("canvas.pad-sign__canvas")).to_be_visible()
    expect(phone.locator(".by-phone")).to_be_hidden()
