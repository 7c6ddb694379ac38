"""The route × audience matrix: every page has an audience, and strangers are turned away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from handlers import BLUEPRINTS
from handlers.entry import access
from handlers.entry.access import COOKIE, hash_token
from models import db
from models.base.codes import ROLES
from models.base.database import writing
from models.persons.people import Person, Post, SignIn
from workflows.clock import wall_time


def _rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)


def test_a_page_that_does_not_say_who_may_enter_keeps_the_app_from_starting(app: Flask) -> None:
    access.check_audiences(app)
    silent = Flask("silent")
    silent.add_url_rule("/open", view_func=lambda: "open to all", endpoint="public.forgotten_to_say")
    with pytest.raises(RuntimeError, match=r"public\.forgotten_to_say"):
        access.check_audiences(silent)


def test_audiences_are_those_that_somebody_can_be(app: Flask) -> None:
    said = {name for rule in _rules(app) for name in access.find_audience(app, rule.endpoint)}
    assert said - {"public", "token", "applicant", "staff"} <= set(ROLES)


def test_a_page_has_one_address_for_looking_and_sending(app: Flask) -> None:
    """`url_for` in a POST prefers the address that takes POST: links would lead to the form's."""
    methods: dict[str, set[frozenset[str]]] = {}
    for rule in _rules(app):
        methods.setdefault(rule.endpoint, set()).add(frozenset(rule.methods or ()))
    assert [name for name, found in methods.items() if len(found) > 1] == []


def test_the_table_lists_each_place_once() -> None:
    assert len({place.prefix for place in BLUEPRINTS}) == len(BLUEPRINTS)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_stranger_is_turned_away(app: Flask, client: FlaskClient, method: str) -> None:
    let_in = []
    for rule in _rules(app):
        if access.find_audience(app, rule.endpoint) == access.PUBLIC or method not in (rule.methods or ()):
            continue
        address = rule.build(dict.fromkeys(rule.arguments, 1), append_unknown=False)
        assert address is not None
        status = client.open(address[1], method=method).status_code
        if status not in {301, 302, 401, 403} and not rule.endpoint.endswith("openapi_json"):
            let_in.append(f"{method} {rule.rule}: {status}")
    assert let_in == []


def _enter(client: FlaskClient, kind: str, *roles: str) -> None:
    """Sign somebody in who holds some posts."""
    at = wall_time()
    writing.set(True)
    person = Person(kind=kind, login=kind, name="张三", password_hash="", created_at=at)
    person.posts = [Post(role=role, place="site:1") for role in roles]
    db.session.add(person)
    db.session.flush()
    ends = {"created_at": at, "last_seen_at": at, "expires_at": at + timedelta(hours=1)}
    db.session.add(SignIn(token_hash=hash_token(f"token of {kind}"), person_id=person.id, **ends))
    db.session.commit()
    writing.set(None)
    client.set_cookie(COOKIE, f"token of {kind}")


@pytest.mark.found("T2")
@pytest.mark.parametrize(
    ("kind", "roles", "own"),
    [("staff", ("site.clerk", "admin"), "staff"), ("staff", (), "staff"), ("applicant", (), "applicant")],
)
def test_nobody_enters_the_place_of_another_audience(
    app: Flask, client: FlaskClient, kind: str, roles: tuple[str, ...], own: str
) -> None:
    _enter(client, kind, *roles)
    let_in = []
    for rule in _rules(app):
        audience = access.find_audience(app, rule.endpoint)
        if audience & {own, "public", "token", *roles} or "GET" not in (rule.methods or ()):
            continue
        built = rule.build(dict.fromkeys(rule.arguments, 1), append_unknown=False)
        assert built is not None
        status = client.get(built[1]).status_code
        if status != 403:
            let_in.append(f"{rule.rule}: {status}")
    assert let_in == []


def test_an_address_for_forms_leads_a_browser_that_comes_back_to_its_page(
    app: Flask, client: FlaskClient
) -> None:
    ways = app.url_map.bind("localhost")
    pages = {rule.rule for rule in _rules(app) if "GET" in (rule.methods or ())}
    lost = []
    for rule in _rules(app):
        if "POST" not in (rule.methods or ()) or rule.rule in pages or rule.rule.startswith("/api/"):
            continue
        built = rule.build(dict.fromkeys(rule.arguments, 1), append_unknown=False)
        assert built is not None
        answer = client.get(built[1] + "?next=/apply/")
        led = answer.location or ""
        if answer.status_code != 302 or not ways.test(led.partition("?")[0] or "/", "GET"):
            lost.append(f"{rule.rule}: {answer.status_code} {led}")
        elif "next=" not in led:
            lost.append(f"{rule.rule}: forgets where it leads on")
    assert lost == []
