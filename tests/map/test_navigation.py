"""The header leads to pages that exist: a place that is registered has every page the header names."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from handlers.page import navigation
from models.base.codes import ROLES

ROOT = Path(__file__).resolve().parents[2]
WAYS = (*navigation.PUBLIC, *navigation.APPLICANT_MENU, *navigation.STAFF, *navigation.STAFF_MENU)


def _missing(app: Flask, endpoints: set[str]) -> set[str]:
    # A place that is not there is left out of the header; a wrong name in one that is there is a fault.
    here = {name for name in endpoints if name.partition(".")[0] in app.blueprints}
    assert here
    return here - set(app.view_functions)


def test_every_way_of_the_header_leads_to_a_page(app: Flask) -> None:
    assert _missing(app, {way.endpoint for way in WAYS}) == set()


def test_every_link_of_the_frame_leads_to_a_page(app: Flask) -> None:
    sources = [*(ROOT / "templates/layout").glob("*.html"), ROOT / "templates/macros/chrome.html"]
    text = "".join(path.read_text("utf-8") for path in sources)
    named = set(re.findall(r'\("([a-z_]+\.[a-z_]+)"', text))
    assert _missing(app, named) == set()


def test_ways_are_shown_to_roles_that_exist() -> None:
    named = {role for way in WAYS for role in way.roles}
    assert named <= set(ROLES)
