"""证书查询: its two ways; one's own after signing in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from simulator.running import RunningSimulator
from tests.handlers.conftest import Browser, work


@pytest.mark.manual("P2")
def test_own_query_asks_for_signing_in(visitor: Browser) -> None:
    answer = visitor.client.get("/certificates/own")
    assert answer.headers["Location"] == "/account/sign-in?next=/certificates/own"


@pytest.mark.manual("P2", "C6")
@pytest.mark.parametrize("address", ["/certificates/own", "/profile/certificates"])
def test_own_certificates_come_from_the_register(
    app: Flask, sign_in: Callable[[str], Browser], address: str
) -> None:
    browser = sign_in("叶青")
    browser.send("/profile/certificates/sync")
    work(app)
    page = browser.open(address)
    assert "20183390131000218" in page
    assert "初级中学教师资格　数学" in page
    assert "2018年12月3日" in page


@pytest.mark.manual("P2", "C6")
def test_nobody_sees_another_persons_certificates(sign_in: Callable[[str], Browser]) -> None:
    page = sign_in("沈念").open("/certificates/own")
    assert "没有查到您的教师资格证书" in page
    assert "20183390131000218" not in page


@pytest.mark.manual("C6")
def test_a_register_that_is_down_is_said_to_be(
    app: Flask, sign_in: Callable[[str], Browser], simulator: RunningSimulator
) -> None:
    simulator.behave("certificate_history", "down")
    browser = sign_in("叶青")
    assert "证书库暂时无法连接" in browser.open("/certificates/own")
    browser.send("/profile/certificates/sync")
    work(app)
    page = browser.open("/profile/certificates")
    assert "登记库暂时无法连接" in page
    assert "没有查到您的教师资格证书" not in page


def test_staff_have_no_certificates_here(sign_in: Callable[[str], Browser]) -> None:
    assert "工作人员账号没有个人证书" in sign_in("王敏").open("/certificates/own")


@pytest.mark.manual("P3")
def test_both_ways_are_offered_with_what_can_be_found(visitor: Browser) -> None:
    page = visitor.open("/certificates")
    assert 'href="/certificates/own"' in page
    assert 'href="/certificates/others"' in page
    assert "2008 年" in page
    assert "广西为 2012 年" in page
