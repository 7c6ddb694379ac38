"""用户协议 and 隐私说明 are agreed to by version: at registration, and again before going on."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask

from models import db
from models.persons.people import Person
from models.persons.published_texts import Consent, PublishedText
from simulator.running import RunningSimulator
from tests.handlers.account.test_registering import begin, code_sent_to, find, finish
from tests.handlers.conftest import Browser, errors, words, writes
from workflows.clock import wall_time

SignIn = Callable[[str], Browser]
PAGE = "/account/agreement"


def publish(kind: str = "terms", **other: object) -> int:
    """A new version that is in force at once."""
    with writes():
        newest = db.session.query(PublishedText).filter_by(kind=kind).order_by(PublishedText.version.desc())
        at = wall_time()
        values = {"body": "改过的正文", "changes": "改了第二条", "effective_at": at, "created_at": at}
        made = PublishedText(kind=kind, version=newest.limit(1).one().version + 1, **{**values, **other})
        db.session.add(made)
        db.session.flush()
        return made.id


def agreed(person_id: int) -> set[tuple[str, int]]:
    db.session.rollback()
    texts = db.session.query(PublishedText).join(Consent, Consent.text_id == PublishedText.id)
    return {(one.kind, one.version) for one in texts.filter(Consent.person_id == person_id)}


def kept_form(page: str) -> dict[str, str]:
    """What the page sends again."""
    form = re.search(r'<form[^>]* id="again".*?</form>', page, re.DOTALL)
    assert form is not None
    found = re.findall(r'name="([^"]*)" value="([^"]*)"', form[0])
    return {name: unescape(value) for name, value in found}


@pytest.mark.found("A7")
def test_both_texts_are_links_where_one_agrees(visitor: Browser, simulator: RunningSimulator) -> None:
    for address in ("/account/register", "/account/sign-in"):
        page = visitor.open(address)
        assert 'href="/terms"' in page
        assert 'href="/privacy"' in page
    second = words(begin(visitor))
    assert 'href="/texts/terms/1"' in second
    assert 'href="/texts/privacy/1"' in second
    assert "没有统计和广告" in visitor.open("/texts/privacy/1")


@pytest.mark.found("A7")
def test_registering_keeps_which_versions_were_agreed_to(
    visitor: Browser, simulator: RunningSimulator
) -> None:
    first = begin(visitor)
    assert finish(visitor, first, code=code_sent_to(simulator, "13900001234")).status_code == 303
    person = find()
    assert person is not None
    assert agreed(person.id) == {("terms", 1), ("privacy", 1)}
    assert "业务平台" in visitor.open("/apply/"), "nothing is asked again"


@pytest.mark.found("A7")
def test_a_version_that_begins_while_registering_is_shown_first(
    visitor: Browser, simulator: RunningSimulator
) -> None:
    first = begin(visitor)
    code = code_sent_to(simulator, "13900001234")
    publish()
    refused = finish(visitor, first, code=code)
    assert (refused.status_code, "刚刚有了新的版本" in errors(refused)) == (422, True)
    assert 'href="/texts/terms/2"' in words(refused)
    assert 'value="linxiaoyu@mail.example"' in words(refused)
    assert finish(visitor, refused, code=code).status_code == 303
    person = find()
    assert person is not None
    assert agreed(person.id) == {("terms", 2), ("privacy", 1)}


@pytest.mark.found("A7")
def test_who_agreed_to_an_older_version_is_asked_before_going_on(sign_in: SignIn) -> None:
    shen = sign_in("沈念")
    shen.open("/profile/particulars")
    publish()
    led = shen.client.get("/profile/particulars?next=1")
    assert led.location == f"{PAGE}?next=/profile/particulars?next%3D1"
    page = shen.open(led.location)
    assert "改了第二条" in page
    assert "改过的正文" in page
    assert "text-privacy" not in page, "only what is new"
    numbers = re.search(r'name="agreed_texts" value="([^"]+)"', page)
    assert numbers is not None
    unticked = shen.send(PAGE, agreed_texts=numbers[1], next="/profile/particulars")
    assert (unticked.status_code, "请阅读后勾选同意" in errors(unticked)) == (422, True)
    done = shen.send(PAGE, agreed_texts=numbers[1], agree="true", next="/profile/particulars")
    assert (done.status_code, done.location) == (303, "/profile/particulars")
    assert agreed(shen.person_id) == {("terms", 1), ("terms", 2), ("privacy", 1)}
    shen.open("/profile/particulars")


@pytest.mark.found("A7")
def test_a_form_typed_before_goes_with_the_agreement_and_loses_nothing(sign_in: SignIn) -> None:
    shen = sign_in("沈念")
    publish()
    refused = shen.send("/profile/particulars", ethnicity="15")
    page = words(refused)
    assert refused.status_code == 409
    assert "这一次还没有提交" in page
    assert shen.person.ethnicity != "15"
    again = kept_form(page)
    assert again["ethnicity"] == "15"
    assert shen.send("/profile/particulars", **again).status_code == 303
    assert shen.person.ethnicity == "15"
    assert ("terms", 2) in agreed(shen.person_id)


@pytest.mark.found("A7")
def test_an_agreement_to_what_ended_meanwhile_counts_for_nothing(sign_in: SignIn) -> None:
    shen = sign_in("沈念")
    second = publish()
    publish()
    late = shen.send(PAGE, agreed_texts=str(second), agree="true")
    assert (late.status_code, "刚刚有了新的版本" in errors(late)) == (409, True)
    forged = shen.send("/profile/particulars", ethnicity="15", agreed_texts=f"{second} x 99999999999")
    assert forged.status_code == 409
    assert agreed(shen.person_id) == {("terms", 1), ("privacy", 1)}


@pytest.mark.found("A7")
def test_what_has_not_begun_is_asked_of_nobody_and_staff_are_not_asked(sign_in: SignIn) -> None:
    publish(effective_at=wall_time() + timedelta(days=1))
    sign_in("沈念").open("/apply/")
    publish("privacy")
    sign_in("王敏").open("/work/")
    shen = sign_in("沈念")
    shen.open("/account/settings")
    shen.open("/help")
    assert shen.client.get("/apply/").location.startswith(PAGE)


@pytest.mark.found("A7")
def test_agreeing_twice_is_agreeing_once(sign_in: SignIn, app: Flask) -> None:
    shen = sign_in("沈念")
    number = str(publish())
    for _ in range(2):
        assert shen.send(PAGE, agreed_texts=number, agree="true").status_code == 303
    assert db.session.query(Consent).filter_by(person_id=shen.person_id, text_id=int(number)).count() == 1


@pytest.mark.found("A7")
def test_a_person_from_before_is_asked_for_both(sign_in: SignIn) -> None:
    shen = sign_in("沈念")
    with writes():
        db.session.query(Consent).filter_by(person_id=shen.person_id).delete()
    page = shen.open(PAGE)
    assert "text-terms" in page
    assert "text-privacy" in page
    assert db.session.get(Person, shen.person_id) is not None
