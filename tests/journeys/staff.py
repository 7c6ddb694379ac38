"""What the people of sites and authorities do in the browser."""

from __future__ import annotations

import re
from collections.abc import Mapping

from playwright.sync_api import Page, expect


def confirm(page: Page, number: str) -> None:
    """At the desk: find the application, check every material, accept."""
    page.goto("/work/desk")
    page.fill("[name=q]", number)
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile("到场|继续核对")).click()
    expect(page).to_have_url(re.compile(r"/work/tasks/\d+"))
    boxes = page.locator("input[type=radio][value=conform][name^='findings.']")
    for place in range(boxes.count()):
        boxes.nth(place).check()
    page.check("[name=materials][value=conform]")
    page.get_by_role("button", name="提交结论").click()
    expect(page).to_have_url(re.compile(r"/work/(\?.*)?$"))


def take(page: Page, number: str) -> None:
    """Find the open task of an application in the work list and claim it."""
    page.goto(f"/work/?q={number}")
    page.get_by_role("button", name=re.compile("^领取")).last.click()
    expect(page).to_have_url(re.compile(r"/work/tasks/\d+"))


def finish(page: Page, answers: Mapping[str, str]) -> None:
    """Fill the form of the task that is open, and send it."""
    for name, value in answers.items():
        choices = page.locator(f"input[type=radio][name='{name}']")
        if choices.count():
            page.check(f"input[name='{name}'][value='{value}']")
        else:
            page.fill(f"[name='{name}']", value)
    page.click("button[name=act][value=submit]")
    expect(page).to_have_url(re.compile(r"/work/(\?.*)?$"))
