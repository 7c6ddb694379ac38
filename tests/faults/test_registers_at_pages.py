"""Every page that asks a register × every way to fail: it says so in place, and nothing typed is lost."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from domain.outside.records import record_syncs
from models import db
from models.cases.credentials import Degree, Diploma, Enrolment, ExamCertificate, PutonghuaCertificate
from models.cases.register_syncs import ToldCertificate
from models.persons.exchanges import RegisterExchange
from models.persons.people import Person
from simulator.running import RunningSimulator
from tests.faults.misbehaving import KEPT, break_register, mend_register, newest_exchange, reach
from tests.handlers.account.test_contesting import TAKEN, unregistered
from tests.handlers.account.test_registering import begin, carried, code_sent_to, finish
from tests.handlers.apply.conftest import Applicant, applicant, errors, registers, town, world
from tests.handlers.conftest import (
    Browser,
    sample_town,
    sample_world,
    sign_in,
    simulator,
    visitor,
    words,
    work,
    writes,
)

__all__ = [
    "applicant",
    "registers",
    "sample_town",
    "sample_world",
    "sign_in",
    "simulator",
    "town",
    "unregistered",
    "visitor",
    "world",
]
SignIn = Callable[[str], Browser]
WAYS = tuple(KEPT)
CALM = {200, 422, 429, 503}  # a page of ours, with what is wrong said on it


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A page that asks a register."""

    setting: str  # the register as the settings name it, and
    register: str  # as the simulator does
    address: str
    typed: dict[str, str] | None = None  # none: the page is only opened
    says: str
    offers: tuple[str, ...] = ()
    keeps: Any = None  # of which nothing may be kept
    who: str = "郑雨桐"
    values: dict[str, Any] = field(default_factory=dict)


PAGES = {
    "putonghua": Asking(
        setting="putonghua",
        register="putonghua",
        address="/profile/putonghua/check",
        typed={"number": "3324012006671"},
        says="普通话证书库暂时无法连接",
        offers=("/profile/putonghua/enter?number=3324012006671",),
        keeps=PutonghuaCertificate,
    ),
    "diploma": Asking(
        setting="diplomas",
        register="diploma",
        address="/profile/schooling/diploma/check",
        typed={"number": "103451202505002317"},
        says="登记库暂时无法连接",
        offers=("/profile/schooling/diploma/enter",),
        keeps=Diploma,
        who="陈子昂",
    ),
    "degree": Asking(
        setting="degrees",
        register="degree",
        address="/profile/schooling/degree/check",
        typed={"number": "1034542025002317"},
        says="登记库暂时无法连接",
        offers=("/profile/schooling/degree/enter",),
        keeps=Degree,
        who="陈子昂",
    ),
    "enrolment": Asking(
        setting="enrolments",
        register="enrolment",
        address="/profile/enrolment/sync",
        typed={},
        says="这次没有同步，不算一次",
        offers=("/profile/enrolment/enter",),
        keeps=Enrolment,
    ),
    "own certificates": Asking(
        setting="certificate_history",
        register="certificate_history",
        address="/certificates/own",
        says="证书库暂时无法连接",
        who="叶青",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Synced:
    """A register that jobs ask, and the page that tells how it went."""

    name: str  # among the synchronised ones
    setting: str  # the register as the settings name it, and
    register: str  # as the simulator does
    address: str
    keeps: Any
    who: str
    values: dict[str, Any] = field(default_factory=dict)


SYNCED = (
    Synced(
        name="national_exam",
        setting="exams",
        register="exam",
        address="/profile/exams",
        keeps=ExamCertificate,
        values={"route": "national_exam"},
        who="郑雨桐",
    ),
    Synced(
        name="normal_student",
        setting="normal_students",
        register="normal_student",
        address="/profile/exams",
        keeps=ExamCertificate,
        values={"route": "normal_student"},
        who="方晓雯",
    ),
    Synced(
        name="certificate_history",
        setting="certificate_history",
        register="certificate_history",
        address="/profile/certificates",
        keeps=ToldCertificate,
        who="叶青",
    ),
)
FAILURES = ("繁忙", "暂时无法连接", "无法识别", "还没有答复", "没有受理这次查询", "没有得到答复")


def ask(browser: Browser, page: Asking) -> TestResponse:
    """Open the page, or send its form."""
    if page.typed is None:
        return browser.client.get(page.address)
    return browser.client.post(page.address, data=page.typed)


@pytest.mark.manual("C1", "C2", "C3", "C4", "C5")
@pytest.mark.parametrize("name", PAGES)
def test_every_failure_is_said_in_place_and_nothing_is_kept(
    app: Flask, sign_in: SignIn, simulator: RunningSimulator, name: str
) -> None:
    page = PAGES[name]
    browser = sign_in(page.who)
    if page.keeps is not None:
        with writes():
            db.session.query(page.keeps).filter_by(person_id=browser.person_id, **page.values).delete()
    for way in WAYS:
        break_register(app, simulator, page.register, way)
        answer = ask(browser, page)
        assert answer.status_code in CALM, way
        said = words(answer)
        assert page.says in said, way
        assert [one for one in page.offers if one not in said] == [], way
        assert [one for one in (page.typed or {}).values() if f'value="{one}"' not in said] == [], way
        assert page.keeps is None or browser.own(page.keeps, **page.values) is None, way
        kept = newest_exchange(page.setting)
        assert (kept.outcome, kept.asked_by) == (KEPT[way], browser.person_id), way
    mend_register(app, simulator, page.register)
    answer = ask(browser, page)
    assert answer.status_code in {200, 303}
    assert page.says not in answer.get_data(as_text=True)
    assert page.keeps is None or browser.own(page.keeps, **page.values) is not None
    _check_raw_answer(page)


@pytest.mark.manual("C2", "C6")
@pytest.mark.parametrize("one", SYNCED, ids=lambda one: str(one.name))
def test_every_failure_of_a_synchronised_register_is_said_where_its_records_stand(
    app: Flask, sign_in: SignIn, simulator: RunningSimulator, one: Synced
) -> None:
    browser = sign_in(one.who)
    for way in WAYS:
        break_register(app, simulator, one.register, way)
        _synchronise(app, browser, one)
        assert newest_exchange(one.setting).outcome == KEPT[way], way
        said = words(browser.client.get(one.address))
        assert any(sentence in said for sentence in FAILURES), way
        assert browser.own(one.keeps, **one.values) is None, way
    mend_register(app, simulator, one.register)
    _synchronise(app, browser, one)
    assert browser.own(one.keeps, **one.values) is not None
    said = words(browser.client.get(one.address))
    assert not any(sentence in said for sentence in FAILURES)
    _check_raw_answer(one)


def _synchronise(app: Flask, browser: Browser, one: Synced) -> None:
    with writes():
        assert record_syncs.request_by_hand(browser.person_id, [one.name])
    work(app)


def _check_raw_answer(page: Asking | Synced) -> None:
    kept = newest_exchange(page.setting)
    assert kept.outcome in {"match", "ok"}
    assert kept.raw is not None
    assert kept.request_id.encode() in kept.raw
    assert (kept.sha256, kept.size) == (hashlib.sha256(kept.raw).hexdigest(), len(kept.raw))
    assert kept.asked_at <= kept.answered_at


@pytest.mark.manual("C1")
def test_no_failure_of_the_identity_register_counts_as_a_mismatch(
    app: Flask, sign_in: SignIn, simulator: RunningSimulator
) -> None:
    browser = sign_in("郑雨桐")
    for way in WAYS[:19]:  # twenty questions an hour are a person's share
        with writes():
            db.session.get_one(Person, browser.person_id).verification = "none"
        break_register(app, simulator, "identity", way)
        assert browser.send("/profile/particulars/verify").status_code == 303, way
        assert browser.person.verification in {"none", "unavailable"}, way
        assert "这次没有计入次数" in browser.open("/profile/particulars"), way
        assert newest_exchange("identity").outcome == KEPT[way]
    mend_register(app, simulator, "identity")
    assert browser.send("/profile/particulars/verify").status_code == 303
    assert browser.person.verification == "verified"


@pytest.mark.parametrize("way", ["dripping", "closed", "unknown_code", "gbk", "redirecting", "refusing"])
def test_registering_goes_on_unverified(
    app: Flask, visitor: Browser, unregistered: None, simulator: RunningSimulator, way: str
) -> None:
    first = begin(visitor, **TAKEN)
    code = code_sent_to(simulator, "13900001234")
    break_register(app, simulator, "identity", way)
    assert finish(visitor, first, code=code).status_code == 303
    made = db.session.query(Person).filter_by(login=TAKEN["document_number"]).one()
    assert (made.verification, made.verified_at) == ("unavailable", None)


def test_registering_says_that_the_register_answers_no_more_today(
    app: Flask, visitor: Browser, unregistered: None, simulator: RunningSimulator
) -> None:
    first = begin(visitor, **TAKEN)
    code = code_sent_to(simulator, "13900001234")
    break_register(app, simulator, "identity", "limited")
    answer = finish(visitor, first, code=code)
    assert answer.status_code == 503
    assert carried(answer)
    assert f'value="{TAKEN["document_number"]}"' in words(answer)
    assert db.session.query(Person).filter_by(login=TAKEN["document_number"]).count() == 0


def test_the_second_step_says_so_and_keeps_what_was_chosen(
    app: Flask, applicant: Applicant, registers: RunningSimulator
) -> None:
    applicant.until("identity")
    for way in WAYS:
        break_register(app, registers, "enrolment", way)
        answer = applicant.send("identity", go="", do="sync", at_school="yes", putonghua="exempt")
        assert answer.status_code == 422, way
        assert "核验库暂时无法连接" in errors(answer), way
        assert 'name="at_school" value="yes" checked' in answer.text, way
        assert newest_exchange("enrolments").outcome == KEPT[way]


@pytest.mark.parametrize("way", ["slow", "garbled", "closed"])
def test_the_wizard_goes_on_without_the_register_of_certificates(
    app: Flask, applicant: Applicant, registers: RunningSimulator, way: str
) -> None:
    break_register(app, registers, "certificate_history", way)
    applicant.until("notes")  # behind the check page, where the register is asked; the review asks again
    assert newest_exchange("certificate_history").outcome == KEPT[way]


def test_a_register_that_rests_is_said_at_once(
    app: Flask, applicant: Applicant, registers: RunningSimulator
) -> None:
    applicant.until("identity")
    reach(app, registers)
    registers.behave("enrolment", "down")
    for _ in range(5):
        assert "暂时无法连接" in errors(applicant.send("identity", go="", do="sync", at_school="yes"))
    asked = db.session.query(RegisterExchange).count()
    registers.behave("enrolment", "normal")
    answer = applicant.send("identity", go="", do="sync", at_school="yes")
    assert answer.status_code == 422
    assert "系统暂停半分钟后再连接" in errors(answer)
    assert db.session.query(RegisterExchange).count() == asked, "nothing was asked"
