"""实名核验 that takes longer: asked again by timers, then a person looks at the document."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from domain.accounts import identity_checks
from models import db
from models.authorities.plans import PlanSite
from models.cases.applications import Application
from models.cases.notices import AuditEntry
from models.persons.identity import IdentityCheck
from models.persons.people import Person
from models.persons.states import IdentityPurpose, Verification
from models.processes.instances import WorkItem
from simulator.running import RunningSimulator
from tests.handlers.account.test_registering import work
from tests.handlers.conftest import Browser, errors, words, writes
from workflows import clock
from workflows.clock import now

SignIn = Callable[[str], Browser]
TRUE_NAME = "郑雨桐"


def photographed() -> tuple[io.BytesIO, str]:
    """A photograph as a phone sends it."""
    target = io.BytesIO()
    Image.new("RGB", (640, 420), "white").save(target, "JPEG")
    return io.BytesIO(target.getvalue()), "证件.jpg"


@pytest.fixture
def unproved(sign_in: SignIn) -> Browser:
    """Somebody whose register was silent when they registered."""
    browser = sign_in(TRUE_NAME)
    with writes():
        person = db.session.get_one(Person, browser.person_id)
        person.verification, person.verified_at = "unavailable", None
    return browser


def open_check(browser: Browser, name: str = TRUE_NAME, said: str = "") -> None:
    with writes():
        person = db.session.get_one(Person, browser.person_id)
        identity_checks.open_check(person, name, now(), said=said)


def the_check(browser: Browser) -> IdentityCheck:
    found: IdentityCheck = browser.own(IdentityCheck)
    return found


def hand_in(browser: Browser, **other: object) -> int:
    return browser.send("/profile/identity", picture=photographed(), **other).status_code


def decide(clerk: Browser, check: IdentityCheck, **answers: str) -> None:
    """A clerk claims the task and answers it."""
    instance = check.instance_id
    db.session.rollback()
    item = db.session.query(WorkItem).filter_by(instance_id=instance, state="open").one().id
    db.session.rollback()
    clerk.client.post(f"/work/tasks/{item}/claim")
    page = clerk.open(f"/work/tasks/{item}")
    assert f"/work/tasks/{item}/document" in page
    assert clerk.client.get(f"/work/tasks/{item}/document").mimetype == "image/jpeg"
    answer = clerk.client.post(f"/work/tasks/{item}", data=answers | {"act": "submit"})
    assert answer.status_code == 302, errors(answer)


def pass_time(**much: float) -> None:
    with writes():
        clock.advance_clock(timedelta(**much))
    for _ in range(3):  # the timer, the question, what follows
        work()


@pytest.mark.manual("A1")
def test_a_register_that_is_back_verifies_by_itself(unproved: Browser, simulator: RunningSimulator) -> None:
    open_check(unproved)
    assert "正在向核验库核验" in unproved.open("/profile/identity")
    work()
    assert unproved.person.verification == "verified"
    page = unproved.open("/profile/identity")
    assert "实名核验已通过" in page
    assert "可以报名了" in page
    check = the_check(unproved)
    assert (check.outcome, check.finding, check.open_person_id) == ("verified", "match", None)
    assert '"MATCH"' in check.raw
    assert len(check.raw_sha256) == 64
    work()
    assert "实名核验已通过" in simulator.messages(channel="sms", to="13805700126")[0]["text"]


@pytest.mark.manual("A1")
def test_a_silent_register_is_asked_again_with_longer_and_longer_pauses_and_then_a_person_looks(
    unproved: Browser, sign_in: SignIn, simulator: RunningSimulator
) -> None:
    simulator.behave("identity", "down")
    open_check(unproved)
    for pause in (0.3, 2.1, 12.1, 24.1, 0):
        for _ in range(6):  # the job gives up after its own tries
            pass_time(minutes=6)
        page = unproved.open("/profile/identity")
        assert ("核验库暂时没有答复" in page) == bool(pause)
        pass_time(hours=pause or 1)
    assert "请上传证件照片" in page
    assert the_check(unproved).finding == "unavailable"
    assert unproved.person.verification == "unavailable"

    assert "请选择证件照片" in errors(unproved.send("/profile/identity", statement="字太少"))
    assert hand_in(unproved, statement="证件刚换发") == 303
    assert "工作人员正在核对证件" in unproved.open("/profile/identity")
    assert unproved.client.get("/profile/identity/document").mimetype == "image/jpeg"
    clerk = sign_in("曹静")
    decide(clerk, the_check(unproved), verdict="again", answer="照片反光，看不清姓名")
    page = unproved.open("/profile/identity")
    assert "照片反光，看不清姓名" in page
    assert hand_in(unproved) == 303
    decide(clerk, the_check(unproved), verdict="accept")

    assert unproved.person.verification == "accepted"
    assert "人工核对通过" in unproved.open("/profile/particulars")
    assert "去核验" not in unproved.open("/profile/")
    work()
    told = [one["text"] for one in simulator.messages(channel="sms", to="13805700126")]
    assert any("看不清姓名" in one for one in told)
    assert any("经工作人员核对" in one for one in told)
    actions = {one.action for one in db.session.query(AuditEntry).filter_by(person_id=unproved.person_id)}
    assert actions >= {
        "identity_check.opened",
        "identity_check.documents_given",
        "identity_check.viewed",
        "identity_check.document_viewed",
        "identity_check.accepted",
    }


@pytest.mark.manual("A1")
def test_a_number_that_is_answered_for_no_more_today_is_asked_about_tomorrow(
    unproved: Browser, simulator: RunningSimulator
) -> None:
    simulator.control(identity_tries=0)
    open_check(unproved)
    work()
    assert (the_check(unproved).finding, unproved.person.verification) == ("busy", "unavailable")
    assert "核验库暂时没有答复" in unproved.open("/profile/identity")
    simulator.control(identity_tries=3)  # the register's next day
    pass_time(minutes=16)
    assert unproved.person.verification == "verified"


@pytest.mark.manual("A1")
def test_whoever_does_not_match_shows_the_document_and_may_be_refused(
    unproved: Browser, sign_in: SignIn, simulator: RunningSimulator
) -> None:
    with writes():
        person = db.session.get_one(Person, unproved.person_id)
        person.name, person.verification = "郑雨彤", "mismatch"
    assert "请工作人员核对" in unproved.open("/profile/identity")
    assert unproved.send("/profile/identity/open").status_code == 303
    assert unproved.send("/profile/identity/open").status_code == 303, "one at a time"
    assert db.session.query(IdentityCheck).count() == 1
    assert "请上传证件照片" in unproved.open("/profile/identity")
    assert hand_in(unproved) == 303
    decide(sign_in("曹静"), the_check(unproved), verdict="refuse", answer="照片上是另一个姓名")
    assert unproved.person.verification == "mismatch"
    page = unproved.open("/profile/identity")
    assert "照片上是另一个姓名" in page
    assert "请工作人员核对" in page, "it can be begun again"


@pytest.mark.manual("A1")
def test_a_name_that_is_corrected_meanwhile_ends_the_check(
    unproved: Browser, simulator: RunningSimulator
) -> None:
    with writes():
        person = db.session.get_one(Person, unproved.person_id)
        person.name, person.verification = "郑雨彤", "mismatch"
    unproved.send("/profile/identity/open")
    assert unproved.send("/profile/particulars/verify", name=TRUE_NAME).status_code == 303
    assert (unproved.person.name, unproved.person.verification) == (TRUE_NAME, "verified")
    assert (the_check(unproved).outcome, the_check(unproved).name) == ("verified", TRUE_NAME)
    assert db.session.query(WorkItem).filter_by(state="open").count() == 0


@pytest.mark.manual("A1")
def test_a_clerk_says_why(unproved: Browser, sign_in: SignIn) -> None:
    open_check(unproved, said="mismatch")
    hand_in(unproved)
    clerk = sign_in("曹静")
    item = db.session.query(WorkItem).filter_by(state="open").one().id
    db.session.rollback()
    clerk.client.post(f"/work/tasks/{item}/claim")
    answer = clerk.client.post(f"/work/tasks/{item}", data={"act": "submit", "verdict": "refuse"})
    assert answer.status_code == 422
    assert "请填写给申请人的说明" in errors(answer)


@pytest.mark.manual("A5")
def test_another_name_counts_once_it_is_verified_and_who_asked_for_it_hears(
    sign_in: SignIn, simulator: RunningSimulator
) -> None:
    browser, heard = sign_in(TRUE_NAME), []

    def hear(check: IdentityCheck, _call: object) -> None:
        heard.append((check.person.name, str(check.outcome)))

    identity_checks.on_settled(IdentityPurpose.RENAME, hear)
    try:
        with writes():
            person = db.session.get_one(Person, browser.person_id)
            identity_checks.open_check(person, "郑晓桐", now(), purpose=IdentityPurpose.RENAME)
        work()
        assert (browser.person.name, browser.person.verification) == (TRUE_NAME, "verified")
        page = browser.open("/profile/identity")
        assert "郑晓桐" in page
        assert hand_in(browser) == 303
        decide(sign_in("曹静"), the_check(browser), verdict="accept")
    finally:
        identity_checks._hooks[IdentityPurpose.RENAME].remove(hear)
    assert (browser.person.name, browser.person.verification) == ("郑晓桐", "accepted")
    assert heard == [("郑晓桐", "accepted")]


@pytest.mark.manual("A1", "C0")
def test_nobody_begins_an_application_before_the_name_is_known(
    unproved: Browser, simulator: RunningSimulator
) -> None:
    part = db.session.scalars(select(PlanSite.id).order_by(PlanSite.id)).first()
    answer = unproved.send("/apply/start", place=str(part), kind="junior")
    assert (answer.status_code, answer.location) == (303, "/profile/identity")
    assert db.session.query(Application).count() == 0
    assert "报名前须通过实名核验" in unproved.open("/profile/identity")
    for verification in ("verified", "accepted"):
        with writes():
            db.session.get_one(Person, unproved.person_id).verification = Verification(verification)
        answer = unproved.client.post("/apply/start", data={"place": str(part), "kind": "nothing"})
        assert answer.location == "/apply/", "what stands against it now is another reason"


def test_nobody_hands_in_somebody_elses_file(unproved: Browser, sign_in: SignIn) -> None:
    open_check(unproved, said="mismatch")
    assert hand_in(unproved) == 303
    other = sign_in("曹静")
    assert other.client.get("/profile/identity/document").status_code in (403, 404)
    assert re.search("工作人员正在核对证件", words(unproved.client.get("/profile/identity")))
    assert hand_in(unproved) in (303, 409), "it was handed in already"
