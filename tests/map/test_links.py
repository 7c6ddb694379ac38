"""Every link that somebody sees leads to a page: the site is crawled as each kind of person."""

from __future__ import annotations

import re
from collections import deque
from html import unescape

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import select

from handlers.entry import access
from models import db
from models.base.database import writing
from models.persons.people import Person

LINK = re.compile(r'<a\b[^>]*\bhref="([^"#]+)')
MOST = 150
VISITORS = (None, "330802200403120023", "wangmin", "zhoumin", "xulan", "designer", "admin")


@pytest.mark.parametrize("login", VISITORS)
def test_no_link_leads_nowhere(world: Flask, login: str | None) -> None:
    client = world.test_client()
    start = "/"
    if login is not None:
        kind = _sign_in(world, client, login)
        start = "/apply/" if kind == "applicant" else "/work/"
    broken = {address: status for address, status in _crawl(client, start).items() if status >= 400}
    assert broken == {}


def _sign_in(world: Flask, client: FlaskClient, login: str) -> str:
    with world.test_request_context():
        writing.set(True)
        person = db.session.scalars(select(Person).where(Person.login == login)).one()
        cookie = access.sign_in(Response(), person.id).headers["Set-Cookie"]
        kind = person.kind
        db.session.commit()
        writing.set(None)
    client.set_cookie(access.COOKIE, cookie.partition("=")[2].partition(";")[0])
    return kind


def _crawl(client: FlaskClient, start: str) -> dict[str, int]:
    seen: dict[str, int] = {}
    ahead = deque([start])
    while ahead and len(seen) < MOST:
        address = ahead.popleft()
        if address in seen:
            continue
        answer = client.get(address, follow_redirects=True)
        seen[address] = answer.status_code
        if answer.mimetype == "text/html":
            ahead.extend(_links(answer.get_data(as_text=True)))
    return seen


def _links(page: str) -> list[str]:
    found = (unescape(link) for link in LINK.findall(page))
    return [link for link in found if link.startswith("/") and not link.startswith("//")]
