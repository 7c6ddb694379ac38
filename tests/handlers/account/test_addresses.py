"""An address of e-mail counts only when it is proved, and both addresses are told."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from domain.accounts import email_proofs
from domain.sample.people import PASSWORD
from models import db
from models.persons.accounts import EmailProof
from simulator.running import RunningSimulator
from tests.handlers.account.test_registering import begin, code_sent_to, find, finish
from tests.handlers.conftest import Browser, words, writes
from workflows.background.worker import Worker

OLD, NEW = "zhengyutong@mail.example", "new@mail.example"
SignIn = Callable[[str], Browser]


def change(browser: Browser, app: Flask, email: str = NEW) -> None:
    assert browser.send("/profile/email", email=email, current_password=PASSWORD).status_code == 303
    Worker(app=app).run_once()


def link_sent_to(simulator: RunningSimulator, email: str) -> str:
    """The path of the link in the newest letter to an address."""
    letters = [one["text"] for one in simulator.messages(channel="mail", to=email)]
    found = re.search(r"https?://[^/\s]+(/account/email/\S+)", letters[0])
    assert found is not None
    return found[1]


@pytest.mark.found("A13")
def test_the_old_address_is_used_until_the_new_one_is_proved(
    sign_in: SignIn, visitor: Browser, simulator: RunningSimulator, app: Flask
) -> None:
    browser = sign_in("郑雨桐")
    change(browser, app)
    assert browser.person.email == OLD
    assert "待验证" in browser.open("/profile/particulars")
    assert "更换为" in simulator.messages(channel="mail", to=OLD)[0]["text"]
    link = link_sent_to(simulator, NEW)
    assert "n***@mail.example" in visitor.open(link)
    assert browser.person.email == OLD, "opening it proves nothing"
    assert visitor.send(link).status_code == 303
    assert browser.person.email == NEW
    Worker(app=app).run_once()
    assert "已更换为" in simulator.messages(channel="mail", to=OLD)[0]["text"]
    assert "已验证" in simulator.messages(channel="mail", to=NEW)[0]["text"]
    assert visitor.client.post(link).status_code == 410, "once"
    assert "待验证" not in browser.open("/profile/particulars")


@pytest.mark.found("A13")
def test_a_link_ends_after_a_day_with_another_and_with_giving_up(
    sign_in: SignIn, visitor: Browser, simulator: RunningSimulator, app: Flask
) -> None:
    browser = sign_in("郑雨桐")
    change(browser, app)
    first = link_sent_to(simulator, NEW)
    change(browser, app, "other@mail.example")
    assert visitor.client.post(first).status_code == 410
    second = link_sent_to(simulator, "other@mail.example")
    with writes():
        db.session.query(EmailProof).one().expires_at -= email_proofs.VALID + timedelta(seconds=1)
    assert visitor.client.post(second).status_code == 410
    assert browser.send("/profile/email/resend").status_code == 303
    browser.send("/profile/email/cancel")
    assert db.session.query(EmailProof).count() == 0
    assert visitor.client.get(second).status_code == 410
    assert browser.person.email == OLD


@pytest.mark.found("A13")
def test_sending_again_is_limited_and_makes_the_last_letter_count(
    sign_in: SignIn, visitor: Browser, simulator: RunningSimulator, app: Flask
) -> None:
    browser = sign_in("郑雨桐")
    change(browser, app)
    browser.send("/profile/email/resend")
    assert "过于频繁" in browser.open("/profile/particulars")
    assert len(simulator.messages(channel="mail", to=NEW)) == 1
    with writes():
        email_proofs.send_link(
            db.session.query(EmailProof).one(), db.session.query(EmailProof).one().expires_at
        )
    assert visitor.client.post(link_sent_to(simulator, NEW)).status_code == 410


@pytest.mark.found("A13")
def test_an_address_given_at_registration_gets_its_proof_and_nothing_else(
    visitor: Browser, simulator: RunningSimulator, app: Flask
) -> None:
    finish(visitor, begin(visitor), code=code_sent_to(simulator, "13900001234"))
    person = find()
    assert person is not None
    assert person.email is None
    Worker(app=app).run_once()
    assert len(simulator.messages(channel="mail", to="linxiaoyu@mail.example")) == 1
    assert visitor.send(link_sent_to(simulator, "linxiaoyu@mail.example")).status_code == 303
    person = find()
    assert person is not None
    assert person.email == "linxiaoyu@mail.example"


@pytest.mark.found("A13")
def test_another_mobile_number_is_told_to_the_one_before(
    sign_in: SignIn, simulator: RunningSimulator, app: Flask
) -> None:
    browser = sign_in("郑雨桐")
    answer = browser.send("/profile/mobile", mobile="13900001111", current_password=PASSWORD)
    packed = re.search(r'name="carried" value="([^"]+)"', words(answer))
    assert packed is not None
    code = code_sent_to(simulator, "13900001111")
    browser.send("/profile/mobile/code", carried=packed[1], code=code)
    Worker(app=app).run_once()
    assert "手机号已更换" in simulator.messages(channel="sms", to="13805700126")[0]["text"]
