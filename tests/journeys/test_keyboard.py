"""A day of reviewing without the mouse: from the desk to the archive."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.journeys import staff, story
from tests.journeys.conftest import SignIn

FAR = 12  # presses of Tab that are still a way
FOCUS = "document.activeElement.innerText"


@pytest.mark.manual("R3", "R6", "R7")
def test_from_the_desk_to_the_archive_by_keys(product: Flask, sign_in: SignIn, portrait: Path) -> None:
    case = story.begin(product, sign_in, portrait)
    clerk = sign_in("wangmin")
    clerk.goto("/work/desk")
    expect(clerk.locator("[name=q]")).to_be_focused()
    _type(clerk, case.number, "Enter")
    expect(clerk.get_by_role("button", name=re.compile("到场"))).to_be_visible()
    _press(clerk, "Escape", "c")
    staff.arrives(clerk)
    for _ in range(clerk.locator("[data-check-item]").count()):
        _press(clerk, "y", "Enter")
    _press(clerk, "Space")
    _send(clerk, "提交结论")

    for login, element in (("zhoumin", "first_review"), ("wujian", "second_review"), ("zhengguo", "decide")):
        case.comes_to(element)
        page = _next(sign_in(login))
        _press(page, "d", "Space")
        _send(page, "提交办理结果")

    case.comes_to("print_certificate")
    page = _next(sign_in("xulan"))
    _press(page, "d", "Space")
    _send(page, "提交办理结果")
    _next(page)
    _press(page, "d")
    _type(page, "郑雨桐", "Tab")
    _type(page, "居民身份证")
    _send(page, "提交办理结果")
    _next(page)
    _press(page, "d")
    _type(page, "2026-001")
    _send(page, "提交办理结果")
    case.ends_at("archived")


def _next(page: Page) -> Page:
    _press(page, "n")
    staff.arrives(page)
    return page


def _send(page: Page, button: str) -> None:
    for _ in range(FAR):
        if page.evaluate(FOCUS).startswith(button):
            break
        _press(page, "Tab")
    _press(page, "Enter")
    expect(page).to_have_url(re.compile(r"/work/(desk)?(\?.*)?$"))


def _press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def _type(page: Page, text: str, *keys: str) -> None:
    page.keyboard.type(text)
    _press(page, *keys)
