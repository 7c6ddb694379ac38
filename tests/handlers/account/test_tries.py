"""Passwords are counted before they are judged, and what strangers guess keeps no owner out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from domain.sample.people import PASSWORD
from handlers.account.proofs import known_devices
from models import db
from models.persons.people import KnownDevice
from simulator.running import RunningSimulator
from tests.handlers.account.test_challenges import solved
from tests.handlers.account.test_registering import carried, code_sent_to
from tests.handlers.account.test_signing import forget
from tests.handlers.conftest import Browser, errors, words
from tests.handlers.test_limits import Hands, hands, side_by_side
from workflows.clock import wall_time

__all__ = ["hands"]
DOOR = "/account/sign-in"
WRONG = {"login": "wangmin", "password": "wrong-Password"}
RIGHT = {"login": "wangmin", "password": PASSWORD}
ZHENG = {"document_kind": "resident_id", "document_number": "330802200403120023", "name": "郑雨桐"}
NEW = {"password": "Newer-2026", "password_again": "Newer-2026"}


def at(app: Flask, address: str) -> Browser:
    """Somebody at a browser that nobody knows, somewhere."""
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return Browser(client=client)


def guess_at(app: Flask, login: str, address: str) -> None:
    """As many wrong passwords from an address as are judged."""
    stranger = at(app, address)
    for _ in range(5):
        assert stranger.send(DOOR, login=login, password="wrong-Password").status_code == 422


def guess(app: Flask, address: str) -> None:
    """Guess at a member of staff."""
    guess_at(app, "wangmin", address)


@pytest.mark.found("X9")
def test_of_forty_wrong_passwords_at_once_five_are_judged(app: Flask, sample_world: None) -> None:
    answers = side_by_side(app, lambda: app.test_client().post(DOOR, data=WRONG).status_code, times=40)
    assert Counter(answers) == {422: 5, 429: 35}


@pytest.mark.found("X9")
def test_whoever_has_to_wait_is_told_how_long(app: Flask, sample_world: None, hands: Hands) -> None:
    guess(app, "192.0.2.1")
    hands.at += timedelta(minutes=5)
    answer = at(app, "192.0.2.1").send(DOOR, **RIGHT)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "600")
    assert "请 10 分钟后再试" in errors(answer)
    assert 'value="wangmin"' in words(answer)
    hands.at += timedelta(minutes=10)
    assert at(app, "192.0.2.1").send(DOOR, **RIGHT).status_code == 303


@pytest.mark.found("X9")
def test_strangers_lock_out_nobody_where_the_owner_was_before(app: Flask, sample_world: None) -> None:
    owner = at(app, "192.0.2.1")
    assert owner.send(DOOR, **RIGHT).status_code == 303
    owner.send("/account/sign-out")
    guess(app, "192.0.2.1")  # from the very same address
    assert at(app, "192.0.2.1").send(DOOR, **RIGHT).status_code == 429
    assert owner.send(DOOR, **RIGHT).status_code == 303


@pytest.mark.found("X9")
def test_strangers_lock_out_nobody_who_comes_from_elsewhere(app: Flask, sample_world: None) -> None:
    guess(app, "192.0.2.1")
    assert at(app, "192.0.2.2").send(DOOR, **RIGHT).status_code == 303


@pytest.mark.found("X9")
def test_a_known_device_is_slowed_and_not_locked(app: Flask, sample_world: None, hands: Hands) -> None:
    owner = at(app, "192.0.2.1")
    owner.send(DOOR, **RIGHT)
    owner.send("/account/sign-out")
    assert [owner.send(DOOR, **WRONG).status_code for _ in range(7)] == [422] * 6 + [429]
    answer = owner.send(DOOR, **RIGHT)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "15")
    hands.at += timedelta(seconds=15)
    assert owner.send(DOOR, **RIGHT).status_code == 303


def test_a_device_is_known_for_those_who_were_proved_in_it_alone(app: Flask, sample_world: None) -> None:
    chen = at(app, "192.0.2.1")
    assert chen.send(DOOR, login="chenjing", password=PASSWORD).status_code == 303
    chen.send("/account/sign-out")
    guess(app, "192.0.2.1")
    assert chen.send(DOOR, **RIGHT).status_code == 429


@pytest.mark.found("T2")
@pytest.mark.parametrize(("days", "status"), [(364, 303), (366, 429)])
def test_a_device_is_known_for_a_year(
    app: Flask, sample_world: None, hands: Hands, days: int, status: int
) -> None:
    owner = at(app, "192.0.2.1")
    owner.send(DOOR, **RIGHT)
    owner.send("/account/sign-out")
    hands.at += timedelta(days=days)
    guess(app, "192.0.2.1")
    assert owner.send(DOOR, **RIGHT).status_code == status


def test_a_planted_or_copied_token_ends_at_the_next_sign_in(app: Flask, sample_world: None) -> None:
    owner, thief = at(app, "192.0.2.1"), at(app, "192.0.2.1")
    owner.client.set_cookie(known_devices.COOKIE, "planted")
    owner.send(DOOR, **RIGHT)
    cookie = owner.client.get_cookie(known_devices.COOKIE)
    assert cookie is not None
    assert cookie.value != "planted"
    thief.client.set_cookie(known_devices.COOKIE, cookie.value)
    owner.send("/account/sign-out")
    owner.send(DOOR, **RIGHT)
    guess(app, "192.0.2.1")
    assert thief.send(DOOR, **RIGHT).status_code == 429
    assert db.session.query(KnownDevice).count() == 1


def test_the_cookie_of_a_device_is_kept_long_and_from_scripts(app: Flask, sample_world: None) -> None:
    answer = at(app, "192.0.2.1").send(DOOR, **RIGHT)
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith(known_devices.COOKIE))
    for word in ("HttpOnly", "SameSite=Lax", "Max-Age=31536000"):
        assert word in cookie
    kept = db.session.query(KnownDevice).one()
    assert kept.token_hash not in cookie
    assert kept.expires_at > wall_time() + timedelta(days=364)


@pytest.mark.found("X9")
def test_many_addresses_at_one_account_have_to_work_and_the_owner_too(app: Flask, sample_world: None) -> None:
    for number in range(4):
        guess(app, f"192.0.2.{number}")
    owner = at(app, "198.51.100.1")
    asked = owner.send(DOOR, **RIGHT)
    assert (asked.status_code, asked.headers["Retry-After"]) == (429, "60")
    assert "安全验证" in errors(asked)
    assert owner.send(DOOR, **RIGHT, altcha=solved(asked)).status_code == 303


@pytest.mark.found("X9")
def test_one_address_at_many_accounts_has_to_work(app: Flask, sample_world: None) -> None:
    campus = at(app, "192.0.2.1")
    for number in range(60):
        assert campus.send(DOOR, login=f"nobody{number}", password="x").status_code == 422
    asked = campus.send(DOOR, **RIGHT)
    assert asked.status_code == 429
    assert campus.send(DOOR, **RIGHT, altcha=solved(asked)).status_code == 303


def test_right_passwords_use_up_nothing(app: Flask, sample_world: None) -> None:
    for _ in range(25):
        assert at(app, "192.0.2.1").send(DOOR, **RIGHT).status_code == 303


@pytest.mark.found("X9")
@pytest.mark.parametrize(
    ("address", "more"),
    [
        ("/account/settings/password", NEW),
        ("/profile/mobile", {"mobile": "13900001111"}),
        ("/profile/email", {"email": "new@mail.example"}),
    ],
)
def test_wrong_current_passwords_are_counted(
    sign_in: Callable[[str], Browser], address: str, more: dict[str, str]
) -> None:
    thief, owner = sign_in("郑雨桐"), sign_in("郑雨桐")
    tried = [thief.send(address, current_password="wrong", **more).status_code for _ in range(25)]
    assert Counter(tried) == {422: 5, 429: 20}
    answer = thief.send(address, current_password=PASSWORD, **more)
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 600) == (429, True)
    assert "请 15 分钟后再试" in errors(answer)
    assert all(value in words(answer) for name, value in more.items() if "password" not in name)
    assert owner.send(address, current_password=PASSWORD, **more).status_code in {200, 303}


@pytest.mark.found("X9")
def test_a_right_current_password_forgives_the_wrong_ones_before(sign_in: Callable[[str], Browser]) -> None:
    owner = sign_in("郑雨桐")
    address, more = "/profile/email", {"email": "new@mail.example"}
    for _ in range(3):
        wrong = [owner.send(address, current_password="wrong", **more).status_code for _ in range(4)]
        assert wrong == [422] * 4
        assert owner.send(address, current_password=PASSWORD, **more).status_code in {303, 429}
        assert owner.send("/profile/email/cancel").status_code == 303


@pytest.mark.found("X9")
def test_of_twenty_wrong_current_passwords_at_once_five_are_judged(
    app: Flask, sign_in: Callable[[str], Browser]
) -> None:
    cookie = sign_in("郑雨桐").client.get_cookie("zige_sign_in")
    assert cookie is not None

    def change() -> int:
        client = app.test_client()
        client.set_cookie("zige_sign_in", cookie.value)
        return client.post(
            "/account/settings/password", data={"current_password": "wrong", **NEW}
        ).status_code

    assert Counter(side_by_side(app, change)) == {422: 5, 429: 15}


def test_other_devices_are_forgotten_with_their_sessions(app: Flask, sample_world: None) -> None:
    here, there = at(app, "192.0.2.1"), at(app, "192.0.2.2")
    for browser in (here, there):
        assert browser.send(DOOR, **RIGHT).status_code == 303
    assert here.send("/account/settings/sign-ins/end-others").status_code == 303
    assert db.session.query(KnownDevice).count() == 1
    here.send("/account/sign-out")
    guess(app, "192.0.2.1")
    assert here.send(DOOR, **RIGHT).status_code == 303


def reset_by(owner: Browser, simulator: RunningSimulator) -> None:
    """郑雨桐 proves her mobile number and sets another password."""
    page = forget(owner, **ZHENG)
    sent = NEW | {"carried": carried(page), "code": code_sent_to(simulator, "13805700126")}
    assert owner.send("/account/forgotten/reset", **sent).status_code == 303


@pytest.mark.found("A1")
def test_a_reset_clears_what_was_counted_at_the_account(
    app: Flask, sample_world: None, simulator: RunningSimulator
) -> None:
    guess_at(app, ZHENG["document_number"], "192.0.2.1")
    for number in range(3):  # and so many from elsewhere that strangers are challenged next
        guess_at(app, ZHENG["document_number"], f"192.0.2.{number + 2}")
    owner, elsewhere = at(app, "192.0.2.1"), at(app, "192.0.2.99")
    right = {"login": ZHENG["document_number"], "password": NEW["password"]}
    assert at(app, "192.0.2.1").send(DOOR, **right).status_code == 429
    page = forget(owner, **ZHENG)
    digits = code_sent_to(simulator, "13805700126")
    assert (
        owner.send("/account/forgotten/reset", carried=carried(page), code=digits, **NEW).status_code == 303
    )
    for _ in range(2):
        assert at(app, "192.0.2.1").send(DOOR, **right | {"password": "wrong-Password"}).status_code == 422
    assert at(app, "192.0.2.1").send(DOOR, **right).status_code == 303
    assert elsewhere.send(DOOR, **right).status_code == 303


@pytest.mark.found("A1")
def test_a_reset_forgives_the_account_and_not_the_address(
    app: Flask, sample_world: None, simulator: RunningSimulator
) -> None:
    for number in range(12):
        guess_at(app, f"nobody{number}", "192.0.2.1")
    owner = at(app, "192.0.2.1")
    page = forget(owner, **ZHENG)
    digits = code_sent_to(simulator, "13805700126")
    assert (
        owner.send("/account/forgotten/reset", carried=carried(page), code=digits, **NEW).status_code == 303
    )
    stranger = at(app, "192.0.2.1").send(DOOR, **WRONG)
    assert (stranger.status_code, "人机验证" in words(stranger) or "验证" in errors(stranger)) == (429, True)
