"""WeChat is bound by a QR code, unbound with the password, and resets the password of its account alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from werkzeug.test import TestResponse

from domain.accounts import wechat_bindings
from domain.sample.people import PASSWORD
from models import db
from models.cases.notices import AuditEntry
from models.persons.accounts import PasswordReset, WeChatBinding, WeChatTicket
from models.persons.people import Person
from simulator.running import RunningSimulator
from tests.handlers.account.test_registering import work
from tests.handlers.account.test_signing import ZHENG, forget
from tests.handlers.account.test_tries import at
from tests.handlers.conftest import Browser, errors, words, writes
from tests.handlers.test_limits import Hands, hands

__all__ = ["hands"]
XIAOYU, LINJIAN = "o-xiaoyu", "o-linjian"
NEW = {"password": "Newer-2026", "password_again": "Newer-2026"}


def scanned(page: str) -> str:
    """The path in the QR code that a page shows."""
    found = re.search(r'href="http://[^"/]+(/account/wechat/go/[0-9a-f]+)"', page)
    assert found is not None
    return found[1]


def agree(phone: Browser, path: str, openid: str = XIAOYU) -> dict[str, str]:
    """Scan, agree in WeChat over real HTTP, and come back to the page with the button."""
    asked = phone.client.get(path)
    assert asked.status_code == 302
    with requests.Session() as session:
        session.trust_env = False
        assert "小雨" in session.get(asked.location, timeout=10).text
        given = session.post(asked.location, data={"openid": openid}, timeout=10, allow_redirects=False)
    back = urlsplit(given.headers["Location"])
    assert back.path == "/account/wechat/back"
    assert "33" in phone.open(f"{back.path}?{back.query}")
    return {name: values[0] for name, values in parse_qs(back.query).items()}


def press(phone: Browser, came: dict[str, str]) -> TestResponse:
    """The button of the page that WeChat led back to."""
    return phone.send("/account/wechat/back", **came)


def begin_binding(browser: Browser) -> str:
    """The path in the QR code to bind WeChat."""
    answer = browser.send("/account/wechat", current_password=PASSWORD)
    assert answer.location == "/account/wechat/code"
    return scanned(browser.open(answer.location))


def bound(person_id: int, openid: str = XIAOYU) -> None:
    with writes():
        wechat_bindings.bind(person_id, openid, "小雨")


@pytest.mark.manual("A4")
def test_wechat_is_bound_by_a_scan_and_unbound_with_the_password(
    app: Flask, sign_in: Callable[[str], Browser], simulator: RunningSimulator
) -> None:
    zheng, phone = sign_in("郑雨桐"), at(app, "192.0.2.7")
    wrong = zheng.send("/account/wechat", current_password="no")
    assert (wrong.status_code, "登录密码不正确" in errors(wrong)) == (422, True)
    path = begin_binding(zheng)
    came = agree(phone, path)
    assert db.session.query(WeChatBinding).count() == 0, "opening an address binds nothing"
    db.session.rollback()
    assert press(phone, came).location == "/account/wechat/done"
    assert "已绑定微信“小雨”" in zheng.open("/account/wechat/code")
    assert "小雨" in zheng.open("/account/settings")
    assert phone.client.get(path).status_code == 410, "a code is scanned once"
    work()
    assert "已绑定微信“小雨”" in simulator.messages(channel="sms", to="13805700126")[0]["text"]

    assert zheng.send("/account/wechat", current_password="no").status_code == 422
    assert zheng.send("/account/wechat", current_password=PASSWORD).location == "/account/settings"
    assert "没有绑定" in zheng.open("/account/settings")
    actions = [one.action for one in db.session.query(AuditEntry).filter_by(person_id=zheng.person_id)]
    assert actions == ["wechat.bound", "wechat.unbound"]


@pytest.mark.manual("A4")
def test_a_wechat_belongs_to_one_account(
    app: Flask, sign_in: Callable[[str], Browser], simulator: RunningSimulator
) -> None:
    zheng, chen = sign_in("郑雨桐"), sign_in("陈子昂")
    bound(chen.person_id)
    phone = at(app, "192.0.2.7")
    refused = press(phone, agree(phone, begin_binding(zheng)))
    assert (refused.status_code, "已经绑定了别的账号" in words(refused)) == (409, True)
    assert db.session.query(WeChatBinding).one().person_id == chen.person_id


@pytest.mark.manual("A4")
@pytest.mark.parametrize(
    "mode", ["down", "malformed", "garbled", "failing", "pending", "refusing", "truncated"]
)
def test_a_silent_wechat_binds_nothing_and_can_be_asked_again(
    app: Flask, sign_in: Callable[[str], Browser], simulator: RunningSimulator, mode: str
) -> None:
    zheng, phone = sign_in("郑雨桐"), at(app, "192.0.2.7")
    came = agree(phone, begin_binding(zheng))
    simulator.behave("wechat", mode)
    silent = press(phone, came)
    assert silent.status_code == 409
    assert "绑定微信" in words(silent)
    assert db.session.query(WeChatBinding).count() == 0
    db.session.rollback()
    simulator.behave("wechat", "normal")
    assert press(phone, came).status_code == 303


@pytest.mark.manual("A4")
def test_a_code_of_wechat_is_used_once(
    app: Flask, sign_in: Callable[[str], Browser], simulator: RunningSimulator
) -> None:
    phone = at(app, "192.0.2.7")
    came = agree(phone, begin_binding(sign_in("郑雨桐")))
    assert press(phone, came).status_code == 303
    other = begin_binding(sign_in("陈子昂")).rpartition("/")[2]
    again = press(phone, came | {"state": other})
    assert (again.status_code, "请重新授权" in words(again)) == (409, True)
    assert "没有在微信里允许" in phone.open(f"/account/wechat/back?state={other}")


def test_a_qr_code_is_good_for_ten_minutes(
    app: Flask, sign_in: Callable[[str], Browser], simulator: RunningSimulator, hands: Hands
) -> None:
    zheng = sign_in("郑雨桐")
    path = begin_binding(zheng)
    hands.at += timedelta(minutes=11)
    assert at(app, "192.0.2.7").client.get(path).status_code == 410
    assert "二维码已经失效" in zheng.open("/account/wechat/code")
    begin_binding(zheng)
    assert db.session.query(WeChatTicket).count() == 1, "those that are over are swept away"


@pytest.mark.manual("A3")
def test_a_password_is_reset_on_the_phone_of_the_bound_wechat(
    app: Flask, visitor: Browser, sign_in: Callable[[str], Browser], simulator: RunningSimulator
) -> None:
    zheng, phone = sign_in("郑雨桐"), at(app, "192.0.2.7")
    bound(zheng.person_id)
    came = agree(phone, scanned(words(forget(visitor, "wechat"))))
    link = urlsplit(press(phone, came).location).path
    assert link.startswith("/account/forgotten/link/")
    assert visitor.client.get("/account/forgotten/wechat").text.count("/forgotten/link/") == 0, (
        "only the phone sets the password"
    )
    assert "请填写密码" in errors(phone.send(link)) or phone.send(link).status_code == 422
    assert phone.send(link, **NEW).status_code == 303
    assert "请用新密码登录" in visitor.open("/account/forgotten/wechat")
    assert zheng.client.get("/apply/").status_code == 302, "every session has ended"
    assert phone.send(link, **NEW).status_code == 410, "a link sets one password"
    assert phone.send("/account/sign-in", login=ZHENG, password=NEW["password"]).status_code == 303


@pytest.mark.manual("A3")
@pytest.mark.parametrize("who", [{}, {"document_number": "330802199901010016"}])
def test_another_wechat_fails_on_its_own_side_alone(
    app: Flask,
    visitor: Browser,
    sign_in: Callable[[str], Browser],
    simulator: RunningSimulator,
    who: dict[str, str],
) -> None:
    bound(sign_in("陈子昂").person_id, LINJIAN)
    phone = at(app, "192.0.2.7")
    page = words(forget(visitor, "wechat", **who))
    for openid in (LINJIAN, XIAOYU):
        refused = press(phone, agree(phone, scanned(page), openid))
        assert (refused.status_code, "没有绑定要找回的账号" in words(refused)) == (409, True)
    assert db.session.query(PasswordReset).one().link_made_at is None


@pytest.mark.manual("A3")
def test_a_password_is_reset_by_the_link_of_a_mail_within_a_day(
    app: Flask, visitor: Browser, simulator: RunningSimulator, hands: Hands
) -> None:
    assert "24 小时内有效" in words(forget(visitor, "mail"))
    link = mailed(simulator)
    other = at(app, "192.0.2.9")
    assert "330" in other.open(link)
    weak = other.send(link, password="short", password_again="other")
    assert (weak.status_code, errors(weak).count("密码")) == (422, 2), "all at once"
    hands.at += timedelta(hours=23)
    assert other.send(link, **NEW).status_code == 303
    assert other.client.get(link).status_code == 410
    assert other.send("/account/sign-in", login=ZHENG, password=NEW["password"]).status_code == 303


@pytest.mark.manual("A3")
def test_a_link_ends_with_its_day_with_the_next_and_with_every_change_of_the_account(
    visitor: Browser, simulator: RunningSimulator, hands: Hands
) -> None:
    forget(visitor, "mail")
    first = mailed(simulator)
    hands.at += timedelta(minutes=1)
    visitor.send("/account/forgotten/ways", way="mail")
    second = mailed(simulator)
    assert first != second
    assert visitor.client.get(first).status_code == 410
    assert visitor.client.get(second).status_code == 200
    hands.at += timedelta(hours=24)
    assert visitor.send(second, **NEW).status_code == 410
    forget(visitor, "mail")
    third = mailed(simulator)
    with writes():
        db.session.query(Person).filter_by(login=ZHENG).one().name = "郑雨"
    assert visitor.send(third, **NEW).status_code == 410
    assert visitor.client.get("/account/forgotten/link/made.up").status_code == 410


@pytest.mark.manual("A3")
def test_a_changed_password_ends_what_was_begun(
    visitor: Browser, sign_in: Callable[[str], Browser], simulator: RunningSimulator
) -> None:
    forget(visitor, "mail")
    link = mailed(simulator)
    sign_in("郑雨桐").send("/account/settings/password", current_password=PASSWORD, **NEW)
    assert visitor.send(link, **NEW).status_code == 410


@pytest.mark.manual("A3")
def test_every_page_of_a_reset_can_be_loaded_again_and_begins_at_the_first(
    visitor: Browser, simulator: RunningSimulator
) -> None:
    pages = ("ways", "reset", "mail", "wechat")
    for page in pages:
        assert visitor.client.get(f"/account/forgotten/{page}").location == "/account/forgotten"
    assert "请选择重置方式" in errors(chosen(visitor))
    forget(visitor)
    for page in (*pages, *pages):
        visitor.open(f"/account/forgotten/{page}")


@pytest.mark.manual("A3")
def test_each_way_has_its_limits(visitor: Browser, simulator: RunningSimulator, hands: Hands) -> None:
    for way in ("mail", "wechat"):
        forget(visitor, way)
        again = visitor.send("/account/forgotten/ways", way=way)
        assert (again.status_code, "刚刚发送过" in errors(again)) == (429, True)


def chosen(visitor: Browser) -> TestResponse:
    visitor.send("/account/forgotten", document_kind="resident_id", document_number=ZHENG, name="郑雨桐")
    return visitor.send("/account/forgotten/ways")


def mailed(simulator: RunningSimulator) -> str:
    """The path of the link in the newest mail."""
    work()
    found = re.search(r"(/account/forgotten/link/\S+)", simulator.messages(channel="mail")[0]["text"])
    assert found is not None
    return found[1]
