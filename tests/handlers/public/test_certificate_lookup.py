"""其他查询: no account; a proved number, then the register's answer, and one answer to all who guess."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from models import db
from models.persons.people import Code
from simulator.running import RunningSimulator
from tests.handlers.account.test_challenges import field, solved
from tests.handlers.account.test_registering import code_sent_to, work
from tests.handlers.account.test_tries import at
from tests.handlers.conftest import Browser, errors, words
from tests.handlers.test_limits import Hands, hands

__all__ = ["hands"]
FORM, CODE, RESULT = "/certificates/others", "/certificates/others/code", "/certificates/others/result"
MOBILE = "13900004321"
YE = {
    "document_kind": "resident_id",
    "document_number": "330802199608181377",
    "name": "叶青",
    "certificate_number": "20183390131000218",
    "mobile": MOBILE,
}
GUESSES = (
    {"name": "叶清"},
    {"certificate_number": "20183390131000219"},
    {"document_number": "330802199901010016"},
    {"document_number": "330802200403120023", "name": "郑雨桐"},
)


def begin(visitor: Browser, **other: str) -> TestResponse:
    """Fill in the first page, with the work that it asks for."""
    page = visitor.client.get(FORM)
    return visitor.send(FORM, **{**YE, "altcha": solved(page), **other})


def result_of(visitor: Browser, simulator: RunningSimulator, **other: str) -> TestResponse:
    """The last page, by all steps."""
    assert begin(visitor, **other).location == CODE
    sent = visitor.send(CODE, code=code_sent_to(simulator, other.get("mobile", MOBILE)))
    assert (sent.status_code, sent.location) == (303, RESULT)
    return visitor.client.get(RESULT)


@contextmanager
def statements() -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    found: list[str] = []

    def note(*given: object) -> None:
        found.append(str(given[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.manual("P3")
def test_a_stranger_with_a_proved_number_sees_the_certificate(
    visitor: Browser, simulator: RunningSimulator
) -> None:
    page = words(result_of(visitor, simulator))
    for told in ("初级中学教师资格　数学", "20183390131000218", "2018年12月3日", "有效"):
        assert told in page
    assert "330802199608181377" not in page
    assert "20183390131000218" in visitor.open(RESULT), "the page can be loaded again"


@pytest.mark.manual("P3")
def test_the_page_says_where_older_certificates_are(visitor: Browser) -> None:
    page = visitor.open(FORM)
    assert "2008 年起" in page
    assert "广西为 2012 年起" in page
    assert "发证的认定机构" in page


@pytest.mark.manual("P3")
def test_nothing_is_sent_or_asked_without_work(visitor: Browser, simulator: RunningSimulator) -> None:
    refused = visitor.send(FORM, **YE)
    assert (refused.status_code, "安全验证" in errors(refused)) == (429, True)
    assert "20183390131000218" in words(refused)
    work()
    assert simulator.messages(channel="sms", to="") == []
    assert simulator.answered("certificate_history/list") == []


@pytest.mark.manual("P3")
def test_without_script_a_minute_on_the_page_is_enough(
    visitor: Browser, simulator: RunningSimulator, hands: Hands
) -> None:
    hands.at = datetime.now(UTC)
    ticket = field(visitor.client.get(FORM), "challenge_ticket")
    hands.at += timedelta(seconds=61)
    assert visitor.send(FORM, **YE, challenge_ticket=ticket).location == CODE


@pytest.mark.manual("P3")
def test_everything_wrong_is_told_at_once_at_its_field(visitor: Browser) -> None:
    told = errors(
        visitor.send(FORM, document_kind="resident_id", document_number="33", name="叶", mobile="1")
    )
    for one in ("证件号码应为 18 位", "请填写证件上的姓名", "请填写教师资格证书号码", "11 位手机号"):
        assert one in told
    old = errors(visitor.send(FORM, **{**YE, "certificate_number": "200233108123"}))
    assert "请联系发证的认定机构" in old


@pytest.mark.manual("P3")
def test_all_who_guess_get_one_answer_after_the_same_work(
    app: Flask, simulator: RunningSimulator, sample_world: None
) -> None:
    seen = []
    for number, guess in enumerate(GUESSES):
        visitor = at(app, f"192.0.2.{number + 1}")
        mobile = f"139000012{number:02}"
        assert begin(visitor, **guess, mobile=mobile).location == CODE
        visitor.send(CODE, code=code_sent_to(simulator, mobile))
        visitor.client.get("/")  # statements are compiled, counts begun
        asked = len(simulator.answered("certificate_history/list"))
        with statements() as work_done:
            answer = visitor.client.get(RESULT)
        page = re.sub(r'(?s)<dl class="facts">.*?</dl>|value="[^"]*"', "", words(answer))
        assert "没有查到与所填各项都一致的证书" in page
        assert len(simulator.answered("certificate_history/list")) == asked + 1
        without_sweep = [one for one in work_done if not one.startswith("DELETE FROM try_count")]
        seen.append((answer.status_code, page, len(without_sweep)))
    assert len(set(seen)) == 1


@pytest.mark.manual("P3")
@pytest.mark.parametrize(("mode", "sentence"), [("down", "暂时无法连接"), ("busy", "证书库现在繁忙")])
def test_a_register_without_an_answer_is_asked_again_without_another_code(
    visitor: Browser, simulator: RunningSimulator, mode: str, sentence: str
) -> None:
    simulator.behave("certificate_history", mode)
    page = result_of(visitor, simulator)
    assert page.status_code == 503
    assert sentence in words(page)
    assert "20183390131000218" in words(page)
    assert "没有查到" not in words(page)
    simulator.behave("certificate_history", "normal")
    assert "初级中学教师资格　数学" in visitor.open(RESULT)


@pytest.mark.manual("P3")
def test_no_result_without_a_right_code_and_five_tries_are_all(
    visitor: Browser, simulator: RunningSimulator
) -> None:
    assert visitor.client.get(RESULT).location == FORM
    begin(visitor)
    right = code_sent_to(simulator, MOBILE)
    wrong = f"{(int(right) + 1) % 10**6:06}"
    assert visitor.client.get(RESULT).location == CODE
    for _ in range(5):
        refused = visitor.send(CODE, code=wrong)
        assert (refused.status_code, "验证码不正确" in errors(refused)) == (422, True)
    assert visitor.send(CODE, code=right).status_code == 422
    assert visitor.client.get(RESULT).location == CODE
    assert simulator.answered("certificate_history/list") == []


@pytest.mark.manual("P3")
def test_a_double_click_proves_once_and_a_used_code_opens_nothing_else(
    visitor: Browser, app: Flask, simulator: RunningSimulator, hands: Hands
) -> None:
    hands.at = datetime.now(UTC)
    begin(visitor)
    code = code_sent_to(simulator, MOBILE)
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = visitor.client.get_cookie(name)
    assert cookie is not None
    assert visitor.send(CODE, code=code).location == RESULT
    again = app.test_client()
    again.set_cookie(name, cookie.value)
    assert again.post(CODE, data={"code": code}).location == RESULT
    hands.at += timedelta(minutes=2)
    late = app.test_client()
    late.set_cookie(name, cookie.value)
    assert late.post(CODE, data={"code": code}).status_code == 422
    assert db.session.query(Code).filter(Code.used_at.is_not(None)).count() == 1


@pytest.mark.manual("P3")
def test_a_changed_certificate_needs_a_code_of_its_own(visitor: Browser, simulator: RunningSimulator) -> None:
    result_of(visitor, simulator)
    assert begin(visitor, certificate_number="20183390131000219", mobile="13900009999").location == CODE
    assert visitor.client.get(RESULT).location == CODE


@pytest.mark.manual("P3")
def test_lookups_have_an_end_by_mobile(visitor: Browser, simulator: RunningSimulator) -> None:
    result_of(visitor, simulator)
    answers = [visitor.client.get(RESULT).status_code for _ in range(10)]
    assert answers == [200] * 9 + [429]
    assert len(simulator.answered("certificate_history/list")) == 10


@pytest.mark.manual("P3")
def test_a_public_computer_forgets(visitor: Browser, simulator: RunningSimulator) -> None:
    result_of(visitor, simulator)
    assert 'value="叶青"' in visitor.open(FORM), "back loses nothing"
    assert visitor.send(FORM + "/forget").location == FORM
    assert "叶青" not in visitor.open(FORM)
    assert visitor.client.get(RESULT).location == FORM


def test_somebody_who_is_signed_in_may_ask_too(
    sign_in: Callable[[str], Browser], simulator: RunningSimulator
) -> None:
    assert "20183390131000218" in words(result_of(sign_in("沈念"), simulator))
