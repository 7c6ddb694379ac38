"""Registers that are slow, down or talk nonsense, at every page that asks one: a way on, and nothing lost."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask

from domain import outside
from models import db
from models.cases.credentials import Degree, Diploma, Enrolment, PutonghuaCertificate
from models.persons.people import Person
from simulator.running import RunningSimulator
from simulator.world import REGISTERS
from tests.handlers.conftest import (
    Browser,
    sample_town,
    sample_world,
    sign_in,
    simulator,
    words,
    work,
    writes,
)

__all__ = ["sample_town", "sample_world", "sign_in", "simulator"]
WAYS = ("slow", "down", "failing", "malformed", "garbled", "truncated", "oversized", "pending", "refused")
NUMBER = "3324012006671"  # of 郑雨桐's Putonghua certificate
SignIn = Callable[[str], Browser]


def silence(app: Flask, registers: RunningSimulator, way: str) -> None:
    """Have every register fail in one way; channels go on."""
    for name in {*REGISTERS} - {"sms", "mail"}:
        if way != "refused":
            registers.behave(name, way, 1.0)
    reach(app, _closed() if way == "refused" else registers.url, timeout=0.3)


def reach(app: Flask, url: str, timeout: float = 5.0) -> None:
    """Look for the registers at an address."""
    known = replace(app.extensions["settings"], simulator_url=url, registers_timeout=timeout)
    app.extensions["settings"] = known
    outside.install(app)


def _closed() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture(params=WAYS)
def person(
    app: Flask, sign_in: SignIn, simulator: RunningSimulator, request: pytest.FixtureRequest
) -> Iterator[Browser]:
    """Somebody while no register answers."""
    browser = sign_in("郑雨桐")
    silence(app, simulator, request.param)
    yield browser
    simulator.control(reset=True)
    reach(app, simulator.url)
    # Nothing of the outage stays behind: the same page leads on.
    assert browser.send("/profile/putonghua/check", number=NUMBER).status_code == 303
    assert browser.own(PutonghuaCertificate).source == "verified"


@pytest.mark.manual("C1", "C2", "C3", "C4", "C5")
def test_every_page_that_asks_offers_a_way_on(app: Flask, person: Browser) -> None:
    putonghua = person.send("/profile/putonghua/check", number=NUMBER)
    assert putonghua.status_code == 503
    assert "普通话证书库暂时无法连接" in words(putonghua)
    assert f'value="{NUMBER}"' in words(putonghua)
    assert f"/profile/putonghua/enter?number={NUMBER}" in words(putonghua)
    for sort, number in (("diploma", "103451202605000001"), ("degree", "1034542026000001")):
        answer = person.send(f"/profile/schooling/{sort}/check", number=number)
        assert answer.status_code == 503
        assert "登记库暂时无法连接" in words(answer)
        assert f'value="{number}"' in words(answer)
    enrolment = person.send("/profile/enrolment/sync")
    assert enrolment.status_code == 503
    assert "这次没有同步，不算一次" in words(enrolment)
    assert "/profile/enrolment/enter" in words(enrolment)
    assert person.send("/profile/exams/sync").status_code == 303
    work(app)
    assert "会自动再问，不用您操作" in person.open("/profile/exams")
    assert [person.own(model) for model in (PutonghuaCertificate, Diploma, Degree, Enrolment)] == [None] * 4
    _ask_name(person)


def _ask_name(person: Browser) -> None:
    with writes():
        db.session.get_one(Person, person.person_id).verification = "none"
    assert person.send("/profile/particulars/verify").status_code == 303
    assert person.person.verification == "unavailable"
    assert "这不是您的问题" in person.open("/profile/particulars")
