"""Choosing a region fetches the levels below it, and changes nothing else."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import applicant, story
from tests.journeys.conftest import SignIn


def choose(page: Page, level: str, value: str) -> None:
    """Choose one level as a person does, and wait until the others were renewed."""
    page.select_option(f"[name={level}]", value)
    expect(page.locator("[data-cascade][aria-busy]")).to_have_count(0)


def chosen(page: Page) -> dict[str, str]:
    """What stands in each level that the page has."""
    levels = page.locator("[data-cascade] select")
    return {one.get_attribute("name") or "": one.input_value() for one in levels.all()}


@pytest.mark.manual("W3")
def test_a_level_that_is_chosen_changes_no_other(sign_in: SignIn) -> None:
    page = sign_in(story.LOGIN)
    story.prepare(page, story.ZHENG)
    page.goto("/apply/search")
    choose(page, "province", "330000")
    expect(page.locator("[name=city] option[value='330700']")).to_be_attached()
    assert chosen(page) == {"province": "330000", "city": ""}

    applicant.find_place(page, story.ZHENG)
    applicant.agree(page)
    applicant.identify(page)
    before = chosen(page)
    choose(page, "city", "330700")
    expect(page.locator("[name=county] option[value='330702']")).to_be_attached()
    assert chosen(page) == before | {"city": "330700", "county": ""}
    choose(page, "province", "440000")
    expect(page.locator("[name=city] option[value='440100']")).to_be_attached()
    assert chosen(page) == {**before, "province": "440000", "city": "", "county": ""}
    for level in ("province", "city", "county"):
        choose(page, level, before[level])
    applicant.choose(page, story.ZHENG)
    expect(page).to_have_url(re.compile("/apply/details"))
