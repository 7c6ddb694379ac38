"""Signing in and out, throttling, a forgotten password, one's sessions."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from domain.sample.people import PASSWORD
from handlers.entry import access
from models import db
from models.persons.people import Person, SignIn
from simulator.running import RunningSimulator
from tests.handlers.account.test_registering import carried, code_sent_to, work
from tests.handlers.conftest import Browser, errors, words, writes
from workflows import clock

ZHENG = "330802200403120023"
CREDENTIALS = {"login": ZHENG, "password": PASSWORD}
FORGOTTEN = {"document_kind": "resident_id", "document_number": ZHENG, "name": "郑雨桐"}


@pytest.mark.parametrize(
    ("login", "target"),
    [(ZHENG, "/apply/"), ("wangmin", "/work/"), (" WangMin ", "/work/"), ("ｗａｎｇｍｉｎ", "/work/")],
)
@pytest.mark.manual("A2")
def test_everybody_signs_in_at_one_door(visitor: Browser, login: str, target: str) -> None:
    answer = visitor.send("/account/sign-in", login=login, password=PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (303, target)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    token = cookie.partition("=")[2].partition(";")[0]
    kept = db.session.query(SignIn).one()
    assert kept.token_hash == access.hash_token(token)
    assert kept.token_hash != token


@pytest.mark.parametrize(
    ("given", "target"),
    [
        ("/apply/applications", "/apply/applications"),
        ("//evil.example/", "/apply/"),
        ("/\\evil.example", "/apply/"),
        ("https://evil.example/", "/apply/"),
        ("javascript:alert(1)", "/apply/"),
    ],
)
def test_only_own_addresses_follow_a_sign_in(visitor: Browser, given: str, target: str) -> None:
    assert visitor.send("/account/sign-in", **CREDENTIALS, next=given).headers["Location"] == target


def test_a_stranger_learns_nothing(visitor: Browser) -> None:
    known = visitor.send("/account/sign-in", login=ZHENG, password="wrong-Password")
    unknown = visitor.send("/account/sign-in", login="330802199901010016", password="wrong-Password")
    assert known.status_code == unknown.status_code == 422
    assert errors(known) == errors(unknown)
    assert ZHENG in words(known)
    assert "wrong-Password" not in words(known)


def test_five_wrong_passwords_make_one_wait(visitor: Browser) -> None:
    for _ in range(5):
        assert visitor.send("/account/sign-in", login=ZHENG, password="wrong-Password").status_code == 422
    answer = visitor.send("/account/sign-in", **CREDENTIALS)
    assert answer.status_code == 429
    assert "请 15 分钟后再试" in errors(answer)
    assert visitor.send("/account/sign-in", login="wangmin", password=PASSWORD).status_code == 303


def test_a_disabled_account_stays_out(visitor: Browser, sign_in: Callable[[str], Browser]) -> None:
    zheng = sign_in("郑雨桐")
    person = zheng.person
    person.disabled_at = person.created_at
    db.session.commit()
    assert visitor.send("/account/sign-in", **CREDENTIALS).status_code == 422
    assert zheng.client.get("/apply/").status_code == 302


def test_signing_out_ends_the_session(sign_in: Callable[[str], Browser], app: Flask) -> None:
    zheng = sign_in("郑雨桐")
    cookie = zheng.client.get_cookie(access.COOKIE)
    assert cookie is not None
    zheng.open("/account/sign-out")
    assert zheng.send("/account/sign-out").status_code == 303
    thief = app.test_client()
    thief.set_cookie(access.COOKIE, cookie.value)
    assert thief.get("/apply/").status_code == 302


def test_a_look_at_the_head_of_a_page_signs_nobody_out(sign_in: Callable[[str], Browser]) -> None:
    zheng = sign_in("郑雨桐")
    assert zheng.client.head("/account/sign-out").status_code == 200
    assert zheng.client.get("/apply/").status_code == 200
    assert zheng.client.head("/account/sign-in").status_code == 302


def forget(browser: Browser, way: str = "sms", **who: str) -> TestResponse:
    """The page of a way to a new password, or the page that refuses it."""
    answer = browser.send("/account/forgotten", **{**FORGOTTEN, **who})
    if answer.status_code == 303:
        answer = browser.send(answer.location, way=way)
    return browser.client.get(answer.location) if answer.status_code == 303 else answer


@pytest.mark.manual("A3")
def test_a_forgotten_password_is_reset_by_sms(visitor: Browser, simulator: RunningSimulator) -> None:
    first = forget(visitor)
    new = {"password": "Newer-2026", "password_again": "Newer-2026"}
    code = code_sent_to(simulator, "13805700126")
    answer = visitor.send("/account/forgotten/reset", carried=carried(first), code=code, **new)
    assert answer.status_code == 303
    assert visitor.send("/account/sign-in", **CREDENTIALS).status_code == 422
    assert visitor.send("/account/sign-in", login=ZHENG, password="Newer-2026").status_code == 303


@pytest.mark.parametrize(
    "other", [{"name": "郑雨"}, {"document_number": "330802199901010016"}, {"name": "王敏"}]
)
def test_a_wrong_guess_looks_the_same(
    visitor: Browser, app: Flask, simulator: RunningSimulator, other: dict[str, str]
) -> None:
    right = words(forget(visitor))
    elsewhere = Browser(client=app.test_client(), person_id=0)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    wrong = words(forget(elsewhere, **other))
    assert without_tokens(right) == without_tokens(wrong)
    work()
    assert len(simulator.messages(channel="sms", to="")) == 1


def without_tokens(page: str) -> str:
    """A page without what differs each time."""
    import re

    return re.sub(r'value="[^"]*"', "", page)


def test_another_password_ends_other_sessions(sign_in: Callable[[str], Browser]) -> None:
    here, there = sign_in("郑雨桐"), sign_in("郑雨桐")
    new = {"password": "Newer-2026", "password_again": "Newer-2026"}
    wrong = here.send("/account/settings/password", current_password="no", **new)
    assert (wrong.status_code, "当前密码不正确" in errors(wrong)) == (422, True)
    assert 'href="/account/settings"' in wrong.text
    changed = here.send("/account/settings/password", current_password=PASSWORD, **new)
    assert (changed.status_code, changed.location) == (303, "/account/settings")
    assert here.client.get("/account/settings").status_code == 200
    assert there.client.get("/apply/").status_code == 302


def test_one_sees_where_one_is_signed_in_and_ends_the_others(sign_in: Callable[[str], Browser]) -> None:
    here, there = sign_in("郑雨桐"), sign_in("郑雨桐")
    with writes():
        row = db.session.query(SignIn).order_by(SignIn.id.desc()).first()
        row.browser, row.address = "Mozilla/5.0 (Linux; Android 14) Chrome/140.0 Safari", "10.0.0.7"
    page = here.open("/account/settings")
    assert page.index("本机") < page.index("<b>Chrome · Android</b>")
    assert "10.0.0.7" in page
    assert "Mozilla" not in page
    assert here.send("/account/settings/sign-ins/end-others").status_code == 303
    assert there.client.get("/apply/").status_code == 302
    assert "/sign-ins/" not in here.open("/account/settings")


def test_a_session_is_seen_again_after_a_while(sign_in: Callable[[str], Browser]) -> None:
    browser = sign_in("郑雨桐")
    before = db.session.query(SignIn).one().last_seen_at
    browser.open("/account/settings")
    assert db.session.query(SignIn).one().last_seen_at == before, "not at every page"
    with writes():
        db.session.query(SignIn).one().last_seen_at = before - access.idle_limit() / access.SEEN_PARTS
    browser.open("/account/settings")
    db.session.rollback()
    assert db.session.query(SignIn).one().last_seen_at >= before


def test_nobody_ends_the_sessions_of_others(sign_in: Callable[[str], Browser]) -> None:
    zheng, chen = sign_in("郑雨桐"), sign_in("陈子昂")
    theirs = db.session.query(SignIn).filter_by(person_id=zheng.person_id).one().id
    chen.send(f"/account/settings/sign-ins/{theirs}/end")
    assert zheng.client.get("/apply/").status_code == 200


def test_staff_have_settings_too(sign_in: Callable[[str], Browser]) -> None:
    assert "修改密码" in sign_in("王敏").open("/account/settings")
    assert db.session.query(Person).filter_by(login="wangmin").one().kind == "staff"


def test_strangers_are_led_to_the_door(visitor: Browser) -> None:
    answer = visitor.client.get("/apply/applications")
    assert answer.headers["Location"] == "/account/sign-in?next=/apply/applications"
    assert visitor.client.get("/account/settings").status_code == 302


def test_the_test_clock_signs_nobody_out(sign_in: Callable[[str], Browser]) -> None:
    zheng = sign_in("郑雨桐")
    with writes():
        clock.advance_clock(timedelta(days=40))
    assert zheng.client.get("/apply/").status_code == 200


def test_whoever_is_signed_out_while_typing_loses_nothing(visitor: Browser) -> None:
    answer = visitor.send("/apply/details", employer="衢州市实验学校", note=["一", "二"])
    assert answer.status_code == 401
    page = words(answer)
    for name, value in (("employer", "衢州市实验学校"), ("note", "一"), ("note", "二")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    assert 'action="/apply/details"' in page
    assert "请先在新窗口登录" in page


def test_a_password_is_not_kept_for_later(visitor: Browser) -> None:
    answer = visitor.send("/profile/email", email="a@mail.example", current_password=PASSWORD)
    assert answer.status_code == 401
    assert PASSWORD not in words(answer)


def test_an_input_without_a_file_keeps_the_words_beside_it(visitor: Browser) -> None:
    empty = {"employer": "衢州市实验学校", "photo": (io.BytesIO(), "")}
    assert 'value="衢州市实验学校"' in words(visitor.send("/apply/details", **empty))
    sent = {"employer": "衢州市实验学校", "photo": (io.BytesIO(b"x"), "photo.jpg")}
    assert "选过的文件要重新选择" in words(visitor.send("/apply/details", **sent))
