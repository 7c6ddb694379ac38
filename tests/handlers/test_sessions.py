"""Cookies, hosts and the end of sessions, over http as in development and over https as in production."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient

from domain.sample.people import PASSWORD
from handlers.entry import access
from models import db
from models.persons.people import SignIn
from settings import Settings
from tests import shared_app
from tests.handlers.conftest import Browser, words, writes

SITE = "https://zige.example"
CREDENTIALS = {"login": "wangmin", "password": PASSWORD}
IDLE = timedelta(minutes=30)


@pytest.fixture
def secure_settings(settings: Settings) -> Settings:
    """The site over TLS."""
    return replace(settings, public_url=SITE)


@pytest.fixture
def visit(secure_settings: Settings, sample_world: None) -> Iterator[FlaskClient]:
    """A browser at the site over TLS; its app is on the same database."""
    with shared_app.opened(secure_settings, {"TESTING": True, "WTF_CSRF_ENABLED": False}) as app:
        client = app.test_client()
        client.environ_base["wsgi.url_scheme"] = "https"
        client.environ_base["HTTP_HOST"] = "zige.example"
        yield client


def last_seen(browser: Browser, ago: timedelta) -> None:
    """Let the person's session be used last some time ago."""
    with writes():
        db.session.query(SignIn).one().last_seen_at = access.wall_time() - ago


@pytest.mark.found("X12")
def test_every_cookie_over_tls_is_tied_to_this_host(visit: FlaskClient) -> None:
    sent = visit.get("/account/sign-in", base_url=SITE).headers.getlist("Set-Cookie")
    sent += visit.post("/account/sign-in", data=CREDENTIALS, base_url=SITE).headers.getlist("Set-Cookie")
    sent += visit.post("/display", data={"theme": "dark"}, base_url=SITE).headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in sent} >= {"__Host-zige_sign_in", "__Host-zige_display"}
    for cookie in sent:
        traits = {trait.strip().lower() for trait in cookie.split(";")}
        assert cookie.startswith("__Host-")
        assert {"secure", "httponly", "path=/", "samesite=lax"} <= traits
        assert not any(trait.startswith("domain") for trait in traits)
    assert visit.get("/work/", base_url=SITE).status_code == 200
    assert 'class="theme-dark"' in visit.get("/work/", base_url=SITE).text


@pytest.mark.found("X12")
def test_a_cookie_without_the_prefix_signs_nobody_in_over_tls(
    visit: FlaskClient, sign_in: Callable[[str], Browser]
) -> None:
    cookie = sign_in("王敏").client.get_cookie(access.COOKIE)
    assert cookie is not None
    visit.set_cookie(access.COOKIE, cookie.value, domain="zige.example")
    assert visit.get("/work/", base_url=SITE).status_code == 302


@pytest.mark.found("X12")
def test_signing_out_clears_what_the_browser_kept(visit: FlaskClient) -> None:
    visit.post("/account/sign-in", data=CREDENTIALS, base_url=SITE)
    left = visit.post("/account/sign-out", base_url=SITE)
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'
    gone = next(one for one in left.headers.getlist("Set-Cookie") if one.startswith("__Host-zige_sign_in="))
    assert "Secure" in gone  # else the browser keeps a prefixed cookie
    assert "Max-Age=0" in gone
    assert visit.get("/work/", base_url=SITE).status_code == 302


@pytest.mark.found("X12")
def test_browsers_are_told_to_stay_with_tls_only_over_tls(visit: FlaskClient, visitor: Browser) -> None:
    told = visit.get("/", base_url=SITE).headers["Strict-Transport-Security"]
    assert told == "max-age=63072000; includeSubDomains"
    assert "Strict-Transport-Security" not in visitor.client.get("/").headers
    assert "Server" not in visitor.client.get("/").headers


@pytest.mark.found("X12")
@pytest.mark.parametrize(
    "address", ["/", "/static/dist/app.css", "/account/sign-in", "/api/v1/tasks", "/nothing"]
)
def test_every_answer_tells_the_browser_what_it_may(visitor: Browser, address: str) -> None:
    answer = visitor.client.get(address)
    answer.close()  # a file that is served stays open until then
    told = answer.headers
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told["Cross-Origin-Opener-Policy"] == told["Cross-Origin-Resource-Policy"] == "same-origin"
    assert told["Referrer-Policy"] == "same-origin"
    assert {"camera=()", "geolocation=()", "usb=()"} <= set(told["Permissions-Policy"].split(", "))
    assert {"object-src 'none'", "base-uri 'none'", "frame-ancestors 'self'"} <= set(
        told["Content-Security-Policy"].split("; ")
    )


@pytest.mark.found("X12")
@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "a b"])
def test_a_request_under_another_name_is_refused(visitor: Browser, host: str) -> None:
    addresses = ("/", "/apply", "/account/sign-out", "/nothing")  # built files say nothing of their host
    for address, method in product(addresses, ("get", "post")):
        answer = getattr(visitor.client, method)(address, headers={"Host": host})
        assert answer.status_code == 400
        assert "evil" not in answer.get_data(as_text=True) + str(answer.headers)
        assert "http://127.0.0.1:8000/" in words(answer)


@pytest.mark.found("X12")
def test_the_api_refuses_another_name_in_its_own_way(visitor: Browser) -> None:
    answer = visitor.client.get("/api/v1/tasks", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.json is not None
    assert answer.json["code"] == "bad_request"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "localhost:9999"])
def test_development_answers_under_its_usual_names(visitor: Browser, host: str) -> None:
    moved = visitor.client.get("/apply", headers={"Host": host})
    assert moved.status_code in {302, 308}


@pytest.mark.found("X12")
def test_an_idle_session_ends_and_an_active_one_stays(sign_in: Callable[[str], Browser]) -> None:
    browser = sign_in("王敏")
    last_seen(browser, IDLE - timedelta(seconds=20))
    assert browser.client.get("/work/").status_code == 200
    assert access.wall_time() - db.session.query(SignIn).one().last_seen_at < timedelta(minutes=1)
    db.session.rollback()
    last_seen(browser, IDLE + timedelta(seconds=1))
    assert browser.client.get("/work/").status_code == 302


@pytest.mark.found("X12")
def test_what_was_typed_outlives_the_idle_time(sign_in: Callable[[str], Browser]) -> None:
    browser = sign_in("郑雨桐")
    last_seen(browser, IDLE * 2)
    answer = browser.send("/profile/particulars", mobile="13805700126", ethnicity="01")
    assert answer.status_code == 401
    assert 'value="13805700126"' in answer.get_data(as_text=True)


@pytest.mark.found("X12")
def test_the_longest_time_holds_for_the_most_active(sign_in: Callable[[str], Browser]) -> None:
    browser = sign_in("王敏")
    with writes():
        db.session.query(SignIn).one().expires_at = access.wall_time() - timedelta(seconds=1)
    assert browser.client.get("/work/").status_code == 302


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(sign_in: Callable[[str], Browser]) -> None:
    browser = sign_in("王敏")
    last_seen(browser, IDLE - timedelta(minutes=1))
    before = db.session.query(SignIn).one().last_seen_at
    db.session.rollback()
    assert browser.client.get("/work/", headers={access.BACKGROUND: "1"}).status_code == 200
    assert db.session.query(SignIn).one().last_seen_at == before


def test_a_page_knows_how_long_its_session_lives(sign_in: Callable[[str], Browser]) -> None:
    browser = sign_in("王敏")
    last_seen(browser, timedelta(minutes=2))
    page = browser.open("/work/")
    seconds = int(page.partition('data-session="')[2].partition('"')[0])
    assert 27 * 60 <= seconds <= 28 * 60


def test_an_idle_session_is_no_longer_listed(sign_in: Callable[[str], Browser], app: Flask) -> None:
    browser = sign_in("王敏")
    last_seen(browser, IDLE * 2)
    again = sign_in("王敏")
    assert again.open("/account/settings").count("/sign-ins/") <= 1
