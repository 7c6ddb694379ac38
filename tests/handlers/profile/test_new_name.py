"""Another name counts once it has passed 实名核验: in the account and in what is not confirmed yet."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from domain.papers import form_facts
from domain.sample.people import PASSWORD
from models import db
from models.cases.application_changes import ApplicationChange
from models.cases.applications import Application
from models.persons.identity import IdentityCheck
from models.persons.people import Person
from simulator.running import RunningSimulator
from tests.handlers.account.test_registering import work
from tests.handlers.conftest import Browser, errors, words, writes
from tests.handlers.pagecheck import list_told_errors
from tests.handlers.profile.making import an_application

SignIn = Callable[[str], Browser]
OLD, NEW = "郑雨彤", "郑雨桐"  # the register knows the new one


@pytest.fixture
def own(sign_in: SignIn) -> Browser:
    """Somebody whose name was verified, and is another one now."""
    browser = sign_in(NEW)
    with writes():
        db.session.get_one(Person, browser.person_id).name = OLD
    return browser


def ask(browser: Browser, **other: str) -> int:
    return browser.send("/profile/name", **{"name": NEW, "current_password": PASSWORD, **other}).status_code


def the_application(browser: Browser) -> Application:
    found: Application = browser.own(Application)
    return found


@pytest.mark.corrupts
@pytest.mark.manual("A5")
def test_what_is_not_confirmed_takes_the_new_name(own: Browser, simulator: RunningSimulator) -> None:
    an_application(own.person_id, number="2604003157", particulars={"name": OLD})
    assert "还没有现场确认的申请改用新姓名" in own.open("/profile/name")
    assert ask(own) == 303
    assert own.person.name == OLD, "until it has passed"
    assert the_application(own).applicant_name == OLD
    work()
    assert own.person.name == NEW
    application = the_application(own)
    assert (application.applicant_name, application.particulars["name"], application.revision) == (
        NEW,
        NEW,
        1,
    )
    assert form_facts.collect_facts(application)["name"] == NEW
    change = db.session.scalars(select(ApplicationChange)).one()
    assert (change.before, change.after, change.person_id) == (OLD, NEW, own.person_id)


@pytest.mark.corrupts
@pytest.mark.manual("A5")
def test_what_is_confirmed_keeps_its_name(own: Browser, simulator: RunningSimulator) -> None:
    kept = {"standing": "deciding", "particulars": {"name": OLD}}
    an_application(own.person_id, number="2604003157", **kept)
    ask(own)
    work()
    assert own.person.name == NEW
    application = the_application(own)
    assert (application.applicant_name, application.particulars, application.revision) == (
        OLD,
        {"name": OLD},
        0,
    )
    assert form_facts.collect_facts(application)["name"] == OLD


@pytest.mark.manual("A5")
def test_a_new_name_needs_the_password_and_one_that_is_new(own: Browser, simulator: RunningSimulator) -> None:
    empty = own.send("/profile/name")
    assert list_told_errors(empty.text) == ["请填写姓名", "请填写登录密码"]
    wrong = own.send("/profile/name", name=NEW, current_password="no")
    assert (wrong.status_code, f'value="{NEW}"' in words(wrong)) == (422, True)
    assert "与现在的姓名相同" in errors(own.send("/profile/name", name=OLD, current_password=PASSWORD))
    assert db.session.query(IdentityCheck).count() == 0
    db.session.rollback()
    assert ask(own) == 303
    assert f"“{NEW}”正在核验" in own.open("/profile/name")
    again = own.send("/profile/name", name=NEW, current_password=PASSWORD)
    assert (again.status_code, db.session.query(IdentityCheck).count()) == (409, 1)


@pytest.mark.manual("A5")
def test_a_name_that_the_register_does_not_know_changes_nothing(
    own: Browser, simulator: RunningSimulator
) -> None:
    ask(own, name="郑语桐")
    work()
    assert own.person.name == OLD
    assert "郑语桐" in own.open("/profile/identity")
