"""The overview, completing particulars, the real-name check, mobile number and e-mail address."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from domain.sample.people import PASSWORD
from models import db
from models.cases.application_changes import ApplicationChange
from models.cases.applications import Application
from models.persons.people import Person
from simulator.running import RunningSimulator
from tests.handlers import pagecheck
from tests.handlers.account.test_registering import code_sent_to, work
from tests.handlers.conftest import Browser, errors, words, writes
from tests.handlers.profile.making import an_application
from tests.standings import standing_in

SignIn = Callable[[str], Browser]
BORN = {"birth_date-year": "1999", "birth_date-month": "7", "birth_date-day": "15"}


def _set(browser: Browser, **values: Any) -> None:
    with writes():
        person = browser.person
        for name, value in values.items():
            setattr(person, name, value)


@pytest.mark.manual("C1")
def test_overview_lists_the_seven_modules(sign_in: SignIn) -> None:
    page = sign_in("郑雨桐").open("/profile/")
    titles = "个人身份 教师资格考试 普通话证书 学历学籍 学位证书 教师资格证书 其他证书"
    assert all(f"{title}信息" in page for title in titles.split())


@pytest.mark.manual("C0")
def test_missing_particulars_come_first(sign_in: SignIn) -> None:
    browser = sign_in("郑雨桐")
    _set(browser, ethnicity=None)
    assert "还缺：民族。" in browser.open("/profile/")
    answer = browser.client.get("/profile/putonghua?next=/apply/identity")
    assert answer.headers["Location"] == "/profile/particulars?next=/profile/putonghua?next%3D/apply/identity"
    done = browser.send("/profile/particulars", ethnicity="03", next="/profile/putonghua")
    assert done.headers["Location"] == "/profile/putonghua"
    assert browser.person.ethnicity == "03"


@pytest.mark.manual("C0")
@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("李嘉欣", {"sex", "birth_date", "ethnicity", "local_id_number"}),
        ("林雅婷", {"sex", "birth_date", "ethnicity", "local_id_number"}),
        ("何婉仪", {"sex", "birth_date", "ethnicity", "local_id_number", "pass_number"}),
        ("郑雨桐", {"ethnicity"}),
    ],
)
def test_each_document_needs_its_own_particulars(sign_in: SignIn, name: str, needed: set[str]) -> None:
    browser = sign_in(name)
    answer = browser.send("/profile/particulars")
    assert answer.status_code == 422
    asked = set(re.findall(r'id="([a-z-]+)-error"', words(answer)))
    assert {one.replace("-", "_") for one in asked} == needed


@pytest.mark.manual("C0")
def test_particulars_of_a_permit_holder_are_kept(sign_in: SignIn) -> None:
    browser = sign_in("何婉仪")
    answers = {
        "sex": "female",
        "ethnicity": "97",
        "local_id_number": "Y417208(3)",
        "pass_number": "H87654321",
    }
    _set(browser, birth_date=None, pass_number=None)
    assert browser.send("/profile/particulars", **answers, **BORN).status_code == 303
    assert (browser.person.birth_date, browser.person.pass_number) == (date(1999, 7, 15), "H87654321")


def test_particulars_agree_with_the_number_of_a_permit(sign_in: SignIn) -> None:
    browser = sign_in("何婉仪")
    answers = {"sex": "male", "ethnicity": "97", "local_id_number": "Y417208(3)", "pass_number": "H87654321"}
    answer = browser.send("/profile/particulars", **answers, **BORN | {"birth_date-day": "16"})
    assert errors(answer).count("与证件号码不一致") == 2
    assert (browser.person.sex, browser.person.birth_date) == ("female", date(1999, 7, 15))


def test_nothing_typed_is_lost(sign_in: SignIn) -> None:
    browser = sign_in("何婉仪")
    answer = browser.send("/profile/particulars", pass_number="H1", local_id_number="Y417208(3)", **BORN)
    assert "通行证号码为 8 位或 10 位数字" in errors(answer)
    assert 'value="Y417208(3)"' in words(answer)
    assert 'value="1999"' in words(answer)


@pytest.mark.manual("C1")
def test_name_and_number_are_not_changed_here(sign_in: SignIn) -> None:
    browser = sign_in("郑雨桐")
    browser.send("/profile/particulars", ethnicity="01", name="别人", document_number="1")
    assert (browser.person.name, browser.person.document_number) == ("郑雨桐", "330802200403120023")


@pytest.mark.manual("C8")
@pytest.mark.corrupts
def test_particulars_of_a_live_application_stay(sign_in: SignIn) -> None:
    browser = sign_in("郑雨桐")
    an_application(browser.person_id, number="2611000001", **standing_in("pending_decision"))
    answer = browser.send("/profile/particulars", ethnicity="03")
    assert "申请 2611 0000 01 使用了这里的信息" in errors(answer)
    assert "柯城区教育局 0570-3020 567" in errors(answer)
    assert browser.person.ethnicity == "01"


@pytest.mark.manual("Q4")
@pytest.mark.corrupts
def test_until_confirmed_particulars_change_in_the_application_too(sign_in: SignIn) -> None:
    browser = sign_in("郑雨桐")
    an_application(browser.person_id, number="2611000001")
    assert browser.send("/profile/particulars", ethnicity="03").status_code == 303
    assert browser.person.ethnicity == "03"
    assert browser.own(Application).revision == 1
    kept = db.session.query(ApplicationChange).one()
    assert (kept.field, kept.before) == ("身份信息 · 民族", "汉族")


@pytest.mark.manual("C0", "C8")
@pytest.mark.corrupts
def test_what_is_missing_may_always_be_added(sign_in: SignIn) -> None:
    browser = sign_in("郑雨桐")
    an_application(browser.person_id, number="2611000001")
    _set(browser, ethnicity=None)
    assert browser.send("/profile/particulars", ethnicity="03").status_code == 303
    assert browser.own(Application).registration_number == "2611000001"


@pytest.mark.manual("C1")
def test_an_outage_is_no_mismatch_and_is_asked_again(sign_in: SignIn, simulator: RunningSimulator) -> None:
    browser = sign_in("沈念")
    _set(browser, verification="none", verified_at=None)
    simulator.behave("identity", "down")
    for _ in range(4):
        browser.send("/profile/particulars/verify")
    assert browser.person.verification == "unavailable"
    assert "这不是您的问题" in browser.open("/profile/particulars")
    simulator.behave("identity", "normal")
    browser.send("/profile/particulars/verify")
    assert browser.person.verification == "verified"
    assert browser.person.verified_at is not None


@pytest.mark.manual("C1")
def test_a_mismatch_says_what_to_do_three_times_a_day(sign_in: SignIn, simulator: RunningSimulator) -> None:
    browser = sign_in("沈念")
    simulator.control(identity_tries=9)
    _set(browser, verification="none", name="沈念念")
    for _ in range(3):
        browser.send("/profile/particulars/verify")
    page = browser.open("/profile/particulars")
    assert browser.person.verification == "mismatch"
    assert "请在下面照证件更正" in page
    _set(browser, name="沈念")
    browser.send("/profile/particulars/verify")
    assert "今天已经核验 3 次" in browser.open("/profile/particulars")
    assert browser.person.verification == "mismatch"


@pytest.mark.manual("C1")
def test_mobile_is_changed_with_password_and_code(sign_in: SignIn, simulator: RunningSimulator) -> None:
    browser = sign_in("郑雨桐")
    answer = browser.send("/profile/mobile", mobile="13900001111", current_password=PASSWORD)
    carried = re.search(r'name="carried" value="([^"]+)"', words(answer))
    assert carried
    digits = [code_sent_to(simulator, "13900001111")]
    wrong = browser.send(
        "/profile/mobile/code", carried=carried[1], code=f"{(int(digits[0]) + 1) % 10**6:06}"
    )
    assert "验证码不正确" in errors(wrong)
    assert browser.person.mobile == "13805700126"
    assert browser.send("/profile/mobile/code", carried=carried[1], code=digits[0]).status_code == 303
    assert browser.person.mobile == "13900001111"


@pytest.mark.manual("C1")
def test_a_wrong_password_changes_nothing_and_sends_nothing(
    sign_in: SignIn, simulator: RunningSimulator
) -> None:
    browser = sign_in("郑雨桐")
    answer = browser.send("/profile/mobile", mobile="13900001111", current_password="wrong")
    assert "登录密码不正确" in errors(answer)
    assert 'value="13900001111"' in words(answer)
    assert "wrong" not in words(answer)
    work()
    assert simulator.messages(channel="sms", to="13900001111") == []


def test_a_code_page_of_somebody_else_is_refused(sign_in: SignIn) -> None:
    browser, other = sign_in("郑雨桐"), sign_in("沈念")
    answer = browser.send("/profile/mobile", mobile="13900001111", current_password=PASSWORD)
    carried = re.search(r'name="carried" value="([^"]+)"', words(answer))
    assert carried
    assert other.client.post("/profile/mobile/code", data={"carried": carried[1]}).status_code == 410


@pytest.mark.manual("C1")
def test_email_is_changed(sign_in: SignIn) -> None:
    browser = sign_in("郑雨桐")
    assert "请填写正确的电子邮箱" in errors(
        browser.send("/profile/email", email="x", current_password=PASSWORD)
    )
    browser.send("/profile/email", email="new@mail.example", current_password=PASSWORD)
    assert "new@mail.example" in browser.open("/profile/particulars")


@pytest.mark.parametrize(
    "away", ["//evil.example", "https://evil.example/", "/\\evil.example", "/\t/evil.example"]
)
def test_the_way_back_stays_on_the_site(sign_in: SignIn, away: str) -> None:
    browser = sign_in("郑雨桐")
    answer = browser.client.post("/profile/particulars", data={"ethnicity": "01", "next": away})
    assert answer.headers["Location"] == "/profile/particulars"


def test_staff_do_not_enter(sign_in: SignIn) -> None:
    browser = sign_in("王敏")
    assert browser.client.get("/profile/").status_code == 403
    assert isinstance(browser.person, Person)


@pytest.mark.found("A1")
def test_a_name_that_was_never_verified_is_corrected_by_its_holder(sign_in: SignIn) -> None:
    browser = sign_in("郑雨桐")
    with writes():
        person = db.session.get_one(Person, browser.person_id)
        person.name, person.verification, person.verified_at = "郑雨彤", "unavailable", None
    answer = browser.send("/profile/particulars/verify", name="郑宇桐")
    assert (answer.status_code, "没有通过" in errors(answer)) == (422, True)
    assert 'value="郑宇桐"' in words(answer)
    assert browser.person.name == "郑雨彤"
    assert browser.send("/profile/particulars/verify", name="郑雨桐").status_code == 303
    assert (browser.person.name, browser.person.verification) == ("郑雨桐", "verified")
    browser.send("/profile/particulars/verify", name="郑雨彤")
    assert browser.person.name == "郑雨桐", "a verified name stays"


@pytest.mark.found("A13")
@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/profile/mobile", ["请填写新手机号", "请填写登录密码"]),
        ("/profile/email", ["请填写正确的电子邮箱，如 name@example.com", "请填写登录密码"]),
        ("/account/settings/password", ["请填写当前密码", "密码须为 8 到 64 个字符"]),
    ],
)
def test_what_is_missing_is_told_in_the_order_of_the_page(
    sign_in: SignIn, address: str, told: list[str]
) -> None:
    empty = dict.fromkeys(("mobile", "email", "current_password", "password", "password_again"), "")
    page = sign_in("郑雨桐").send(address, **empty).text
    assert pagecheck.list_told_errors(page) == told
    assert pagecheck.faults(page) == []
