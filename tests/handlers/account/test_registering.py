"""Registering: who somebody is, a code by SMS, a password; the register is asked about the name."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import current_app
from werkzeug.test import TestResponse

from models import db
from models.persons.people import Person
from models.processes.instances import Job
from simulator.running import RunningSimulator
from tests.handlers.conftest import Browser, errors, words, writes
from workflows import clock
from workflows.background.worker import Worker

WHO = {
    "document_kind": "resident_id",
    "document_number": "33080219990101001６",  # as some phones type it: one digit is full-width
    "name": "林小雨",
    "mobile": "13900001234",
}
DOCUMENT = ("document_kind", "document_number", "name")
MORE = {
    "email": "linxiaoyu@mail.example",
    "password": "Kejin-2026",
    "password_again": "Kejin-2026",
    "agree": "true",
}


def code_sent_to(simulator: RunningSimulator, mobile: str) -> str:
    """The code in the newest message, once a worker has sent what is due."""
    work()
    found = re.search(r"\d{6}", simulator.messages(channel="sms", to=mobile)[0]["text"])
    assert found is not None
    return found[0]


def work() -> None:
    """Let a worker do what is due."""
    db.session.rollback()  # the test itself must hold no lock
    Worker(app=current_app._get_current_object()).run_once()  # type: ignore[attr-defined]


def send_first_pages(visitor: Browser, **typed: str) -> TestResponse:
    """The answer to the page about the mobile number, or to the first one where that refuses."""
    mobile = {name: value for name, value in typed.items() if name not in DOCUMENT}
    answer = visitor.send("/account/register", **{name: typed[name] for name in DOCUMENT})
    return visitor.send("/account/register/mobile", **mobile) if answer.status_code == 303 else answer


def begin(visitor: Browser, **other: str) -> TestResponse:
    """The second page, or the first one with what is wrong with it."""
    answer = send_first_pages(visitor, **{**WHO, **other})
    return visitor.client.get(answer.location) if answer.status_code == 303 else answer


def carried(answer: TestResponse) -> str:
    found = re.search(r'name="carried" value="([^"]+)"', words(answer))
    assert found is not None
    return found[1]


def finish(visitor: Browser, first: TestResponse, **other: str) -> TestResponse:
    return visitor.send("/account/register/confirm", carried=carried(first), **{**MORE, **other})


def find() -> Person | None:
    db.session.rollback()
    return db.session.query(Person).filter_by(login="330802199901010016").one_or_none()


@pytest.mark.manual("A1")
def test_a_newcomer_registers_and_is_signed_in(visitor: Browser, simulator: RunningSimulator) -> None:
    first = begin(visitor)
    answer = finish(visitor, first, code=code_sent_to(simulator, "13900001234"))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/profile/particulars?next=/apply/")
    person = find()
    assert person is not None
    assert (person.sex, str(person.birth_date)) == ("male", "1999-01-01")
    assert person.verification == "verified"
    assert person.password_hash.startswith("$argon2id$")
    assert "退出" in visitor.open("/apply/")


@pytest.mark.found("A9")
def test_a_name_of_private_use_is_refused(visitor: Browser, simulator: RunningSimulator) -> None:
    answer = begin(visitor, name="林\ue123")
    assert answer.status_code == 422
    assert "“\ue123”（U+E123）是个别电脑自造的字" in errors(answer)
    assert 'value="林\ue123"' in answer.text
    assert simulator.messages(channel="sms", to="") == []


@pytest.mark.found("A9")
def test_a_name_that_no_paper_can_show_is_accepted_and_told(
    visitor: Browser, simulator: RunningSimulator
) -> None:
    first = begin(visitor, name="林\U00031000")
    assert first.status_code == 200
    assert "“\U00031000”（U+31000）目前打印不出来" in words(first)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("document_number", "", "请填写证件号码"),
        ("document_number", "330802199901010017", "证件号码不正确"),
        ("document_number", "330802199913010016", "证件号码不正确"),
        ("document_number", "3308021999", "应为 18 位"),
        ("document_kind", "hkm_pass", "字母 H 或 M"),
        ("document_kind", "residence_permit", "证件号码与证件类型不一致"),
        ("document_kind", "passport", "请选择证件类型"),
        ("name", "x<script>", "请填写证件上的姓名"),
        ("name", "", "请填写姓名"),
        ("mobile", "12345", "请填写 11 位手机号"),
        ("mobile", "1390000123٤", "请填写 11 位手机号"),
        ("document_number", "٣٣٠٨٠٢١٩٩٩٠١٠١٠٠١6", "应为 18 位"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    visitor: Browser, simulator: RunningSimulator, field: str, value: str, sentence: str
) -> None:
    answer = begin(visitor, **{field: value})
    assert answer.status_code == 422
    assert sentence in errors(answer)
    assert "林小雨" in words(answer) or field == "name"
    assert simulator.messages(channel="sms", to="") == []


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"code": "12"}, "短信验证码是 6 位数字"),
        ({"code": "000000"}, "验证码不正确或已失效"),
        ({"password": "short1", "password_again": "short1"}, "密码须为 8 到 64 个字符"),
        ({"password": "onlyletters", "password_again": "onlyletters"}, "中的两种"),
        ({"password_again": "Kejin-2027"}, "两次填写的密码不一致"),
        ({"email": "nobody"}, "请填写正确的电子邮箱"),
        ({"email": "a" * 200 + "@mail.example"}, "不超过 200 个字符"),
        ({"agree": "false"}, "请阅读并同意"),
    ],
)
def test_the_second_page_keeps_what_was_typed(
    visitor: Browser, simulator: RunningSimulator, other: dict[str, Any], sentence: str
) -> None:
    first = begin(visitor)
    code = code_sent_to(simulator, "13900001234")
    if other.get("code") == code:
        pytest.fail("the code happens to be the wrong one")
    answer = finish(visitor, first, **{"code": code, **other})
    assert answer.status_code == 422
    assert sentence in errors(answer)
    assert "Kejin-2026" not in words(answer)
    assert find() is None


def test_a_code_works_once_and_not_for_ever(visitor: Browser, simulator: RunningSimulator) -> None:
    first = begin(visitor)
    code = code_sent_to(simulator, "13900001234")
    wrong = "111111" if code != "111111" else "222222"
    for _ in range(5):
        assert finish(visitor, first, code=wrong).status_code == 422
    assert finish(visitor, first, code=code).status_code == 422
    assert find() is None


def test_a_number_is_registered_once(visitor: Browser, simulator: RunningSimulator) -> None:
    first = begin(visitor, document_number="330802200403120023", name="郑雨桐")
    answer = finish(visitor, first, code=code_sent_to(simulator, "13900001234"))
    assert answer.status_code == 422
    assert "已经注册" in errors(answer)


def test_the_next_code_has_to_wait(visitor: Browser, simulator: RunningSimulator) -> None:
    begin(visitor)
    answer = begin(visitor)
    assert answer.status_code == 429
    assert "验证码刚刚发送过，请 50 秒后再试" in errors(answer)
    assert 1 <= int(answer.headers["Retry-After"]) <= 50
    assert "林小雨" in words(answer)
    work()
    assert len(simulator.messages(channel="sms", to="13900001234")) == 1


def test_the_box_of_the_code_is_empty_after_a_new_one(visitor: Browser, simulator: RunningSimulator) -> None:
    first = begin(visitor)
    visitor.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"  # whose pause is another one
    sent = {**MORE, "carried": carried(first), "code": "123456", "resend": "1"}
    page = words(visitor.send("/account/register/confirm", **sent))
    assert "新的验证码已发送" in page
    assert MORE["email"] in page
    assert MORE["password"] not in page
    assert "123456" not in page


def test_a_code_arrives_once_the_gateway_is_back(visitor: Browser, simulator: RunningSimulator) -> None:
    simulator.behave("sms", "down")
    first = begin(visitor)
    assert "没有收到" in words(first)
    work()
    assert simulator.messages(channel="sms", to="13900001234") == []
    simulator.behave("sms", "normal")
    with writes():
        clock.advance_clock(timedelta(seconds=30))
    assert finish(visitor, first, code=code_sent_to(simulator, "13900001234")).status_code == 303


def test_a_code_that_is_too_old_is_not_sent(visitor: Browser, simulator: RunningSimulator) -> None:
    begin(visitor)
    with writes():
        clock.advance_clock(timedelta(minutes=6))
    work()
    assert simulator.messages(channel="sms", to="13900001234") == []
    assert db.session.query(Job).filter_by(operation="codes.deliver").one().state == "done"


def test_a_register_that_is_down_does_not_stop_registering(
    visitor: Browser, simulator: RunningSimulator
) -> None:
    simulator.behave("identity", "down")
    first = begin(visitor)
    assert finish(visitor, first, code=code_sent_to(simulator, "13900001234")).status_code == 303
    person = find()
    assert person is not None
    assert (person.verification, person.verified_at) == ("unavailable", None)


def test_what_the_first_page_hands_on_cannot_be_changed(
    visitor: Browser, simulator: RunningSimulator
) -> None:
    answer = visitor.client.post("/account/register/confirm", data={"carried": "forged", **MORE})
    assert answer.status_code == 410
    assert "请从第一步重新填写" in answer.get_data(as_text=True)


@pytest.mark.found("A13")
def test_everything_wrong_with_a_page_is_told_at_once(visitor: Browser, simulator: RunningSimulator) -> None:
    told = errors(begin(visitor, document_number="330802199901010017", name="林⺩雨"))
    for sentence in ("证件号码不正确", "不是姓名用字"):
        assert sentence in told
    told = errors(begin(visitor, mobile="12345", puzzle="1"))
    for sentence in ("请填写 11 位手机号", "拼图"):
        assert sentence in told
    first = begin(visitor)
    told = errors(finish(visitor, first, code="12", email="nobody", password="short", agree="false"))
    for sentence in ("验证码是 6 位数字", "请填写正确的电子邮箱", "密码须为 8 到 64 个字符", "请阅读并同意"):
        assert sentence in told


@pytest.mark.found("A13")
def test_the_second_page_can_be_loaded_again(visitor: Browser, simulator: RunningSimulator) -> None:
    first = begin(visitor)
    again = visitor.client.get("/account/register/confirm")
    assert carried(again) == carried(first)
    code = code_sent_to(simulator, "13900001234")
    assert len(simulator.messages(channel="sms", to="13900001234")) == 1
    assert finish(visitor, again, code=code).status_code == 303
    assert visitor.client.get("/account/register/confirm").location == "/account/register"


@pytest.mark.found("A13")
def test_a_number_of_somebody_unborn_ends_at_the_first_page(
    visitor: Browser, simulator: RunningSimulator
) -> None:
    assert "证件号码不正确" in errors(begin(visitor, document_number="330802202701010011"))
    assert simulator.messages(channel="sms", to="") == []


@pytest.mark.found("A13")
def test_reload_and_back_lose_nothing(visitor: Browser, simulator: RunningSimulator) -> None:
    assert visitor.client.get("/account/register/mobile").location == "/account/register"
    begin(visitor)
    first = visitor.open("/account/register")
    for typed in ("林小雨", "330802199901010016"):
        assert f'value="{typed}"' in first
    second = visitor.open("/account/register/mobile")
    assert 'value="13900001234"' in second
    assert "林小雨" in second
    last = visitor.client.get("/account/register/confirm")
    assert finish(visitor, last, code=code_sent_to(simulator, "13900001234")).status_code == 303
    visitor.send("/account/sign-out")
    assert "林小雨" not in visitor.open("/account/register"), "it is nobody else's to see"


@pytest.mark.found("A4")
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+852 9123 4567", "+85291234567"),
        ("00853 6612 3456", "+85366123456"),
        ("+886 0912-345-678", "+886912345678"),
    ],
)
def test_mobiles_of_hong_kong_macao_and_taiwan_get_a_code(
    visitor: Browser, simulator: RunningSimulator, typed: str, kept: str
) -> None:
    first = begin(visitor, mobile=typed)
    assert f"{kept[:4]}****{kept[-4:]}" in words(first)
    assert finish(visitor, first, code=code_sent_to(simulator, kept)).status_code == 303
    person = find()
    assert person is not None
    assert person.mobile == kept
