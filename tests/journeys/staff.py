"""What the people of sites and authorities do in the browser."""

from __future__ import annotations

import re
from collections.abc import Mapping

from playwright.sync_api import Page, expect


def confirm(page: Page, number: str) -> None:
    """At the desk: find the application, check every material, accept."""
    receive(page, number)
    judge(page, {})
    conclude(page, "conform")


def receive(page: Page, number: str) -> None:
    """At the desk: find the application and open its check."""
    page.goto("/work/desk")
    page.fill("[name=q]", number)
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile("到场|继续核对")).click()
    arrives(page)


def arrives(page: Page) -> None:
    """Wait for the page of a task, with its scripts: keys that are pressed before are nobody's."""
    expect(page).to_have_url(re.compile(r"/work/tasks/\d+(\?.*)?$"))
    expect(page.get_by_role("button", name="暂存")).to_be_visible()
    page.wait_for_load_state()


def judge(page: Page, wrong: Mapping[int, tuple[str, str]]) -> None:
    """A verdict on each material: those in `wrong` have theirs with a reason, the others conform."""
    for place in range(page.locator("[data-check-item]").count()):
        verdict, reason = wrong.get(place, ("conform", ""))
        page.check(f"[name='findings.{place}.verdict'][value={verdict}]")
        if reason:
            page.locator(f"[name='findings.{place}.reason']").fill(reason)


def conclude(page: Page, materials: str, opinion: str = "") -> None:
    """The whole decision on the materials; uploaded ones have it follow from the single verdicts."""
    if page.locator("[name=materials]").count():
        page.check(f"[name=materials][value={materials}]")
    if opinion:
        page.fill("[name=opinion]", opinion)
    page.get_by_role("button", name="提交结论").click()
    expect(page).to_have_url(re.compile(r"/work/(desk)?(\?.*)?$"))


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
    expect(page).to_have_url(re.compile(r"/work/(desk)?(\?.*)?$"))
